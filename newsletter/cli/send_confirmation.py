"""The summary shown before sending, and the confirmation of slug and count."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from newsletter.errors import WrongUsage
from newsletter.files.quotation import quoted

if TYPE_CHECKING:
    from newsletter.send.sending import SendServices


class SendOptions(Struct, frozen=True, kw_only=True):
    """Command-line options of `newsletter send`."""

    confirm: str | None
    schedule: float | None  # seconds since 1970
    sample: int | None
    workers: bool
    wait: bool
    json: bool


def show(rows: list[tuple[str, str]]) -> None:
    """Print labels and values to standard error."""
    for label, value in rows:
        click.echo(f"{label + ':':<12} {value}", err=True)


def pace(services: SendServices, count: int) -> list[tuple[str, str]]:
    """Return the rate and the expected end, if known."""
    settings = services.workspace.send
    rate, source = settings.rate, "limit"
    if rate is None:
        rate, source = _last_rate(services), "as last time"
    if rate is None:
        return [("Rate", "as fast as the mail server accepts them")]
    seconds = count / rate
    if settings.per_day is not None:
        seconds = max(seconds, (count / settings.per_day - 1) * 86400)
    end = dt.datetime.now().astimezone() + dt.timedelta(seconds=seconds)
    return [("Rate", f"{rate:,.1f} a second ({source})"), ("End", f"about {end:%Y-%m-%d %H:%M %Z}")]


def _last_rate(services: SendServices) -> float | None:
    """Return the emails per second of the last run without interruption."""
    for run in services.journal.runs():
        if run.state == "done" and run.ended is not None and run.total >= 100:
            return run.total / max(run.ended - run.created, 1.0)
    return None


def confirmed(slug: str, count: int, options: SendOptions) -> None:
    """Raise `WrongUsage` unless slug and count are confirmed, by an option or by typing them."""
    expected = f"{slug}:{count}"
    answer = options.confirm
    if answer is None:
        if not sys.stdin.isatty():
            raise WrongUsage("No confirmation given", hint=f"Add --confirm {expected}.")
        answer = click.prompt(f"Type {expected} to send", err=True)
    if answer.strip() != expected:
        raise WrongUsage(
            f"Expected the confirmation {expected}, found {quoted(answer.strip())}",
            hint=f"Confirm {expected}; nothing was sent.",
        )


def clock(seconds: float) -> str:
    """Return a time in the local time zone."""
    return f"{dt.datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M}"

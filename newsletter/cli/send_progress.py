"""Run a send: wait for its time, show progress on a terminal, and print the result."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import signal
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from newsletter.send.engine import Engine
    from newsletter.send.pace import EngineReport
    from newsletter.send.runs import Run
    from newsletter.send.sending import SendServices


def wait_until(run: Run) -> None:
    """Wait for the time of a scheduled run.

    Uses the wall clock, because the clock may be set and machines may sleep.
    """
    if run.due > time.time():
        when = dt.datetime.fromtimestamp(run.due).astimezone()
        click.echo(
            f"Waiting until {when:%Y-%m-%d %H:%M:%S %Z}. Press Ctrl-C to stop waiting.", err=True
        )
    while (left := run.due - time.time()) > 0:
        time.sleep(min(left, 1.0))


async def work(engine: Engine, *, quiet: bool) -> EngineReport:
    """Run the engine.

    The first Ctrl-C or SIGTERM waits for emails in transit; the second does not.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask_to_stop() -> None:
        if not stop.is_set():
            click.echo("Stopping: finishing the emails in progress …", err=True)
            stop.set()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    if sys.platform != "win32":
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ask_to_stop)
    progress = asyncio.create_task(_show_progress(engine, quiet=quiet))
    try:
        return await engine.work(stop)
    finally:
        progress.cancel()


async def _show_progress(engine: Engine, *, quiet: bool) -> None:
    if quiet or not sys.stderr.isatty():
        return
    started = time.monotonic()
    while True:
        await asyncio.sleep(0.5)
        rate = engine.sent / max(time.monotonic() - started, 0.1)
        line = f"{engine.sent:,} of {engine.run.total:,} sent, {rate:,.0f} a second"
        click.echo(f"\r\x1b[K{line}", nl=False, err=True)


def end_progress(services: SendServices, run: Run, report: EngineReport, *, json_: bool) -> None:
    """Print the result; exit with 1 if anything needs attention.

    Raises `NewsletterError` for a run that stopped.
    """
    from newsletter.send.run_report import delivery_report

    if report.state in ("stopped", "lost", "paused") and report.reason != "sample sent":
        services.journal.set_state(run.id, "paused", report.reason)
    delivered = delivery_report(services.journal, services.journal.run(run.id))
    if sys.stderr.isatty() and not json_:
        click.echo("\r\x1b[K", nl=False, err=True)
    if json_:
        from newsletter.cli.delivery_status import report_json

        click.echo(json.dumps(report_json(delivered) | {"ended": report.state}, indent=2))
    else:
        _print_end(run, delivered.counts, report)
    if report.state in ("stopped", "lost"):
        raise NewsletterError(
            f"Sending stopped: {report.reason}",
            hint=f"Resolve this and run `newsletter send {run.slug}`: nobody receives it twice.",
        )
    if delivered.uncertain and not json_:
        _print_uncertain(run, delivered.uncertain)
    if delivered.uncertain or report.reason == "interrupted":
        sys.exit(1)


def _print_end(run: Run, counts: Mapping[str, int], report: EngineReport) -> None:
    sent = counts.get("sent", 0)
    others = ", ".join(
        f"{count:,} {state}" for state, count in sorted(counts.items()) if state != "sent"
    )
    click.echo(f"{run.slug}: {sent:,} of {run.total:,} sent" + (f", {others}" if others else ""))
    if report.reason == "sample sent":
        click.echo(f"The sample is sent. Send to the rest: newsletter send {run.slug}", err=True)
    elif report.state == "paused":
        click.echo(f"Paused. Continue: newsletter send {run.slug}", err=True)
    elif report.state == "waiting":
        wait = round(report.due_in or 0)
        click.echo(f"Deferred emails are due in {wait} s: newsletter send {run.slug}", err=True)


def _print_uncertain(run: Run, addresses: tuple[str, ...]) -> None:
    click.echo(f"Unknown outcome, not sent again automatically ({len(addresses):,}):")
    for address in addresses:
        click.echo(f"  {address}")
    click.echo(f"Decide: newsletter send {run.slug} --uncertain resend|skip", err=True)

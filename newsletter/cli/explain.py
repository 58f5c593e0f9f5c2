"""`newsletter explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from newsletter.check import example
from newsletter.check.registry import Entry, catalogue, find_entry, near_miss
from newsletter.check.rule import Rule
from newsletter.errors import WrongUsage


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Say what the rule CODE checks and why, with a bad and a good example; its name will do as well.

    Without CODE list all of them, and with the start of several codes (NL5) those.
    """
    entry = find_entry(code) if code else None
    if entry is None:
        family = [one for one in catalogue().values() if one.code.startswith((code or "").upper())]
        widest = max((len(one.name) for one in family), default=0)
        for one in family:
            click.echo(f"{one.code}  {one.name:<{widest}}  {one.severity}")
        if family:
            return
        raise WrongUsage(f"no rule has the code or name {code!r}", hint=near_miss(code or ""))
    for piece in _told(entry):
        click.echo(piece)


def _told(entry: Entry) -> Iterator[str]:
    yield f"{click.style(entry.code, bold=True)} {entry.name} ({entry.severity})"
    yield f"\n{entry.why}"
    if not isinstance(entry, Rule):
        yield "\nFound while files are read: it keeps an issue from being a mail, and cannot be ignored."
        return
    yield f"\n{click.style('What to do:', bold=True)} {entry.hint}"
    for title, shown in ((f"Bad, at {entry.at}:", entry.bad), ("Good:", entry.good)):
        yield f"\n{click.style(title, bold=True)}"
        yield from _example(shown)
    yield f"\nWhere it is right as it is: <!-- allow {entry.code}: reason -->, before the block."


def _example(shown: example.Shown) -> Iterator[str]:
    files: Mapping[str, str | bytes | None] = {"": shown} if isinstance(shown, str) else shown
    for name, text in files.items():
        told = (
            "(not there)"
            if text is None
            else f"({len(text):,} bytes)"
            if isinstance(text, bytes)
            else ""
        )
        if name:
            yield f"    --- {name} {told}".rstrip()
        for line in text.rstrip("\n").split("\n") if isinstance(text, str) else ():
            yield f"    {line}".rstrip()

"""`newsletter explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from newsletter.check import example
from newsletter.check.registry import Entry, catalogue, find_entry, near_miss
from newsletter.check.rule import Rule
from newsletter.cli.completion import complete_rules
from newsletter.cli.json_output import json_option, print_json
from newsletter.errors import WrongUsage


@click.command("explain")
@click.argument("code", required=False, shell_complete=complete_rules)
@json_option
def command(code: str | None, json_: bool) -> None:
    """Explain a rule, with a bad and a good example.

    CODE is the code or name of a rule. A prefix of codes (NL5) lists these rules; without CODE all are listed.
    """
    entry = find_entry(code) if code else None
    if json_:
        _print_json(code, entry)
        return
    if entry is None:
        prefix = (code or "").upper()
        listed = [entry for entry in catalogue().values() if entry.code.startswith(prefix)]
        width = max((len(entry.name) for entry in listed), default=0)
        for entry in listed:
            click.echo(f"{entry.code}  {entry.name:<{width}}  {entry.severity}")
        if listed:
            return
        raise WrongUsage(f'Unknown rule "{code}"', hint=near_miss(code or ""))
    for piece in _explanation(entry):
        click.echo(piece)


def _print_json(code: str | None, entry: Entry | None) -> None:
    """Print one rule as an object, or several as a list. Raises `WrongUsage` if there is none."""
    prefix = (code or "").upper()
    rows = [_row(known) for known in catalogue().values() if known.code.startswith(prefix)]
    if entry is None and not rows:
        raise WrongUsage(f'Unknown rule "{code}"', hint=near_miss(code or ""))
    print_json(_row(entry) | _examples(entry) if entry else rows)


def _examples(entry: Entry) -> dict[str, Any]:
    """Return the examples of a rule; a file is its text, its size in bytes, or `None`: missing."""
    if not isinstance(entry, Rule):
        return {}
    return {"at": entry.at, "bad": _shown(entry.bad), "good": _shown(entry.good)}


def _shown(shown: example.Shown) -> str | dict[str, str | int | None]:
    if isinstance(shown, str):
        return shown
    return {name: len(text) if isinstance(text, bytes) else text for name, text in shown.items()}


def _row(entry: Entry) -> dict[str, str | bool]:
    return {
        "code": entry.code,
        "name": entry.name,
        "severity": entry.severity,
        "why": entry.why,
        "hint": entry.hint if isinstance(entry, Rule) else "",
        "blocks_build": not isinstance(entry, Rule) and entry.severity == "error",
    }


def _explanation(entry: Entry) -> Iterator[str]:
    yield f"{click.style(entry.code, bold=True)} {entry.name} ({entry.severity})"
    yield f"\n{entry.why}"
    if not isinstance(entry, Rule):
        blocks = "It blocks the build and cannot be ignored."
        if entry.severity != "error":
            blocks = "It does not block the build."
        yield f"\nReported while files are read. {blocks}"
        return
    yield f"\n{click.style('What to do:', bold=True)} {entry.hint}"
    for title, shown in ((f"Bad, at {entry.at}:", entry.bad), ("Good:", entry.good)):
        yield f"\n{click.style(title, bold=True)}"
        yield from _example(shown)
    yield f"\nTo accept one finding, write <!-- allow {entry.code}: reason --> before the block."


def _example(shown: example.Shown) -> Iterator[str]:
    files: Mapping[str, str | bytes | None] = {"": shown} if isinstance(shown, str) else shown
    for name, text in files.items():
        if name:
            yield f"    --- {name} {_size(text)}".rstrip()
        for line in text.rstrip("\n").split("\n") if isinstance(text, str) else ():
            yield f"    {line}".rstrip()


def _size(content: str | bytes | None) -> str:
    if content is None:
        return "(missing)"
    return f"({len(content):,} bytes)" if isinstance(content, bytes) else ""

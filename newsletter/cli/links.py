"""`newsletter links`."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import click
from msgspec import Struct

from newsletter.check.formats import of_links
from newsletter.check.formats.text import sanitize_terminal
from newsletter.cli.issue_argument import here, issue_argument, open_workspace
from newsletter.cli.link_checking import (
    UNASKED,
    VERDICTS,
    LinkOutcome,
    ask_about,
    cut,
    mode_of,
    private_option,
    tell_stopped,
)
from newsletter.errors import IssueRejected
from newsletter.links.extract import LinkUse, asked_of, uses
from newsletter.links.result import LinkResult, bare
from newsletter.links.settings import covers, host_of, of_workspace
from newsletter.load import load
from newsletter.markup.merge_fields import FIELD
from newsletter.markup.page import wrap
from newsletter.markup.width import display_width
from newsletter.model import Issue
from newsletter.workspace import Workspace, select

COLOURS = {"ok": "green", "broken": "red", UNASKED: None}  # the others are yellow
INDENT = " " * 10


class LinkRow(Struct, frozen=True):
    """One link: an address, all its places, and what is known of it."""

    url: str
    uses: tuple[LinkUse, ...]
    answer: LinkResult | None
    why: str  # of the answer, or why there is none

    @property
    def verdict(self) -> str:
        return self.answer.verdict if self.answer else UNASKED

    @property
    def final(self) -> str:
        """Return where the link leads in the end, where that is another address and no other spelling."""
        from newsletter.links.url import NotWeb, wire

        final = self.answer.final if self.answer else ""
        try:
            asked = str(wire(self.url))
        except NotWeb:
            return ""
        return "" if bare(final).rstrip("/") == asked.rstrip("/") else final


@click.command("links")
@issue_argument(required=False)
@click.option(
    "--offline", is_flag=True, help="Show what earlier runs were answered, and ask nothing."
)
@click.option("--refresh", is_flag=True, help="Ask anew, whatever was answered before.")
@private_option
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(
    issue: str | None, offline: bool, refresh: bool, private: tuple[str, ...], json_: bool
) -> None:
    """List an issue's links, each with its places and words, the verdict, where it leads, and that page's title.

    The network is asked about links that it did not answer for in the last days. Ends with code 0 whatever was
    answered: `newsletter check --links` is for what must not go out.
    """
    mode = mode_of(offline=offline, refresh=refresh)
    workspace = open_workspace()
    folder = select(workspace, issue, here())
    loaded = load(workspace, folder)
    if loaded.issue is None:
        raise IssueRejected(folder.name, loaded.findings)
    every = uses(workspace, loaded.issue, loaded.theme)
    told = ask_about(workspace, {folder: asked_of(workspace, loaded.issue, every)}, mode, private)
    rows = _rows(workspace, loaded.issue, every, told)
    if json_:
        import json

        document = {
            "issue": folder.name,
            "counts": _counts(rows),
            "links": [_json(row) for row in rows],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        _print(
            f"{folder.name}: {of_links(_counts(rows))}", rows, f"{workspace.display_path(folder)}/"
        )
    if told.stopped:
        tell_stopped(told)
        sys.exit(1)


def _rows(
    workspace: Workspace, issue: Issue, every: Sequence[LinkUse], told: LinkOutcome
) -> list[LinkRow]:
    """Return the links in reading order."""
    alike: dict[str, list[LinkUse]] = {}
    for use in every:
        alike.setdefault(use.url, []).append(use)
    rows = []
    for url, several in alike.items():
        answer = told.answers.get(bare(url))
        said = answer.at(several[0].fragment) if answer else None
        why = said.why if said else _unasked(workspace, issue, several[0])
        rows.append(LinkRow(url, tuple(several), said, why))
    return rows


def _counts(rows: Sequence[LinkRow]) -> dict[str, int]:
    found = Counter(row.verdict for row in rows)
    return {verdict: found[verdict] for verdict in (*VERDICTS, UNASKED) if found[verdict]}


def _unasked(workspace: Workspace, issue: Issue, use: LinkUse) -> str:
    """Return why there is no answer for a link."""
    if FIELD.search(use.url):
        return "it differs by reader"
    if not use.web:
        return "it is no web page"
    if not asked_of(workspace, issue, (use,)):
        return "it is there once the issue is published"
    if covers(of_workspace(workspace).skip, host_of(use.url)):
        return "the settings skip its host"
    return "nobody has asked yet"


# --- as text ---------------------------------------------------------------------------------------------


def _print(head: str, rows: Sequence[LinkRow], own: str) -> None:
    """Write a block for each link; on a terminal words keep to its width, and addresses are never broken."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    places = {use: str(use.where).removeprefix(own) for row in rows for use in row.uses}
    widest = max(map(display_width, places.values()), default=0)
    click.echo(wrap(head, width) if width else head)
    for row in rows:
        click.echo()
        verdict = row.verdict
        for use in row.uses:
            words = "" if use.text == row.url else sanitize_terminal(use.text)
            place = places[use] + " " * (widest - display_width(places[use]))
            shown = click.style(
                f"{verdict:<{len(INDENT)}}", fg=COLOURS.get(verdict, "yellow") if verdict else None
            )
            line = f"{place}  {words}".rstrip()
            click.echo(f"{shown}{cut(line, width - len(INDENT)) if width else line}")
            verdict = ""
        click.echo(f"{INDENT}{sanitize_terminal(row.url)}")
        if row.final:
            click.echo(f"{INDENT}-> {sanitize_terminal(row.final)}")
        details = " · ".join(_details(row))
        click.echo(wrap(details, width, INDENT, INDENT) if width else f"{INDENT}{details}")


def _details(row: LinkRow) -> Iterator[str]:
    title = sanitize_terminal(row.answer.title) if row.answer else ""
    if row.verdict == "moved":
        yield "moved for good"  # where to stands above
    elif row.verdict != "ok" or not title:
        yield sanitize_terminal(row.why)
    if row.answer:
        yield _age(row.answer.asked)
    if title:
        yield f"“{title}”"


def _age(asked: dt.datetime) -> str:
    """Return how long ago that was, in the largest unit that fits."""
    seconds = (dt.datetime.now(dt.UTC) - asked).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


# --- as JSON ---------------------------------------------------------------------------------------------


def _json(row: LinkRow) -> dict[str, Any]:
    answer = row.answer
    return {
        "url": row.url,
        "verdict": row.verdict,
        "why": row.why,
        "status": answer.status if answer else None,
        "final": answer.final or None if answer else None,
        "moved_to": answer.moved_to if answer else None,
        "title": answer.title or None if answer else None,
        "asked": answer.asked.isoformat(timespec="seconds") if answer else None,
        "from_memory": answer.from_memory if answer else None,
        "uses": [
            {"path": use.where.path, "line": use.where.line, "column": use.where.column}
            | {"text": use.text, "kind": use.kind}
            for use in row.uses
        ],
    }

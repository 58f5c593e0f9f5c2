"""`newsletter links`."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click
from msgspec import Struct

from newsletter.check.formats import of_links
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.json_output import print_json
from newsletter.cli.link_checking import (
    NOT_CHECKED,
    VERDICTS,
    LinkOutcome,
    cache_mode,
    check_issue_links,
    cut_to_width,
    private_option,
    report_interrupted,
)
from newsletter.errors import IssueRejected
from newsletter.links.extract import LinkUse, link_uses, requestable
from newsletter.links.options import link_options
from newsletter.links.result import LinkResult, without_fragment
from newsletter.load import load
from newsletter.markup.merge_fields import FIELD
from newsletter.markup.page import wrap
from newsletter.markup.width import display_width
from newsletter.model import Issue
from newsletter.schema.hosts import host_covers, host_of
from newsletter.workspace import Workspace, select

SHOWN = ("broken", "suspect", "moved", "blocked", "timeout", NOT_CHECKED, "ok")
HEADINGS: Mapping[str, str] = {
    "broken": "Broken: find the new address, or remove the link",
    "suspect": "Suspect: open each and check that it is the page you mean",
    "moved": "Moved permanently: `newsletter check --links --fix` writes the new address",
    "blocked": "Blocked: the server refuses automated requests, so open each in a browser",
    "timeout": "Timed out: try again later",
    NOT_CHECKED: "Not checked",
    "ok": "OK",
}
COLORS = {"ok": "green", "broken": "red", NOT_CHECKED: None}  # the others are yellow
LONGEST = 300  # characters of an address or a title from the network
INDENT = "    "


class LinkRow(Struct, frozen=True):
    """One link: a URL, all its uses, and its result."""

    url: str
    uses: tuple[LinkUse, ...]
    result: LinkResult | None
    reason: str  # the reason of the result, or why there is none

    @property
    def verdict(self) -> str:
        return self.result.verdict if self.result else NOT_CHECKED

    @property
    def final(self) -> str:
        """Return where the link leads, if that is a different URL, not an equivalent one.

        The new address of a link that moved is always shown, since it is what an editor writes.
        """
        from newsletter.links.url import NotWebAddress, canonical_url

        if self.result and self.verdict == "moved":
            return self.result.moved_to or self.result.final
        final = self.result.final if self.result else ""
        try:
            requested = str(canonical_url(self.url))
        except NotWebAddress:
            return ""
        is_same = without_fragment(final).rstrip("/") == requested.rstrip("/")
        return "" if is_same else final


@click.command("links")
@issue_argument(required=False)
@click.option("--offline", is_flag=True, help="Use cached results only; make no requests.")
@click.option("--refresh", is_flag=True, help="Check every link again, ignoring cached results.")
@private_option
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(SHOWN),
    metavar="VERDICT",
    help=f"Show only links with this verdict: {', '.join(SHOWN)}.",
)
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(
    issue: str | None,
    offline: bool,
    refresh: bool,
    private: tuple[str, ...],
    only: tuple[str, ...],
    json_: bool,
) -> None:
    """List an issue's links by verdict, those that need a person first.

    Each is listed with its places and text, where it leads, the title of that page, and the age of the result. Links
    without a recent result are checked over the network. The exit code is 0 whatever the verdicts: use
    `newsletter check --links` to block a publication.
    """
    mode = cache_mode(offline=offline, refresh=refresh)
    workspace = current_workspace()
    folder = select(workspace, issue, here())
    loaded = load(workspace, folder)
    if loaded.issue is None:
        raise IssueRejected(folder.name, loaded.findings)
    uses = link_uses(workspace, loaded.issue, loaded.theme)
    links = {folder: requestable(workspace, loaded.issue, uses)}
    outcome = check_issue_links(workspace, links, mode, private)
    rows = _rows(workspace, loaded.issue, uses, outcome)
    counts = _counts(rows)
    if only:
        rows = [row for row in rows if row.verdict in only]
    if json_:
        _print_json(folder.name, counts, rows)
    else:
        heading = f"{folder.name}: {of_links(counts)}"
        _print(heading, rows, f"{workspace.display_path(folder)}/")
    if outcome.interrupted:
        report_interrupted(outcome)
        sys.exit(1)


def _rows(
    workspace: Workspace, issue: Issue, uses: Sequence[LinkUse], outcome: LinkOutcome
) -> list[LinkRow]:
    """Return the links grouped by verdict, each group in reading order."""
    by_url: dict[str, list[LinkUse]] = {}
    for use in uses:
        by_url.setdefault(use.url, []).append(use)
    rows = []
    for url, group in by_url.items():
        result = outcome.results.get(without_fragment(url))
        if result:
            result = result.for_fragment(group[0].fragment)
        reason = result.reason if result else _reason_not_checked(workspace, issue, group[0])
        rows.append(LinkRow(url, tuple(group), result, reason))
    return sorted(rows, key=lambda row: SHOWN.index(row.verdict))


def _counts(rows: Sequence[LinkRow]) -> dict[str, int]:
    counts = Counter(row.verdict for row in rows)
    return {verdict: counts[verdict] for verdict in (*VERDICTS, NOT_CHECKED) if counts[verdict]}


def _reason_not_checked(workspace: Workspace, issue: Issue, use: LinkUse) -> str:
    if FIELD.search(use.url):
        return "differs by reader"
    if not use.is_web:
        return "not a web page"
    if not requestable(workspace, issue, (use,)):
        return "exists once the issue is published"
    if host_covers(link_options(workspace).skip, host_of(use.url)):
        return "host skipped in the settings"
    return "no result yet"


# --- as text ---------------------------------------------------------------------------------------------


def _print(heading: str, rows: Sequence[LinkRow], own: str) -> None:
    """Print a group for each verdict; text is wrapped on a terminal, but URLs never are."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    click.echo(wrap(heading, width) if width else heading)
    places = {use: str(use.where).removeprefix(own) for row in rows for use in row.uses}
    verdict = ""
    for row in rows:
        click.echo()
        if row.verdict != verdict:
            verdict = row.verdict
            title = HEADINGS[verdict]
            color = COLORS.get(verdict, "yellow")
            click.echo(click.style(wrap(title, width) if width else title, fg=color, bold=True))
            click.echo()
        _print_row(row, places, width)


def _print_row(row: LinkRow, places: Mapping[LinkUse, str], width: int | None) -> None:
    widest = max(display_width(places[use]) for use in row.uses)
    for use in row.uses:
        text = "" if use.text == row.url else printable_text(use.text)
        padding = " " * (widest - display_width(places[use]))
        line = f"{places[use]}{padding}  {text}".rstrip()
        click.echo(cut_to_width(line, width) if width else line)
    click.echo(f"{INDENT}{printable_text(row.url)}")
    if row.final:
        click.echo(f"{INDENT}-> {printable_text(row.final)}")
    details = " · ".join(_details(row))
    click.echo(wrap(details, width, INDENT, INDENT) if width else f"{INDENT}{details}")


def _details(row: LinkRow) -> Iterator[str]:
    title = printable_text(row.result.title) if row.result else ""
    is_plain = row.verdict == "ok" and title and "allowlisted" not in row.reason
    if row.verdict != "moved" and not is_plain:  # the new address is printed above
        yield printable_text(row.reason)
    if row.verdict == "moved" and row.result and not row.result.fixable:
        yield "compare the pages: --fix does not write it"
    if row.result:
        yield _age(row.result.checked_at)
    if title:
        yield f"“{title}”"


def printable_text(text: str) -> str:
    """Return truncated text without cursor, color and direction control characters."""
    text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _age(checked_at: dt.datetime) -> str:
    """Return the time since then, in the largest unit that fits."""
    seconds = (dt.datetime.now(dt.UTC) - checked_at).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


# --- as JSON ---------------------------------------------------------------------------------------------


def _print_json(slug: str, counts: Mapping[str, int], rows: Sequence[LinkRow]) -> None:

    document = {"issue": slug, "counts": counts, "links": [_json(row) for row in rows]}
    print_json(document)


def _json(row: LinkRow) -> dict[str, Any]:
    return {
        "url": row.url,
        "verdict": row.verdict,
        "reason": row.reason,
        **_json_result(row.result),
        "uses": [
            {
                "path": use.where.path,
                "line": use.where.line,
                "column": use.where.column,
                "text": use.text,
                "kind": use.kind,
            }
            for use in row.uses
        ],
    }


def _json_result(result: LinkResult | None) -> dict[str, Any]:
    keys = "status final moved_to fixable title hops seconds checked_at cached".split()
    if result is None:
        return dict.fromkeys(keys)
    return {
        "status": result.status,
        "final": result.final or None,
        "moved_to": result.moved_to,
        "fixable": result.fixable if result.moved_to else None,
        "title": result.title or None,
        "hops": result.hops,
        "seconds": result.seconds,
        "checked_at": result.checked_at.isoformat(timespec="seconds"),
        "cached": result.cached,
    }

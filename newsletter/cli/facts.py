"""`newsletter facts`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import asdict

from newsletter.check.formats.text import sanitize_terminal
from newsletter.check.prose.fact_lookup import same_unit, value_of
from newsletter.check.prose.passages import passages
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.json_output import print_json
from newsletter.errors import IssueRejected
from newsletter.markup.facts import FACT
from newsletter.model import Fact, Issue, Source
from newsletter.workspace import Workspace, select


class FactRow(Struct, frozen=True):
    """One figure of the register."""

    id: str
    figure: str  # with its unit
    places: tuple[str, ...]  # file:line:column
    source: str
    url: str
    as_of: str
    accessed: str
    link: str  # verdict of the link check, from its cache
    cell: str


@click.command("facts")
@issue_argument(required=False)
@click.option("--csv", "csv_", is_flag=True, help="Print as CSV.")
@click.option("--json", "json_", is_flag=True, help="Print as JSON.")
def command(issue: str | None, csv_: bool, json_: bool) -> None:
    """List the figures of facts.yaml: the figure, its places in the text, source, dates and link.

    Link results are those of the last `newsletter links`; no requests are made.
    """
    from newsletter.load import load

    workspace = current_workspace()
    folder = select(workspace, issue, here())
    loaded = load(workspace, folder)
    if loaded.issue is None:
        raise IssueRejected(folder.name, loaded.findings)
    verdicts = _verdicts(workspace, loaded.issue)
    own = f"{workspace.display_path(folder)}/"
    rows = [_row(fact, loaded.issue, verdicts, own) for fact in loaded.issue.facts]
    if json_:
        document = {"issue": folder.name, "facts": [asdict(row) for row in rows]}
        print_json(document)
    elif csv_:
        click.echo(_csv(rows), nl=False)
    else:
        _print(rows, folder.name)


def _verdicts(workspace: Workspace, issue: Issue) -> dict[str, str]:
    """Return URL -> verdict for the sources with a result in the link cache."""
    from newsletter.cli.link_checking import cache_mode, check_issue_links
    from newsletter.links.extract import link_uses, requestable
    from newsletter.links.result import without_fragment

    if not issue.facts:
        return {}
    uses = requestable(workspace, issue, link_uses(workspace, issue, None))
    mode = cache_mode(offline=True, refresh=False)
    outcome = check_issue_links(workspace, {issue.folder: uses}, mode, ())
    return {
        url: result.verdict
        for source in issue.sources
        if (url := source.url) and (result := outcome.results.get(without_fragment(url)))
    }


def _row(fact: Fact, issue: Issue, verdicts: dict[str, str], own: str) -> FactRow:
    source = next((source for source in issue.sources if source.id == fact.source), None)
    url = (source.url if source else None) or ""
    return FactRow(
        id=fact.id,
        figure=" ".join(filter(None, (fact.value, fact.unit))),
        places=tuple(str(location).removeprefix(own) for location in _places(fact, issue)),
        source=source.words if source else "",
        url=url,
        as_of=str(fact.as_of or ""),
        accessed=_accessed(source),
        link=verdicts.get(url, "not checked") if url else "",
        cell=fact.cell or "",
    )


def _accessed(source: Source | None) -> str:
    return str((source.accessed or "") if source else "")


def _places(fact: Fact, issue: Issue) -> list[str]:
    """Return where a figure is printed, by its id or as its number with its unit."""
    uses: list[str] = []
    for section in issue.sections:
        for number, line in enumerate(section.text.split("\n"), 1):
            uses += [
                f"{section.where.path}:{number}:{match.start() + 1}"
                for match in FACT.finditer(line)
                if match[1] == fact.id
            ]
    value = value_of(fact, issue.language)
    for passage in passages(issue) if value is not None else ():
        for figure in passage.figures:
            if figure.value == value and same_unit(figure, passage, fact):
                uses.append(str(passage.at(figure.start, figure.text)))
    return list(dict.fromkeys(uses))


def _csv(rows: Sequence[FactRow]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(FactRow.__struct_fields__)
    for row in rows:
        writer.writerow(
            _safe(" ".join(cell) if isinstance(cell, tuple) else cell) for cell in _cells(row)
        )
    return buffer.getvalue()


def _cells(row: FactRow) -> list[Any]:
    return [getattr(row, name) for name in FactRow.__struct_fields__]


def _safe(cell: str) -> str:
    """Return a cell escaped so that a spreadsheet does not evaluate it as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@", "\t") else cell


def _print(rows: Sequence[FactRow], slug: str) -> None:
    if not rows:
        click.echo(f"{slug}: no facts.yaml, or no figures in it.", err=True)
        return
    click.echo(f"{slug}: {len(rows)} figure{'s' if len(rows) != 1 else ''}")
    for row in rows:
        click.echo(f"\n{click.style(row.figure, bold=True)}  ({row.id})")
        details = (
            ("in", ", ".join(row.places) or "not found in the text"),
            ("cell", row.cell),
            ("source", row.source or "none"),
            ("link", f"{row.link}  {row.url}" if row.url else ""),
            ("as of", row.as_of or "no date"),
            ("accessed", row.accessed),
        )
        for name, words in details:
            if words:
                click.echo(f"  {name:<9}{sanitize_terminal(words)}")

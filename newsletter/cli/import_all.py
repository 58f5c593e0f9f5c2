"""`newsletter import --all`, and a file that holds pluralize drafts."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from newsletter.check.formats import pluralize
from newsletter.check.formats.json_ import finding_json
from newsletter.cli.import_ import ImportOptions, fetched
from newsletter.cli.import_report import notes_json, people_json, show_people
from newsletter.cli.progress import Progress
from newsletter.cli.report import show_findings
from newsletter.importers.back_catalogue import (
    DraftOutcome,
    DraftSummary,
    drafts_in,
    everybody,
    look_at_all,
    write_all,
)
from newsletter.importers.intake import house_of
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.workspace import Workspace

SHOWN = 40  # rows of a list that a person reads; more of them are in --json


def import_folder(
    workspace: Workspace, folder: Path, asked: ImportOptions, jobs: int | None
) -> None:
    """Import every draft in a folder; ends with 1 where one was skipped or has errors."""
    _import(workspace, drafts_in(folder), asked, jobs)


def import_file(workspace: Workspace, path: Path, asked: ImportOptions) -> None:
    """Import every draft in one file: an export of all posts, a mailbox."""
    _import(workspace, [path], asked, 1)


def _import(
    workspace: Workspace, paths: Sequence[Path], asked: ImportOptions, jobs: int | None
) -> None:
    house = house_of(workspace)
    progress = Progress(len(paths) * 2, quiet=asked.json)
    seen = look_at_all(
        workspace,
        house,
        paths,
        jobs,
        lambda one: progress.tell(one.origin, failed=bool(one.why_not)),
    )
    progress.close()
    who = everybody(seen, house)
    if not asked.json:
        _show_seen(workspace, seen, who)
    done: list[DraftOutcome] = []
    if not asked.dry_run:
        ready = sum(not one.why_not for one in seen)
        if (
            ready
            and asked.asks
            and not click.confirm(f"Write {pluralize(ready, 'issue')}?", default=True, err=True)
        ):
            raise click.Abort
        progress = Progress(ready, quiet=asked.json)
        fetch = partial(fetched, workspace=workspace, fetch=asked.fetch)
        done = write_all(
            workspace,
            house,
            seen,
            jobs,
            lambda one: progress.tell(one.seen.slug, failed=False),
            fetch,
        )
        progress.close()
    if asked.json:
        click.echo(json.dumps(_document(seen, done, who), ensure_ascii=False, indent=2))
    elif not asked.dry_run:
        _show_done(seen, done)
    if any(one.why_not for one in seen) or any(one.why_not or one.findings for one in done):
        sys.exit(1)


def _show_seen(workspace: Workspace, seen: Sequence[DraftSummary], who: ResolvedPeople) -> None:
    ready = [one for one in seen if not one.why_not]
    for one in ready[:SHOWN]:
        lost = f"  {pluralize(len(one.lost), 'place')} not brought along" if one.lost else ""
        click.echo(
            f"{one.origin}  ->  {one.slug}  {pluralize(one.sections, 'section')}, {one.words:,} words{lost}"
        )
    if len(ready) > SHOWN:
        click.echo(f"… and {len(ready) - SHOWN:,} more")
    for one in seen:
        if one.why_not:
            click.echo(
                f"{one.origin}: {click.style('skipped', fg='yellow')}: {one.why_not}", err=True
            )
    show_people(who, workspace.display_path(workspace.masthead))


def _show_done(seen: Sequence[DraftSummary], done: Sequence[DraftOutcome]) -> None:
    for one in done:
        if one.why_not:
            click.echo(
                f"{one.seen.origin}: {click.style('skipped', fg='yellow')}: {one.why_not}", err=True
            )
        show_findings(one.findings)
    written = [one for one in done if not one.why_not]
    skipped = len(seen) - len(written)
    faulty = sum(bool(one.findings) for one in written)
    counts = [
        f"{pluralize(len(written), 'issue')} imported",
        f"{skipped:,} skipped",
        f"{faulty:,} with errors",
    ]
    click.echo(", ".join(counts))
    click.echo("Look closer: newsletter check --all", err=True)


def _document(
    seen: Sequence[DraftSummary], done: Sequence[DraftOutcome], who: ResolvedPeople
) -> dict[str, Any]:
    told = {(one.seen.file, one.seen.place): one for one in done}
    rows = []
    for one in seen:
        after = told.get((one.file, one.place))
        why = one.why_not or (after.why_not if after else "")
        rows.append(
            {
                "draft": one.origin,
                "issue": None if why else one.slug,
                "skipped": why or None,
                "sections": one.sections,
                "words": one.words,
                "told": notes_json(one.lost),
                "findings": [finding_json(finding) for finding in after.findings] if after else [],
            }
        )
    return {"drafts": rows, "new": people_json(who)}

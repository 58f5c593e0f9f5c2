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
from newsletter.cli.import_ import ImportOptions, fetch_images
from newsletter.cli.import_report import notes_json, people_json, show_people
from newsletter.cli.progress import Progress
from newsletter.cli.report import show_findings
from newsletter.importers.back_catalogue import (
    DraftOutcome,
    DraftSummary,
    find_drafts,
    resolve_everybody,
    summarize_all,
    write_all,
)
from newsletter.importers.import_line import load_context
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.workspace import Workspace

SHOWN = 40  # rows of a list that a person reads; more of them are in --json


def import_folder(
    workspace: Workspace, folder: Path, options: ImportOptions, jobs: int | None
) -> None:
    """Import every draft in a folder; ends with 1 where one was skipped or has errors."""
    _import(workspace, find_drafts(folder), options, jobs)


def import_file(workspace: Workspace, path: Path, options: ImportOptions) -> None:
    """Import every draft in one file: an export of all posts, a mailbox."""
    _import(workspace, [path], options, 1)


def _import(
    workspace: Workspace, paths: Sequence[Path], options: ImportOptions, jobs: int | None
) -> None:
    context = load_context(workspace)
    progress = Progress(len(paths) * 2, quiet=options.json)
    summaries = summarize_all(
        workspace,
        context,
        paths,
        jobs,
        lambda entry: progress.tell(entry.origin, failed=bool(entry.skip_reason)),
    )
    progress.close()
    resolved = resolve_everybody(summaries, context)
    if not options.json:
        _show_seen(workspace, summaries, resolved)
    done: list[DraftOutcome] = []
    if not options.dry_run:
        ready = sum(not summary.skip_reason for summary in summaries)
        if (
            ready
            and options.asks
            and not click.confirm(f"Write {pluralize(ready, 'issue')}?", default=True, err=True)
        ):
            raise click.Abort
        progress = Progress(ready, quiet=options.json)
        fetch = partial(fetch_images, workspace=workspace, fetch=options.fetch)
        done = write_all(
            workspace,
            context,
            summaries,
            jobs,
            lambda entry: progress.tell(entry.summary.slug, failed=False),
            fetch,
        )
        progress.close()
    if options.json:
        click.echo(json.dumps(_document(summaries, done, resolved), ensure_ascii=False, indent=2))
    elif not options.dry_run:
        _show_done(summaries, done)
    if any(summary.skip_reason for summary in summaries) or any(
        outcome.skip_reason or outcome.findings for outcome in done
    ):
        sys.exit(1)


def _show_seen(
    workspace: Workspace, summaries: Sequence[DraftSummary], resolved: ResolvedPeople
) -> None:
    ready = [summary for summary in summaries if not summary.skip_reason]
    for summary in ready[:SHOWN]:
        lost = (
            f"  {pluralize(len(summary.omitted), 'place')} not brought along"
            if summary.omitted
            else ""
        )
        click.echo(
            f"{summary.origin}  ->  {summary.slug}  {pluralize(summary.sections, 'section')}, {summary.words:,} words{lost}"
        )
    if len(ready) > SHOWN:
        click.echo(f"… and {len(ready) - SHOWN:,} more")
    for summary in summaries:
        if summary.skip_reason:
            click.echo(
                f"{summary.origin}: {click.style('skipped', fg='yellow')}: {summary.skip_reason}",
                err=True,
            )
    show_people(resolved, workspace.display_path(workspace.masthead))


def _show_done(summaries: Sequence[DraftSummary], done: Sequence[DraftOutcome]) -> None:
    for outcome in done:
        if outcome.skip_reason:
            click.echo(
                f"{outcome.summary.origin}: {click.style('skipped', fg='yellow')}: {outcome.skip_reason}",
                err=True,
            )
        show_findings(outcome.findings)
    written = [outcome for outcome in done if not outcome.skip_reason]
    skipped = len(summaries) - len(written)
    faulty = sum(bool(outcome.findings) for outcome in written)
    counts = [
        f"{pluralize(len(written), 'issue')} imported",
        f"{skipped:,} skipped",
        f"{faulty:,} with errors",
    ]
    click.echo(", ".join(counts))
    click.echo("Look closer: newsletter check --all", err=True)


def _document(
    summaries: Sequence[DraftSummary], done: Sequence[DraftOutcome], resolved: ResolvedPeople
) -> dict[str, Any]:
    notes = {(outcome.summary.file, outcome.summary.index): outcome for outcome in done}
    rows = []
    for summary in summaries:
        after = notes.get((summary.file, summary.index))
        reason = summary.skip_reason or (after.skip_reason if after else "")
        rows.append(
            {
                "draft": summary.origin,
                "issue": None if reason else summary.slug,
                "skipped": reason or None,
                "sections": summary.sections,
                "words": summary.words,
                "told": notes_json(summary.omitted),
                "findings": [finding_json(finding) for finding in after.findings] if after else [],
            }
        )
    return {"drafts": rows, "new": people_json(resolved)}

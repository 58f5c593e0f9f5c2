"""`newsletter import --all`, and a file that contains several drafts."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from newsletter.check.formats import pluralize
from newsletter.check.formats.json_ import finding_json
from newsletter.cli.garbage import collect_often, never_collected
from newsletter.cli.import_report import notes_json, people_json, show_people
from newsletter.cli.importing import ImportOptions, confirm, end_with_errors, fetch_images
from newsletter.cli.json_output import print_json
from newsletter.cli.progress import Progress
from newsletter.importers.back_catalogue import (
    DraftOutcome,
    DraftSummary,
    find_drafts,
    resolve_everybody,
    summarize_all,
    unread_types,
    write_all,
)
from newsletter.importers.import_line import load_context
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.model import Finding, RuleSelection
from newsletter.pipeline.check_batch import CheckOptions, check_all
from newsletter.workspace import Workspace

SHOWN = 40  # rows of a list that a person reads; --json prints all of them
TYPES = 8  # types of files that are not read, named on the screen
COMMONEST = 3  # kinds of errors named in the summary

Findings = dict[str, tuple[Finding, ...]]  # of a check, by slug


def import_folder(
    workspace: Workspace, folder: Path, options: ImportOptions, jobs: int | None
) -> None:
    """Import every draft in a folder; ends with 1 if one is skipped or has errors."""
    paths = find_drafts(folder)
    unread = unread_types(folder)
    if unread and not options.json:
        shown = [f"{count:,} {ending}" for ending, count in list(unread.items())[:TYPES]]
        rest = ", …" if len(unread) > TYPES else ""
        click.echo(f"Not read: {', '.join(shown)}{rest}", err=True)
    _import(workspace, paths, options, jobs, unread=unread)


def import_file(workspace: Workspace, path: Path, options: ImportOptions) -> None:
    """Import every draft in one file, such as an export of all posts or a mailbox."""
    _import(workspace, [path], options, 1)


def _import(
    workspace: Workspace,
    paths: Sequence[Path],
    options: ImportOptions,
    jobs: int | None,
    *,
    unread: Mapping[str, int] = MappingProxyType({}),
) -> None:
    context = load_context(workspace)
    progress = Progress(len(paths), quiet=options.json)
    with _collection(len(paths)):
        summaries = summarize_all(
            workspace,
            context,
            paths,
            jobs,
            report=lambda entry: progress.advance(entry.origin, failed=bool(entry.skip_reason)),
        )
    progress.close()
    resolved = resolve_everybody(summaries, context)
    if not options.json:
        _show_summaries(workspace, summaries, resolved)
    outcomes: list[DraftOutcome] = []
    findings: Findings = {}
    if not options.dry_run:
        outcomes = _write(workspace, summaries, options, jobs)
        collect_often()
        findings = _check(workspace, outcomes, options, jobs)
    if options.json:
        document = _document(summaries, outcomes, findings, resolved)
        document["not_read"] = dict(unread)
        print_json(document)
    elif not options.dry_run:
        _show_outcomes(summaries, outcomes, findings)
    skipped = [entry.skip_reason for entry in summaries]
    skipped += [outcome.skip_reason for outcome in outcomes]
    if any(skipped):
        sys.exit(1)
    end_with_errors(finding for group in findings.values() for finding in group)


def _collection(files: int) -> AbstractContextManager[None]:
    """Return how garbage is collected: several files are tasks, after each of which it is."""
    return never_collected() if files > 1 else nullcontext()


def _write(
    workspace: Workspace,
    summaries: Sequence[DraftSummary],
    options: ImportOptions,
    jobs: int | None,
) -> list[DraftOutcome]:
    ready = sum(not summary.skip_reason for summary in summaries)
    if ready:
        confirm(f"Write {pluralize(ready, 'issue')}?", options)
    progress = Progress(ready, quiet=options.json)
    with _collection(len({summary.file for summary in summaries})):
        outcomes = write_all(
            workspace,
            load_context(workspace),
            summaries,
            jobs,
            report=lambda entry: progress.advance(
                entry.summary.slug, failed=bool(entry.skip_reason)
            ),
            fetch=partial(fetch_images, workspace=workspace, fetch=options.fetch),
        )
    progress.close()
    return outcomes


def _check(
    workspace: Workspace,
    outcomes: Sequence[DraftOutcome],
    options: ImportOptions,
    jobs: int | None,
) -> Findings:
    """Return what `newsletter check` finds in the issues just written."""
    folders = [
        workspace.issues / outcome.summary.slug for outcome in outcomes if not outcome.skip_reason
    ]
    progress = Progress(len(folders), quiet=options.json)
    checked = check_all(
        workspace,
        folders,
        CheckOptions(RuleSelection()),
        jobs,
        on_done=lambda issue: progress.advance(issue.slug, failed=issue.failed),
    )
    progress.close()
    return {issue.slug: issue.findings for issue in checked}


# --- output --------------------------------------------------------------------------------------


def _show_summaries(
    workspace: Workspace, summaries: Sequence[DraftSummary], resolved: ResolvedPeople
) -> None:
    ready = [summary for summary in summaries if not summary.skip_reason]
    for summary in ready[:SHOWN]:
        size = f"{pluralize(summary.sections, 'section')}, {summary.words:,} words"
        omitted = f", {len(summary.omitted):,} omitted" if summary.omitted else ""
        click.echo(f"{summary.origin}  ->  {summary.slug}  {size}{omitted}")
    if len(ready) > SHOWN:
        click.echo(f"… and {len(ready) - SHOWN:,} more")
    for summary in summaries:
        if summary.skip_reason:
            _show_skipped(summary.origin, summary.skip_reason)
    show_people(resolved, workspace.display_path(workspace.masthead))


def _show_skipped(origin: str, reason: str) -> None:
    click.echo(f"{origin}: {click.style('skipped', fg='yellow')}: {reason}", err=True)


def _show_outcomes(
    summaries: Sequence[DraftSummary], outcomes: Sequence[DraftOutcome], findings: Findings
) -> None:
    for outcome in outcomes:
        if outcome.skip_reason:
            _show_skipped(outcome.summary.origin, outcome.skip_reason)
    written = [outcome for outcome in outcomes if not outcome.skip_reason]
    errors = [finding for group in findings.values() for finding in group if _is_error(finding)]
    faulty = sum(any(map(_is_error, group)) for group in findings.values())
    counts = [
        f"{pluralize(len(written), 'issue')} imported",
        f"{len(summaries) - len(written):,} skipped",
        f"{faulty:,} with errors",
    ]
    click.echo(", ".join(counts))
    if not errors:
        return
    kinds = Counter((finding.code, finding.name) for finding in errors)
    common = [f"{count:,} {code} {name}" for (code, name), count in kinds.most_common(COMMONEST)]
    rest = ", …" if len(kinds) > COMMONEST else ""
    click.echo(f"{pluralize(len(errors), 'error')}: {', '.join(common)}{rest}", err=True)
    click.echo("Details: newsletter check --all", err=True)


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


def _document(
    summaries: Sequence[DraftSummary],
    outcomes: Sequence[DraftOutcome],
    findings: Findings,
    resolved: ResolvedPeople,
) -> dict[str, Any]:
    written = {(outcome.summary.file, outcome.summary.index): outcome for outcome in outcomes}
    rows = []
    for summary in summaries:
        outcome = written.get((summary.file, summary.index))
        reason = summary.skip_reason or (outcome.skip_reason if outcome else "")
        group = findings.get(summary.slug, ()) if outcome and not reason else ()
        rows.append(
            {
                "draft": summary.origin,
                "issue": None if reason else summary.slug,
                "skipped": reason or None,
                "sections": summary.sections,
                "words": summary.words,
                "notes": notes_json(summary.omitted),
                "findings": [finding_json(finding) for finding in group],
            }
        )
    return {"drafts": rows, "masthead": people_json(resolved)}

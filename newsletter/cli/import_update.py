"""`newsletter import --update`: a newer draft of an issue that is there."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from newsletter.cli.import_ import ImportOptions, edited, fetched
from newsletter.cli.import_report import (
    notes_json,
    outline_json,
    people_json,
    show_notes,
    show_outline,
    show_people,
)
from newsletter.cli.issue_argument import here
from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected
from newsletter.files.output import change_folder, write_file
from newsletter.importers.draft import Draft
from newsletter.importers.intake import (
    ImportContext,
    ImportPlan,
    ReadDraft,
    add_people,
    house_of,
    issue_of,
    reading,
    understood,
)
from newsletter.importers.issue.import_record import NAME, TEXT
from newsletter.importers.issue.update import THEIRS, FileConflict, IssueUpdate, read_folder, update
from newsletter.load.files import WorkspaceReader
from newsletter.schema.documents import IssueFile
from newsletter.workspace import Workspace, select


def bring_in(workspace: Workspace, draft: Draft, name: str, asked: ImportOptions) -> None:
    """Bring a newer draft into an issue; ends with 1 where somebody has to decide."""
    folder = select(workspace, name, here())
    house = house_of(workspace)
    draft, outline = understood(draft, house)
    if not asked.json:
        show_outline(outline, draft)
    if asked.edit:
        outline = edited(outline, draft, house, asked)
    read = fetched(reading(draft, outline, house), workspace, fetch=asked.fetch)
    issue = _issue(workspace, folder, read, house)
    before = read_folder(folder)
    change = update(folder, before, issue.folder.files, draft.origin)
    if asked.json:
        document = _document(workspace, folder, change, asked) | {
            "told": notes_json(issue.folder.told)
        }
        click.echo(
            json.dumps(
                outline_json(outline, draft) | people_json(issue.cast) | document,
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        show_notes(issue.folder.told, draft.unit)
        show_people(issue.cast, workspace.display_path(workspace.masthead))
        _show(workspace, folder, before, change)
    if change.changes and not asked.dry_run:
        if asked.asks and not click.confirm(
            f"Change {workspace.display_path(folder)}?", default=True, err=True
        ):
            raise click.Abort
        _write(workspace, folder, before, change, issue)
    if change.conflicts:
        sys.exit(1)


def _issue(
    workspace: Workspace, folder: Path, draft: ReadDraft, house: ImportContext
) -> ImportPlan:
    """Return the newer draft as an issue of the day and number that the issue has now."""
    report = Report()
    read = WorkspaceReader(workspace, report).yaml(folder / "issue.yaml", IssueFile)
    if read is None:
        raise IssueRejected(folder.name, tuple(report.findings))
    return issue_of(draft, house, date=read[0].date, slug=folder.name, number=read[0].number)


def _write(
    workspace: Workspace,
    folder: Path,
    before: Mapping[str, bytes],
    change: IssueUpdate,
    issue: ImportPlan,
) -> None:
    masthead = add_people(workspace, issue.cast)
    try:
        change_folder(folder, before, change.changes)
    except BaseException:
        if masthead is not None:
            write_file(workspace.masthead, masthead)
        raise


# --- what is told ----------------------------------------------------------------------------------------


def _show(
    workspace: Workspace, folder: Path, before: Mapping[str, bytes], change: IssueUpdate
) -> None:
    """Write the changes as a diff to standard output, and what somebody has to decide to standard error."""
    shown = workspace.display_path(folder)
    for line in _diff(shown, before, change.changes):
        click.echo(line, nl=False)
    if not change.known:
        click.echo(
            f"{shown}: nothing tells what the last import wrote, so whatever differs is a conflict",
            err=True,
        )
    for conflict in change.conflicts:
        _show_conflict(shown, conflict, kept=conflict.name + THEIRS in change.changes)
    if not change.changes and not change.conflicts:
        click.echo(f"{shown} has everything of this draft already", err=True)


def _show_conflict(shown: str, conflict: FileConflict, *, kept: bool) -> None:
    head = click.style("conflict", fg="red")
    if not conflict.clashes:
        click.echo(f"{shown}/{conflict.name}: {head}: {conflict.why}", err=True)
    for clash in conflict.clashes:
        click.echo(f"{shown}/{conflict.name}:{clash.line}: {head}: both changed this", err=True)
        for side, words in (("here", clash.ours), ("the newer draft", clash.theirs)):
            for line in words.split("\n") if words else ("(nothing)",):
                click.echo(f"    {side}: {line}", err=True)
    if kept:
        click.echo(
            f"    hint: Take over what should stay from {conflict.name}{THEIRS}, and delete that file.",
            err=True,
        )


def _diff(
    shown: str, before: Mapping[str, bytes], changes: Mapping[str, bytes | None]
) -> Iterator[str]:
    for name, data in changes.items():
        if name == NAME or name.endswith(THEIRS):
            continue
        old, new = before.get(name), data
        if not name.endswith(TEXT):
            yield f"{'new' if old is None else 'changed'}: {shown}/{name}\n"
            continue
        a, b = (
            (side or b"").decode("utf-8", "replace").splitlines(keepends=True)
            for side in (old, new)
        )
        one = f"a/{shown}/{name}" if old is not None else "/dev/null"
        two = f"b/{shown}/{name}" if new is not None else "/dev/null"
        for line in difflib.unified_diff(a, b, one, two):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _document(
    workspace: Workspace, folder: Path, change: IssueUpdate, asked: ImportOptions
) -> dict[str, Any]:
    conflicts = [
        {
            "file": f"{workspace.display_path(folder)}/{one.name}",
            "why": one.why,
            "places": [
                {"line": clash.line, "ours": clash.ours, "theirs": clash.theirs}
                for clash in one.clashes
            ],
        }
        for one in change.conflicts
    ]
    changed = sorted(name for name in change.changes if name != NAME)
    return {
        "issue": folder.name,
        "written": not asked.dry_run,
        "changes": changed,
        "conflicts": conflicts,
    }

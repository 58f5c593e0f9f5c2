"""`newsletter import --update`: merge a newer draft into an existing issue."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from newsletter.cli.import_report import (
    notes_json,
    outline_json,
    people_json,
    show_notes,
    show_outline,
    show_people,
)
from newsletter.cli.importing import ImportOptions, confirm, edit_outline, fetch_images
from newsletter.cli.issue_argument import here
from newsletter.cli.json_output import print_json
from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected
from newsletter.files.output import change_folder
from newsletter.importers.draft import Draft
from newsletter.importers.import_line import (
    ImportContext,
    ImportPlan,
    ReadDraft,
    add_people,
    apply_outline,
    load_context,
    outline_draft,
    plan_issue,
    restore_masthead,
)
from newsletter.importers.issue.import_record import RECORD_NAME, TEXT
from newsletter.importers.issue.update import (
    THEIRS,
    FileConflict,
    IssueUpdate,
    plan_update,
    read_folder,
)
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.schema.documents import IssueFile
from newsletter.workspace import Workspace, select


def update_issue(workspace: Workspace, draft: Draft, name: str, options: ImportOptions) -> None:
    """Merge a newer draft into an issue; ends with 1 if there are conflicts."""
    folder = select(workspace, name, here())
    context = load_context(workspace)
    draft, outline = outline_draft(draft, context)
    if not options.json:
        show_outline(outline, draft)
    if options.edit:
        outline = edit_outline(outline, draft, context, options)
    read = fetch_images(apply_outline(draft, outline, context), workspace, fetch=options.fetch)
    plan = _plan(workspace, folder, read, context)
    before = read_folder(folder)
    change = plan_update(folder, before, plan.folder.files, draft.origin)
    if options.json:
        document = _document(workspace, folder, read, plan, change, written=not options.dry_run)
        print_json(document)
    else:
        show_notes(plan.folder.notes, draft.unit)
        show_people(plan.people, workspace.display_path(workspace.masthead))
        _show(workspace, folder, before, change)
    if change.changes and not options.dry_run:
        confirm(f"Change {workspace.display_path(folder)}?", options)
        _write(workspace, folder, before, change, plan)
    if change.conflicts:
        sys.exit(1)


def _plan(
    workspace: Workspace, folder: Path, draft: ReadDraft, context: ImportContext
) -> ImportPlan:
    """Return the newer draft as an issue with the date and number of the existing one."""
    report = Report()
    read = WorkspaceReader(workspace, report).yaml(folder / "issue.yaml", IssueFile)
    if read is None:
        raise IssueRejected(folder.name, tuple(report.findings))
    return plan_issue(draft, context, date=read[0].date, slug=folder.name, number=read[0].number)


def _write(
    workspace: Workspace,
    folder: Path,
    before: Mapping[str, bytes],
    change: IssueUpdate,
    plan: ImportPlan,
) -> None:
    masthead = add_people(workspace, plan.people)
    try:
        change_folder(folder, before, change.changes)
    except BaseException:  # also Ctrl-C: the masthead must match the folder
        restore_masthead(workspace, masthead)
        raise


# --- output --------------------------------------------------------------------------------------


def _show(
    workspace: Workspace, folder: Path, before: Mapping[str, bytes], change: IssueUpdate
) -> None:
    """Write the changes as a diff to standard output, and conflicts to standard error."""
    shown = workspace.display_path(folder)
    for line in _diff(shown, before, change.changes):
        click.echo(line, nl=False)
    if not change.known:
        click.echo(
            f"{shown}: no record of the last import; every difference is a conflict", err=True
        )
    for conflict in change.conflicts:
        _show_conflict(shown, conflict, saved=conflict.name + THEIRS in change.changes)
    if not change.changes and not change.conflicts:
        click.echo(f"{shown} already contains this draft", err=True)


def _show_conflict(shown: str, conflict: FileConflict, *, saved: bool) -> None:
    head = click.style("conflict", fg="red")
    if not conflict.conflicts:
        click.echo(f"{shown}/{conflict.name}: {head}: {conflict.reason}", err=True)
    for region in conflict.conflicts:
        location = f"{shown}/{conflict.name}:{region.line}"
        click.echo(f"{location}: {head}: changed on both sides", err=True)
        for side, words in (("here", region.ours), ("newer draft", region.theirs)):
            for line in words.split("\n") if words else ("(nothing)",):
                click.echo(f"    {side}: {line}", err=True)
    if saved:
        file = f"{conflict.name}{THEIRS}"
        click.echo(f"    hint: Merge what you want to keep from {file}, then delete it.", err=True)


def _diff(
    shown: str, before: Mapping[str, bytes], changes: Mapping[str, bytes | None]
) -> Iterator[str]:
    for name, data in changes.items():
        if name == RECORD_NAME or name.endswith(THEIRS):
            continue
        old, new = before.get(name), data
        if not name.endswith(TEXT):
            yield f"{'new' if old is None else 'changed'}: {shown}/{name}\n"
            continue
        a, b = (
            (side or b"").decode("utf-8", "replace").splitlines(keepends=True)
            for side in (old, new)
        )
        old_name = f"a/{shown}/{name}" if old is not None else "/dev/null"
        new_name = f"b/{shown}/{name}" if new is not None else "/dev/null"
        for line in difflib.unified_diff(a, b, old_name, new_name):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _document(
    workspace: Workspace,
    folder: Path,
    read: ReadDraft,
    plan: ImportPlan,
    change: IssueUpdate,
    *,
    written: bool,
) -> dict[str, Any]:
    conflicts = [
        {
            "file": f"{workspace.display_path(folder)}/{conflict.name}",
            "reason": conflict.reason,
            "regions": [
                {"line": region.line, "ours": region.ours, "theirs": region.theirs}
                for region in conflict.conflicts
            ],
        }
        for conflict in change.conflicts
    ]
    return {
        **outline_json(read.outline, read.draft),
        "notes": notes_json(plan.folder.notes),
        "masthead": people_json(plan.people),
        "issue": folder.name,
        "written": written,
        "changes": sorted(name for name in change.changes if name != RECORD_NAME),
        "conflicts": conflicts,
    }

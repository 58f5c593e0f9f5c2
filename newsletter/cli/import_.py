"""`newsletter import`."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import click

from newsletter.check.formats import CheckResult, summary
from newsletter.check.formats.json_ import finding_json
from newsletter.cli.file_argument import named_file, named_folder
from newsletter.cli.garbage import never_collected
from newsletter.cli.import_report import (
    notes_json,
    outline_json,
    people_json,
    show_notes,
    show_outline,
    show_people,
)
from newsletter.cli.importing import (
    ImportOptions,
    confirm,
    edit_outline,
    end_with_errors,
    fetch_images,
    slow_work,
)
from newsletter.cli.issue_argument import current_workspace, here
from newsletter.cli.json_output import print_json
from newsletter.cli.new import next_number, on_day
from newsletter.cli.report import show_findings
from newsletter.errors import WrongUsage
from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.importers.import_line import (
    ImportContext,
    ImportPlan,
    MastheadChanged,
    ReadDraft,
    apply_outline,
    load_context,
    outline_draft,
    plan_issue,
    read_bytes,
    refuse_existing,
    sorted_names,
    write_issue,
)
from newsletter.importers.sibling_files import SiblingFiles
from newsletter.model import Finding
from newsletter.pipeline.check_batch import check_issue
from newsletter.workspace import Workspace


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "--date",
    callback=on_day,
    metavar="DATE",
    help="Publication date; default: the date in the draft.",
)
@click.option("--slug", metavar="SLUG", help="Name of the issue's folder, with or without a date.")
@click.option("--dry-run", is_flag=True, help="Show the outline; write nothing.")
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
@click.option("--edit", is_flag=True, help="Edit the outline in $EDITOR before writing.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--fetch", is_flag=True, help="Download remote images.")
@click.option(
    "--update",
    metavar="ISSUE",
    help="Merge a newer draft into this issue; keeps edits made since.",
)
@click.option("--all", "all_", is_flag=True, help="FILE is a folder: import every draft in it.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="With --all: number of processes; default: one per core.",
)
def command(
    file: str,
    date: dt.date | None,
    slug: str | None,
    dry_run: bool,
    json_: bool,
    edit: bool,
    yes: bool,
    fetch: bool,
    update: str | None,
    all_: bool,
    jobs: int | None,
) -> None:
    """Import a draft, FILE, as an issue folder; - reads standard input.

    Reads Word, OpenDocument, Google Docs, HTML, Markdown, text, email and the exports of Notion,
    WordPress, Ghost, Buttondown, Medium, beehiiv, Substack and Obsidian. Shows an outline first,
    overwrites nothing, and lists everything that is not imported.

    Exit codes: 0 imported without errors; 1 a draft was skipped, or the new issue has errors or
    conflicts; 2 wrong usage.
    """
    workspace = current_workspace()
    interactive = sys.stdin.isatty() and file != "-" and not (yes or json_)
    options = ImportOptions(date, slug, dry_run, json_, edit, fetch, interactive)
    _refuse_combination(options, update, all_=all_)
    if all_:
        from newsletter.cli.import_all import import_folder

        folder = named_folder(file, hint="Name a folder, or remove --all.")
        import_folder(workspace, folder, options, jobs)
        return
    with slow_work(f"Reading {file}", quiet=json_), never_collected():
        drafts = _read(file)
    if len(drafts) > 1:
        _import_several(workspace, file, len(drafts), options, update)
    elif update:
        from newsletter.cli.import_update import update_issue

        update_issue(workspace, drafts[0], update, options)
    else:
        _import(workspace, drafts[0], options)


def _import_several(
    workspace: Workspace, file: str, count: int, options: ImportOptions, update: str | None
) -> None:
    from newsletter.cli.import_all import import_file

    _refuse_for_several(options, update, f"{file} contains {count} drafts")
    if file == "-":
        raise WrongUsage(
            "Standard input contains several drafts", hint="Save them to a file and import that."
        )
    import_file(workspace, here() / file, options)


def _refuse_combination(options: ImportOptions, update: str | None, *, all_: bool) -> None:
    if all_:
        _refuse_for_several(options, update, "--all imports every draft in a folder")
    if update and (options.date or options.slug):
        raise WrongUsage(
            "--update keeps the issue's date and folder", hint="Remove --date and --slug."
        )


def _refuse_for_several(options: ImportOptions, update: str | None, reason: str) -> None:
    given = {
        "--date": options.date,
        "--slug": options.slug,
        "--edit": options.edit,
        "--update": update,
    }
    if wrong := [name for name, value in given.items() if value]:
        raise WrongUsage(reason, hint=f"Remove {' and '.join(wrong)}.")


def _read(file: str) -> tuple[Draft, ...]:
    if file == "-":
        return read_drafts(sys.stdin.buffer.read(), "standard input")
    path = named_file(file, hint="Name a draft, or add --all to import a folder.")
    return read_drafts(read_bytes(path), path.name, SiblingFiles(path.parent))


# --- one draft -----------------------------------------------------------------------------------


def _import(workspace: Workspace, draft: Draft, options: ImportOptions) -> None:
    context = load_context(workspace)
    with slow_work(f"Reading {draft.origin}", quiet=options.json):
        draft, outline = outline_draft(draft, context)
    if not options.json:
        show_outline(outline, draft)
    if options.edit:
        outline = edit_outline(outline, draft, context, options)
        if not options.json:
            show_outline(outline, draft)
    with slow_work(f"Importing {draft.origin}", quiet=options.json):
        read = fetch_images(apply_outline(draft, outline, context), workspace, fetch=options.fetch)
    date = _date(read, options)
    with slow_work(f"Importing {draft.origin}", quiet=options.json):
        plan = _plan(workspace, read, context, options, date)
    if not options.json:
        _show(workspace, read, plan)
    findings: tuple[Finding, ...] = ()
    if not options.dry_run:
        plan, findings = _write(workspace, read, plan, options)
    if options.json:
        document = _document(workspace, read, plan, options, findings)
        print_json(document)
    end_with_errors(findings)


def _plan(
    workspace: Workspace,
    draft: ReadDraft,
    context: ImportContext,
    options: ImportOptions,
    date: dt.date | None,
) -> ImportPlan:
    """Return the issue; the newest one gets the next number, if issues are numbered."""
    latest = workspace.folders()[-1:]
    newest = date is not None and all(folder.name < date.isoformat() for folder in latest)
    number = next_number(workspace) if newest and latest else None
    return plan_issue(draft, context, date=date, slug=options.slug, number=number)


def _date(draft: ReadDraft, options: ImportOptions) -> dt.date | None:
    """Return the publication date; prompt for it if it is unknown, except in a dry run."""
    if date := options.date or draft.text.date:
        return date
    today = dt.date.today()  # noqa: DTZ011 - the editors' local date
    if options.dry_run or not options.interactive:
        return today if options.dry_run else None
    kind = click.DateTime(["%Y-%m-%d"])
    given_date: dt.datetime = click.prompt(
        "Publication date", type=kind, default=today.isoformat(), err=True
    )
    return given_date.date()


def _write(
    workspace: Workspace, read: ReadDraft, plan: ImportPlan, options: ImportOptions
) -> tuple[ImportPlan, tuple[Finding, ...]]:
    """Write an issue; return it as written, with the findings of a check."""
    refuse_existing(workspace, plan.slug)
    folder = workspace.issues / plan.slug
    confirm(f"Write {workspace.display_path(folder)}?", options)
    try:
        write_issue(workspace, plan, origin=read.draft.origin)
    except MastheadChanged:  # another import added people meanwhile: resolve the names again
        plan = _plan(workspace, read, load_context(workspace), options, plan.date)
        write_issue(workspace, plan, origin=read.draft.origin)
    findings = check_issue(workspace, folder).findings
    if not options.json:
        for name in sorted_names(plan.folder.files):
            click.echo(f"{workspace.display_path(folder)}/{name}")
        shown = tuple(finding for finding in findings if finding.severity != "info")
        show_findings(shown, workspace.root)
        click.echo(summary(CheckResult(workspace.root, (plan.slug,), findings)), err=True)
    return plan, findings


# --- output --------------------------------------------------------------------------------------


def _show(workspace: Workspace, read: ReadDraft, plan: ImportPlan) -> None:
    show_notes(plan.folder.notes, read.draft.unit)
    show_people(plan.people, workspace.display_path(workspace.masthead))
    for key in plan.folder.missing:
        click.echo(f"missing: {key}", err=True)


def _document(
    workspace: Workspace,
    read: ReadDraft,
    plan: ImportPlan,
    options: ImportOptions,
    findings: tuple[Finding, ...],
) -> dict[str, Any]:
    files = [
        f"{workspace.display_path(workspace.issues / plan.slug)}/{name}"
        for name in sorted_names(plan.folder.files)
    ]
    return {
        **outline_json(read.outline, read.draft),
        "notes": notes_json(plan.folder.notes),
        "masthead": people_json(plan.people),
        "missing": list(plan.folder.missing),
        "issue": None if options.dry_run else plan.slug,
        "files": [] if options.dry_run else files,
        "findings": [finding_json(finding) for finding in findings],
    }

"""`newsletter import`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from newsletter.check.formats import CheckResult, summary
from newsletter.check.formats.json_ import finding_json
from newsletter.check.formats.text import written
from newsletter.cli.import_report import (
    notes_json,
    outline_json,
    people_json,
    show_notes,
    show_outline,
    show_people,
)
from newsletter.cli.issue_argument import here, open_workspace
from newsletter.cli.new import next_number, on_day
from newsletter.cli.report import show_error
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.importers.import_line import (
    ImportContext,
    ImportPlan,
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
from newsletter.importers.structure.outline import Outline
from newsletter.importers.structure.outline_file import format_outline, parse_outline
from newsletter.model import Finding
from newsletter.pipeline.check_batch import check_issue
from newsletter.workspace import Workspace


class ImportOptions(Struct, frozen=True):
    """What the command line says beside the file."""

    date: dt.date | None
    slug: str | None
    dry_run: bool
    json: bool
    edit: bool
    yes: bool
    fetch: bool
    asks: bool  # a person is there to answer


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option(
    "--date",
    callback=on_day,
    metavar="DATE",
    help="Day of publication; by default what the draft says.",
)
@click.option(
    "--slug", metavar="SLUG", help="Name of the issue's folder, with or without its date."
)
@click.option("--dry-run", is_flag=True, help="Only show what was understood.")
@click.option("--json", "json_", is_flag=True, help="Print as JSON what was understood.")
@click.option(
    "--edit", is_flag=True, help="Open what was understood in $EDITOR before it is written."
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--fetch", is_flag=True, help="Bring pictures along that live on the web.")
@click.option(
    "--update",
    metavar="ISSUE",
    help="Bring a newer draft of this issue in; what was edited since stays.",
)
@click.option("--all", "all_", is_flag=True, help="FILE is a folder: import every draft in it.")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="With --all, how many processes; as many as cores by default.",
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
    """Turn a draft, FILE, into an issue folder: Word, Google Docs, HTML, Markdown, text, a mail; - is standard input.

    It shows what it understood first. Nothing that exists is overwritten, and what cannot come across is listed.
    """
    workspace = open_workspace()
    asks = sys.stdin.isatty() and file != "-" and not (yes or json_)
    options = ImportOptions(date, slug, dry_run, json_, edit, yes, fetch, asks)
    _refuse_together(options, update, all_=all_)
    if all_:
        from newsletter.cli.import_all import import_folder

        import_folder(workspace, here() / file, options, jobs)
        return
    drafts = _read(file)
    if len(drafts) > 1:
        from newsletter.cli.import_all import import_file

        _refuse_for_many(options, update, f"{file} holds {len(drafts)} drafts")
        if file == "-":
            raise WrongUsage(
                "standard input holds several drafts", hint="Save them as a file, and import that."
            )
        import_file(workspace, here() / file, options)
        return
    if update:
        from newsletter.cli.import_update import update_issue

        update_issue(workspace, drafts[0], update, options)
        return
    _import(workspace, drafts[0], options)


def _refuse_together(options: ImportOptions, update: str | None, *, all_: bool) -> None:
    if all_:
        _refuse_for_many(options, update, "--all takes every draft in a folder")
    if update and (options.date or options.slug):
        raise WrongUsage(
            "--update keeps the issue's date and folder: give no --date or --slug beside it"
        )


def _refuse_for_many(options: ImportOptions, update: str | None, reason: str) -> None:
    given = {
        "--date": options.date,
        "--slug": options.slug,
        "--edit": options.edit,
        "--update": update,
    }
    if wrong := [name for name, value in given.items() if value]:
        raise WrongUsage(f"{reason}: {' and '.join(wrong)} cannot go with it")


def _read(file: str) -> tuple[Draft, ...]:
    if file == "-":
        return read_drafts(sys.stdin.buffer.read(), "standard input")
    path = here() / file
    return read_drafts(read_bytes(path), path.name, SiblingFiles(path.parent))


# --- one draft -------------------------------------------------------------------------------------------


def _import(workspace: Workspace, draft: Draft, options: ImportOptions) -> None:
    context = load_context(workspace)
    draft, outline = outline_draft(draft, context)
    if not options.json:
        show_outline(outline, draft)
    if options.edit:
        outline = edit_outline(outline, draft, context, options)
        if not options.json:
            show_outline(outline, draft)
    whole = fetch_images(apply_outline(draft, outline, context), workspace, fetch=options.fetch)
    issue = _issue(workspace, whole, context, options)
    if not options.json:
        _show(workspace, whole, issue)
    findings: tuple[Finding, ...] = ()
    if not options.dry_run:
        findings = _write(workspace, issue, draft.origin, options)
    if options.json:
        click.echo(
            json.dumps(
                _document(workspace, whole, issue, options, findings), ensure_ascii=False, indent=2
            )
        )
    if any(finding.severity == "error" and finding.code not in TO_COME for finding in findings):
        sys.exit(1)


# What `new` leaves open too: it is listed, and no failure of an import.
TO_COME = ("NL301", "NL103", "NL104", "NL105")


def _issue(
    workspace: Workspace, draft: ReadDraft, context: ImportContext, options: ImportOptions
) -> ImportPlan:
    """Return the issue; the newest gets the next number, where issues have one."""
    date = _date(draft, options)
    latest = workspace.folders()[-1:]
    newest = date is not None and all(folder.name < date.isoformat() for folder in latest)
    number = next_number(workspace) if newest and latest else None
    return plan_issue(draft, context, date=date, slug=options.slug, number=number)


def _date(draft: ReadDraft, options: ImportOptions) -> dt.date | None:
    """Return the day of publication; somebody is asked where nothing says it, but not for a look only."""
    if text := options.date or draft.text.date:
        return text
    today = dt.date.today()  # noqa: DTZ011 - the desk's own today, wherever it sits
    if options.dry_run or not options.asks:
        return today if options.dry_run else None
    kind = click.DateTime(["%Y-%m-%d"])
    answer: dt.datetime = click.prompt(
        "Day of publication", type=kind, default=today.isoformat(), err=True
    )
    return answer.date()


def _write(
    workspace: Workspace, issue: ImportPlan, origin: str, options: ImportOptions
) -> tuple[Finding, ...]:
    """Write an issue and return what a check says of it."""
    refuse_existing(workspace, issue.slug)
    folder = workspace.issues / issue.slug
    if options.asks and not click.confirm(
        f"Write {workspace.display_path(folder)}?", default=True, err=True
    ):
        raise click.Abort
    write_issue(workspace, issue, remember=origin)
    findings = check_issue(workspace, folder).findings
    if not options.json:
        for name in sorted_names(issue.folder.files):
            click.echo(f"{workspace.display_path(folder)}/{name}")
        shown = tuple(finding for finding in findings if finding.severity != "information")
        click.echo(written(CheckResult(workspace.root, (issue.slug,), shown)), nl=False, err=True)
        click.echo(summary(CheckResult(workspace.root, (issue.slug,), findings)), err=True)
    return findings


def edit_outline(
    outline: Outline, draft: Draft, context: ImportContext, options: ImportOptions
) -> Outline:
    """Open an outline in the editor until it can be read. Raises `click.Abort` where it was emptied."""
    text = format_outline(outline, draft, context.kinds)
    while True:
        text = _in_editor(text)
        try:
            changed = parse_outline(text, draft, context.kinds, "outline")
        except NewsletterError as error:
            if not options.asks:
                raise
            show_error(error)
            if not click.confirm("Edit it again?", default=True, err=True):
                raise click.Abort from error
            continue
        if changed is None:
            raise click.Abort
        return changed


def _in_editor(text: str) -> str:
    """Return a text as somebody's editor left it. Raises `NewsletterError` where the editor fails, or leaves none."""
    try:
        return click.edit(text, extension=".outline", require_save=False) or ""
    except click.ClickException as error:
        message = f"the editor did not end well: {error.message}"
        raise NewsletterError(
            message, hint="Set EDITOR to one that runs here. Nothing was written."
        ) from error
    except UnicodeDecodeError as error:
        message = "what the editor saved is no UTF-8 text"
        raise NewsletterError(message, hint="Save it as UTF-8. Nothing was written.") from error
    except OSError as error:
        raise NewsletterError(
            f"the outline is gone: {error.strerror}", hint="Nothing was written."
        ) from error


def fetch_images(read_drafts: ReadDraft, workspace: Workspace, *, fetch: bool) -> ReadDraft:
    """Return a draft with its pictures from the web, where that is asked for."""
    if not fetch:
        return read_drafts
    from newsletter.importers.issue.remote_images import with_remote
    from newsletter.links.settings import of_workspace

    return replace(read_drafts, text=with_remote(read_drafts.text, of_workspace(workspace)))


# --- what is told ----------------------------------------------------------------------------------------


def _show(workspace: Workspace, read_drafts: ReadDraft, issue: ImportPlan) -> None:
    show_notes(issue.folder.notes, read_drafts.draft.unit)
    show_people(issue.people, workspace.display_path(workspace.masthead))
    for gap in issue.folder.missing:
        click.echo(f"missing: {gap}", err=True)


def _document(
    workspace: Workspace,
    read_drafts: ReadDraft,
    issue: ImportPlan,
    options: ImportOptions,
    findings: tuple[Finding, ...],
) -> dict[str, Any]:
    files = [
        f"{workspace.display_path(workspace.issues / issue.slug)}/{name}"
        for name in sorted_names(issue.folder.files)
    ]
    return {
        **outline_json(read_drafts.outline, read_drafts.draft),
        "told": notes_json(issue.folder.notes),
        "new": people_json(issue.people),
        "to_come": list(issue.folder.missing),
        "issue": None if options.dry_run else issue.slug,
        "files": [] if options.dry_run else files,
        "findings": [finding_json(finding) for finding in findings],
    }

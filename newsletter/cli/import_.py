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
from newsletter.importers import read
from newsletter.importers.draft import Draft
from newsletter.importers.intake import (
    ImportContext,
    ImportPlan,
    ReadDraft,
    house_of,
    issue_of,
    names_of,
    read_bytes,
    reading,
    refuse_existing,
    understood,
    write,
)
from newsletter.importers.sibling_files import SiblingFiles
from newsletter.importers.structure.outline import Outline
from newsletter.importers.structure.outline_file import read_sheet, sheet
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
    asked = ImportOptions(date, slug, dry_run, json_, edit, yes, fetch, asks)
    _refuse_together(asked, update, all_=all_)
    if all_:
        from newsletter.cli.import_all import import_folder

        import_folder(workspace, here() / file, asked, jobs)
        return
    drafts = _read(file)
    if len(drafts) > 1:
        from newsletter.cli.import_all import import_file

        _refuse_for_many(asked, update, f"{file} holds {len(drafts)} drafts")
        if file == "-":
            raise WrongUsage(
                "standard input holds several drafts", hint="Save them as a file, and import that."
            )
        import_file(workspace, here() / file, asked)
        return
    if update:
        from newsletter.cli.import_update import bring_in

        bring_in(workspace, drafts[0], update, asked)
        return
    _import(workspace, drafts[0], asked)


def _refuse_together(asked: ImportOptions, update: str | None, *, all_: bool) -> None:
    if all_:
        _refuse_for_many(asked, update, "--all takes every draft in a folder")
    if update and (asked.date or asked.slug):
        raise WrongUsage(
            "--update keeps the issue's date and folder: give no --date or --slug beside it"
        )


def _refuse_for_many(asked: ImportOptions, update: str | None, why: str) -> None:
    given = {"--date": asked.date, "--slug": asked.slug, "--edit": asked.edit, "--update": update}
    if wrong := [name for name, value in given.items() if value]:
        raise WrongUsage(f"{why}: {' and '.join(wrong)} cannot go with it")


def _read(file: str) -> tuple[Draft, ...]:
    if file == "-":
        return read(sys.stdin.buffer.read(), "standard input")
    path = here() / file
    return read(read_bytes(path), path.name, SiblingFiles(path.parent))


# --- one draft -------------------------------------------------------------------------------------------


def _import(workspace: Workspace, draft: Draft, asked: ImportOptions) -> None:
    house = house_of(workspace)
    draft, outline = understood(draft, house)
    if not asked.json:
        show_outline(outline, draft)
    if asked.edit:
        outline = edited(outline, draft, house, asked)
        if not asked.json:
            show_outline(outline, draft)
    whole = fetched(reading(draft, outline, house), workspace, fetch=asked.fetch)
    issue = _issue(workspace, whole, house, asked)
    if not asked.json:
        _show(workspace, whole, issue)
    found: tuple[Finding, ...] = ()
    if not asked.dry_run:
        found = _write(workspace, issue, draft.origin, asked)
    if asked.json:
        click.echo(
            json.dumps(
                _document(workspace, whole, issue, asked, found), ensure_ascii=False, indent=2
            )
        )
    if any(finding.severity == "error" and finding.code not in TO_COME for finding in found):
        sys.exit(1)


# What `new` leaves open too: it is listed, and no failure of an import.
TO_COME = ("NL301", "NL103", "NL104", "NL105")


def _issue(
    workspace: Workspace, draft: ReadDraft, house: ImportContext, asked: ImportOptions
) -> ImportPlan:
    """Return the issue; the newest gets the next number, where issues have one."""
    date = _date(draft, asked)
    latest = workspace.folders()[-1:]
    newest = date is not None and all(folder.name < date.isoformat() for folder in latest)
    number = next_number(workspace) if newest and latest else None
    return issue_of(draft, house, date=date, slug=asked.slug, number=number)


def _date(draft: ReadDraft, asked: ImportOptions) -> dt.date | None:
    """Return the day of publication; somebody is asked where nothing says it, but not for a look only."""
    if said := asked.date or draft.text.date:
        return said
    today = dt.date.today()  # noqa: DTZ011 - the desk's own today, wherever it sits
    if asked.dry_run or not asked.asks:
        return today if asked.dry_run else None
    kind = click.DateTime(["%Y-%m-%d"])
    answer: dt.datetime = click.prompt(
        "Day of publication", type=kind, default=today.isoformat(), err=True
    )
    return answer.date()


def _write(
    workspace: Workspace, issue: ImportPlan, origin: str, asked: ImportOptions
) -> tuple[Finding, ...]:
    """Write an issue and return what a check says of it."""
    refuse_existing(workspace, issue.slug)
    folder = workspace.issues / issue.slug
    if asked.asks and not click.confirm(
        f"Write {workspace.display_path(folder)}?", default=True, err=True
    ):
        raise click.Abort
    write(workspace, issue, remember=origin)
    found = check_issue(workspace, folder).findings
    if not asked.json:
        for name in names_of(issue.folder.files):
            click.echo(f"{workspace.display_path(folder)}/{name}")
        shown = tuple(finding for finding in found if finding.severity != "information")
        click.echo(written(CheckResult(workspace.root, (issue.slug,), shown)), nl=False, err=True)
        click.echo(summary(CheckResult(workspace.root, (issue.slug,), found)), err=True)
    return found


def edited(outline: Outline, draft: Draft, house: ImportContext, asked: ImportOptions) -> Outline:
    """Open an outline in the editor until it can be read. Raises `click.Abort` where it was emptied."""
    text = sheet(outline, draft, house.kinds)
    while True:
        text = _in_editor(text)
        try:
            changed = read_sheet(text, draft, house.kinds, "outline")
        except NewsletterError as error:
            if not asked.asks:
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


def fetched(read: ReadDraft, workspace: Workspace, *, fetch: bool) -> ReadDraft:
    """Return a draft with its pictures from the web, where that is asked for."""
    if not fetch:
        return read
    from newsletter.importers.issue.remote_images import with_remote
    from newsletter.links.options import link_options

    return replace(read, text=with_remote(read.text, link_options(workspace)))


# --- what is told ----------------------------------------------------------------------------------------


def _show(workspace: Workspace, read: ReadDraft, issue: ImportPlan) -> None:
    show_notes(issue.folder.told, read.draft.unit)
    show_people(issue.cast, workspace.display_path(workspace.masthead))
    for place in issue.folder.missing:
        click.echo(f"to come: {place}", err=True)


def _document(
    workspace: Workspace,
    read: ReadDraft,
    issue: ImportPlan,
    asked: ImportOptions,
    found: tuple[Finding, ...],
) -> dict[str, Any]:
    files = [
        f"{workspace.display_path(workspace.issues / issue.slug)}/{name}"
        for name in names_of(issue.folder.files)
    ]
    return {
        **outline_json(read.outline, read.draft),
        "told": notes_json(issue.folder.told),
        "new": people_json(issue.cast),
        "to_come": list(issue.folder.missing),
        "issue": None if asked.dry_run else issue.slug,
        "files": [] if asked.dry_run else files,
        "findings": [finding_json(finding) for finding in found],
    }

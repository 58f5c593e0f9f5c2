"""`newsletter correct`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from msgspec import Struct

from newsletter.check.formats import pluralize
from newsletter.cli.issue_argument import current_workspace, here, issue_argument
from newsletter.cli.json_output import print_json
from newsletter.cli.new import on_day
from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage
from newsletter.files.output import write_file, write_folder
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.load.corrections import CORRECTIONS
from newsletter.schema.sign_off import CorrectionKind
from newsletter.workspace import Workspace, select_one

if TYPE_CHECKING:
    from newsletter.model import Issue
    from newsletter.review.correction_notes import CorrectionDraft

KINDS = get_args(CorrectionKind)


class CorrectionOptions(Struct, frozen=True):
    """Command-line options for a correction."""

    kind: CorrectionKind
    date: dt.date
    section: str | None
    was: str | None
    now: str | None
    note: str | None
    revision: str | None


@click.command("correct")
@issue_argument(required=False)
@click.option(
    "--from-diff", is_flag=True, help="Draft corrections from the changes since publication."
)
@click.option("--since", "revision", metavar="REV", help="Revision to compare with, as in `diff`.")
@click.option("--kind", type=click.Choice(KINDS), default="correction", help="Kind of correction.")
@click.option("--section", metavar="FILE", help="Section that was wrong, such as 10-essay.md.")
@click.option("--was", metavar="TEXT", help="The wrong text; omit it if it must not be repeated.")
@click.option("--is", "now", metavar="TEXT", help="The correct text.")
@click.option("--note", metavar="TEXT", help="The note as readers see it.")
@click.option(
    "--date", callback=on_day, metavar="DATE", help="Day of the correction; today by default."
)
@click.option(
    "--email", "as_email", is_flag=True, help="Create a correction email as an issue of its own."
)
@click.option("--json", "json_", is_flag=True, help="Print the result as JSON.")
def command(
    issue: str | None,
    from_diff: bool,
    revision: str | None,
    kind: CorrectionKind,
    section: str | None,
    was: str | None,
    now: str | None,
    note: str | None,
    date: dt.date | None,
    as_email: bool,
    json_: bool,
) -> None:
    """Record what was wrong in a published issue, and what is right, in its corrections.yaml.

    Fix the text first. Then write the note yourself with --note, or have entries drafted with
    --from-diff and edit their wording in the file. With --email, the latest corrections become a
    short email: an issue that is checked, approved and published like any other.
    """
    workspace = current_workspace()
    folder = select_one(workspace, issue, here(), _is_not_published)
    today = dt.date.today()  # noqa: DTZ011 - the editors' local date
    options = CorrectionOptions(kind, date or today, section, was, now, note, revision)
    if sum((from_diff, note is not None, as_email)) != 1:
        hint = "Use one, for example `newsletter correct --from-diff`."
        raise WrongUsage("Expected one of --note, --from-diff and --email", hint=hint)
    loaded = _published_issue(workspace, folder)
    if as_email:
        _make_email(workspace, loaded, options.date, json_=json_)
        return
    drafts = (
        _drafts(workspace, loaded, options) if from_diff else [_draft(workspace, loaded, options)]
    )
    if drafts:
        _append(workspace, folder, drafts)
    _print_drafts(workspace, folder, drafts, json_=json_)


def _is_not_published(folder: Path) -> bool:
    return not (folder / "published.json").exists()


def _published_issue(workspace: Workspace, folder: Path) -> Issue:
    """Return a published issue.

    Raises `WrongUsage` for a draft, and `IssueRejected` for an issue that cannot be read.
    """
    from newsletter.load import load

    if _is_not_published(folder):
        hint = "Edit its sections instead; corrections are for published issues."
        raise WrongUsage(f"{folder.name} has not been published yet", hint=hint)
    loaded = load(workspace, folder)
    if loaded.issue is None or Report(loaded.findings).failed:
        raise IssueRejected(folder.name, loaded.findings)
    return loaded.issue


def _drafts(
    workspace: Workspace, issue: Issue, options: CorrectionOptions
) -> list[CorrectionDraft]:
    from newsletter.review.correction_notes import draft_corrections
    from newsletter.review.redline import redline
    from newsletter.review.versions import earlier_version, working_version

    before = earlier_version(workspace, issue.folder, options.revision or "published")
    changes = redline(before, working_version(workspace, issue.folder))
    return draft_corrections(
        changes, issue, options.date, options.kind, by=_author(workspace, issue)
    )


def _draft(workspace: Workspace, issue: Issue, options: CorrectionOptions) -> CorrectionDraft:
    from newsletter.review.correction_notes import CorrectionDraft

    assert options.note is not None, "asked for by its note"
    if not options.note.strip():
        raise WrongUsage("Empty note", hint="Say what was wrong and what is right.")
    names = [Path(section.where.path).name for section in issue.sections]
    if options.section is not None and options.section not in names:
        raise WrongUsage(
            f"No section {quoted(options.section)}",
            hint=spelling_hint(options.section, names, what="sections"),
        )
    return CorrectionDraft(
        options.date,
        options.kind,
        options.note.strip(),
        options.section,
        options.was,
        options.now,
        _author(workspace, issue),
    )


def _author(workspace: Workspace, issue: Issue) -> str | None:
    """Return the id of the current git user, or `None` if git or the masthead has no entry."""
    from newsletter.review.approval_records import identify

    try:
        return identify(workspace, issue.masthead).id
    except NewsletterError:
        return None


def _append(workspace: Workspace, folder: Path, drafts: list[CorrectionDraft]) -> None:
    """Append entries to the file. Raises `IssueRejected` if it is not a list."""
    from newsletter.load.workspace_reader import WorkspaceReader
    from newsletter.review.correction_notes import appended

    path = folder / CORRECTIONS
    report = Report()
    text = WorkspaceReader(workspace, report).text(path) if path.exists() else ""
    if text is None or report.failed:
        raise IssueRejected(folder.name, tuple(report.findings))
    write_file(path, appended(text, drafts).encode())


def _print_drafts(
    workspace: Workspace, folder: Path, drafts: list[CorrectionDraft], *, json_: bool
) -> None:
    path = f"{workspace.display_path(folder)}/{CORRECTIONS}"
    if json_:
        rows = [
            {"date": draft.date.isoformat(), "kind": draft.kind, "section": draft.section}
            | {"was": draft.was, "is": draft.now, "note": draft.note, "by": draft.by}
            for draft in drafts
        ]
        print_json({"file": path, "added": rows})
        return
    if not drafts:
        click.echo("No new corrections: every changed wording is already in the file.", err=True)
        return
    click.echo(f"{path}: {pluralize(len(drafts), 'note')} added")
    for draft in drafts:
        click.echo(f"  {draft.kind}: {draft.note}")
    click.echo("Edit the wording of the notes there: readers see it.", err=True)


def _given_credits(workspace: Workspace, issue: Issue) -> dict[str, object]:
    """Return the contents of an issue's credits.yaml as plain values."""
    from newsletter.files.yaml_reader import read_yaml
    from newsletter.load.workspace_reader import WorkspaceReader

    path, report = issue.folder / "credits.yaml", Report()
    text = WorkspaceReader(workspace, report).text(path)
    read = read_yaml(text, workspace.display_path(path), report) if text else None
    return read[0] if read and isinstance(read[0], dict) else {}


def _make_email(workspace: Workspace, issue: Issue, date: dt.date, *, json_: bool) -> None:
    from newsletter.review.correction_notes import (
        correction_issue,
        credits_of_correction,
        refuse_taken_folder,
    )
    from newsletter.theme.theme import open_theme

    theme = open_theme(workspace, issue.theme or workspace.publication.theme, issue.where)
    phrases = theme.phrases_for(issue.language)
    slug, files = correction_issue(issue, workspace.publication, phrases, date)
    folder = workspace.issues / slug
    refuse_taken_folder(folder, workspace.display_path(folder))
    files["credits.yaml"] = credits_of_correction(_given_credits(workspace, issue))
    write_folder(folder, files)
    if json_:
        row = {"slug": slug, "corrects": issue.slug, "files": sorted(files)}
        print_json(row)
        return
    for name in sorted(files):
        click.echo(f"{workspace.display_path(folder)}/{name}")
    click.echo(f"Read it, then: newsletter check {slug}", err=True)

"""From a draft to the files of an issue: the steps shared by all kinds of import."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter import blueprint
from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected, NewsletterError, WrongUsage
from newsletter.files.output import locked, write_file, write_folder
from newsletter.files.quotation import quoted
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.issue.assembly import KnownNames, assemble_issue
from newsletter.importers.issue.audit import audit_issue
from newsletter.importers.issue.import_record import RECORD_NAME, encode_record
from newsletter.importers.issue.imported_issue import ImportedIssue
from newsletter.importers.issue.masthead_editor import with_people, without_present
from newsletter.importers.issue.resolved_people import ResolvedPeople, resolve_people
from newsletter.importers.issue.write import IssueDefaults, IssueFiles, imported_files
from newsletter.importers.known_topics import known_topics
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.outline import Outline
from newsletter.importers.structure.split import split_blocks
from newsletter.load.masthead import read_masthead
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.model import Holder, Masthead
from newsletter.theme.theme import open_theme
from newsletter.workspace import SLUG, Workspace

LARGEST = 200 * 1024 * 1024  # bytes of a draft; a larger file is assumed to be a mistake


class ImportContext(Struct, frozen=True):
    """The parts of the workspace that an import needs."""

    masthead: Masthead
    defaults: Collection[str]
    kinds: Collection[str]
    language: str
    topics: tuple[str, ...] = ()

    @property
    def known(self) -> KnownNames:
        return KnownNames(self.labels, self.people, self.topics)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(role.label for role in self.masthead.roles)

    @property
    def people(self) -> tuple[str, ...]:
        holders: dict[str, Holder] = {**self.masthead.people, **self.masthead.teams}
        return tuple(holder.name for holder in holders.values())


class ReadDraft(Struct, frozen=True):
    """A draft with its outline and the issue assembled from it."""

    draft: Draft
    outline: Outline
    text: ImportedIssue


class ImportPlan(Struct, frozen=True):
    """An issue folder made from a draft, not yet written."""

    slug: str
    date: dt.date
    folder: IssueFiles
    people: ResolvedPeople


def load_context(workspace: Workspace) -> ImportContext:
    """Return the masthead and theme.

    Raises `IssueRejected` if the masthead is broken.
    """
    report = Report()
    masthead_reader = read_masthead(WorkspaceReader(workspace, report))
    if report.failed or masthead_reader.broken:
        raise IssueRejected(workspace.display_path(workspace.masthead), tuple(report.findings))
    publication = workspace.publication
    theme = open_theme(workspace, publication.theme, workspace.place(workspace.settings))
    defaults, topics = tuple(masthead_reader.defaults), known_topics(workspace)
    return ImportContext(
        masthead_reader.masthead, defaults, theme.kinds, publication.language, topics
    )


def read_bytes(path: Path) -> bytes:
    """Return a draft's bytes.

    Raises `NewsletterError` if the file is unreadable or larger than `LARGEST`.
    """
    try:
        if not path.is_file():
            hint = "Name a draft, or add --all to import a folder."
            raise NewsletterError(f"Not a file: {path}", hint=hint)
        if (size := path.stat().st_size) > LARGEST:
            limit = f"limit {LARGEST // 1024 // 1024} MB"
            message = f"Draft too large: {path} ({size / 1024 / 1024:,.0f} MB, {limit})"
            raise NewsletterError(message, hint="Remove or shrink its images.")
        return path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"Cannot read {path}: {error.strerror}") from error


def outline_draft(draft: Draft, context: ImportContext) -> tuple[Draft, Outline]:
    """Return a draft with its paragraphs split at structural lines, and its outline."""
    draft = split_blocks(draft)
    return draft, detect_outline(draft, context.labels, context.people)


def apply_outline(draft: Draft, outline: Outline, context: ImportContext) -> ReadDraft:
    """Return the issue that an outline makes of a draft.

    Raises `NewsletterError` if it has no text.
    """
    text = assemble_issue(draft, outline, context.known)
    if not any(section.blocks for section in text.sections):
        raise NewsletterError(
            f"No text found in {draft.origin}", hint="Choose another file; nothing was written."
        )
    return ReadDraft(draft, outline, text)


def plan_issue(
    read: ReadDraft,
    context: ImportContext,
    *,
    date: dt.date | None,
    slug: str | None = None,
    number: int | None = None,
) -> ImportPlan:
    """Return the plan for a draft's issue on its publication date.

    Raises `NewsletterError` if no publication date is known.
    """
    text = read.text
    day = date or text.date
    if day is None:
        raise NewsletterError(
            f"No publication date in {text.origin}", hint="Add it with `--date 2026-03-01`."
        )
    number = text.number if text.number is not None else number
    defaults = IssueDefaults(
        day, number, context.kinds, context.masthead.roles, context.defaults, context.language
    )
    labels = [label for label, _ in text.credits]
    resolved = resolve_people(text.people, text.produced_by, labels, context.masthead)
    folder = imported_files(text, resolved, defaults)
    elsewhere = [*resolved.ids, *(label for _, label in resolved.roles), context.language]
    notes = folder.notes
    if text.date and text.date != day:
        notes += (ImportNote("omitted", "date of the draft, replaced", text.date.isoformat()),)
    notes = audit_issue(read.draft, read.outline, folder.files, elsewhere, notes=notes)
    issue_slug = _slug(text, day, number, slug)
    return ImportPlan(issue_slug, day, replace(folder, notes=notes), resolved)


def _slug(text: ImportedIssue, day: dt.date, number: int | None, given: str | None) -> str:
    if given and SLUG.fullmatch(given):
        return given
    if given and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", given):
        raise WrongUsage(
            f"Invalid --slug: {quoted(given)}", hint="Use lowercase letters, digits and hyphens."
        )
    stem = Path(text.origin.rpartition("!")[2]).stem
    # A name such as 2026-03-01-ports.md was the slug of the issue: keep it.
    dated = re.fullmatch(r"\d{4}-?\d\d-?\d\d[-_ ]+(.*[A-Za-z].*)", stem)
    return blueprint.slug(
        given or text.slug or (dated[1] if dated else text.title) or stem, day, number
    )


def refuse_existing(workspace: Workspace, slug: str) -> None:
    """Raise `NewsletterError` if the issue exists."""
    folder = workspace.issues / slug
    if folder.exists():
        message = f"{workspace.display_path(folder)} already exists"
        raise NewsletterError(
            message, hint=f"Merge the newer draft with --update {slug}, or choose another --slug."
        )


class MastheadChanged(NewsletterError):
    """Another run added a different person under the same id; callers resolve the names again."""


def write_issue(workspace: Workspace, plan: ImportPlan, *, origin: str) -> Path:
    """Write an issue and its new people, both or neither; return the folder.

    `origin` is the draft's name; a record of the written files is saved, so that a newer draft can
    be merged later. Raises `NewsletterError` if the issue exists or writing fails, and
    `MastheadChanged` if another run used one of the new ids for a different person.
    """
    refuse_existing(workspace, plan.slug)
    folder = workspace.issues / plan.slug
    files = dict(plan.folder.files)
    files[RECORD_NAME] = encode_record(files, origin)
    masthead = add_people(workspace, plan.people)
    try:
        write_folder(folder, files)
    except BaseException:  # also Ctrl-C: the masthead must match the folder
        restore_masthead(workspace, masthead)
        raise
    return folder


class MastheadEdit(Struct, frozen=True):
    """The masthead before and after people were added to it."""

    before: bytes
    after: bytes


def add_people(workspace: Workspace, resolved: ResolvedPeople) -> MastheadEdit | None:
    """Add new people, teams and roles to the masthead; return the edit, `None` if nothing is new.

    Entries that another run added meanwhile are left as they are. Raises `MastheadChanged` if one
    of the ids now belongs to a different person.
    """
    if not resolved.is_new:
        return None
    with locked(workspace.masthead.parent):  # another import may be adding people at the same time
        before = workspace.masthead.read_bytes()
        text = before.decode("utf-8-sig")
        wanted = without_present(text, resolved)
        if wanted is None:
            hint = "Run the import again."
            raise MastheadChanged("The masthead was changed by another import", hint=hint)
        if not wanted.is_new:
            return None
        edited = with_people(text, wanted)
        if edited is None:
            names = ", ".join(name for _, name in (*wanted.people, *wanted.teams, *wanted.roles))
            raise NewsletterError(
                f"Cannot add {names}: the masthead's layout is not supported",
                where=workspace.place(workspace.masthead),
                hint="Add them by hand, then import again.",
            )
        write_file(workspace.masthead, edited.encode())
    return MastheadEdit(before, edited.encode())


def restore_masthead(workspace: Workspace, edit: MastheadEdit | None) -> None:
    """Undo an edit of the masthead, unless the file has been changed since."""
    if edit is None:
        return
    with locked(workspace.masthead.parent):
        if workspace.masthead.read_bytes() == edit.after:
            write_file(workspace.masthead, edit.before)


def sorted_names(files: Mapping[str, bytes]) -> list[str]:
    """Return file names in reading order: the issue, its sections, the rest."""
    return sorted(
        files, key=lambda name: ("/" in name, not name.endswith(".yaml"), _number(name), name)
    )


def _number(name: str) -> int:
    digits = re.match(r"\d+", name)
    return int(digits[0]) if digits else 0

"""From a draft to the files of an issue: the one line that every way of importing goes along."""

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
from newsletter.importers.draft import Draft
from newsletter.importers.issue.audit import audited
from newsletter.importers.issue.import_record import NAME, remembered
from newsletter.importers.issue.imported_issue import ImportedIssue, manuscript_of
from newsletter.importers.issue.masthead import with_cast
from newsletter.importers.issue.resolved_people import ResolvedPeople, cast
from newsletter.importers.issue.write import IssueDefaults, IssueFiles, folder_of
from newsletter.importers.structure import outline_of
from newsletter.importers.structure.outline import Outline
from newsletter.importers.structure.split import loosened
from newsletter.load.files import WorkspaceReader
from newsletter.load.masthead import read_crew
from newsletter.model import Holder, Masthead
from newsletter.theme.theme import open_theme
from newsletter.workspace import SLUG, Workspace

LARGEST = (
    200 * 1024 * 1024
)  # bytes; past it a draft is a mistake, and no reader should have to find that out


class ImportContext(Struct, frozen=True):
    """What of the workspace a draft is read with."""

    masthead: Masthead
    defaults: Collection[str]
    kinds: Collection[str]
    language: str

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(role.label for role in self.masthead.roles)

    @property
    def people(self) -> tuple[str, ...]:
        holders: dict[str, Holder] = {**self.masthead.people, **self.masthead.teams}
        return tuple(holder.name for holder in holders.values())


class ReadDraft(Struct, frozen=True):
    """A draft, what was understood of it, and what it says."""

    draft: Draft
    outline: Outline
    text: ImportedIssue


class ImportPlan(Struct, frozen=True):
    """A draft as an issue folder, not yet written."""

    slug: str
    folder: IssueFiles
    cast: ResolvedPeople


def house_of(workspace: Workspace) -> ImportContext:
    """Return masthead and theme. Raises `IssueRejected` where the masthead is broken."""
    report = Report()
    crew = read_crew(WorkspaceReader(workspace, report))
    if report.failed or crew.broken:
        raise IssueRejected(workspace.display_path(workspace.masthead), tuple(report.findings))
    publication = workspace.publication
    theme = open_theme(workspace, publication.theme, workspace.place(workspace.settings))
    return ImportContext(crew.masthead, tuple(crew.defaults), theme.kinds, publication.language)


def read_bytes(path: Path) -> bytes:
    """Return a draft's bytes. Raises `NewsletterError` where it cannot be read, or is too large to be a letter."""
    try:
        if not path.is_file():
            raise NewsletterError(
                f"{path} is not a file", hint="Name the draft; for a folder of them, add --all."
            )
        if (size := path.stat().st_size) > LARGEST:
            message = f"{path} has {size / 1024 / 1024:,.0f} MB; at most {LARGEST // 1024 // 1024} MB are read"
            raise NewsletterError(
                message, hint="Save the draft without its pictures, or with smaller ones."
            )
        return path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{path} cannot be read: {error.strerror}") from error


def understood(draft: Draft, house: ImportContext) -> tuple[Draft, Outline]:
    """Return a draft parted where lines say something of their own, and its outline."""
    draft = loosened(draft)
    return draft, outline_of(draft, house.labels, house.people)


def reading(draft: Draft, outline: Outline, house: ImportContext) -> ReadDraft:
    """Return what an outlined draft says. Raises `NewsletterError` where it has no text at all."""
    text = manuscript_of(draft, outline, house.labels)
    if not any(section.blocks for section in text.sections):
        raise NewsletterError(
            f"{draft.origin} has no text for a section", hint="Nothing was written."
        )
    return ReadDraft(draft, outline, text)


def issue_of(
    read: ReadDraft,
    house: ImportContext,
    *,
    date: dt.date | None,
    slug: str | None = None,
    number: int | None = None,
) -> ImportPlan:
    """Return a draft as an issue of a day. Raises `WrongUsage` where neither it nor anybody says which."""
    text = read.text
    day = date or text.date
    if day is None:
        raise WrongUsage(
            f"{text.origin} does not say on which day it appears", hint="Give it: --date 2026-03-01"
        )
    number = text.number if text.number is not None else number
    frame = IssueDefaults(
        day, number, house.kinds, house.masthead.roles, house.defaults, house.language
    )
    labels = [label for label, _ in text.credits]
    who = cast(text.people, text.produced_by, labels, house.masthead)
    folder = folder_of(text, who, frame)
    elsewhere = [*who.ids, *(label for _, label in who.roles), house.language]
    told = audited(read.draft, read.outline, folder.files, elsewhere, folder.told)
    return ImportPlan(_slug(text, day, number, slug), replace(folder, told=told), who)


def _slug(text: ImportedIssue, day: dt.date, number: int | None, given: str | None) -> str:
    if given and SLUG.fullmatch(given):
        return given
    if given and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", given):
        raise WrongUsage(
            f"--slug: {given!r} cannot name a folder", hint="Use small letters, digits and hyphens."
        )
    stem = Path(text.origin.rpartition("!")[2]).stem
    # A name such as 2026-03-01-ports.md was the address of the issue, and stays it.
    dated = re.fullmatch(r"\d{4}-?\d\d-?\d\d[-_ ]+(.*[A-Za-z].*)", stem)
    return blueprint.slug(
        given or text.slug or (dated[1] if dated else text.title) or stem, day, number
    )


def refuse_existing(workspace: Workspace, slug: str) -> None:
    """Raise `NewsletterError` where there is such an issue."""
    folder = workspace.issues / slug
    if folder.exists():
        message = f"{workspace.display_path(folder)} exists already"
        raise NewsletterError(
            message, hint=f"Bring the newer draft in with --update {slug}, or give a --slug."
        )


def write(workspace: Workspace, issue: ImportPlan, *, remember: str | None = None) -> Path:
    """Write an issue and its new people; where either fails, neither is there. Returns the folder.

    `remember` is the draft's name, for an issue that may get a newer draft: what is written now is kept beside it.
    Raises `NewsletterError` where the issue exists or the disk says no.
    """
    refuse_existing(workspace, issue.slug)
    folder = workspace.issues / issue.slug
    files = dict(issue.folder.files)
    if remember is not None:
        files[NAME] = remembered(files, remember)
    before = add_people(workspace, issue.cast)
    try:
        write_folder(folder, files)
    except BaseException:
        if before is not None:
            write_file(workspace.masthead, before)
        raise
    return folder


def add_people(workspace: Workspace, who: ResolvedPeople) -> bytes | None:
    """Add new people, teams and roles to the masthead; return what it held before, `None` where nothing is new."""
    if not who.is_new:
        return None
    with locked(workspace.masthead.parent):  # another import may add people at this moment
        before = workspace.masthead.read_bytes()
        text = with_cast(before.decode("utf-8-sig"), who)
        if text is None:
            names = ", ".join(said for _, said in (*who.people, *who.teams, *who.roles))
            message = f"the masthead's layout leaves no place to add {names}"
            raise NewsletterError(
                message, where=workspace.place(workspace.masthead), hint="Add them by hand first."
            )
        write_file(workspace.masthead, text.encode())
    return before


def names_of(files: Mapping[str, bytes]) -> list[str]:
    """Return the names of files in the order people read them: the issue, its sections, the rest."""
    return sorted(
        files, key=lambda name: ("/" in name, not name.endswith(".yaml"), _number(name), name)
    )


def _number(name: str) -> int:
    digits = re.match(r"\d+", name)
    return int(digits[0]) if digits else 0

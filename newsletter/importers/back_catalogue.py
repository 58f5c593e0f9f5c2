"""`--all`: a back catalogue. First every draft is looked at, then every issue written, both in several processes.

Looked at twice, so that memory holds one draft a process, the masthead is written once, and two drafts that would be
one issue are known before either is written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers import read
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.intake import (
    ImportContext,
    ReadDraft,
    add_people,
    house_of,
    issue_of,
    read_bytes,
    reading,
    understood,
    write,
)
from newsletter.importers.issue.resolved_people import ResolvedPeople, cast
from newsletter.importers.sibling_files import SiblingFiles
from newsletter.importers.structure.outline import words_of
from newsletter.load import load
from newsletter.model import Finding
from newsletter.pipeline.pool import map_parallel
from newsletter.workspace import Workspace

KINDS = (".md", ".markdown", ".txt", ".html", ".htm", ".docx", ".eml", ".mbox", ".zip")
FEW = 4  # drafts below which starting processes costs more than it saves


class DraftSummary(Struct, frozen=True):
    """One draft, looked at: what the others have to know of it."""

    file: str
    origin: str  # the draft's own name, in an archive that of the text in it
    place: int  # of the draft among those of its file
    slug: str = ""
    sections: int = 0
    words: int = 0
    lost: tuple[ImportNote, ...] = ()  # what does not come across
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    why_not: str = ""  # the reason it is skipped


class DraftOutcome(Struct, frozen=True):
    """What became of one draft."""

    seen: DraftSummary
    findings: tuple[Finding, ...] = ()  # errors that keep the issue from being a mail
    why_not: str = ""


def drafts_in(folder: Path) -> list[Path]:
    """Return the files of a folder that can be drafts, by name. Raises `NewsletterError` where it holds none."""
    try:
        paths = sorted(
            path for path in folder.rglob("*") if path.suffix.lower() in KINDS and path.is_file()
        )
    except OSError as error:
        raise NewsletterError(f"{folder} cannot be read: {error.strerror}") from error
    paths = [
        path
        for path in paths
        if not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]
    if not paths:
        what = "holds no draft" if folder.is_dir() else "is not a folder"
        raise NewsletterError(f"{folder} {what}", hint=f"Drafts end in {', '.join(KINDS)}.")
    return paths


def look(house: ImportContext, path: Path) -> list[DraftSummary]:
    """Return what the drafts in a file would become."""
    try:
        drafts = read(read_bytes(path), path.name, SiblingFiles(path.parent))
    except NewsletterError as error:
        return [DraftSummary(str(path), path.name, 0, why_not=error.message)]
    return [_look(house, draft, str(path), place) for place, draft in enumerate(drafts)]


def _look(house: ImportContext, draft: Draft, file: str, place: int) -> DraftSummary:
    try:
        outlined, outline = understood(draft, house)
        read_ = reading(outlined, outline, house)
        issue = issue_of(read_, house, date=None)
    except NewsletterError as error:
        return DraftSummary(file, draft.origin, place, why_not=error.message)
    return DraftSummary(
        file,
        draft.origin,
        place,
        issue.slug,
        len(read_.text.sections),
        sum(words_of(part, outlined) for part in outline.sections),
        tuple(note for note in issue.folder.told if note.kind == "lost"),
        read_.text.people,
        read_.text.produced_by,
        tuple(label for label, _ in read_.text.credits),
    )


def parted(workspace: Workspace, seen: Iterable[DraftSummary]) -> list[DraftSummary]:
    """Return drafts with the reason why some are skipped: an issue is there, or another draft would be the same one."""
    first: dict[str, str] = {}
    result = []
    for one in seen:
        why = one.why_not
        if not why and (workspace.issues / one.slug).exists():
            why = f"{one.slug} exists already"
        elif not why and one.slug in first:
            why = f"{first[one.slug]} is {one.slug} too"
        if not why:
            first[one.slug] = one.origin
        result.append(replace(one, why_not=why))
    return result


def everybody(seen: Iterable[DraftSummary], house: ImportContext) -> ResolvedPeople:
    """Return everybody whom drafts that are not skipped name, looked up once for all of them."""
    taken = [one for one in seen if not one.why_not]
    people = [name for one in taken for name in one.people]
    teams = [name for one in taken for name in one.teams]
    return cast(people, teams, [label for one in taken for label in one.labels], house.masthead)


def write_file_of(
    workspace: Workspace, house: ImportContext, fetch: Fetch, seen: Sequence[DraftSummary]
) -> list[DraftOutcome]:
    """Write the issues of one file's drafts; one that fails does not stop the others."""
    path = Path(seen[0].file)
    try:
        drafts = read(read_bytes(path), path.name, SiblingFiles(path.parent))
        return [_write(workspace, house, fetch, drafts[one.place], one) for one in seen]
    except (NewsletterError, IndexError) as error:  # it was there a moment ago
        why = (
            error.message
            if isinstance(error, NewsletterError)
            else "it changed while it was imported"
        )
        return [DraftOutcome(one, why_not=why) for one in seen]


def _write(
    workspace: Workspace, house: ImportContext, fetch: Fetch, draft: Draft, seen: DraftSummary
) -> DraftOutcome:
    try:
        outlined, outline = understood(draft, house)
        read_ = fetch(reading(outlined, outline, house))
        folder = write(workspace, issue_of(read_, house, date=None))
    except NewsletterError as error:
        return DraftOutcome(seen, why_not=error.message)
    return DraftOutcome(
        seen, tuple(one for one in load(workspace, folder).findings if one.severity == "error")
    )


Fetch = Callable[[ReadDraft], ReadDraft]


def without_fetching(read: ReadDraft) -> ReadDraft:
    """Leave pictures on the web where they are; a function of its own, because tasks are pickled."""
    return read


def look_at_all(
    workspace: Workspace,
    house: ImportContext,
    paths: Sequence[Path],
    jobs: int | None,
    tell: Callable[[DraftSummary], None],
) -> list[DraftSummary]:
    """Look at every draft, in the order of their files."""
    found: dict[str, list[DraftSummary]] = {}
    for several in map_parallel(
        partial(look, house), paths, _jobs(paths, jobs), prepare=_import_early
    ):
        found[several[0].file] = several
        for one in several:
            tell(one)
    return parted(workspace, [one for path in paths for one in found[str(path)]])


def write_all(
    workspace: Workspace,
    house: ImportContext,
    seen: Sequence[DraftSummary],
    jobs: int | None,
    tell: Callable[[DraftOutcome], None],
    fetch: Fetch = without_fetching,
) -> list[DraftOutcome]:
    """Write the issues of all drafts that are not skipped, and everybody new into the masthead before."""
    add_people(workspace, everybody(seen, house))
    house = house_of(workspace)
    files: dict[str, list[DraftSummary]] = {}
    for one in seen:
        if not one.why_not:
            files.setdefault(one.file, []).append(one)
    tasks = list(files.values())
    done: list[DraftOutcome] = []
    for written in map_parallel(
        partial(write_file_of, workspace, house, fetch), tasks, _jobs(tasks, jobs)
    ):
        done += written
        for outcome in written:
            tell(outcome)
    return sorted(done, key=lambda one: one.seen.slug)


def _jobs(tasks: Sequence[object], jobs: int | None) -> int:
    return (jobs or os.cpu_count() or 1) if len(tasks) > FEW else 1


def _import_early() -> None:
    import newsletter.importers.formats.html
    import newsletter.importers.formats.markdown
    import newsletter.importers.formats.text  # noqa: F401

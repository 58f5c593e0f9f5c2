"""`--all`: import a back catalogue in several processes: one pass to read, one to write.

Two passes limit memory to one draft per process, write the masthead once, and find drafts that
would become the same issue before either is written.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.formats import ENDINGS
from newsletter.importers.import_line import (
    ImportContext,
    MastheadChanged,
    ReadDraft,
    add_people,
    apply_outline,
    load_context,
    outline_draft,
    plan_issue,
    read_bytes,
    write_issue,
)
from newsletter.importers.issue.resolved_people import ResolvedPeople, resolve_people
from newsletter.importers.sibling_files import SiblingFiles
from newsletter.importers.structure.outline import section_words
from newsletter.pipeline.pool import map_parallel
from newsletter.workspace import Workspace

FEW = 4  # drafts; below this, starting processes costs more than it saves


class DraftSummary(Struct, frozen=True):
    """Summary of one draft from the first pass."""

    file: str
    origin: str  # the draft's file name, or the name of the entry in an archive
    index: int  # position of the draft in its file
    slug: str = ""
    sections: int = 0
    words: int = 0
    omitted: tuple[ImportNote, ...] = ()  # content that is not imported
    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    skip_reason: str = ""  # why the draft is skipped; empty if it is not


class DraftOutcome(Struct, frozen=True):
    """The result of importing one draft."""

    summary: DraftSummary
    skip_reason: str = ""


def find_drafts(folder: Path) -> list[Path]:
    """Return the files in a folder that can be drafts, sorted by name.

    Raises `NewsletterError` if there are none.
    """
    if not folder.is_dir():
        raise NewsletterError(f"Not a folder: {folder}", hint="Name a folder, or remove --all.")
    try:
        paths = sorted(path for path in folder.rglob("*") if _can_be_draft(path, folder))
    except OSError as error:
        raise NewsletterError(f"Cannot read {folder}: {error.strerror}") from error
    if not paths:
        hint = f"Add drafts of a supported type: {', '.join(ENDINGS)}."
        raise NewsletterError(f"No drafts in {folder}", hint=hint)
    return paths


def _can_be_draft(path: Path, folder: Path) -> bool:
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    return not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def unread_types(folder: Path) -> dict[str, int]:
    """Return how many files of each type in a folder are not read, most frequent first.

    Images and style sheets of drafts are left out, and so are hidden files.
    """
    counts: Counter[str] = Counter()
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        ending = path.suffix.lower() or "without an extension"
        if not hidden and ending not in (*ENDINGS, *_OTHER_ENDINGS) and path.is_file():
            counts[ending] += 1
    return dict(counts.most_common())


# Types of files that belong to a draft.
_OTHER_ENDINGS = (
    ".png .jpg .jpeg .gif .webp .svg .avif .bmp .tif .tiff .ico .css .js .woff .woff2 .ttf .otf"
).split()


def summarize_file(context: ImportContext, path: Path) -> list[DraftSummary]:
    """Return summaries of the issues that the drafts in a file would become."""
    try:
        drafts = read_drafts(read_bytes(path), path.name, SiblingFiles(path.parent))
    except NewsletterError as error:
        return [DraftSummary(str(path), path.name, 0, skip_reason=error.message)]
    if not drafts:
        return [DraftSummary(str(path), path.name, 0, skip_reason=f"No drafts in {path.name}")]
    return [_summarize(context, draft, str(path), index) for index, draft in enumerate(drafts)]


def _summarize(context: ImportContext, draft: Draft, file: str, index: int) -> DraftSummary:
    try:
        outlined, outline = outline_draft(draft, context)
        read_ = apply_outline(outlined, outline, context)
        issue = plan_issue(read_, context, date=None)
    except NewsletterError as error:
        return DraftSummary(file, draft.origin, index, skip_reason=error.message)
    return DraftSummary(
        file,
        draft.origin,
        index,
        issue.slug,
        len(read_.text.sections),
        sum(section_words(part, outlined) for part in outline.sections),
        tuple(note for note in issue.folder.notes if note.kind == "omitted"),
        read_.text.people,
        read_.text.produced_by,
        tuple(label for label, _ in read_.text.credits),
    )


def mark_duplicates(workspace: Workspace, summaries: Iterable[DraftSummary]) -> list[DraftSummary]:
    """Set the skip reason of drafts that cannot be imported.

    A draft is skipped if its issue already exists or another draft would become the same issue.
    """
    first: dict[str, str] = {}
    result = []
    for summary in summaries:
        reason = summary.skip_reason
        if not reason and (workspace.issues / summary.slug).exists():
            reason = f"{summary.slug} already exists"
        elif not reason and summary.slug in first:
            reason = f"same issue as {first[summary.slug]}: {summary.slug}"
        if not reason:
            first[summary.slug] = summary.origin
        result.append(replace(summary, skip_reason=reason))
    return result


def resolve_everybody(summaries: Iterable[DraftSummary], context: ImportContext) -> ResolvedPeople:
    """Resolve all people named in drafts that are not skipped, in one lookup."""
    imported = [summary for summary in summaries if not summary.skip_reason]
    people = [name for summary in imported for name in summary.people]
    teams = [name for summary in imported for name in summary.teams]
    return resolve_people(
        people, teams, [label for summary in imported for label in summary.labels], context.masthead
    )


def write_issues_of_file(
    workspace: Workspace, context: ImportContext, fetch: Fetch, summaries: Sequence[DraftSummary]
) -> list[DraftOutcome]:
    """Write the issues of one file's drafts; a failure does not stop the others."""
    path = Path(summaries[0].file)
    try:
        drafts = read_drafts(read_bytes(path), path.name, SiblingFiles(path.parent))
        return [
            _write(workspace, context, fetch, drafts[summary.index], summary=summary)
            for summary in summaries
        ]
    except (NewsletterError, IndexError) as error:  # the draft existed in the first pass
        reason = (
            error.message
            if isinstance(error, NewsletterError)
            else "file changed during the import"
        )
        return [DraftOutcome(summary, skip_reason=reason) for summary in summaries]


def _write(
    workspace: Workspace,
    context: ImportContext,
    fetch: Fetch,
    draft: Draft,
    *,
    summary: DraftSummary,
) -> DraftOutcome:
    try:
        outlined, outline = outline_draft(draft, context)
        read = fetch(apply_outline(outlined, outline, context))
        plan = plan_issue(read, context, date=None)
        write_issue(workspace, plan, origin=draft.origin)
    except NewsletterError as error:
        return DraftOutcome(summary, skip_reason=error.message)
    return DraftOutcome(summary)


Fetch = Callable[[ReadDraft], ReadDraft]


def without_fetching(read_drafts: ReadDraft) -> ReadDraft:
    """Return a draft unchanged, with its remote images left as links.

    A module-level function, because tasks are pickled.
    """
    return read_drafts


def summarize_all(
    workspace: Workspace,
    context: ImportContext,
    paths: Sequence[Path],
    jobs: int | None,
    *,
    report: Callable[[DraftSummary], None],
) -> list[DraftSummary]:
    """Summarize all drafts, in the order of their files."""
    result: dict[str, list[DraftSummary]] = {}
    for group in map_parallel(
        partial(summarize_file, context),
        paths,
        _jobs(paths, jobs),
        prepare=_import_early,
        between_tasks=True,
    ):
        result[group[0].file] = group
        for summary in group:
            report(summary)
    return mark_duplicates(workspace, [summary for path in paths for summary in result[str(path)]])


def write_all(
    workspace: Workspace,
    context: ImportContext,
    summaries: Sequence[DraftSummary],
    jobs: int | None,
    *,
    report: Callable[[DraftOutcome], None],
    fetch: Fetch = without_fetching,
) -> list[DraftOutcome]:
    """Add all new people to the masthead, then write the issues of drafts that are not skipped."""
    context = _with_people(workspace, summaries, context)
    files: dict[str, list[DraftSummary]] = {}
    for summary in summaries:
        if not summary.skip_reason:
            files.setdefault(summary.file, []).append(summary)
    tasks = list(files.values())
    done: list[DraftOutcome] = []
    for written in map_parallel(
        partial(write_issues_of_file, workspace, context, fetch),
        tasks,
        _jobs(tasks, jobs),
        between_tasks=True,
    ):
        done += written
        for outcome in written:
            report(outcome)
    return sorted(done, key=lambda outcome: outcome.summary.slug)


def _with_people(
    workspace: Workspace, summaries: Sequence[DraftSummary], context: ImportContext
) -> ImportContext:
    """Add new people to the masthead; return the context with them."""
    try:
        add_people(workspace, resolve_everybody(summaries, context))
    except MastheadChanged:  # another import used one of the ids meanwhile: resolve them again
        add_people(workspace, resolve_everybody(summaries, load_context(workspace)))
    return load_context(workspace)


def _jobs(tasks: Sequence[object], jobs: int | None) -> int:
    return (jobs or os.cpu_count() or 1) if len(tasks) > FEW else 1


def _import_early() -> None:
    pass

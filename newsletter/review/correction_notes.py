"""Corrections: drafted from a redline, added to corrections.yaml, emailed as a separate issue."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from newsletter import blueprint
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.model import Correction, Issue, Publication
from newsletter.review.redline_values import BlockChange, Redline
from newsletter.review.table_diff import CellChange
from newsletter.review.word_diff import RedlineRun
from newsletter.schema.sign_off import CorrectionKind

CONTEXT_WORDS = 4  # words quoted on each side of a change
LONGEST = 280  # maximum characters quoted of each version
SUBJECT = 70  # characters of a correction's subject line


class CorrectionDraft(Struct, frozen=True):
    """A correction as written to the file, where it may be edited before sign-off."""

    date: dt.date
    kind: CorrectionKind
    note: str
    section: str | None = None
    was: str | None = None
    now: str | None = None
    by: str | None = None  # id of a person


# --- from a redline -------------------------------------------------------------------------------


def draft_corrections(
    redline: Redline, issue: Issue, date: dt.date, kind: CorrectionKind, *, by: str | None
) -> list[CorrectionDraft]:
    """Return a correction for each change of words the issue has no correction for yet.

    Blocks that only moved or changed in style need none.
    """
    known = {(entry.section, entry.was, entry.now) for entry in issue.corrections}
    drafts = []
    for section, was, now in _changed_words(redline, issue):
        if (section, was, now) in known:
            continue
        drafts.append(CorrectionDraft(date, kind, _note(was, now), section, was, now, by))
    return drafts


def _changed_words(
    redline: Redline, issue: Issue
) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Yield section, old words and new words for every change readers should know about."""
    for field in redline.fields:
        if field.name != "sender":
            yield None, *_sides(field.runs)
    for change in redline.changes:
        if change.what in ("moved", "typography", "appearance"):
            continue
        section = _section_file(issue, change.section)
        for was, now in _of_block(change):
            yield section, was, now


def _of_block(change: BlockChange) -> Iterator[tuple[str | None, str | None]]:
    if change.table:
        yield from map(_of_cell, change.table.cells)
        for row in change.table.rows_removed:
            yield ", ".join(row), None
        for row in change.table.rows_added:
            yield None, ", ".join(row)
        return
    if change.image_replaced and change.before and change.before.image:
        assert change.after is not None
        assert change.after.image is not None
        yield change.before.image.alt or "An image", change.after.image.alt or "Another image"
        return
    was, now = _sides(change.runs)
    if was != now:
        yield was, now
    for link in change.links:
        if link.before and link.after:
            yield f"{link.text} ({link.before})", f"{link.text} ({link.after})"


def _of_cell(cell: CellChange) -> tuple[str | None, str | None]:
    was, now = _sides(cell.runs)
    about = f"{cell.row}, {cell.column}: "
    return about + was if was else None, about + now if now else None


def _sides(runs: Sequence[RedlineRun]) -> tuple[str | None, str | None]:
    """Return the changed words with some context, in the old and the new version."""
    changed = [index for index, run in enumerate(runs) if run.op != "="]
    if not changed:
        return None, None
    first, last = changed[0], changed[-1]
    head = _last_words(runs[first - 1].text) if first else ""
    tail = _first_words(runs[last + 1].text) if last + 1 < len(runs) else ""
    middle = runs[first : last + 1]
    was = "".join(run.text for run in middle if run.op != "+")
    now = "".join(run.text for run in middle if run.op != "-")
    return _quoted(head, was, tail), _quoted(head, now, tail)


def _last_words(text: str) -> str:
    """Return the last words before a change, within its sentence."""
    sentence = re.split(r"(?<=[.!?…:;])\s+", text)[-1]
    words = re.findall(r"\S+\s*", sentence)
    return "".join(words[-CONTEXT_WORDS:])


def _first_words(text: str) -> str:
    sentence = re.split(r"(?<=[.!?…;])(?:\s+|$)", text)[0]
    words = re.findall(r"\s*\S+", sentence)
    return "".join(words[:CONTEXT_WORDS])


def _quoted(head: str, text: str, tail: str) -> str | None:
    if not text.strip():
        return None
    quoted = " ".join(f"{head}{text}{tail}".split()).strip(" ,;:")
    if len(quoted) > LONGEST:
        quoted = quoted[:LONGEST].rsplit(" ", 1)[0] + " …"
    return quoted


def _note(was: str | None, now: str | None) -> str:
    """Return a first draft in English for editors to revise: what was wrong and what is right."""
    if was is None:
        return f"An earlier version left out “{now}”."
    if now is None:
        return "An earlier version contained a statement that has been removed."
    return f"An earlier version said “{was}”. The correct text is “{now}”."


def _section_file(issue: Issue, heading: str) -> str | None:
    """Return the file name of the section with a heading; `None` outside any section."""
    for section in issue.sections:
        if section.title and section.title.strip().replace("\xa0", " ") == heading:
            return Path(section.where.path).name
    return None


# --- the file -------------------------------------------------------------------------------------


def appended(text: str, drafts: Iterable[CorrectionDraft]) -> str:
    """Return the text of corrections.yaml with entries appended; existing text is unchanged."""
    head = text if not text or text.endswith("\n") else f"{text}\n"
    return head + "".join(map(_entry, drafts))


def _entry(draft: CorrectionDraft) -> str:
    """Return an entry as YAML; a JSON string is a double-quoted scalar of YAML."""
    values: Mapping[str, str | None] = {
        "kind": draft.kind,
        "section": draft.section,
        "was": _string(draft.was),
        "is": _string(draft.now),
        "note": _string(draft.note),
        "by": draft.by,
    }
    lines = [f"  {key}: {value}\n" for key, value in values.items() if value is not None]
    return f"- date: {draft.date.isoformat()}\n{''.join(lines)}"


def _string(text: str | None) -> str | None:
    return None if text is None else json.dumps(text, ensure_ascii=False)


# --- the email ------------------------------------------------------------------------------------


def correction_issue(
    issue: Issue, publication: Publication, phrases: Mapping[str, str], date: dt.date
) -> tuple[str, dict[str, bytes]]:
    """Return slug and files of an issue that emails another issue's latest corrections.

    It contains the corrections of the latest date, is built and approved like any issue, and is not
    listed in the archive. Raises `WrongUsage` if there is no correction.
    """
    latest = max((entry.date for entry in issue.corrections), default=None)
    entries = [entry for entry in issue.corrections if entry.date == latest]
    if not entries:
        hint = f"Write one first with `newsletter correct {issue.slug} --from-diff`."
        raise WrongUsage(f"{issue.slug} has no corrections", hint=hint)
    gravest = min(entries, key=lambda entry: _GRAVITY.index(entry.kind))
    label = phrases[gravest.kind]
    title = _cut(f"{label}: {issue.title}", SUBJECT)
    address = publication.web_url(issue.slug)
    sections = {
        f"{index * 10}-{entry.kind}.md": _section(entry, phrases, issue)
        for index, entry in enumerate(entries, 1)
    }
    last = max(sections)
    sections[last] += (
        f"\n::: button\nlabel: {_string(phrases['corrected_issue'])}\nurl: {address}\n:::\n"
    )
    settings = {
        "title": title,
        "preheader": _cut(_one_line(entries[0].note), 100),
        "date": date.isoformat(),
        "language": issue.language,
        "archive": "unlisted",
        "corrects": issue.slug,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in settings.items()]
    if issue.theme and issue.theme != publication.theme:
        lines.append(f"theme: {json.dumps(issue.theme)}\n")
    files = {"issue.yaml": "".join(lines)} | sections
    # Named by the other issue's date: words of its slug would make the slug ambiguous.
    slug = blueprint.slug(f"{gravest.kind} {issue.date:%d %b}", date, None)
    return slug, {name: text.encode() for name, text in files.items()}


_GRAVITY: tuple[CorrectionKind, ...] = ("retraction", "correction", "clarification", "update")


def _section(entry: Correction, phrases: Mapping[str, str], issue: Issue) -> str:
    heading = next(
        (
            section.title
            for section in issue.sections
            if entry.section and section.title and section.where.path.endswith(f"/{entry.section}")
        ),
        issue.title,
    )
    parts = [f"---\nkind: {entry.kind}\ntitle: {_string(heading)}\n---\n"]
    has_both = entry.was and entry.now and entry.was in entry.note and entry.now in entry.note
    if not has_both:  # otherwise the two lines below contain everything
        parts.append(f"{_markdown(entry.note)}\n")
    colon = phrases["colon"]
    if entry.was:
        parts.append(f"**{phrases['was']}**{colon}{_markdown(entry.was)}\n")
    if entry.now:
        parts.append(f"**{phrases['is']}**{colon}{_markdown(entry.now)}\n")
    return parts[0] + "\n".join(parts[1:])


def credits_of_correction(credits: Mapping[str, object]) -> bytes:
    """Return credits.yaml of a correction email: publisher and address, without roles."""
    lines = [
        f"{key}: {json.dumps(credits[key], ensure_ascii=False)}\n"
        for key in ("produced_by", "location")
        if key in credits
    ]
    return ("".join(lines) or "{}\n").encode()


def _markdown(text: str) -> str:
    """Return text escaped so that Markdown renders it literally."""
    text = re.sub(r"([\\`*_{}\[\]<>|~^$&#!])", r"\\\1", _one_line(text))
    return re.sub(r"^([-+:=]|\d+[.)])", r"\\\1", text)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def refuse_taken_folder(folder: Path, shown: str) -> None:
    """Raise `NewsletterError` if the folder of a correction email already exists."""
    if folder.exists():
        hint = "Edit that issue, or delete its folder first; nothing was changed."
        raise NewsletterError(f"{shown} already exists", hint=hint)

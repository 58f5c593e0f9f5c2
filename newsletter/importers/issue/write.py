"""Writes an imported issue as the files of an issue folder."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from newsletter.importers.draft import ImportNote
from newsletter.importers.issue.imported_issue import ImportedIssue, ImportedSection, Reference
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.importers.issue.scalar import scalar
from newsletter.importers.structure.media import MediaWriter
from newsletter.languages import known
from newsletter.model import Role

TITLE = "TK a title"  # placeholder for missing text; `check` reports each one
DECK = "TK one sentence that says why to open this, shown after the subject in the inbox."
STEP = 10  # between section numbers, so that a section can be inserted later
_SCHEMA = "# yaml-language-server: $schema=../../templates/schemas/{}.json\n"


class IssueDefaults(Struct, frozen=True):
    """Values that an issue takes from the workspace instead of the draft."""

    date: dt.date
    number: int | None
    kinds: Collection[str]  # section kinds of the theme; any other kind becomes a note
    roles: tuple[Role, ...]
    defaults: Collection[str]  # keys with a default in the masthead
    language: str  # of the publication


class IssueFiles(Struct, frozen=True):
    """The files of an issue, and notes for its author."""

    files: Mapping[str, bytes]
    notes: tuple[ImportNote, ...]
    missing: tuple[str, ...]  # missing values, as file and key


def imported_files(
    imported: ImportedIssue, resolved: ResolvedPeople, defaults: IssueDefaults
) -> IssueFiles:
    """Return the files of an issue.

    Values missing from the draft are written as TK or left out, to be reported by `check`.
    """
    shown = MediaWriter({image.name: image for image in imported.images})
    missing: list[str] = []
    files: dict[str, bytes] = {
        "issue.yaml": _issue(imported, defaults, missing).encode(),
        "credits.yaml": _credits(imported, resolved, defaults, missing).encode(),
    }
    for number, text in enumerate(imported.sections, 1):
        kind = text.kind if text.kind in defaults.kinds else "note"
        name = f"{number * STEP}-{kind}.md"
        files[name] = _section(text, kind, resolved, shown).encode()
        if not text.blocks:
            missing.append(f"{name}: its text")
    for image in list(shown.unused()):
        shown.keep(image)
        shown.notes.append(
            ImportNote(
                "review", f"image not used in any section: images/{image.name}", "", image.line
            )
        )
    notes = (*imported.notes, *_language_note(imported, defaults), *shown.notes)
    return IssueFiles(
        {**files, **shown.files}, tuple(sorted(notes, key=lambda note: note.line)), tuple(missing)
    )


# --- issue.yaml -----------------------------------------------------------------------------------


def _issue(imported: ImportedIssue, defaults: IssueDefaults, missing: list[str]) -> str:
    if not imported.title:
        missing.append("issue.yaml: title")
    if not imported.deck:
        missing.append("issue.yaml: preheader")
    subject = imported.subject if imported.subject != imported.title else None
    language = imported.language if _names_language(imported, defaults) else None
    keys = {
        "title": json.dumps(_line(imported.title or TITLE), ensure_ascii=False),
        "subject": json.dumps(_line(subject), ensure_ascii=False) if subject else None,
        "preheader": scalar(imported.deck or DECK),
        "date": defaults.date.isoformat(),
        "number": str(defaults.number) if defaults.number is not None else None,
        "language": language,
        "tags": _list(imported.tags),
    }
    return _SCHEMA.format("issue") + _keys(keys)


def _names_language(imported: ImportedIssue, defaults: IssueDefaults) -> bool:
    """Return whether the draft's language differs from the publication's and has a valid tag."""
    return bool(
        imported.language and imported.language != defaults.language and known(imported.language)
    )


def _language_note(imported: ImportedIssue, defaults: IssueDefaults) -> Iterable[ImportNote]:
    if (
        imported.language
        and imported.language != defaults.language
        and not known(imported.language)
    ):
        yield ImportNote("omitted", "unknown language tag", imported.language)


def _line(words: str) -> str:
    return " ".join(words.split())


def _keys(keys: Mapping[str, str | None]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value is not None)


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(scalar(item, inside=True) for item in items)}]"


# --- credits.yaml ---------------------------------------------------------------------------------


def _credits(
    imported: ImportedIssue, resolved: ResolvedPeople, defaults: IssueDefaults, missing: list[str]
) -> str:
    held = _held(imported, resolved, defaults)
    lines = {id: _holders(names, resolved) for id, names in held.items()}
    if imported.produced_by:
        lines["produced_by"] = _holders(imported.produced_by, resolved)
    if imported.location:
        lines["location"] = scalar(imported.location)
    wanted = [role.id for role in defaults.roles if role.required] + ["location"]
    absent = [key for key in wanted if key not in lines and key not in defaults.defaults]
    missing.extend(f"credits.yaml: {key}" for key in absent)
    return _SCHEMA.format("credits") + _keys(lines) + "".join(f"# {key}: TK\n" for key in absent)


def _held(
    imported: ImportedIssue, resolved: ResolvedPeople, defaults: IssueDefaults
) -> dict[str, tuple[str, ...]]:
    """Return the holders of each role.

    A required role without a holder is assigned to the authors of the sections of its kind.
    """
    held: dict[str, tuple[str, ...]] = {}
    for label, names in imported.credits:
        id = resolved.of_labels[label]
        held[id] = tuple(dict.fromkeys((*held.get(id, ()), *names)))
    for role in (role for role in defaults.roles if role.required and role.id not in held):
        signed = [
            name
            for text in imported.sections
            if role.id in (text.kind, f"{text.kind}s")
            for name in text.by
        ]
        if signed:
            held[role.id] = tuple(dict.fromkeys(signed))
    return held


def _holders(names: Iterable[str], resolved: ResolvedPeople) -> str:
    held = [resolved.ids.get(name) or f"{{name: {scalar(name, inside=True)}}}" for name in names]
    return held[0] if len(held) == 1 else f"[{', '.join(held)}]"


# --- sections -------------------------------------------------------------------------------------


def _section(text: ImportedSection, kind: str, resolved: ResolvedPeople, shown: MediaWriter) -> str:
    keys = {
        "kind": kind,
        "title": scalar(text.title) if text.title else None,
        "by": _holders(text.by, resolved) if text.by else None,
        "date": text.date.isoformat() if text.date else None,
        "tags": _list(text.tags) if text.tags else None,
        "source": _sources(text.sources) if text.sources else None,
    }
    body = "\n\n".join(shown.markdown(block) for block in text.blocks)
    return f"---\n{_keys(keys)}---\n{body or 'TK'}\n"


def _sources(cited: tuple[Reference, ...]) -> str:
    entries = [_source(reference) for reference in cited]
    return entries[0] if len(entries) == 1 else f"[{', '.join(entries)}]"


def _source(reference: Reference) -> str:
    if reference.title is None:
        return json.dumps(reference.url, ensure_ascii=False)
    url = f", url: {json.dumps(reference.url, ensure_ascii=False)}" if reference.url else ""
    return f"{{title: {scalar(reference.title, inside=True)}{url}}}"

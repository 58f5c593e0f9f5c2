"""A manuscript as the files of an issue folder."""

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

TITLE = "TK a title"  # to come: `check` names each place
DECK = "TK one sentence that says why to open this, shown after the subject in the inbox."
STEP = 10  # between the numbers of sections, so that one can be put between two
_SCHEMA = "# yaml-language-server: $schema=../../templates/schemas/{}.json\n"


class IssueDefaults(Struct, frozen=True):
    """What an issue takes from the workspace and not from the draft."""

    date: dt.date
    number: int | None
    kinds: Collection[str]  # of the theme; any other becomes a note
    roles: tuple[Role, ...]
    defaults: Collection[str]  # keys the masthead fills in
    language: str  # of the publication


class IssueFiles(Struct, frozen=True):
    """The files of an issue, and what its author should know."""

    files: Mapping[str, bytes]
    told: tuple[ImportNote, ...]
    missing: tuple[str, ...]  # what is still to come, as file and key


def folder_of(manuscript: ImportedIssue, cast: ResolvedPeople, frame: IssueDefaults) -> IssueFiles:
    """Return the folder of an issue; what the draft does not say is TK, or left for `check` to ask for."""
    shown = MediaWriter({picture.name: picture for picture in manuscript.pictures})
    missing: list[str] = []
    files: dict[str, bytes] = {
        "issue.yaml": _issue(manuscript, frame, missing).encode(),
        "credits.yaml": _credits(manuscript, cast, frame, missing).encode(),
    }
    for number, text in enumerate(manuscript.sections, 1):
        kind = text.kind if text.kind in frame.kinds else "note"
        name = f"{number * STEP}-{kind}.md"
        files[name] = _section(text, kind, cast, shown).encode()
        if not text.blocks:
            missing.append(f"{name}: its text")
    for picture in list(shown.unused()):
        shown.keep(picture)
        shown.told.append(
            ImportNote("look", f"no section shows images/{picture.name}", "", picture.line)
        )
    told = (*manuscript.told, *_language_told(manuscript, frame), *shown.told)
    return IssueFiles(
        {**files, **shown.files}, tuple(sorted(told, key=lambda note: note.line)), tuple(missing)
    )


# --- issue.yaml --------------------------------------------------------------------------------------------


def _issue(manuscript: ImportedIssue, frame: IssueDefaults, missing: list[str]) -> str:
    if not manuscript.title:
        missing.append("issue.yaml: title")
    if not manuscript.deck:
        missing.append("issue.yaml: preheader")
    subject = manuscript.subject if manuscript.subject != manuscript.title else None
    language = manuscript.language if _speaks(manuscript, frame) else None
    keys = {
        "title": json.dumps(_line(manuscript.title or TITLE), ensure_ascii=False),
        "subject": json.dumps(_line(subject), ensure_ascii=False) if subject else None,
        "preheader": scalar(manuscript.deck or DECK),
        "date": frame.date.isoformat(),
        "number": str(frame.number) if frame.number is not None else None,
        "language": language,
        "tags": _list(manuscript.tags),
    }
    return _SCHEMA.format("issue") + _keys(keys)


def _speaks(manuscript: ImportedIssue, frame: IssueDefaults) -> bool:
    """Tell whether the draft is in a language of its own, by a tag that exists."""
    return bool(
        manuscript.language and manuscript.language != frame.language and known(manuscript.language)
    )


def _language_told(manuscript: ImportedIssue, frame: IssueDefaults) -> Iterable[ImportNote]:
    if (
        manuscript.language
        and manuscript.language != frame.language
        and not known(manuscript.language)
    ):
        yield ImportNote("lost", "no language has this tag", manuscript.language)


def _line(words: str) -> str:
    return " ".join(words.split())


def _keys(keys: Mapping[str, str | None]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value is not None)


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(scalar(item, inside=True) for item in items)}]"


# --- credits.yaml ------------------------------------------------------------------------------------------


def _credits(
    manuscript: ImportedIssue, cast: ResolvedPeople, frame: IssueDefaults, missing: list[str]
) -> str:
    held = _held(manuscript, cast, frame)
    lines = {id: _holders(names, cast) for id, names in held.items()}
    if manuscript.produced_by:
        lines["produced_by"] = _holders(manuscript.produced_by, cast)
    if manuscript.location:
        lines["location"] = scalar(manuscript.location)
    wanted = [role.id for role in frame.roles if role.required] + ["location"]
    absent = [key for key in wanted if key not in lines and key not in frame.defaults]
    missing.extend(f"credits.yaml: {key}" for key in absent)
    return _SCHEMA.format("credits") + _keys(lines) + "".join(f"# {key}: TK\n" for key in absent)


def _held(
    manuscript: ImportedIssue, cast: ResolvedPeople, frame: IssueDefaults
) -> dict[str, tuple[str, ...]]:
    """Return who held which role; a role every issue must fill is held by those who signed its sections."""
    held: dict[str, tuple[str, ...]] = {}
    for label, names in manuscript.credits:
        id = cast.of_labels[label]
        held[id] = tuple(dict.fromkeys((*held.get(id, ()), *names)))
    for role in (role for role in frame.roles if role.required and role.id not in held):
        signed = [
            name
            for text in manuscript.sections
            if role.id in (text.kind, f"{text.kind}s")
            for name in text.by
        ]
        if signed:
            held[role.id] = tuple(dict.fromkeys(signed))
    return held


def _holders(names: Iterable[str], cast: ResolvedPeople) -> str:
    held = [cast.ids.get(name) or f"{{name: {scalar(name, inside=True)}}}" for name in names]
    return held[0] if len(held) == 1 else f"[{', '.join(held)}]"


# --- sections ----------------------------------------------------------------------------------------------


def _section(text: ImportedSection, kind: str, cast: ResolvedPeople, shown: MediaWriter) -> str:
    keys = {
        "kind": kind,
        "title": scalar(text.title) if text.title else None,
        "by": _holders(text.by, cast) if text.by else None,
        "date": text.date.isoformat() if text.date else None,
        "tags": _list(text.tags) if text.tags else None,
        "source": _sources(text.sources) if text.sources else None,
    }
    body = "\n\n".join(shown.markdown(block) for block in text.blocks)
    return f"---\n{_keys(keys)}---\n{body or 'TK'}\n"


def _sources(cited: tuple[Reference, ...]) -> str:
    entries = [_source(one) for one in cited]
    return entries[0] if len(entries) == 1 else f"[{', '.join(entries)}]"


def _source(one: Reference) -> str:
    if one.title is None:
        return json.dumps(one.url, ensure_ascii=False)
    url = f", url: {json.dumps(one.url, ensure_ascii=False)}" if one.url else ""
    return f"{{title: {scalar(one.title, inside=True)}{url}}}"

"""Adds new people to the masthead file, preserving its comments and order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from newsletter.diagnostics import Report
from newsletter.files.yaml_reader import PositionMap, read_yaml
from newsletter.importers.issue.resolved_people import ResolvedPeople
from newsletter.importers.issue.scalar import scalar


def with_people(text: str, resolved: ResolvedPeople) -> str | None:
    """Return the masthead with a draft's new people, teams and roles.

    Returns `None` if the layout of the file does not allow the edit. The result is parsed again: it
    must contain the same data as before, plus the new entries at the end of each list.
    """
    lists = {
        "people": ("name", resolved.people),
        "teams": ("name", resolved.teams),
        "roles": ("label", resolved.roles),
    }
    for key, (word, entries) in lists.items():
        if not entries:
            continue
        edited = _added(
            text, key, [f"{id}: {{{word}: {scalar(text, inside=True)}}}" for id, text in entries]
        )
        if edited is None or not _contains(
            text, edited, key, {id: {word: text} for id, text in entries}
        ):
            return None
        text = edited
    return text


def without_present(text: str, resolved: ResolvedPeople) -> ResolvedPeople | None:
    """Return new entries without those already in the masthead.

    Returns `None` if an id belongs to a different person.
    """
    read = _read(text)
    if read is None:
        return resolved  # the edit itself reports an unreadable layout
    remaining: dict[str, tuple[tuple[str, str], ...]] = {}
    for key, word, entries in (
        ("people", "name", resolved.people),
        ("teams", "name", resolved.teams),
        ("roles", "label", resolved.roles),
    ):
        present = read[0].get(key)
        known = present if isinstance(present, dict) else {}
        for id, name in entries:
            if id in known and _named(known[id], word) != name:
                return None
        remaining[key] = tuple(entry for entry in entries if entry[0] not in known)
    return replace(resolved, **remaining)


def _named(entry: object, word: str) -> object:
    return entry.get(word) if isinstance(entry, dict) else entry


def _read(text: str) -> tuple[dict[str, object], PositionMap] | None:
    report = Report()
    read = read_yaml(text, "credits.yaml", report)
    if read is None or report.failed or not (read[0] is None or isinstance(read[0], dict)):
        return None
    return read[0] or {}, read[1]


def _contains(before: str, after: str, key: str, new: dict[str, dict[str, str]]) -> bool:
    was, is_ = _read(before), _read(after)
    if was is None or is_ is None:
        return False
    old = was[0].get(key)
    whole = {**was[0], key: {**(old if isinstance(old, dict) else {}), **new}}
    return is_[0] == whole and list(is_[0][key]) == list(whole[key])  # type: ignore[call-overload]


def _added(text: str, key: str, entries: list[str]) -> str | None:
    """Return the text with entries added at the end of one of its lists."""
    read = _read(text)
    if read is None:
        return None
    value, places = read
    if key not in value:
        end = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{end}{key}:\n" + "".join(f"  {entry}\n" for entry in entries)
    lines = text.splitlines(keepends=True)
    at = places.key(key)
    row = (at.line or 1) - 1
    if brace := re.match(rf"{re.escape(key)}\s*:\s*\{{", lines[row][(at.column or 1) - 1 :]):
        start = sum(map(len, lines[:row])) + (at.column or 1) - 1 + brace.end()
        return _in_braces(text, start, entries)
    return _below(lines, row, entries, _indent(value.get(key), places, key))


def _indent(entries: object, places: PositionMap, key: str) -> int:
    """Return the column at which the list's entries start."""
    first = next(iter(entries), None) if isinstance(entries, dict) else None
    return (places.key(key, first).column or 3) - 1 if first is not None else 2


def _below(lines: list[str], row: int, entries: list[str], indent: int) -> str:
    """Insert entries after the last line that belongs to the list."""
    last = row
    for index in range(row + 1, len(lines)):
        words = lines[index].strip()
        deep = len(lines[index]) - len(lines[index].lstrip())
        if words and not words.startswith("#") and deep < indent:
            break
        if words and not words.startswith("#"):
            last = index
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    end = "\r\n" if lines[last].endswith("\r\n") else "\n"
    lines[last + 1 : last + 1] = [f"{' ' * indent}{entry}{end}" for entry in entries]
    return "".join(lines)


_PIECE = re.compile(
    r"\"(?:\\.|[^\"\\])*\"|'(?:''|[^'])*'|(?<=\s)#[^\n]*|[{}\[\]]|[^\"'{}\[\]#]+|.", re.DOTALL
)


def _in_braces(text: str, start: int, entries: Iterable[str]) -> str | None:
    """Insert entries before the closing brace of a list opened just before `start`."""
    depth, last = 1, start
    for match in _PIECE.finditer(text, start):
        part = match[0]
        depth += (part in "{[") - (part in "}]")
        if depth == 0:
            before = text[:last].rstrip()
            comma = " " if before.endswith(",") else ", "
            if not text[start:last].strip():
                comma = ""
            return f"{before}{comma}{', '.join(entries)}{text[last:]}"
        if part.strip() and not part.startswith("#"):
            last = match.start() + len(part.rstrip())
    return None

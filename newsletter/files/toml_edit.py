"""Set keys of one TOML table in a text, and leave every other character as it is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from newsletter.files.toml_positions import toml_positions

_HEADER = re.compile(r"[ \t]*\[(?!\[)\s*([^\[\]\n]+?)\s*\][ \t]*(?:#.*)?$")
_VALUE = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[\w.+-]+"  # on one line, and not a table or an array
_ENTRY = re.compile(rf"(?P<before>\s*[^=\n]+?\s*=\s*)(?P<value>{_VALUE})(?P<after>[ \t]*(?:#.*)?)")


def with_table_values(
    text: str, table: tuple[str, ...], values: Mapping[str, Any], short: str
) -> str | None:
    """Return a text with keys of a table set, those with `None` removed.

    The table may be missing, have a header, consist of dotted keys, or be a single value that is
    short for its key `short`. Returns `None` if it is written in another way, or if the result
    would differ from the text in anything else.
    """
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    wanted = _wanted(before, table, values, short)
    after = _edited(text, before, table, values, short=short)
    try:
        return after if after is not None and tomllib.loads(after) == wanted else None
    except tomllib.TOMLDecodeError:
        return None


def _wanted(
    before: dict[str, Any], table: tuple[str, ...], values: Mapping[str, Any], short: str
) -> dict[str, Any]:
    """Return the document as it should be afterwards."""
    copy: dict[str, Any] = msgspec.msgpack.decode(msgspec.msgpack.encode(_plain(before)))
    parent = copy
    for name in table[:-1]:
        parent = parent.setdefault(name, {})
    present = parent.get(table[-1], {})
    entries = {short: present} if not isinstance(present, dict) else present
    entries |= {key: value for key, value in values.items() if value is not None}
    kept = {key: value for key, value in entries.items() if values.get(key, value) is not None}
    parent[table[-1]] = kept
    document: dict[str, Any] = _same_types(before, copy)
    return document


def _plain(value: Any) -> Any:
    """Return a document whose dates are texts, which are put back by `_same_types`."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _same_types(before: Any, copy: Any) -> Any:
    if isinstance(before, dict) and isinstance(copy, dict):
        return {key: _same_types(before.get(key), item) for key, item in copy.items()}
    if isinstance(before, list) and isinstance(copy, list):
        return [_same_types(one, other) for one, other in zip(before, copy, strict=True)]
    return before if before is not None and str(before) == copy else copy


def _edited(
    text: str,
    before: dict[str, Any],
    table: tuple[str, ...],
    values: Mapping[str, Any],
    *,
    short: str,
) -> str | None:
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    positions = toml_positions(text, "")
    present = _at(before, table)
    whole = positions.get(table)
    prefix = ""
    if present is not None and not isinstance(present, dict):  # theme = "default"
        if whole is None or whole.line is None:
            return None
        key = lines[whole.line - 1].partition("=")[0].strip()
        prefix, positions[*table, short] = f"{key}.", whole
        entry = lines[whole.line - 1]
        lines[whole.line - 1] = entry.replace(key, f"{key}.{short}", 1)
    where = {key: positions.get((*table, key)) for key in values}
    added = []
    for key, value in values.items():
        location = where[key]
        if location is None or location.line is None:
            added += [] if value is None else [f"{key} = {_toml(value)}{ending}"]
        elif (line := _replaced(lines[location.line - 1], value)) is None:
            return None
        else:
            lines[location.line - 1] = line
    if added:
        _insert(lines, table, positions, prefix, added=added, ending=ending)
    return "".join(lines)


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _toml(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _replaced(line: str, value: Any) -> str | None:
    """Return a line with another value, or empty without one; `None` if it has more than one."""
    body = line.rstrip("\r\n")
    match = _ENTRY.fullmatch(body)
    if match is None:
        return None
    if value is None:
        return ""
    return f"{match['before']}{_toml(value)}{match['after']}{line[len(body) :]}"


def _insert(
    lines: list[str],
    table: tuple[str, ...],
    positions: Mapping[Any, Any],
    prefix: str,
    *,
    added: list[str],
    ending: str,
) -> None:
    """Insert entries after those of the table, or a new table at the end."""
    if lines and lines[-1] and not lines[-1].endswith("\n"):
        lines[-1] += ending
    own = [
        where.line
        for path, where in positions.items()
        if path[:-1] == table and where.line is not None and _is_entry(lines[where.line - 1])
    ]
    if own:
        line = max(own)
        dotted = lines[line - 1].partition("=")[0].strip()
        prefix = prefix or (dotted.rpartition(".")[0] + "." if "." in dotted else "")
        lines[line:line] = [f"{prefix}{entry}" for entry in added]
        return
    header = next((at for at, line in enumerate(lines) if _names(line, table)), None)
    if header is not None:
        lines[header + 1 : header + 1] = added
        return
    lines += [ending, f"[{'.'.join(table)}]{ending}", *added]


def _is_entry(line: str) -> bool:
    """Return whether a line is neither a header nor one whose entry was removed."""
    return bool(line) and not line.lstrip().startswith("[")


def _names(line: str, table: tuple[str, ...]) -> bool:
    match = _HEADER.match(line.rstrip("\r\n"))
    return bool(match) and tuple(part.strip() for part in match[1].split(".")) == table  # type: ignore[index]

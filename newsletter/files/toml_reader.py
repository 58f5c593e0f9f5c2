"""TOML with positions: settings and the tokens of themes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from newsletter.diagnostics import BROKEN_TOML, Report
from newsletter.files.text import read_text
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Location


def read_toml(path: Path, shown: str, report: Report) -> tuple[dict[str, Any], str] | None:
    """Return a file's tables and its text, or `None` after reporting why it cannot be read."""
    text = read_text(path, shown, report)
    if text is None:
        return None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
        lines = text.splitlines() or [""]
        where = Location(shown, len(lines), len(lines[-1]) + 1)
        if match:
            where = Location(shown, int(match[2]), int(match[3]))
        message = match[1] if match else str(error).removesuffix(" (at end of document)")
        report.add(
            BROKEN_TOML, where, message, "Check quotes, commas and brackets near this place."
        )
        return None


def toml_places(text: str, shown: str, table: tuple[str, ...]) -> PositionMap:
    """Return the positions of the keys below a table.

    tomllib does not record positions, so the text is searched.
    """
    values: dict[tuple[str | int, ...], Location] = {}
    depth = len(table)
    current: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*\[([\w.\"' -]+)\]", line):
            current = tuple(part.strip(" \"'") for part in match[1].split("."))
            if current[:depth] == table:
                values.setdefault(current[depth:], Location(shown, number, match.start(1) + 1))
        elif match := re.match(r"\s*([\w.-]+)\s*=\s*", line):
            path = (*current, *match[1].split("."))
            if path[:depth] != table:
                continue
            values[path[depth:]] = Location(shown, number, match.start(1) + 1)
            for inner in re.finditer(r"[{,]\s*([\w-]+)\s*=", line[match.end() :]):
                place = Location(shown, number, match.end() + inner.start(1) + 1)
                values[(*path[depth:], inner[1])] = place
        elif (match := re.match(r"""\s*(["'])(.+?)\1\s*=""", line)) and current[:depth] == table:
            where = Location(shown, number, match.start(1) + 1)
            values[(*current[depth:], match[2])] = where
    return PositionMap(values.get((), Location(shown, 1, 1)), values, values)

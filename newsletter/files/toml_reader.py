"""TOML with positions: settings and the tokens of themes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, MutableMapping
from functools import cached_property
from pathlib import Path
from typing import Any

from newsletter.diagnostics import BROKEN_TOML, Report
from newsletter.files.text import read_text
from newsletter.files.toml_positions import TomlPath, toml_positions
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
    """Return the positions of the keys and array items below a table."""
    values = LazyPositions(text, shown, table)
    return PositionMap(Location(shown, 1, 1), values, values)


class LazyPositions(MutableMapping[TomlPath, Location]):
    """Positions below a table, read when the first is needed: most files have no errors."""

    def __init__(self, text: str, shown: str, table: TomlPath) -> None:
        self.text, self.shown, self.table = text, shown, table

    @cached_property
    def places(self) -> dict[TomlPath, Location]:
        depth = len(self.table)
        return {
            path[depth:]: where
            for path, where in toml_positions(self.text, self.shown).items()
            if path[:depth] == self.table
        }

    def __getitem__(self, path: TomlPath) -> Location:
        return self.places[path]

    def __setitem__(self, path: TomlPath, where: Location) -> None:
        self.places[path] = where

    def __delitem__(self, path: TomlPath) -> None:
        del self.places[path]

    def __iter__(self) -> Iterator[TomlPath]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

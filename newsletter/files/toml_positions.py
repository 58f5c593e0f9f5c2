"""Where each key and value of a TOML text is; tomllib does not record positions.

Only for texts that tomllib has accepted: this walks over them and validates nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

from newsletter.model import Location

TomlPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[\w-]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}\n#]*")


def toml_positions(text: str, shown: str) -> dict[TomlPath, Location]:
    """Return path -> location: that of a key, or of a value in an array."""
    return _Walk(text, shown).places


def _unquoted(key: str) -> str:
    if not key.startswith(('"', "'")):
        return key
    value: str = tomllib.loads(f"key={key}")["key"]
    return value


class _Walk:
    """One pass over a text."""

    def __init__(self, text: str, shown: str) -> None:
        self.text, self.shown = text, shown
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.at = 0
        self.places: dict[TomlPath, Location] = {}
        self.counts: dict[TomlPath, int] = {}  # array of tables -> number of its tables so far
        self._document()

    def _document(self) -> None:
        table: TomlPath = ()
        while self._skip(_BLANK):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._entry(table)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Move past what a pattern matches; return whether any text is left."""
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at < len(self.text)

    def _header(self) -> TomlPath:
        """Read `[table]` or `[[table]]`, and return the path of what follows."""
        repeated = self.text.startswith("[[", self.at)
        self.at += 2 if repeated else 1
        self._skip(_SPACE)
        start = self.at
        path = self._resolved(self._key())
        self._skip(_SPACE)
        self.at += 2 if repeated else 1
        self._record(path, start)
        if repeated:
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            path = (*path, index)
            self.places[path] = self._place(start)
        return path

    def _resolved(self, keys: tuple[str, ...]) -> TomlPath:
        """Return the path of a table, with the index of the latest one of each array of tables."""
        path: TomlPath = ()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            if path in self.counts and number < len(keys):
                path = (*path, self.counts[path] - 1)
        return path

    def _key(self) -> tuple[str, ...]:
        """Read a key, which may be dotted and quoted, and the space after it."""
        parts: list[str] = []
        while True:
            match = _STRING.match(self.text, self.at) or _BARE_KEY.match(self.text, self.at)
            assert match is not None  # otherwise tomllib would have refused the text
            parts.append(_unquoted(match[0]))
            self.at = match.end()
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1
            self._skip(_SPACE)

    def _entry(self, table: TomlPath) -> None:
        """Read `key = value` below a table."""
        start = self.at
        keys = self._key()
        path = (*table, *keys)
        self._record(path, start)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: TomlPath) -> None:
        if self.at >= len(self.text):
            return
        self.places.setdefault(path, self._place(self.at))
        first = self.text[self.at]
        if first in "[{":
            self._bracket(path, "]" if first == "[" else "}")
        else:
            self._skip(_STRING if first in "\"'" else _PLAIN)

    def _bracket(self, path: TomlPath, closing: str) -> None:
        """Read an array or an inline table."""
        self.at += 1
        index = 0
        while self._skip(_BLANK) and self.text[self.at] != closing:
            if closing == "]":
                self._value((*path, index))
            else:
                self._entry(path)
            index += 1
            if self._skip(_BLANK) and self.text[self.at] == ",":
                self.at += 1
        self.at += 1

    def _record(self, path: TomlPath, start: int) -> None:
        """Record a path, and those of the tables it implies."""
        for count in range(1, len(path) + 1):
            self.places.setdefault(path[:count], self._place(start))

    def _place(self, offset: int) -> Location:
        line = bisect_right(self.lines, offset)
        return Location(self.shown, line, offset - self.lines[line - 1] + 1)

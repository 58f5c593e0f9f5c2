"""YAML -> plain values with positions; the only module that reads YAML.

PyYAML composes nodes with their marks. Scalars stay text until a type requires something else, so
`language: no` is Norwegian and `number: 012` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import yaml
from msgspec import Struct, field
from msgspec.structs import replace

from newsletter.diagnostics import (
    BROKEN_YAML,
    REPEATED_KEY,
    UNREADABLE,
    Report,
)
from newsletter.files.quotation import quoted
from newsletter.files.text import unprintable
from newsletter.model import Location

Path = tuple[str | int, ...]


# libyaml is ten times as fast and included in every wheel.
class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes without guessing types: every scalar is read as text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return ""


MAX_DEPTH = 20
# How libyaml reports a quotation mark without its pair: at the end of the text.
_UNCLOSED = {"found unexpected end of stream", "found unexpected document indicator"}


class PositionMap(Struct, frozen=True):
    """The positions of the values and keys of one file."""

    file: Location
    values: Mapping[Path, Location] = field(default_factory=dict)
    keys: Mapping[Path, Location] = field(default_factory=dict)
    quoted: frozenset[Path] = frozenset()

    def value(self, *path: str | int) -> Location:
        """Return the location of a value, or of its nearest enclosing value."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, self.file)

    def typed(self, *path: str | int) -> Location:
        """Return the location of a value's first character, after an opening quotation mark."""
        where = self.value(*path)
        return replace(where, column=(where.column or 1) + 1) if path in self.quoted else where

    def alias(self, typed: Path, meant: Path) -> None:
        """Copy the positions of a mistyped path, and of all paths below it, to the correct path."""
        if typed == meant:
            return
        for places in (self.values, self.keys):
            below = {path: where for path, where in places.items() if path[: len(typed)] == typed}
            assert isinstance(places, MutableMapping)
            places.update({(*meant, *path[len(typed) :]): where for path, where in below.items()})

    def key(self, *path: str | int) -> Location:
        return self.keys.get(path) or self.value(*path)

    def top(self) -> dict[str, Location]:
        return {str(path[0]): where for path, where in self.values.items() if len(path) == 1}


def read_yaml(
    text: str, shown: str, report: Report, *, first_line: int = 1
) -> tuple[Any, PositionMap] | None:
    """Return mappings, lists, strings and `None` with positions, or `None` after reporting errors.

    `first_line` is the line of the file on which `text` starts (front matter, blocks).
    """
    file = Location(shown, first_line, 1)

    def place(mark: Any) -> Location:
        return Location(shown, first_line + mark.line, mark.column + 1)

    try:
        if deep := _too_deep(text):
            report.add(
                BROKEN_YAML,
                place(deep),
                f"Nesting deeper than {MAX_DEPTH} levels",
                "Use fewer levels.",
            )
            return None
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        if error.problem in _UNCLOSED and error.context == "while scanning a quoted scalar":
            where = place(error.context_mark)
            hint = "Add the closing quotation mark, or remove this one."
            report.add(BROKEN_YAML, where, "Unclosed quotation mark", hint)
            return None
        mark = error.problem_mark or error.context_mark
        where = place(mark) if mark else file
        report.add(
            BROKEN_YAML,
            where,
            f"Invalid YAML: {error.problem}" if error.problem else "Invalid YAML",
            _yaml_hint(text, where.line or 0, first_line),
        )
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        report.add(BROKEN_YAML, file, f"Invalid YAML: {str(error).splitlines()[0]}")
        return None
    may_escape = "\\" in text or unprintable(text) is not None
    reader = _Plain(shown, first_line, report, may_escape)
    value = reader.value(node, ()) if node is not None else None
    return value, PositionMap(file, reader.values, reader.keys, frozenset(reader.quoted))


class _Plain:
    """Converts YAML nodes to plain values and records their positions."""

    def __init__(self, shown: str, first_line: int, report: Report, may_escape: bool) -> None:
        self.shown, self.first_line, self.report = shown, first_line, report
        self.may_escape = may_escape  # whether a scalar can contain an unprintable character
        self.values: dict[Path, Location] = {}
        self.keys: dict[Path, Location] = {}
        self.quoted: set[Path] = set()
        self.seen: set[int] = set()

    def place(self, mark: Any) -> Location:
        return Location(self.shown, self.first_line + mark.line, mark.column + 1)

    def value(self, node: Any, path: Path) -> Any:
        self.values[path] = where = self.place(node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            if node.style in ("'", '"'):
                self.quoted.add(path)
            return self.scalar(node, where)
        if id(node) in self.seen or len(path) > MAX_DEPTH:
            self.report.add(
                BROKEN_YAML,
                where,
                "Aliases and deep nesting are not supported",
                "Write the values out.",
            )
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.mapping(node, path)

    def mapping(self, node: Any, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            where = self.place(key_node.start_mark)
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None or (self.may_escape and unprintable(key)):
                self.report.add(BROKEN_YAML, where, "Key is not plain text")
            elif key in result:
                message = (
                    f"Repeated key {quoted(key)}; first used on line {self.keys[(*path, key)].line}"
                )
                self.report.add(REPEATED_KEY, where, message, "Keep one of them.")
            else:
                self.keys[(*path, key)] = where
                result[key] = self.value(value_node, (*path, key))
        return result

    def scalar(self, node: Any, where: Location) -> str | None:
        text: str = node.value
        if not node.style and text in ("", "~", "null", "Null", "NULL"):
            return None
        if self.may_escape and (bad := unprintable(text)):
            message = f"Character U+{ord(bad[0]):04X} is not allowed in an email"
            self.report.add(UNREADABLE, where, message, "Delete it.")
            return None
        return text


def _too_deep(text: str) -> Any:
    """Return the mark where YAML is nested too deeply, if any; libyaml's composer has no limit."""
    # Every level needs one of these characters, and a thousand levels are harmless.
    if sum(map(text.count, "[{-?:")) <= 1000:
        return None
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return event.start_mark
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _yaml_hint(text: str, line: int, first_line: int) -> str:
    lines = text.splitlines()
    nearby = lines[max(0, line - first_line - 1) : line - first_line + 1]
    if any(re.match(r"\s*[\w-]+:\s+[^\"'\[{|>].*:\s", row) for row in nearby):
        return "Put quotes around a value that contains a colon."
    if any("\t" in row[: len(row) - len(row.lstrip())] for row in nearby):
        return "Indent with spaces, not tabs."
    return "Check quotes, colons and indentation near this place."

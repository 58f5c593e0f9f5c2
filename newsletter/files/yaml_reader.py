"""YAML with positions -> typed values; the only module that reads YAML.

PyYAML composes nodes with their marks. Scalars stay text until a type requires something else, so
`language: no` is Norwegian and `number: 012` is a number. msgspec decides what a type accepts.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Callable, Collection, Mapping, MutableMapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
import yaml
from msgspec import Struct, field

from newsletter.diagnostics import (
    BROKEN_YAML,
    MISSING_KEY,
    REPEATED_KEY,
    UNKNOWN_KEY,
    UNREADABLE,
    WRONG_VALUE,
    Report,
)
from newsletter.files.suggest import did_you_mean, nearest
from newsletter.files.text import unprintable
from newsletter.model import Location

T = TypeVar("T")
Path = tuple[str | int, ...]


# libyaml is ten times as fast and included in every wheel.
class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Composes nodes without guessing types: every scalar is read as text."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return ""


MAX_DEPTH = 20


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
        return where._replace(column=(where.column or 1) + 1) if path in self.quoted else where

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


# --- text -> plain values with positions -------------------------------------------------------------


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
        mark = error.problem_mark or error.context_mark
        where = place(mark) if mark else file
        report.add(
            BROKEN_YAML,
            where,
            error.problem or "not valid YAML",
            _yaml_hint(text, where.line or 0, first_line),
        )
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        report.add(BROKEN_YAML, file, f"not valid YAML: {str(error).splitlines()[0]}")
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
                message = f"Repeated key {key!r}; first used on line {self.keys[(*path, key)].line}"
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


# --- plain values -> typed values --------------------------------------------------------------------


def convert(
    value: Any, type_: Callable[..., T] | Any, places: PositionMap, report: Report, path: Path = ()
) -> Any:
    """Return `value` as `type_` after reporting every error in it, or `None` if it is unusable.

    An unknown key is reported and omitted, so that the others are checked in the same run.
    """
    try:
        return msgspec.convert(value, type_, strict=False)  # nearly always succeeds, and fast
    except msgspec.ValidationError:
        before = len(report.findings)
    clean = _walk(value, type_, places, report, path)
    if any(finding.code != UNKNOWN_KEY.code for finding in report.findings[before:]):
        return None
    try:
        return msgspec.convert(clean, type_, strict=False)
    except msgspec.ValidationError:
        if len(report.findings) == before:
            raise
        return None  # a required key is misspelled


def _walk(value: Any, type_: Any, places: PositionMap, report: Report, path: Path) -> Any:
    """Check one value against one type, descending so that every error is reported."""
    members = _members(type_)
    if isinstance(value, dict):
        for member in members:
            if isinstance(member, type) and issubclass(member, msgspec.Struct):
                return _walk_struct(value, member, places, report, path)
            if get_origin(member) is dict:
                kind, item = get_args(member)
                return {
                    key: _walk(part, item, places, report, (*path, key))
                    for key, part in value.items()
                    if _fits(key, kind, _named(path), places.key(*path, key), report)
                }
    elif isinstance(value, list):
        for member in members:
            if get_origin(member) in (list, tuple):
                item = get_args(member)[0]
                return [
                    _walk(part, item, places, report, (*path, index))
                    for index, part in enumerate(value)
                ]
    elif value is None and any(get_origin(member) in (list, dict) for member in members):
        return {} if any(get_origin(member) is dict for member in members) else []
    _fits(value, type_, _named(path), places.value(*path), report)
    return value


def _fits(value: Any, type_: Any, name: str, where: Location, report: Report) -> bool:
    """Return whether a single value or key fits its type, after reporting one that does not."""
    try:
        msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError:
        _wrong(value, type_, name, where, report)
        return False
    return True


def _named(path: Path) -> str:
    """Return the name of a value: its own key, or the key of the list that contains it."""
    return next((part for part in reversed(path) if isinstance(part, str)), "the file")


def _walk_struct(
    value: dict[str, Any], struct: type, places: PositionMap, report: Report, path: Path
) -> dict[str, Any]:
    fields = _fields(struct)
    value, as_typed = _with_meant_keys(value, fields)
    for key in (*value, *as_typed.values()):
        if key not in fields:
            report.add(
                UNKNOWN_KEY,
                places.key(*path, key),
                f"Unknown key {key!r}",
                did_you_mean(key, fields),
            )
    result = {}
    for name, info in fields.items():
        empty = value.get(name) is None
        if info.required and empty:
            where = places.key(*path, name) if name in value else places.value(*path)
            report.add(
                MISSING_KEY,
                where,
                f"Missing key {name!r}",
                f"Add a line such as {name}: {_example(info.type)}",
            )
        elif name in value and not (empty and type(None) in _members(info.type)):
            typed = as_typed.get(name, name)
            places.alias((*path, typed), (*path, name))
            result[name] = _walk(value[name], info.type, places, report, (*path, name))
    return result


def _with_meant_keys(
    value: dict[str, Any], fields: Collection[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a mapping with corrected keys, and the corrected keys -> the misspelled ones.

    A misspelled key is one error. If its value were dropped, everything that refers to it would be
    reported too.
    """
    meant = dict(value)
    as_typed: dict[str, str] = {}
    for key in value:
        close = nearest(key, fields) if key not in fields else None
        if close and close not in meant:
            meant[close] = meant.pop(key)
            as_typed[close] = key
    return meant, as_typed


@cache
def _fields(struct: type) -> Mapping[str, msgspec.structs.FieldInfo]:
    """Return a struct's fields by encoded name; cached, as msgspec re-evaluates the annotations."""
    return {field.encode_name: field for field in msgspec.structs.fields(struct)}


def _wrong(value: Any, type_: Any, name: str, where: Location, report: Report) -> None:
    members = _members(type_)
    expected = _expected(type_) or " or ".join(dict.fromkeys(filter(None, map(_describe, members))))
    got = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value)) or repr(value)
    choices = [
        choice for member in members if get_origin(member) is Literal for choice in get_args(member)
    ]
    hint = did_you_mean(str(value), choices) if choices else None
    if dt.date in members and isinstance(value, str):
        hint = "Write year, month and day, and a day that exists."
    elif isinstance(value, str) and any(get_origin(member) is list for member in members):
        hint = f"Write it as a list: [{value}]"
    report.add(WRONG_VALUE, where, f"{name}: expected {expected}, got {got}", hint)


@cache
def _members(type_: Any) -> list[Any]:
    """Return the plain types inside `Annotated` and unions."""
    if get_origin(type_) is Annotated:
        return _members(get_args(type_)[0])
    if get_origin(type_) in (Union, types.UnionType):
        return [member for part in get_args(type_) for member in _members(part)]
    return [type_]


def _expected(type_: Any) -> str:
    """Return the type's own description, if it is narrower than its plain type."""
    if get_origin(type_) in (Union, types.UnionType):
        return next(filter(None, map(_expected, get_args(type_))), "")
    if get_origin(type_) is not Annotated:
        return ""
    extras = (part.extra or {} for part in get_args(type_)[1:] if isinstance(part, msgspec.Meta))
    own: str = next((extra["expected"] for extra in extras if "expected" in extra), "")
    return own or _expected(get_args(type_)[0])


def _describe(member: Any) -> str:
    if get_origin(member) is Literal:
        return "one of " + ", ".join(get_args(member))
    if get_origin(member) is list:
        return "a list"
    if get_origin(member) is dict or (
        isinstance(member, type) and issubclass(member, msgspec.Struct)
    ):
        return "a mapping"
    names = {
        str: "text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        dt.date: "a date like 2026-03-01",
    }
    return names.get(member, "")


def _example(type_: Any) -> str:
    return {dt.date: "2026-03-01", int: "1", bool: "true"}.get(_members(type_)[0], "…")

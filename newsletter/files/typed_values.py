"""Plain values of YAML or TOML -> typed values, with every error at its own key.

msgspec decides what a type accepts; the positions come from the reader of the file.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

from newsletter.diagnostics import (
    MISSING_KEY,
    UNKNOWN_KEY,
    WRONG_VALUE,
    Report,
)
from newsletter.files.quotation import quoted
from newsletter.files.suggest import nearest, spelling_hint
from newsletter.files.yaml_reader import Path, PositionMap
from newsletter.model import Location

T = TypeVar("T")


def convert(
    value: Any,
    type_: Callable[..., T] | Any,
    places: PositionMap,
    report: Report,
    *,
    path: Path = (),
) -> Any:
    """Return `value` as `type_` after reporting every error in it, or `None` if it is unusable.

    An unknown key is reported and omitted, so that the others are checked in the same run.
    """
    try:
        return msgspec.convert(value, type_, strict=False)  # nearly always succeeds, and fast
    except msgspec.ValidationError:
        before = len(report.findings)
    clean = _walk(value, type_, places, report, path=path)
    if any(finding.code != UNKNOWN_KEY.code for finding in report.findings[before:]):
        return None
    return msgspec.convert(clean, type_, strict=False)


def _walk(value: Any, type_: Any, places: PositionMap, report: Report, *, path: Path) -> Any:
    """Check one value against one type, descending so that every error is reported."""
    members = _members(type_)
    if isinstance(value, dict):
        for member in members:
            if isinstance(member, type) and issubclass(member, msgspec.Struct):
                return _walk_struct(value, member, places, report, path=path)
            if get_origin(member) is dict:
                kind, item = get_args(member)
                return {
                    key: _walk(part, item, places, report, path=(*path, key))
                    for key, part in value.items()
                    if _fits(key, kind, _named(path), places.key(*path, key), report=report)
                }
    elif isinstance(value, list) and value:
        for member in members:
            if get_origin(member) is list:
                item = get_args(member)[0]
                return [
                    _walk(part, item, places, report, path=(*path, index))
                    for index, part in enumerate(value)
                ]
    elif value is None and any(get_origin(member) in (list, dict) for member in members):
        value = {} if any(get_origin(member) is dict for member in members) else []
    _fits(value, type_, _named(path), places.value(*path), report=report)
    return value


def _fits(value: Any, type_: Any, name: str, where: Location, *, report: Report) -> bool:
    """Return whether a single value or key fits its type, after reporting one that does not."""
    try:
        msgspec.convert(value, type_, strict=False)
    except msgspec.ValidationError:
        _wrong(value, type_, name, where, report=report)
        return False
    return True


def _named(path: Path) -> str:
    """Return the name of a value: its own key, or the key of the list that contains it."""
    return next((part for part in reversed(path) if isinstance(part, str)), "the file")


def _walk_struct(
    value: dict[str, Any], struct: type, places: PositionMap, report: Report, *, path: Path
) -> dict[str, Any]:
    fields = _fields(struct)
    value, as_typed = _with_meant_keys(value, fields)
    for key in (*value, *as_typed.values()):
        if key not in fields:
            report.add(
                UNKNOWN_KEY,
                places.key(*path, key),
                f"Unknown key {quoted(key)}",
                spelling_hint(key, fields),
            )
    result = {}
    for name, info in fields.items():
        empty = value.get(name) is None
        if info.required and empty:
            where = places.key(*path, name) if name in value else places.value(*path)
            report.add(
                MISSING_KEY,
                where,
                f"Missing key {quoted(name)}",
                f"Add a line such as `{name}: {_example(info.type)}`.",
            )
        elif name in value and not (empty and type(None) in _members(info.type)):
            typed = as_typed.get(name, name)
            places.alias((*path, typed), (*path, name))
            result[name] = _walk(value[name], info.type, places, report, path=(*path, name))
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


def _wrong(value: Any, type_: Any, name: str, where: Location, *, report: Report) -> None:
    members = _members(type_)
    expected = _expected(type_) or " or ".join(dict.fromkeys(filter(None, map(_describe, members))))
    containers = {dict: "a mapping", list: "a list", type(None): "nothing"}
    found = "an empty list" if value == [] else containers.get(type(value)) or quoted(value)
    choices = [
        choice for member in members if get_origin(member) is Literal for choice in get_args(member)
    ]
    hint = spelling_hint(str(value), choices) if choices else None
    if dt.date in members and isinstance(value, str):
        hint = "Write year, month and day, and a day that exists."
    elif isinstance(value, str) and any(get_origin(member) is list for member in members):
        hint = f"Write it as a list: `[{value}]`."
    report.add(WRONG_VALUE, where, f"{name}: expected {expected}, found {found}", hint)


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

"""YAML as values with positions: accepted types, error positions and hints."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import msgspec
import pytest

from newsletter.diagnostics import Report
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import read_yaml
from newsletter.model import Location
from newsletter.schema import documents as schema
from newsletter.schema.documents import FactEntry, FrontMatter, Holders, IssueFile
from newsletter.schema.settings import LinkSettingsTable

ISSUE = "title: The Quay\ndate: 2026-03-01\npreheader: One ship.\n"


def read(text: str, type_: Any) -> tuple[Any, list[str]]:
    report = Report()
    if (found := read_yaml(text, "f.yaml", report)) is None:
        return None, [str(finding) for finding in report.findings]
    value = convert(found[0], type_, found[1], report)
    return value, [str(finding) for finding in report.findings]


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("language: no", dict[str, str], {"language": "no"}),
        ("on: off", dict[str, str], {"on": "off"}),
        ("version: 1.10", dict[str, str], {"version": "1.10"}),
        ("price: 1_000", dict[str, str], {"price": "1_000"}),
        ("time: 12:30:45", dict[str, str], {"time": "12:30:45"}),
        ("day: 2026-03-01", dict[str, str], {"day": "2026-03-01"}),
        ("day: 2026-03-01", dict[str, dt.date], {"day": dt.date(2026, 3, 1)}),
        ("number: 12", dict[str, int], {"number": 12}),
        ("a: yes\nb: 'true'", dict[str, str], {"a": "yes", "b": "true"}),
        ("a: true\nb: false", dict[str, bool], {"a": True, "b": False}),
        ("a: 'no'\nb: \"tab\\tx\"", dict[str, str], {"a": "no", "b": "tab\tx"}),
        ("a: |\n  one\n  two\n", dict[str, str], {"a": "one\ntwo\n"}),
        ("a: >-\n  one\n  two\n", dict[str, str], {"a": "one two"}),
        ("a: mira", dict[str, Holders], {"a": "mira"}),
        ("a: [mira, tomas]", dict[str, Holders], {"a": ["mira", "tomas"]}),
        ("", dict[str, str], None),
        ("# nothing but a comment\n", dict[str, str], None),
    ],
)
def test_values_are_converted_to_their_types(text: str, type_: Any, value: Any) -> None:
    report = Report()
    found = read_yaml(text, "f.yaml", report)
    assert report.findings == []
    assert found is not None
    assert (
        found[0] is None if value is None else convert(found[0], type_, found[1], report) == value
    )


def test_keys_and_values_have_positions() -> None:
    found = read_yaml("a: one\nb:\n  c: [x, é, {d: y}]\n", "f.yaml", Report(), first_line=5)
    assert found is not None
    places = found[1]
    at = lambda line, column: Location("f.yaml", line, column)  # noqa: E731 - a table reads better than a def
    assert places.key("a") == at(5, 1)
    assert places.value("a") == at(5, 4)
    assert places.value("b", "c", 0) == at(7, 7)
    assert places.value("b", "c", 1) == at(7, 10)
    assert places.key("b", "c", 2, "d") == at(7, 14)
    assert places.value("b", "c", 2, "d") == at(7, 17)
    assert places.value("b", "c", 9) == at(7, 6), "a missing item has the position of its list"
    assert places.value("z") == at(5, 1), "a missing key has the position of the file's start"


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        (
            ISSUE + "tgas: [a]",
            IssueFile,
            [
                "f.yaml:4:1: error NL003 unknown-key: Unknown key 'tgas'\n    hint: Did you mean 'tags'?"
            ],
        ),
        (
            "value: 3\nzzz: 1",
            FactEntry,
            [
                "f.yaml:2:1: error NL003 unknown-key: Unknown key 'zzz'\n"
                "    hint: Known: value, cell, unit, source, as_of.",
            ],
        ),
        (
            ISSUE + "number: 3.5",
            IssueFile,
            ["f.yaml:4:9: error NL005 invalid-value: number: expected a whole number, got '3.5'"],
        ),
        (
            ISSUE + "tags: {a: b}",
            IssueFile,
            ["f.yaml:4:7: error NL005 invalid-value: tags: expected a list, got a mapping"],
        ),
        (
            ISSUE + "tags: [a, [b], c]",
            IssueFile,
            ["f.yaml:4:11: error NL005 invalid-value: tags: expected text, got a list"],
        ),
        (
            "timeout: 0\nin_flight: many\npace: {a/b: 1, c.example: x}\nskip: ['*.a.example']\nskp: [a]",
            LinkSettingsTable,
            [
                "f.yaml:5:1: error NL003 unknown-key: Unknown key 'skp'\n    hint: Did you mean 'skip'?",
                "f.yaml:4:8: error NL005 invalid-value: skip: expected a host such as example.org, got '*.a.example'",
                "f.yaml:3:8: error NL005 invalid-value: pace: expected a host such as example.org, got 'a/b'",
                "f.yaml:3:27: error NL005 invalid-value: c.example: expected a number above 0, got 'x'",
                "f.yaml:1:10: error NL005 invalid-value: timeout: expected a number above 0, got '0'",
                "f.yaml:2:12: error NL005 invalid-value: in_flight: expected a whole number above 0, got 'many'",
            ],
        ),
        (
            "kind: essay\ndate: 2026-02-29",
            FrontMatter,
            [
                "f.yaml:2:7: error NL005 invalid-value: date: expected a date like 2026-03-01, got '2026-02-29'\n"
                "    hint: Write year, month and day, and a day that exists."
            ],
        ),
        (
            "a: {value: 1}\nb: {unit: t}\nc:",
            dict[str, FactEntry],
            [
                "f.yaml:3:3: error NL005 invalid-value: c: expected a mapping, got nothing",
            ],
        ),
        (
            "a: &x [1]\nb: *x",
            dict[str, list[str]],
            [
                "f.yaml:1:4: error NL002 invalid-yaml: Aliases and deep nesting are not supported\n"
                "    hint: Write the values out."
            ],
        ),
        (
            "? [a]\n: b",
            dict[str, str],
            ["f.yaml:1:3: error NL002 invalid-yaml: Key is not plain text"],
        ),
        (
            "a: 1\n\nb: 2\na: 3\na: 4",
            dict[str, str],
            [
                "f.yaml:4:1: error NL006 duplicate-key: Repeated key 'a'; first used on line 1\n"
                "    hint: Keep one of them.",
                "f.yaml:5:1: error NL006 duplicate-key: Repeated key 'a'; first used on line 1\n"
                "    hint: Keep one of them.",
            ],
        ),
    ],
)
def test_errors_have_positions_and_hints(text: str, type_: Any, expected: list[str]) -> None:
    assert read(text, type_)[1] == expected


def structs() -> list[type[msgspec.Struct]]:
    return [
        one
        for one in vars(schema).values()
        if isinstance(one, type) and issubclass(one, schema.Document)
    ]


@pytest.mark.parametrize("struct", structs(), ids=lambda struct: struct.__name__)
def test_a_key_without_a_value_is_treated_as_absent(struct: type[msgspec.Struct]) -> None:
    """Fields that accept `None` default to it, so both ways of reading a file agree."""
    for field in msgspec.structs.fields(struct):
        if not field.required and type(None) in get_args(
            get_args(field.type)[0] if get_args(field.type) else None
        ):
            assert field.default is None, field.name

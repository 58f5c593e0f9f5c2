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
                (
                    'f.yaml:4:1: error NL003 unknown-key: Unknown key "tgas"\n'
                    '    hint: Write "tags" if that is what you meant.'
                )
            ],
        ),
        (
            "value: 3\nzzz: 1",
            FactEntry,
            [
                'f.yaml:2:1: error NL003 unknown-key: Unknown key "zzz"\n'
                "    hint: Use one of these: value, cell, unit, source, as_of.",
            ],
        ),
        (
            ISSUE + "number: 3.5",
            IssueFile,
            ['f.yaml:4:9: error NL005 invalid-value: number: expected a whole number, found "3.5"'],
        ),
        (
            ISSUE + "tags: {a: b}",
            IssueFile,
            ["f.yaml:4:7: error NL005 invalid-value: tags: expected a list, found a mapping"],
        ),
        (
            ISSUE + "tags: [a, [b], c]",
            IssueFile,
            ["f.yaml:4:11: error NL005 invalid-value: tags: expected text, found a list"],
        ),
        (
            "timeout: 0\nin_flight: many\npace: {a/b: 1, c.example: x}\nskip: ['*.a.example']\nskp: [a]",
            LinkSettingsTable,
            [
                (
                    'f.yaml:5:1: error NL003 unknown-key: Unknown key "skp"\n'
                    '    hint: Write "skip" if that is what you meant.'
                ),
                'f.yaml:4:8: error NL005 invalid-value: skip: expected a host such as example.org, found "*.a.example"',
                'f.yaml:3:8: error NL005 invalid-value: pace: expected a host such as example.org, found "a/b"',
                'f.yaml:3:27: error NL005 invalid-value: c.example: expected a number above 0, found "x"',
                'f.yaml:1:10: error NL005 invalid-value: timeout: expected a number above 0, found "0"',
                'f.yaml:2:12: error NL005 invalid-value: in_flight: expected a whole number above 0, found "many"',
            ],
        ),
        (
            "kind: essay\ndate: 2026-02-29",
            FrontMatter,
            [
                'f.yaml:2:7: error NL005 invalid-value: date: expected a date like 2026-03-01, found "2026-02-29"\n'
                "    hint: Write year, month and day, and a day that exists."
            ],
        ),
        (
            "a: {value: 1}\nb: {unit: t}\nc:",
            dict[str, FactEntry],
            [
                "f.yaml:3:3: error NL005 invalid-value: c: expected a mapping, found nothing",
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
                'f.yaml:4:1: error NL006 duplicate-key: Repeated key "a"; first used on line 1\n'
                "    hint: Keep one of them.",
                'f.yaml:5:1: error NL006 duplicate-key: Repeated key "a"; first used on line 1\n'
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


COLON = "Put quotes around a value that contains a colon."
TABS = "Indent with spaces, not tabs."
NEAR = "Check quotes, colons and indentation near this place."
QUOTE = "Add the closing quotation mark, or remove this one."
CONTEXT = "Invalid YAML: mapping values are not allowed in this context"
DEEP = "Aliases and deep nesting are not supported"
# Text -> line, column, message and hint of its only finding.
BROKEN: dict[str, tuple[int, int, str, str | None]] = {
    "title: Ships: a story\ndate: x": (1, 13, CONTEXT, COLON),
    "one: 1\ntwo: a: b\nthree: 3": (2, 7, CONTEXT, COLON),
    "one: a\ntwo: 'b: c'\nthree: d\n four: e": (4, 6, CONTEXT, NEAR),
    'key: "v": x': (1, 9, CONTEXT, NEAR),
    "a: one\n\tb: two\n": (2, 1, "Invalid YAML: found a tab character that violates indentation", TABS),
    "a:\n\t- x": (2, 1, "Invalid YAML: found character that cannot start any token", TABS),
    "a: @x": (1, 4, "Invalid YAML: found character that cannot start any token", NEAR),
    "b:\tc\na: @x": (2, 4, "Invalid YAML: found character that cannot start any token", NEAR),
    "a: [1, 2\nb: 3": (2, 2, "Invalid YAML: did not find expected ',' or ']'", NEAR),
    "a: *x": (1, 4, "Invalid YAML: found undefined alias", NEAR),
    "---\na: 1\n---\nb: 2": (3, 1, "Invalid YAML: but found another document", NEAR),
    "a: 'x": (1, 4, "Unclosed quotation mark", QUOTE),
    'a: 1\nb: "x\nc: 1\n': (2, 4, "Unclosed quotation mark", QUOTE),
    'a: "x\n---\nb': (1, 4, "Unclosed quotation mark", QUOTE),
    'a: "\\q"': (1, 5, "Invalid YAML: found unknown escape character", NEAR),
    'b: x\na: "t\\x07"': (2, 4, "Character U+0007 is not allowed in an email", "Delete it."),
    'b: [y, "\\u0000"]': (1, 8, "Character U+0000 is not allowed in an email", "Delete it."),
    'b: x\n"a\\x07": c': (2, 1, "Key is not plain text", None),
    "b: {? [a] : c}": (1, 7, "Key is not plain text", None),
    "a: 1\nb:\n  c: 1\n  c: 2": (4, 3, 'Repeated key "c"; first used on line {}', "Keep one of them."),
    "[" * 22 + "]" * 22: (1, 22, DEEP, "Write the values out."),
    "a: &x {b: 1}\nc: *x": (1, 4, DEEP, "Write the values out."),
    "[" * 1001 + "]" * 1001: (
        1, 21, "Nesting deeper than 20 levels", "Use fewer levels.",
    ),
    "a:\n" + "- " * 1001: (2, 39, "Nesting deeper than 20 levels", "Use fewer levels."),
}  # fmt: skip


@pytest.mark.parametrize("first_line", [1, 5])
@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:20])
def test_yaml_that_is_broken(text: str, first_line: int) -> None:
    report = Report()
    read_yaml(text, "f.yaml", report, first_line=first_line)
    line, column, message, hint = BROKEN[text]
    where = Location("f.yaml", line + first_line - 1, column)
    (finding,) = report.findings
    assert (finding.where, finding.message, finding.hint) == (
        where, message.format(first_line + 2), hint,
    )  # fmt: skip


def test_what_is_readable_of_a_broken_file_is_kept() -> None:
    report = Report()
    found = read_yaml('a: "\\x07"\nb: [c, "\\x07"]\n"d\\x07": e\nb: f', "f.yaml", report)
    assert found is not None
    assert found[0] == {"a": None, "b": ["c", None]}
    assert len(report.findings) == 4


def test_bytes_that_no_yaml_contains_are_at_the_start() -> None:
    report = Report()
    assert read_yaml("a: \x07", "f.yaml", report, first_line=5) is None
    (finding,) = report.findings
    assert (finding.code, finding.where) == ("NL002", Location("f.yaml", 5, 1))
    assert finding.message == (
        "Invalid YAML: unacceptable character #x0007: control characters are not allowed"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20 + "]" * 20,
        "a: " + "[" * 19 + "]" * 19,
        "- a\n" * 2000,  # many marks, but no depth
        "[" + "[[]]," * 1000 + "]",
    ],
    ids=lambda text: text[:20],
)
def test_lists_of_any_length_and_twenty_levels_are_read(text: str) -> None:
    report = Report()
    assert read_yaml(text, "f.yaml", report) is not None
    assert report.findings == []


def test_positions_after_a_quotation_mark_and_of_a_corrected_key() -> None:
    found = read_yaml("a: 'one'\nb: two\nc: \"x\"\nd: [e, 'f']\ng:\n  h: i\n", "f.yaml", Report())
    assert found is not None
    places = found[1]
    starts = {name: places.typed(name) for name in "abc"}
    assert {name: (at.line, at.column) for name, at in starts.items()} == {
        "a": (1, 5),
        "b": (2, 4),
        "c": (3, 5),
    }
    assert places.typed("d", 1) == Location("f.yaml", 4, 9)
    assert places.typed("missing") == Location("f.yaml", 1, 1)
    assert set(places.top()) == set("abcdg")
    assert places.top()["b"] == Location("f.yaml", 2, 4)
    places.alias(("g",), ("j", "k"))
    assert places.key("j", "k", "h") == places.key("g", "h") == Location("f.yaml", 6, 3)
    assert places.value("j", "k", "h") == Location("f.yaml", 6, 6)
    assert places.value("j", "k") == places.value("g")
    before = dict(places.values)
    places.alias(("g",), ("g",))
    assert places.values == before


def test_what_means_nothing() -> None:
    text = "a: null\nb: ~\nc:\nd: Null\ne: NULL\nf: 'null'\ng: \"~\"\nh: ''\ni: none\nj: |\n  null"
    found = read_yaml(text, "f.yaml", Report())
    assert found is not None
    given = {key: value for key, value in found[0].items() if value is not None}
    assert given == {"f": "null", "g": "~", "h": "", "i": "none", "j": "null"}

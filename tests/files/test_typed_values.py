"""Values become their types; every error of a file is reported at once, each at its own key."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct

from newsletter.diagnostics import Report
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap, read_yaml
from newsletter.model import Location

Host = Annotated[str, Meta(pattern=r"^[a-z.]+$", extra={"expected": "a host"})]


Names = Annotated[list[str], Meta(min_length=1, extra={"expected": "at least one name"})]


class Mast(Struct, frozen=True, forbid_unknown_fields=True):
    height: float
    flag: Literal["red", "green"] = "red"


class Ship(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    tons: int
    built: dt.date
    afloat: bool
    masts: list[Mast] = []
    ports: Annotated[list[str], Meta(description="Where it calls.")] = []
    crew: dict[str, int] = {}
    owner: str | Mast | None = None
    host: Host | None = None
    cargo: str | list[str] = ""
    pilot: Annotated[str, Meta(max_length=4)] = ""
    former: Names | None = None


GOOD = "name: Ana\ntons: 12\nbuilt: 1931-05-01\nafloat: true\n"
ANA: dict[str, Any] = {
    "name": "Ana", "tons": 12, "built": dt.date(1931, 5, 1), "afloat": True,
}  # fmt: skip


def read(text: str, type_: Any) -> tuple[Any, list[str]]:
    """Return the value and the findings as `line:column code message (hint)`."""
    report = Report()
    found = read_yaml(text, "f.yaml", report)
    assert found is not None
    value = convert(found[0], type_, found[1], report)
    lines = []
    for finding in report.findings:
        where = f"{finding.where.line}:{finding.where.column}"
        lines.append(f"{where} {finding.code} {finding.message} ({finding.hint})")
    return value, lines


# A file whose values fit -> what it means.
VALID: dict[str, Ship] = {
    GOOD: Ship(**ANA),
    GOOD + "masts: [{height: 3.5}, {height: 4, flag: green}]": Ship(
        **ANA, masts=[Mast(3.5), Mast(4.0, "green")]
    ),
    GOOD + "owner: Mira\nhost: a.example\ncargo: [tin, wool]\npilot: Ines": Ship(
        **ANA, owner="Mira", host="a.example", cargo=["tin", "wool"], pilot="Ines"
    ),
    # A key without a value is one that is not there, with or without `None` among its types.
    GOOD + "owner:\nports:\ncrew:\nmasts:\nformer:": Ship(**ANA),
}


@pytest.mark.parametrize("text", VALID)
def test_values_that_fit(text: str) -> None:
    assert read(text, Ship) == (VALID[text], [])


# A file with errors -> the findings.
INVALID: dict[str, list[str]] = {
    "": ["1:1 NL005 the file: expected a mapping, found nothing (None)"],
    "just text": ['1:1 NL005 the file: expected a mapping, found "just text" (None)'],
    "[a, b]": ["1:1 NL005 the file: expected a mapping, found a list (None)"],
    "afloat: true": [
        '1:1 NL004 Missing key "name" (Add a line such as `name: …`.)',
        '1:1 NL004 Missing key "tons" (Add a line such as `tons: 1`.)',
        '1:1 NL004 Missing key "built" (Add a line such as `built: 2026-03-01`.)',
    ],
    "name: Ana\ntons: 1\nbuilt: 1931-05-01\nafloat:": [
        '4:1 NL004 Missing key "afloat" (Add a line such as `afloat: true`.)'
    ],
    # What is right beside an error is not reported.
    GOOD + "crew: {mate: x, cook: 2}\nports: [a]\ncargo: tin\nmasts: [{height: 2}]": [
        '5:14 NL005 mate: expected a whole number, found "x" (None)'
    ],
    GOOD + "ports: Lisbon": [
        '5:8 NL005 ports: expected a list, found "Lisbon" (Write it as a list: `[Lisbon]`.)'
    ],
    GOOD + "masts: Lisbon": [
        '5:8 NL005 masts: expected a list, found "Lisbon" (Write it as a list: `[Lisbon]`.)'
    ],
    GOOD + "masts: [{height: tall, flag: grene}, {flag: blue}, main]": [
        '5:18 NL005 height: expected a number, found "tall" (None)',
        '5:30 NL005 flag: expected one of red, green, found "grene" (Write "green" if that is what you meant.)',
        '5:38 NL004 Missing key "height" (Add a line such as `height: …`.)',
        '5:45 NL005 flag: expected one of red, green, found "blue" (Use one of these: red, green.)',
        '5:52 NL005 masts: expected a mapping, found "main" (None)',
    ],
    GOOD + "crew: [a]\nowner: [b]\ncargo: {a: b}": [
        "5:7 NL005 crew: expected a mapping, found a list (None)",
        "6:8 NL005 owner: expected text or a mapping, found a list (None)",
        "7:8 NL005 cargo: expected text or a list, found a mapping (None)",
    ],
    GOOD + "owner: {height: x}": ['5:17 NL005 height: expected a number, found "x" (None)'],
    GOOD + "host: A B\npilot: Mariana": [
        '5:7 NL005 host: expected a host, found "A B" (None)',
        '6:8 NL005 pilot: expected text, found "Mariana" (None)',
    ],
    GOOD + "former: []\npilot: []": [
        "6:8 NL005 pilot: expected text, found an empty list (None)",
        "5:9 NL005 former: expected at least one name, found an empty list (None)",
    ],
    "name: Ana\ntons: many\nbuilt: 1931-02-30\nafloat: maybe": [
        '2:7 NL005 tons: expected a whole number, found "many" (None)',
        '3:8 NL005 built: expected a date like 2026-03-01, found "1931-02-30" '
        "(Write year, month and day, and a day that exists.)",
        '4:9 NL005 afloat: expected true or false, found "maybe" (None)',
    ],
    GOOD + "built_by: Mira\nzzz: 1": [
        '5:1 NL003 Unknown key "built_by" (Write "built" if that is what you meant.)',
        '6:1 NL003 Unknown key "zzz" (Use one of these: name, tons, built, afloat, masts, ports, crew, owner, '
        "host, cargo, pilot, former.)",
    ],
}


@pytest.mark.parametrize("text", INVALID)
def test_errors_are_reported_where_they_are(text: str) -> None:
    assert read(text, Ship)[1] == INVALID[text]


def test_a_value_that_does_not_fit_makes_the_file_unusable_and_an_unknown_key_does_not() -> None:
    assert read(GOOD + "ports: Lisbon", Ship)[0] is None
    assert read(GOOD + "zzz: 1", Ship)[0] == Ship(**ANA)
    assert read(GOOD + "masts: [{height: 2, zzz: 1}]", Ship)[0] == Ship(**ANA, masts=[Mast(2.0)])
    assert read(GOOD + "zzz: 1\nports:\ncrew:\nmasts:", Ship)[0] == Ship(**ANA)


def test_a_misspelled_key_is_one_error_and_its_value_is_used() -> None:
    misspelled = GOOD.replace("name", "nmae")
    assert read(misspelled, Ship) == (
        Ship(**ANA),
        ['1:1 NL003 Unknown key "nmae" (Write "name" if that is what you meant.)'],
    )
    value, findings = read(GOOD + "prots: {a: b}", Ship)
    assert value is None
    assert findings == [
        '5:1 NL003 Unknown key "prots" (Write "ports" if that is what you meant.)',
        "5:8 NL005 ports: expected a list, found a mapping (None)",
    ]
    for both in ("prots: [a]\nports: [b]", "ports: [b]\nprots: [a]"):
        value, findings = read(GOOD + both, Ship)
        assert value == Ship(**ANA, ports=["b"]), "the correct key wins"
        assert [line[4:] for line in findings] == [
            'NL003 Unknown key "prots" (Write "ports" if that is what you meant.)'
        ]
    _, findings = read(GOOD + "mastss: [{height: x}]", Ship)
    assert findings[1] == '5:19 NL005 height: expected a number, found "x" (None)'


def test_errors_of_a_mapping_are_at_its_keys_and_values() -> None:
    value, findings = read("a: {height: 1}\nB: {height: x}\nc:", dict[Host, Mast])
    assert value is None
    assert findings == [
        '2:1 NL005 the file: expected a host, found "B" (None)',
        "3:3 NL005 c: expected a mapping, found nothing (None)",
    ]


TEXTS = st.sampled_from(["", "1", "2.5", "true", "red", "1931-05-01", "a.example", "Lisbon"])
VALUES = st.recursive(
    st.none() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*Ship.__struct_fields__, "height", "zzz"]), inner)
    ),
)


@settings(max_examples=40)
@given(VALUES)
def test_any_value_is_converted_or_reported(value: Any) -> None:
    report = Report()
    ship = convert(value, Ship, PositionMap(Location("f.yaml")), report)
    errors = [finding for finding in report.findings if finding.code != "NL003"]
    assert (ship is None) is bool(errors)

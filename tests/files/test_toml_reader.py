"""TOML is read whole or its first error is reported at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.diagnostics import Report
from newsletter.files.toml_reader import read_toml, toml_places

HINT = "Check quotes, commas and brackets near this place."
BROKEN = {
    "a = ": ("1:5", "Invalid value"),
    "a = 1\nb = [1, 2": ("2:10", "Unclosed array"),
    "a = 1\na = 2\n": ("2:6", "Cannot overwrite a value"),
    'a = "one\n': ("1:9", "Illegal character '\\n'"),
}


@pytest.mark.parametrize("text", BROKEN)
def test_an_error_has_a_place_and_a_hint(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    report = Report()
    assert read_toml(tmp_path / "a.toml", "a.toml", report) is None
    (finding,) = report.findings
    assert (f"{finding.where.line}:{finding.where.column}", finding.message, finding.hint) == (
        *BROKEN[text],
        HINT,
    )


def test_a_file_is_its_tables_and_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("a = 1\n[b]\nc = [2]\n")
    report = Report()
    assert read_toml(tmp_path / "a.toml", "a.toml", report) == (
        {"a": 1, "b": {"c": [2]}},
        "a = 1\n[b]\nc = [2]\n",
    )
    assert read_toml(tmp_path / "missing.toml", "missing.toml", report) is None
    assert [finding.message for finding in report.findings] == ["File not found"]


def test_places_are_below_a_table() -> None:
    places = toml_places("a = 1\n[b.c]\nd = [2, 3]\n[e]\nd = 1\n", "a.toml", ("b", "c"))
    assert str(places.value("d")) == "a.toml:3:1"
    assert str(places.value("d", 1)) == "a.toml:3:9"
    assert str(places.value("missing")) == "a.toml:2:2"
    assert set(places.values) == {(), ("d",), ("d", 0), ("d", 1)}
    assert len(places.values) == 4

"""`newsletter explain`: complete output and exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from newsletter.check.registry import DIAGNOSTICS, catalogue
from tests.desk import Desk


def test_a_rule_is_explained_with_examples(tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("explain", "NL104")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "NL104 missing-location (error)\n\n"
        "The credits state where an issue was produced.\n\n"
        "What to do: Add a line such as `location: Lisbon, Portugal`, here or under `defaults` in the masthead.\n\n"
        "Bad, at issues/2026-03-01-example/credits.yaml:1:1:\n"
        "    --- issues/2026-03-01-example/credits.yaml\n"
        "    essay: mira\n"
        "    produced_by: desk\n\n"
        "Good:\n"
        "    --- issues/2026-03-01-example/credits.yaml\n"
        "    essay: mira\n"
        "    produced_by: desk\n"
        "    location: Porto, Portugal\n\n"
        "To accept one finding, write <!-- allow NL104: reason --> before the block.\n"
    )


def test_a_diagnostic_reported_while_reading_files_is_explained(tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("explain", "NL501")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "NL501 missing-image (error)\n\n"
        "An image file that does not exist leaves a gap in the email.\n\n"
        "Reported while files are read. It blocks the build and cannot be ignored.\n"
    )


@pytest.mark.parametrize(
    "word", ["nl201", "vague-link-text", "vague_link_text", " Vague link text "]
)
def test_a_rule_is_found_by_any_spelling_of_its_code_or_name(word: str, tmp_path: Path) -> None:
    assert Desk(tmp_path).run("explain", word).out.startswith("NL201 vague-link-text (warning)\n")


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("NL50l", "Write NL50"),
        ("vague", "Write NL201 (vague-link-text) if that is what you meant."),
        ("mising-image", "Write NL501 (missing-image) if that is what you meant."),
        ("xyzzy", "Run `newsletter explain` for a list of all rules."),
    ],
)
def test_a_misspelled_rule_gets_a_suggestion(word: str, hint: str, tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("explain", word)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f'error: Unknown rule "{word}"\n    hint: {hint}')


def test_all_rules_or_one_family_are_listed(tmp_path: Path) -> None:
    lines = Desk(tmp_path).run("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(catalogue())
    family = Desk(tmp_path).run("explain", "NL02").out.splitlines()
    assert family[0].split() == ["NL020", "raw-html", "error"]
    assert {line[:4] for line in family} == {"NL02"}


@pytest.mark.parametrize("code", list(catalogue()))
def test_every_rule_can_be_explained(code: str, tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("explain", code)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{code} {catalogue()[code].name} (")


def test_every_diagnostic_gives_its_reason_in_one_sentence() -> None:
    for fault in DIAGNOSTICS:
        assert fault.why.endswith("."), fault.code
        assert len(fault.why) > 20, fault.code


def test_rules_are_available_as_json(tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("explain", "vague-link-text", "--json")
    row = json.loads(ran.out)
    assert (row["code"], row["hint"], row["blocks_build"]) == (
        "NL201",
        "Describe where the link goes.",
        False,
    )
    rows = json.loads(Desk(tmp_path).run("explain", "--json").out)
    assert [row["code"] for row in rows] == list(catalogue())
    assert Desk(tmp_path).run("explain", "NL9999", "--json").code == 2

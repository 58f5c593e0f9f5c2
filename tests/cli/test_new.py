"""`newsletter new`: an author from the masthead, a theme, and the next number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.fixture
def letters(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    assert desk.run("init", ".").code == 0
    masthead = tmp_path / "credits.yaml"
    text = masthead.read_text().replace(
        "  editor: { name: Your Name }", "  mira: { name: Mira }\n  tomas: { name: Tomás }"
    )
    masthead.write_text(text.replace("[editor]", "[mira]"))
    return desk


def test_the_first_person_in_the_masthead_is_the_author(letters: Desk) -> None:
    row = json.loads(letters.run("new", "Ports", "--date", "2026-03-01", "--json").out)
    assert (row["slug"], row["number"], row["by"]) == ("2026-03-01-ports", 2, "mira")
    assert "by: mira\n" in (letters.root / "issues/2026-03-01-ports/10-essay.md").read_text()
    ran = letters.run("check", "ports", "--drafts")
    assert (ran.code, "NL101" in ran.out) == (0, False), "a new issue must not block a commit"


def test_an_author_and_a_theme_can_be_chosen(letters: Desk) -> None:
    ran = letters.run("new", "Ports", "--date", "2026-03-01", "--by", "tomas", "--theme", "default")
    assert ran.code == 0, ran.err
    folder = letters.root / "issues/2026-03-01-ports"
    assert "essay: tomas\n" in (folder / "credits.yaml").read_text()
    assert (folder / "issue.yaml").read_text().endswith("theme: default\n")


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        (
            "--by",
            "tomsa",
            'error: Unknown person "tomsa" for --by\n    hint: Write "tomas" if that is what you meant.\n',
        ),
        (
            "--theme",
            "defualt",
            'error: Unknown theme "defualt"\n    hint: Write "default" if that is what you meant.\n',
        ),
    ],
)
def test_an_unknown_name_creates_nothing(
    letters: Desk, option: str, value: str, expected: str
) -> None:
    ran = letters.run("new", "Ports", "--date", "2026-03-01", option, value)
    assert (ran.code != 0, ran.err) == (True, expected)
    assert not (letters.root / "issues/2026-03-01-ports").exists()

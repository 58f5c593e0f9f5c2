"""`newsletter status` with required approvals: who approved, and whose approval is missing."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.review.conftest import LETTER, MIRA, SLUG, TOMAS

BOTH = ((MIRA, "editor"), (TOMAS, "data"))
CASES = [
    # who approves, whether the issue changes afterwards; text, names by role, missing, complete
    ((), False, "editor: missing; data: missing", {}, ["editor", "data"], False),
    (
        BOTH[:1],
        False,
        "editor: Mira Oduya; data: missing",
        {"editor": "Mira Oduya"},
        ["data"],
        False,
    ),
    (
        BOTH,
        False,
        "data: Tomás Leal; editor: Mira Oduya",
        {"editor": "Mira Oduya", "data": "Tomás Leal"},
        [],
        True,
    ),
    (
        BOTH,
        True,
        "editor: changed since; data: changed since",
        {},
        ["editor", "data"],
        False,
    ),
]


@pytest.fixture
def letter(tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a publication that requires two approvals; git ignores the machine's settings."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    desk = Desk.of(LETTER, tmp_path / "letter")
    shutil.copytree(compiled, desk.root / ".newsletter" / "cache")
    return desk


def approve(desk: Desk, patch: pytest.MonkeyPatch, address: str, role: str) -> None:
    patch.setenv("GIT_AUTHOR_NAME", "Somebody")
    patch.setenv("GIT_AUTHOR_EMAIL", address)
    ran = desk.run("approve", SLUG, "--role", role)
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("given", "changed", "text", "names", "missing", "complete"),
    CASES,
    ids=["nobody", "one", "both", "changed"],
)
def test_approvals_are_counted_until_the_issue_changes(
    letter: Desk,
    monkeypatch: pytest.MonkeyPatch,
    given: tuple[tuple[str, str], ...],
    changed: bool,
    text: str,
    names: dict[str, str],
    missing: list[str],
    complete: bool,
) -> None:
    for address, role in given:
        approve(letter, monkeypatch, address, role)
    if changed:
        essay = letter.root / "issues" / SLUG / "10-essay.md"
        essay.write_text(essay.read_text("utf-8").replace("37 per cent", "73 per cent"), "utf-8")
    ran = letter.run("status", SLUG)
    assert (ran.code, ran.err) == (0, "")
    title, line, *_ = ran.out.splitlines()
    assert title == f"{SLUG}  Cranes at Night"
    label, _, parts = line.partition("approvals: ")
    # Approvals given within the same second have no defined order.
    assert (label, sorted(parts.split("; "))) == ("  ", sorted(text.split("; ")))
    approvals = json.loads(letter.run("status", SLUG, "--json").out)["approvals"]
    approved = approvals.pop("approved")
    assert {row["role"]: row["name"] for row in approved} == names
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row["at"]) for row in approved
    )
    assert approvals == {"required": ["editor", "data"], "missing": missing, "complete": complete}


def test_a_published_issue_still_has_approvals(
    letter: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for address, role in BOTH:
        approve(letter, monkeypatch, address, role)
    before = letter.run("status", SLUG, "--json")
    ran = letter.run("publish", SLUG)
    assert ran.code == 0, ran.err
    after = json.loads(letter.run("status", SLUG, "--json").out)
    assert after["approvals"] == json.loads(before.out)["approvals"]


def test_no_approvals_are_shown_if_none_are_required(letter: Desk) -> None:
    settings = letter.root / "newsletter.toml"
    settings.write_text(settings.read_text("utf-8").partition("[approval]")[0], "utf-8")
    assert "approvals" not in letter.run("status", SLUG).out
    assert "approvals" not in json.loads(letter.run("status", SLUG, "--json").out)

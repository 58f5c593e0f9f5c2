"""Names that Windows or macOS cannot have, as one rule for issues, themes and commands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from newsletter.check.rules.file_names import unportable_file_name
from newsletter.files.portable_names import equal_names, unportable
from tests.check.checking import issue
from tests.desk import Desk

REASONS = [
    ("quay.png", None),
    ("console.md", None),
    ("com10.md", None),
    ("auxiliary", None),
    (".origin", None),
    ("con", "name reserved on Windows"),
    ("AUX.png", "name reserved on Windows"),
    ("nul.tar.gz", "name reserved on Windows"),
    ("Com1.txt", "name reserved on Windows"),
    ("lpt².md", "name reserved on Windows"),
    ("CONIN$", "name reserved on Windows"),
    ("con .txt", "name reserved on Windows"),
    ("60-x:y.md", 'character ":" not allowed on Windows'),
    ("why?.md", 'character "?" not allowed on Windows'),
    ("a\tb", "character U+0009 not allowed on Windows"),
    ("quay.", "dot at the end not allowed on Windows"),
    ("quay ", "space at the end not allowed on Windows"),
    ("q" * 256, "more than 255 characters"),
    ("quay\udcff", "bytes that are not UTF-8"),
]


@pytest.mark.parametrize(("name", "reason"), REASONS)
def test_a_name_is_possible_on_every_system_or_has_a_reason(name: str, reason: str | None) -> None:
    assert unportable(name) == reason


def test_names_that_are_one_file_elsewhere() -> None:
    names = ["quay.png", "Quay.PNG", "caf\u00e9", "cafe\u0301", "STRASSE", "strasse", "pier"]
    assert list(equal_names(names)) == [
        ("café", "cafe\u0301"),
        ("quay.png", "Quay.PNG"),
        ("strasse", "STRASSE"),
    ]


def test_files_of_an_issue_and_its_themes_are_reported(tmp_path: Path) -> None:
    slug = "issues/2026-03-01-example"
    names = ("images/quay.txt", "images/Quay.TXT", "images/aux.txt", "60-x:y.txt")
    shown = {f"{slug}/{name}": "x" for name in names} | {"templates/con/look.txt": "x"}
    found = unportable_file_name.find(issue(tmp_path, shown))
    assert sorted(f"{finding.where.path}: {finding.message}" for finding in found) == [
        f'{slug}/60-x:y.txt: File name "60-x:y.txt": character ":" not allowed on Windows',
        f'{slug}/images/aux.txt: File name "aux.txt": name reserved on Windows',
        f'{slug}/images/quay.txt: File name "quay.txt": one file with "Quay.TXT" on Windows and macOS',
        'templates/con: File name "con": name reserved on Windows',
    ]


@pytest.mark.parametrize("name", ["con", "aux", "lpt1"])
def test_no_theme_with_a_reserved_name_is_created(name: str, desk: Desk) -> None:
    ran = desk.run("theme", "new", name)
    assert (ran.code, ran.out) == (2, "")
    assert f'Invalid theme name: "{name}", name reserved on Windows' in ran.err
    assert not (desk.root / "templates" / name).exists()


def test_no_issue_with_a_reserved_name_in_it_is_created(desk: Desk) -> None:
    desk.write("templates/blueprint/issue.yaml", "title: ${title}\n")
    desk.write("templates/blueprint/aux.md", "TK\n")
    ran = desk.run("new", "The tide", "--date", "2026-03-08")
    assert (ran.code, ran.out) == (1, "")
    assert 'File name "aux.md" in the blueprint: name reserved on Windows' in ran.err
    assert not list((desk.root / "issues").glob("2026-03-08-*"))


def test_no_workspace_with_a_reserved_name_is_created(tmp_path: Path) -> None:
    ran = Desk(tmp_path).run("init", "aux", "--theme", "default")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith('error: Folder name "aux": name reserved on Windows\n')
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.parametrize("format_", ["text", "json", "github", "sarif"])
def test_a_name_that_is_not_text_is_reported_in_every_format(format_: str, desk: Desk) -> None:
    path = os.fsencode(desk.issue) + b"/q\xff.txt"
    Path(os.fsdecode(path)).write_text("x")
    ran = desk.run("check", "--select", "NL044", "--format", format_)
    assert ran.code == 0
    assert "bytes that are not UTF-8" in ran.out


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_not_text_is_in_the_baseline(desk: Desk) -> None:
    Path(os.fsdecode(os.fsencode(desk.issue) + b"/q\xff.txt")).write_text("x")
    assert desk.run("check", "--baseline", "known.json", "--write-baseline").code == 0
    assert "NL044" not in desk.run("check", "--baseline", "known.json").out

"""Unfinished parts of a draft are warnings until publish, and never reach a reader."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.desk import SLUG, Desk

ESSAY = f"issues/{SLUG}/10-essay.md"
HEAD = "---\nkind: essay\ntitle: The Quay\nby: {name: Mira Oduya}\n---\n"
TO_WRITE = {
    "NL301": {ESSAY: HEAD + "TK the opening.\n"},
    "NL031": {ESSAY: HEAD},
    "NL104": {"credits.yaml": "people: {}\n", f"issues/{SLUG}/credits.yaml": "{}\n"},
    "NL103": {"credits.yaml": "roles: {essay: {label: Essay, required: true}}\n"},
}


def codes(text: str, severity: str) -> set[str]:
    words = text.split()
    return {after for word, after in pairwise(words) if word == severity}


@pytest.mark.parametrize("code", TO_WRITE)
def test_unfinished_parts_are_warnings_in_a_draft(desk: Desk, code: str) -> None:
    for path, text in TO_WRITE[code].items():
        desk.write(path, text)
    ran = desk.run("check")
    assert (ran.code, code in codes(ran.out, "error")) == (1, True), ran.out
    ran = desk.run("check", "--drafts")
    assert (ran.code, code in codes(ran.out, "warning")) == (0, True), ran.out
    assert desk.run("publish").code == 1


def test_other_errors_stay_errors_in_a_draft(desk: Desk) -> None:
    desk.write(ESSAY, HEAD + "TK\n\n[the log](https://https://quay.example)\n")
    ran = desk.run("check", "--drafts")
    assert (ran.code, codes(ran.out, "error")) == (1, {"NL209"})


def test_a_published_issue_is_not_a_draft(desk: Desk) -> None:
    assert desk.run("publish").code == 0
    desk.write(ESSAY, HEAD + "TK\n")
    ran = desk.run("check", "--drafts")
    assert (ran.code, codes(ran.out, "error")) == (1, {"NL301"})


BROKEN = {
    "credits.yaml": "peeple: {}\n",
    "newsletter.toml": "name = \n",
    "lexicon.yaml": "wrods: 1\n",
    "templates/default/tokens.toml": "[color\n",
    f"issues/{SLUG}/issue.yaml": "titel: Quay\n",
}


@pytest.mark.parametrize("path", BROKEN)
def test_a_file_that_breaks_an_issue_is_found_by_its_path(desk: Desk, path: str) -> None:
    desk.write(path, BROKEN[path])
    ran = desk.run("check", "--drafts", path)
    assert (ran.code, path in ran.out + ran.err) == (1, True), ran


@pytest.mark.parametrize("path", ["src/pyproject.toml", "README.md", "web/templates/page.html"])
def test_a_file_that_no_issue_uses_selects_no_issues(desk: Desk, path: str) -> None:
    desk.write(path, "[project]\n")
    ran = desk.run("check", "--drafts", path)
    assert (ran.code, ran.out, ran.err) == (0, "", "0 issues: no problems\n")


def test_a_theme_file_selects_the_issues_that_use_it(desk: Desk) -> None:
    other = desk.another("2026-04-05-tide") / "issue.yaml"
    other.write_text(other.read_text("utf-8") + "theme: own\n", "utf-8")
    desk.write("templates/own/tokens.toml", "[nothing]\n")
    ran = desk.run("check", "templates/own/tokens.toml")
    assert ran.err.startswith("1 issue: ")
    assert desk.run("check", "credits.yaml").err.startswith("2 issues: ")


def test_files_of_two_workspaces_are_refused(desk: Desk) -> None:
    top = desk.root.parent
    Desk.of(desk.root, top / "other")
    ran = desk.run("check", "desk/credits.yaml", "other/credits.yaml", cwd=top)
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "error: Files of two workspaces: desk and other",
    )

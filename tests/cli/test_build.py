"""`newsletter build`: complete output and exit code."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.desk import SLUG, Desk

OTHER = "2026-04-05-tide"
FILES = ["email.html", "email.txt", "manifest.json", "message.eml", "web.html"]


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Return a workspace with two issues; the second is the latest."""
    desk.another(OTHER)
    return desk


def built(desk: Desk) -> list[str]:
    return sorted(path.name for path in (desk.root / "dist").glob("*"))


def sized(out: str) -> str:
    """Return the output without the size of the HTML, which depends on the theme."""
    return re.sub(r"\d+\.\d KB", "N KB", out)


def test_the_latest_issue_is_built_by_default(two: Desk) -> None:
    ran = two.run("build")
    assert (ran.code, sized(ran.out), ran.err) == (0, f"dist/{OTHER}/  N KB of HTML\n", "")
    assert built(two) == [OTHER]
    assert sorted(two.tree(f"dist/{OTHER}")) == FILES


@pytest.mark.parametrize(
    "name",
    [
        SLUG,
        "quay",
        "2026-03",
        f"issues/{SLUG}",
        f"issues/{SLUG}/",
        f"issues/{SLUG}/10-essay.md",
        "./issues/../issues/" + SLUG,
    ],
)
def test_an_issue_is_selected_by_slug_part_or_path(two: Desk, name: str) -> None:
    assert two.run("build", name).code == 0
    assert built(two) == [SLUG]


@pytest.mark.parametrize("folder", [f"issues/{SLUG}", f"issues/{SLUG}/images"])
def test_the_issue_in_the_current_directory_is_built(two: Desk, folder: str) -> None:
    (two.root / folder).mkdir(exist_ok=True)
    ran = two.run("build", cwd=two.root / folder)
    assert (ran.code, sized(ran.out), ran.err) == (0, f"dist/{SLUG}/  N KB of HTML\n", "")
    assert built(two) == [SLUG]


@pytest.mark.parametrize("folder", ["templates/deep/er", "issues", "dist"])
def test_the_command_works_in_any_folder_of_the_workspace(two: Desk, folder: str) -> None:
    (two.root / folder).mkdir(parents=True, exist_ok=True)
    ran = two.run("build", "quay", cwd=two.root / folder)
    assert (ran.code, ran.err) == (0, "")
    assert built(two) == [SLUG]


def test_a_workspace_can_be_configured_in_pyproject(desk: Desk) -> None:
    settings = (desk.root / "newsletter.toml").read_text()
    (desk.root / "newsletter.toml").unlink()
    desk.write("pyproject.toml", f"[project]\nname = 'x'\n\n[tool.newsletter]\n{settings}")
    assert desk.run("build").code == 0
    assert built(desk) == [SLUG]


def test_an_issue_named_twice_is_built_once(two: Desk) -> None:
    ran = two.run("build", "quay", "tide", SLUG)
    assert (ran.code, ran.err) == (0, "")
    assert sized(ran.out) == f"dist/{SLUG}/  N KB of HTML\ndist/{OTHER}/  N KB of HTML\n"


def test_output_is_rebuilt_restored_or_left_alone(desk: Desk) -> None:
    import os

    for path in [*desk.issue.rglob("*"), desk.issue]:
        os.utime(path, (1_700_000_000, 1_700_000_000))
    desk.run("build")
    first = desk.tree()
    assert desk.run("build").out == f"dist/{SLUG}/  unchanged\n"
    shutil.rmtree(desk.root / "dist")
    assert desk.run("build").out == f"dist/{SLUG}/  restored from the cache\n"
    assert desk.tree() == first
    assert sized(desk.run("build", "--force").out) == f"dist/{SLUG}/  N KB of HTML\n"
    assert desk.tree() == first
    desk.write(f"dist/{SLUG}/email.html", "spoilt")
    assert desk.run("build").out == f"dist/{SLUG}/  restored from the cache\n"
    assert desk.tree() == first


@pytest.mark.parametrize(
    "name",
    [
        "newsletter.toml",
        "credits.yaml",
        f"issues/{SLUG}/issue.yaml",
        "templates/default/tokens.toml",
    ],
)
def test_a_change_to_any_input_triggers_a_rebuild(desk: Desk, name: str) -> None:
    desk.run("build")
    before = desk.tree()
    changes = {
        "newsletter.toml": 'postal_address = "Doca 4"\n',
        "credits.yaml": "defaults: {produced_by: {name: Ana}}\n",
        f"issues/{SLUG}/issue.yaml": "number: 7\n",
        "templates/default/tokens.toml": "[width]\npage = 620\n",
    }
    path = desk.root / name
    desk.write(name, (path.read_text() if path.exists() else "") + changes[name])
    ran = desk.run("build")
    assert (ran.code, sized(ran.out), ran.err) == (0, f"dist/{SLUG}/  N KB of HTML\n", "")
    assert desk.tree() != before


def test_output_is_written_to_the_given_folder(desk: Desk, tmp_path: Path) -> None:
    ran = desk.run("build", "--out", "public/letters")
    assert (ran.code, sized(ran.out), ran.err) == (0, f"public/letters/{SLUG}/  N KB of HTML\n", "")
    assert sorted(desk.tree(f"public/letters/{SLUG}")) == FILES
    assert not (desk.root / "dist").exists()
    outside = tmp_path / "outside"
    ran = desk.run("build", "--out", str(outside))
    assert (ran.code, ran.out) == (0, f"{outside}/{SLUG}/  restored from the cache\n")


def test_json_reports_every_issue(two: Desk) -> None:
    two.write(f"issues/{OTHER}/issue.yaml", "title: [\n")
    ran = two.run("build", "--all", "--json")
    assert ran.code == 1
    assert ran.err == (
        f"issues/{OTHER}/issue.yaml:2:1: error NL002 invalid-yaml: Invalid YAML: did not find expected node content\n"
        "    hint: Check quotes, colons and indentation near this place.\n"
    )
    assert json.loads(ran.out) == [
        {
            "slug": SLUG,
            "state": "built",
            "path": f"dist/{SLUG}",
            "findings": [],
            "error": None,
        },
        {
            "slug": OTHER,
            "state": "failed",
            "path": f"dist/{OTHER}",
            "findings": [
                {
                    "code": "NL002",
                    "name": "invalid-yaml",
                    "severity": "error",
                    "path": f"issues/{OTHER}/issue.yaml",
                    "line": 2,
                    "column": 1,
                    "message": "Invalid YAML: did not find expected node content",
                    "hint": "Check quotes, colons and indentation near this place.",
                    "fix": None,
                }
            ],
            "error": None,
        },
    ]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_all_builds_the_others_when_some_fail(desk: Desk, jobs: str) -> None:
    for month in range(4, 8):
        desk.another(f"2026-{month:02}-01-ship")
    desk.write("issues/2026-05-01-ship/10-essay.md", "---\nkind: esay\n---\nOne <b>ship</b>\n")
    desk.write("issues/2026-07-01-ship/issue.yaml", "")
    ran = desk.run("build", "--all", "--jobs", jobs)
    assert ran.code == 1
    assert re.sub(r"\d+\.\d s", "N s", ran.out) == "5 issues in dist/: 3 built, 2 failed (N s)\n"
    assert re.findall(r"^(issues/\S+): error (NL\d+)", ran.err, re.MULTILINE) == [
        ("issues/2026-05-01-ship/10-essay.md:2:7", "NL008"),
        ("issues/2026-05-01-ship/10-essay.md:4:5", "NL020"),
        ("issues/2026-07-01-ship/issue.yaml:1:1", "NL004"),
        ("issues/2026-07-01-ship/issue.yaml:1:1", "NL004"),
        ("issues/2026-07-01-ship/issue.yaml:1:1", "NL004"),
    ]
    assert built(desk) == [SLUG, "2026-04-01-ship", "2026-06-01-ship"]


def test_build_all_works_in_an_empty_workspace(desk: Desk) -> None:
    shutil.rmtree(desk.root / "issues")
    ran = desk.run("build", "--all")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "No issues yet. Create one with `newsletter new TITLE`.\n"


USAGE = "Usage: newsletter build [OPTIONS] [ISSUE]...\nTry 'newsletter build --help' for help.\n\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["2026"],
            f'error: "2026" matches 2 issues: {SLUG}, {OTHER}\n    hint: Type more of the slug.\n',
        ),
        (
            ["cranes"],
            f'error: No issue matches "cranes"\n    hint: Use one of the latest issues: {SLUG}, {OTHER}.\n',
        ),
        (
            ["2026-03-01-quai"],
            f'error: No issue matches "2026-03-01-quai"\n'
            f'    hint: Write "{SLUG}" if that is what you meant.\n',
        ),
        (
            ["issues/Tide"],
            "error: Not an issue folder: issues/Tide\n"
            "    hint: Name it by date and topic in lower case, such as 2026-03-01-ports.\n",
        ),
        (["--all", "quay"], USAGE + "Error: --all cannot be combined with ISSUE\n"),
        (
            ["--al"],
            USAGE + "Error: No such option '--al'. (Did you mean one of: '--all', '--help'?)\n",
        ),
        (
            ["--jobs", "0"],
            USAGE + "Error: Invalid value for '--jobs': 0 is not in the range x>=1.\n",
        ),
        (
            ["--out", "newsletter.toml"],
            USAGE + "Error: Invalid value for '--out': Directory 'newsletter.toml' is a file.\n",
        ),
    ],
)
def test_wrong_usage(two: Desk, arguments: list[str], expected: str) -> None:
    (two.root / "issues/Tide").mkdir()
    ran = two.run("build", *arguments)
    assert (ran.code, ran.out, ran.err) == (2, "", expected)
    assert built(two) == []


def test_a_workspace_without_issues_is_reported(desk: Desk) -> None:
    shutil.rmtree(desk.root / "issues")
    ran = desk.run("build")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "error: No issues yet\n    hint: Create one with `newsletter new TITLE`.\n"


def test_a_separate_process_gives_the_same_result(desk: Desk) -> None:
    ran = desk.process("build")
    assert (ran.code, sized(ran.out), ran.err) == (0, f"dist/{SLUG}/  N KB of HTML\n", "")
    desk.write(f"issues/{SLUG}/issue.yaml", "title: Café\n")
    ran = desk.process("build", PYTHONIOENCODING="utf-8", LC_ALL="C")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f'issues/{SLUG}/issue.yaml:1:1: error NL004 missing-key: Missing key "date"\n'
        "    | title: Café\n    | ^\n"
        "    hint: Add a line such as `date: 2026-03-01`.\n"
        f'issues/{SLUG}/issue.yaml:1:1: error NL004 missing-key: Missing key "preheader"\n'
        "    | title: Café\n    | ^\n"
        "    hint: Add a line such as `preheader: …`.\n"
    )


def test_sections_are_ordered_by_number(desk: Desk) -> None:
    for name in ("5-note.md", "100-note.md", "zz.md"):
        desk.write(f"issues/{SLUG}/{name}", f"---\nkind: note\ntitle: From {name}\n---\nWords.\n")
    assert desk.run("build").code == 0
    text = (desk.root / "dist" / SLUG / "email.txt").read_text("utf-8")
    places = [
        text.rindex(words) for words in ("From 5-note", "One ship", "From 100-note", "From zz")
    ]
    assert places == sorted(places)

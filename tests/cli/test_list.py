"""`newsletter list`: complete output and exit code."""

from __future__ import annotations

import json
import shutil

from tests.desk import SLUG, Desk

COUNTED = "Only errors that block the build are counted; newsletter check --all finds the others.\n"


def test_issues_are_listed_with_state_and_size(desk: Desk) -> None:
    desk.another("2026-04-05-tide")
    desk.write(
        "issues/2026-04-05-tide/issue.yaml", "title: Tide & 潮\ndate: 2026-04-05\npreheader: x\n"
    )
    desk.write("issues/2026-04-05-tide/10-essay.md", "---\nkind: essay\n---\nOne <b>word</b>.\n")
    desk.another("2026-05-01-empty")
    desk.write("issues/2026-05-01-empty/issue.yaml", "")
    desk.run("publish", "quay")
    ran = desk.run("list")
    assert (ran.code, ran.err) == (0, COUNTED)
    assert ran.out == (
        "2026-05-01-empty  draft           0 words  3 problems\n"
        "2026-04-05-tide   draft           2 words  1 problem    Tide & 潮\n"
        "2026-03-01-quay   published       4 words               The Quay\n"
    )


def test_json_lists_every_issue(desk: Desk) -> None:
    ran = desk.run("list", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == [
        {
            "slug": SLUG,
            "title": "The Quay",
            "date": "2026-03-01",
            "state": "draft",
            "words": 4,
            "problems": 0,
        }
    ]


def test_damaged_receipts_are_a_problem(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/published.json", "{")
    ran = desk.run("list")
    assert (ran.code, ran.err) == (0, COUNTED)
    assert ran.out == "2026-03-01-quay  published       4 words  1 problem    The Quay\n"


def test_problems_are_the_errors_that_stop_a_build(desk: Desk) -> None:
    """Errors that `build` reports are counted, including images; findings of `check` are not."""
    words = "![A crane](images/crane.png)\n\nLook [here](https://quay.example/a), TK.\n"
    desk.write(f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\n{words}")
    desk.write("credits.yaml", "people:\n  mara: {name: Mara}\nroles:\n  essay: {label: Essay}\n")
    desk.write(f"issues/{SLUG}/credits.yaml", "essay: mara\n")
    reported = desk.run("build").err.count(": error NL")
    assert json.loads(desk.run("list", "--json").out)[0]["problems"] == reported == 2
    desk.write(f"issues/{SLUG}/credits.yaml", "# allow NL104: on a train\nessay: mara\n")
    assert json.loads(desk.run("list", "--json").out)[0]["problems"] == 1


def test_a_workspace_without_issues_has_an_empty_list(desk: Desk) -> None:
    shutil.rmtree(desk.root / "issues")
    ran = desk.run("list")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "No issues yet. Create one with `newsletter new TITLE`.\n"
    assert desk.run("list", "--json").out == "[]\n"


def test_folders_that_are_not_issues_are_reported(desk: Desk) -> None:
    (desk.root / "issues" / "Heat Rails").mkdir()
    (desk.root / "issues" / ".git").mkdir()
    reported = "Not an issue folder: issues/Heat Rails; name it by date and topic, such as 2026-03-01-ports\n"
    assert desk.run("list").err == reported
    assert desk.run("build", "--all").err == reported

"""`newsletter publish`: complete output, exit code and receipt."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.desk import SLUG, Desk

FILES = ["email.html", "email.txt", "manifest.json", "message.eml", "web.html"]


def receipts(desk: Desk) -> list[dict[str, Any]]:
    path = desk.issue / "published.json"
    return list(json.loads(path.read_bytes())["receipts"]) if path.exists() else []


def ship(desk: Desk, number: int) -> None:
    desk.write(
        f"issues/{SLUG}/10-essay.md", f"---\nkind: essay\n---\nShip number {number} came in.\n"
    )


def test_publish_delivers_and_writes_a_receipt(desk: Desk) -> None:
    ran = desk.run("publish")
    assert (ran.code, ran.out, ran.err) == (
        0,
        f"The Quay\n  folder: published -> dist/{SLUG}/\n",
        "",
    )
    assert sorted(desk.tree(f"dist/{SLUG}")) == FILES
    (receipt,) = receipts(desk)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", receipt.pop("at"))
    assert re.fullmatch(r"[0-9a-f]{64}", receipt.pop("sha256"))
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", receipt.pop("digest"))
    assert receipt.pop("tool").startswith("newsletter ")
    assert receipt == {
        "target": "folder",
        "type": "folder",
        "subject": "The Quay",
        "place": f"dist/{SLUG}",
    }


def test_the_same_bytes_again_change_nothing(desk: Desk) -> None:
    desk.run("publish")
    kept, output = (desk.issue / "published.json").read_bytes(), desk.tree()
    stat = (desk.root / "dist" / SLUG).stat()
    ran = desk.run("publish")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"The Quay\n  folder: published before, unchanged -> dist/{SLUG}/\n"
    assert (desk.issue / "published.json").read_bytes() == kept
    assert desk.tree() == output
    assert (desk.root / "dist" / SLUG).stat().st_ino == stat.st_ino, (
        "nothing may be rewritten, not even identical bytes"
    )


def test_changed_bytes_append_a_receipt(desk: Desk) -> None:
    desk.run("publish")
    first = receipts(desk)
    ship(desk, 2)
    ran = desk.run("publish", "quay")
    assert (ran.code, ran.out) == (0, f"The Quay\n  folder: published -> dist/{SLUG}/\n")
    kept, added = receipts(desk)
    assert [kept] == first, "existing receipts must not change"
    assert added["sha256"] != kept["sha256"]


def test_deleted_output_is_delivered_again_without_a_second_receipt(desk: Desk) -> None:
    desk.run("publish")
    good = desk.tree()
    shutil.rmtree(desk.root / "dist")
    ran = desk.run("publish")
    assert ran.code == 0
    assert desk.tree() == good
    assert len({receipt["sha256"] for receipt in receipts(desk)}) == 1


def test_dry_run_shows_the_plan_and_changes_nothing(desk: Desk) -> None:
    ran = desk.run("publish", "--dry-run")
    assert (ran.code, ran.err) == (0, "")
    lines = [re.sub(r"[\d,]+ bytes", "N bytes", line) for line in ran.out.splitlines()]
    names = ["email.html", "email.txt", "message.eml", "web.html", "manifest.json"]
    assert lines == [
        "The Quay",
        "  folder: planned",
        *(f"    write dist/{SLUG}/{name} (N bytes)" for name in names),
    ]
    assert not (desk.root / "dist").exists()
    assert receipts(desk) == []


def test_dry_run_after_publishing(desk: Desk) -> None:
    desk.run("publish")
    desk.write(f"dist/{SLUG}/images/old.png", "")
    desk.write(f"dist/{SLUG}/email.txt", "spoilt")
    ran = desk.run("publish", "--dry-run")
    assert re.sub(r"[\d,]+ bytes", "N bytes", ran.out) == (
        f"The Quay\n  folder: planned\n    replace dist/{SLUG}/email.txt (N bytes)\n"
        f"    remove dist/{SLUG}/images/old.png\n"
    )
    desk.run("publish")
    ran = desk.run("publish", "--dry-run")
    assert (ran.code, ran.out) == (0, "The Quay\n  folder: up to date\n")


def test_files_that_newsletter_did_not_create_are_never_replaced(desk: Desk) -> None:
    """Other files in the output folder are safe: `--out issues` would have deleted the issue."""
    ran = desk.run("build", "--out", "issues")
    assert (ran.code, ran.out) == (1, "")
    assert f"issues/{SLUG} contains " in ran.err
    assert (desk.root / "issues" / SLUG / "issue.yaml").is_file()
    desk.write(
        "newsletter.toml",
        (desk.root / "newsletter.toml").read_text()
        + '[targets.site]\ntype="folder"\npath="public"\n',
    )
    desk.write(f"public/{SLUG}/notes.txt", "mine")
    for more in ((), ("--dry-run",)):
        ran = desk.run("publish", *more)
        assert ran.code == 1
        assert "contains notes.txt, which newsletter did not create" in ran.err
    assert (desk.root / "public" / SLUG / "notes.txt").read_text() == "mine"
    assert receipts(desk) == []


def test_a_lost_receipt_is_reported(desk: Desk) -> None:
    desk.run("build")
    ran = desk.run("publish", "--dry-run")
    assert ran.out == "The Quay\n  folder: planned\n    write the receipt into published.json\n"


def test_json_reports_the_published_issue(desk: Desk) -> None:
    first = desk.run("publish", "--json")
    (receipt,) = receipts(desk)
    expected = {
        "slug": SLUG,
        "subject": "The Quay",
        "allowed": [],
        "targets": [
            {
                "target": "folder",
                "place": f"dist/{SLUG}",
                "sha256": receipt["sha256"],
                "changed": True,
            }
        ],
    }
    assert (first.code, json.loads(first.out), first.err) == (0, expected, "")
    expected["targets"][0]["changed"] = False  # type: ignore[index]
    assert json.loads(desk.run("publish", "--json").out) == expected
    assert json.loads(desk.run("publish", "--json", "--dry-run").out) == {
        "slug": SLUG,
        "subject": "The Quay",
        "allowed": [],
        "targets": [{"target": "folder", "changes": False, "steps": []}],
    }


def test_targets_come_from_the_settings_and_one_can_be_selected(desk: Desk) -> None:
    with (desk.root / "newsletter.toml").open("a") as settings:
        settings.write(
            '[targets.web]\ntype = "folder"\npath = "public/"\n\n[targets.press]\ntype = "folder"\npath = "press"\n'
        )
    ran = desk.run("publish", "--to", "press")
    assert (ran.code, ran.out) == (0, f"The Quay\n  press: published -> press/{SLUG}/\n")
    assert not (desk.root / "public").exists()
    ran = desk.run("publish")
    assert ran.out == (
        f"The Quay\n  web: published -> public/{SLUG}/\n  press: published before, unchanged -> press/{SLUG}/\n"
    )
    assert [receipt["target"] for receipt in receipts(desk)] == ["press", "web"]
    assert desk.tree(f"public/{SLUG}") == desk.tree(f"press/{SLUG}") == desk.tree(f"dist/{SLUG}")


@pytest.mark.parametrize(
    ("settings", "arguments", "code", "message"),
    [
        (
            "",
            ["--to", "web"],
            2,
            'error: Unknown target "web"\n    hint: Use one of the targets: folder.\n',
        ),
        (
            '[targets.web]\ntype = "foldr"\n',
            [],
            1,
            'error: Unknown type "foldr" for target "web"\n    hint: Write "folder" if that is what you meant.\n',
        ),
        (
            '[targets.web]\ntype = "folder"\npaht = "x"\n',
            [],
            1,
            'error: Unknown key "paht" in target "web"\n    hint: Write "path" if that is what you meant.\n',
        ),
        (
            '[targets.web]\ntype = "folder"\npath = 3\n',
            [],
            1,
            (
                'error: Expected a folder as path of target "web"\n'
                '    hint: Write the name of a folder: `path = "public"`.\n'
            ),
        ),
        (
            "",
            ["nowhere"],
            2,
            f'error: No issue matches "nowhere"\n    hint: Use one of the latest issues: {SLUG}.\n',
        ),
    ],
)
def test_invalid_targets_are_reported(
    desk: Desk, settings: str, arguments: list[str], code: int, message: str
) -> None:
    with (desk.root / "newsletter.toml").open("a") as file:
        file.write(settings)
    ran = desk.run("publish", *arguments)
    assert (ran.code, ran.out, ran.err) == (code, "", message)
    assert not (desk.root / "dist").exists()
    assert receipts(desk) == []


def test_structural_errors_stop_publishing_and_all_are_reported(desk: Desk) -> None:
    desk.run("publish")
    good, kept = desk.tree(), receipts(desk)
    desk.write("credits.yaml", "roles:\n  essay: {label: Essay, required: true}\n")
    desk.write(f"issues/{SLUG}/credits.yaml", "")
    desk.write(f"issues/{SLUG}/10-again.md", "---\nkind: essay\n---\n")
    ran = desk.run("publish")
    assert (ran.code, ran.out) == (1, "")
    assert re.findall(r"^(\S+): error (NL\d+)|^(.*errors)$", ran.err, re.MULTILINE) == [
        (f"issues/{SLUG}/10-again.md:4:1", "NL031", ""),
        (f"issues/{SLUG}/10-essay.md:1:1", "NL032", ""),
        (f"issues/{SLUG}/credits.yaml:1:1", "NL103", ""),
        (f"issues/{SLUG}/credits.yaml:1:1", "NL104", ""),
        ("", "", f"{SLUG}: 4 errors"),
    ]
    assert desk.tree() == good
    assert receipts(desk) == kept


SETTINGS = 'name = "The Quay"\nurl = "https://quay.example"\n[check]\nignore = ["NL9"]\nseverity = {NL201 = "error"}\n'
FAULTY = "---\nkind: essay\n---\nLook [here](https://quay.example/a).\n"
FINDING = (
    f'issues/{SLUG}/10-essay.md:4:6: {{}} NL201 vague-link-text: Vague link text: "here"\n'
    "    | Look [here](https://quay.example/a).\n    |      ^\n"
    "    hint: Describe where the link goes.\n"
)


def test_errors_found_by_check_stop_publishing(desk: Desk) -> None:
    desk.write("newsletter.toml", SETTINGS)
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY)
    for arguments in ([], ["--dry-run"]):
        ran = desk.run("publish", *arguments)
        assert (ran.code, ran.out, ran.err) == (
            1,
            "",
            FINDING.format("error") + f"{SLUG}: 1 error\n",
        )
    assert not (desk.root / "dist").exists()
    assert receipts(desk) == []


def test_findings_in_the_baseline_do_not_stop_publishing(desk: Desk) -> None:
    desk.write("newsletter.toml", SETTINGS + 'baseline = "known.json"\n')
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY)
    assert desk.run("publish").err.startswith(
        "known.json: error NL001 unreadable-file: No such baseline\n"
    )
    assert desk.run("check", "--write-baseline").code == 0
    ran = desk.run("publish")
    assert (ran.code, ran.err) == (0, "")
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY + "\nOr [here](https://quay.example/b).\n")
    assert desk.run("publish").err.endswith(f"{SLUG}: 1 error\n")


def test_errors_that_block_the_build_are_never_in_a_baseline(desk: Desk) -> None:
    desk.write("newsletter.toml", SETTINGS + 'baseline = "known.json"\n')
    desk.write(
        f"issues/{SLUG}/10-essay.md", "---\nkind: essay\n---\n![A crane](images/crane.png)\n"
    )
    desk.write(f"issues/{SLUG}/20-note.md", "---\nkind: essay\n---\n")
    assert desk.run("check", "--write-baseline").code == 0
    assert not re.search("NL501|NL031", (desk.root / "known.json").read_text("utf-8"))
    for command in ("check", "publish"):
        ran = desk.run(command)
        assert (ran.code, re.findall(r"error (NL\d+)", ran.out + ran.err)) == (
            1,
            ["NL501", "NL031"],
        )


def test_one_error_is_allowed_and_the_receipt_records_why(desk: Desk) -> None:
    desk.write("newsletter.toml", SETTINGS)
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY)
    ran = desk.run(
        "publish",
        "--allow",
        "NL201: the minister's words: all of them",
        "--allow",
        "NL503: unneeded",
    )
    assert ran.code == 2
    ran = desk.run(
        "publish",
        "--allow",
        "NL201: the minister's words: all of them",
        "--allow",
        "NL104: unneeded",
    )
    assert (ran.code, ran.err) == (
        0,
        FINDING.format("warning") + "--allow NL104 was not needed: the issue has no such error\n",
    )
    passed = "  allowed: NL201 vague-link-text: the minister's words: all of them\n"
    assert ran.out == f"The Quay\n{passed}  folder: published -> dist/{SLUG}/\n"
    assert [receipt["allowed"] for receipt in receipts(desk)] == [
        [{"code": "NL201", "reason": "the minister's words: all of them"}]
    ]
    desk.run("publish", "--allow", "NL201: again")
    assert len(receipts(desk)) == 1, "identical bytes must not add a second receipt"


@pytest.mark.parametrize("word", ["NL201", "nl201", "vague-link-text"])
def test_errors_are_allowed_by_code_or_name(word: str, desk: Desk) -> None:
    desk.write("newsletter.toml", SETTINGS)
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY)
    ran = desk.run("publish", "--dry-run", "--json", "--allow", f"{word}: the minister's words")
    assert (ran.code, ran.err) == (0, FINDING.format("warning"))
    assert json.loads(ran.out)["allowed"] == [{"code": "NL201", "reason": "the minister's words"}]


def test_warnings_do_not_need_to_be_allowed(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY)
    ran = desk.run("publish", "--allow", "NL201: the minister's words")
    assert (
        ran.err
        == FINDING.format("warning") + "--allow NL201 was not needed: the issue has no such error\n"
    )
    assert "allowed" not in receipts(desk)[0]


def test_warnings_are_reported_and_do_not_stop_publishing(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/10-essay.md", FAULTY)
    ran = desk.run("publish")
    assert (ran.code, ran.err) == (0, FINDING.format("warning"))
    assert "allowed" not in receipts(desk)[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "NL201",
            (
                "error: No reason given for --allow NL201\n"
                "    hint: Add one, as in `--allow 'NL201: the agency asked for it'`.\n"
            ),
        ),
        (
            "NL201:  ",
            (
                "error: No reason given for --allow NL201\n"
                "    hint: Add one, as in `--allow 'NL201: the agency asked for it'`.\n"
            ),
        ),
        (
            "NL2O1: it",
            (
                'error: Unknown rule "NL2O1" for --allow\n'
                "    hint: Write NL201 (vague-link-text) if that is what you meant.\n"
            ),
        ),
        (
            "NL501: later",
            "error: NL501 blocks the build and cannot be allowed\n"
            "    hint: Fix the issue; `newsletter check` lists the errors.\n",
        ),
    ],
)
def test_invalid_values_of_allow_are_refused(words: str, message: str, desk: Desk) -> None:
    ran = desk.run("publish", "--allow", words)
    assert (ran.code, ran.out, ran.err) == (2, "", message)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"receipts": [{}]}', '{"receipts": 3}', "\xff"]
)
def test_damaged_receipts_stop_publishing(desk: Desk, content: str) -> None:
    path = desk.write(f"issues/{SLUG}/published.json", content.encode("latin-1"))
    ran = desk.run("publish")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"issues/{SLUG}/published.json: error: Unreadable receipts\n"
        "    hint: Restore the file with git: it records what was published.\n"
    )
    assert path.read_bytes() == content.encode("latin-1")
    assert not (desk.root / "dist").exists()


def test_a_receipt_does_not_affect_a_build(desk: Desk, tmp_path: Path) -> None:
    desk.run("build")
    before = desk.tree()
    desk.run("publish")
    desk.run("build", "--force")
    assert desk.tree() == before

"""`newsletter import --update`: a newer draft after the issue has been edited."""

from __future__ import annotations

import json

import pytest

from tests.desk import Desk

MASTHEAD = """\
people:
  mira: {name: Mira Oduya}
roles:
  essay: {label: Essay, required: true}
defaults: {location: "Lisbon, Portugal"}
"""
FIRST = """\
# Cranes and Cables

*This week, why the quietest berth in the harbour is the busiest.*

## The Quiet Berth

By Mira Oduya

At six in the morning nothing moves at berth nine.

The crane stands with its arm up, like somebody waiting for a bus.

The water under it is as flat as a table.

## The pilots get a second boat, and this one has a heated deck

The second boat arrived on Thursday.

The old one goes to the fire brigade.

## The fish market opens an hour later than it has since the war

It opens at five now.
"""
BLANK = " "
ISSUE = "issues/2026-03-08-cranes"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Return a workspace into which the first draft was imported."""
    desk.write("credits.yaml", MASTHEAD)
    newer(desk, FIRST)
    assert desk.run("import", "draft.md", "--date", "2026-03-08", "--slug", "cranes").code == 0
    return desk


def newer(desk: Desk, text: str, **changes: str) -> None:
    for old, new in changes.items():
        old = old.replace("_", " ")
        assert old in text
        text = text.replace(old, new)
    desk.write("draft.md", text)


def edit(desk: Desk, name: str, old: str, new: str) -> None:
    path = desk.root / ISSUE / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def notes(out: str) -> str:
    """Return the messages about the issue, without the outline above them."""
    lines = out.splitlines(keepends=True)
    return "".join(
        lines[next((i for i, line in enumerate(lines) if line.startswith("---")), len(lines)) :]
    )


def test_changes_of_both_sides_are_kept(desk: Desk) -> None:
    edit(desk, "10-essay.md", "At six in the morning", "At half past six")
    edit(desk, "issue.yaml", "tags: []", "tags: [ports]")
    newer(desk, FIRST, as_flat_as_a_table="as flat as glass", fire_brigade="sea scouts")
    ran = desk.run("import", "draft.md", "--update", "cranes")
    assert ran.code == 0
    assert (
        notes(ran.out)
        == f"""\
--- a/{ISSUE}/10-essay.md
+++ b/{ISSUE}/10-essay.md
@@ -7,4 +7,4 @@
{BLANK}
 The crane stands with its arm up, like somebody waiting for a bus.
{BLANK}
-The water under it is as flat as a table.
+The water under it is as flat as glass.
--- a/{ISSUE}/20-brief.md
+++ b/{ISSUE}/20-brief.md
@@ -4,4 +4,4 @@
 ---
 The second boat arrived on Thursday.
{BLANK}
-The old one goes to the fire brigade.
+The old one goes to the sea scouts.
"""
    )
    essay = (desk.root / ISSUE / "10-essay.md").read_text("utf-8")
    assert "At half past six nothing moves" in essay
    assert "flat as glass" in essay
    assert "tags: [ports]" in (desk.root / ISSUE / "issue.yaml").read_text("utf-8")
    before = desk.tree("issues")
    second = desk.run("import", "draft.md", "--update", "cranes")
    assert (second.code, second.err.endswith(f"{ISSUE} already contains this draft\n")) == (
        0,
        True,
    )
    assert desk.tree("issues") == before


def test_a_line_changed_on_both_sides_is_kept_twice_and_exits_with_1(desk: Desk) -> None:
    edit(desk, "20-brief.md", "on Thursday", "on Friday")
    newer(desk, FIRST, on_Thursday="at last", flat_as_a_table="flat as glass")
    ran = desk.run("import", "draft.md", "--update", "cranes")
    assert ran.code == 1
    assert ran.err.endswith(f"""\
{ISSUE}/20-brief.md:5: conflict: changed on both sides
    here: The second boat arrived on Friday.
    newer draft: The second boat arrived at last.
    hint: Merge what you want to keep from 20-brief.md.theirs, then delete it.
""")
    folder = desk.root / ISSUE
    assert "on Friday" in (folder / "20-brief.md").read_text("utf-8")
    assert "at last" in (folder / "20-brief.md.theirs").read_text("utf-8")
    assert "flat as glass" in (folder / "10-essay.md").read_text("utf-8")
    assert desk.run("check", "cranes").code == 0, "unresolved text is never part of an issue"
    before = desk.tree("issues")
    refused = desk.run("import", "draft.md", "--update", "cranes")
    assert refused.code == 1
    assert (
        "error: Unresolved files of an earlier update in 2026-03-08-cranes: 20-brief.md.theirs"
        in refused.err
    )
    assert desk.tree("issues") == before
    (folder / "20-brief.md.theirs").unlink()
    assert desk.run("import", "draft.md", "--update", "cranes").code == 0
    assert "on Friday" in (folder / "20-brief.md").read_text("utf-8"), (
        "a resolved conflict stays resolved"
    )


def test_sections_are_added_removed_and_moved_with_their_files(desk: Desk) -> None:
    folder = desk.root / ISSUE
    (folder / "20-brief.md").rename(folder / "25-boat.md")
    head, boat, fish = (
        FIRST.split("## The pilots")[0],
        "## The pilots" + FIRST.split("## The pilots")[1],
        "",
    )
    boat, fish = boat.split("## The fish")[0], "## The fish" + boat.split("## The fish")[1]
    new = "## A third thing happened in the harbour, and everybody noticed it\n\nNobody knows why.\n\n"
    newer(desk, head + new + boat.replace("Thursday", "Monday"))
    ran = desk.run("import", "draft.md", "--update", "cranes")
    assert ran.code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "10-essay.md",
        "17-brief.md",
        "25-boat.md",
        "credits.yaml",
        "imported.json",
        "issue.yaml",
    ]
    assert "on Monday" in (folder / "25-boat.md").read_text("utf-8")
    assert "Nobody knows why" in (folder / "17-brief.md").read_text("utf-8")
    assert fish


def test_edited_sections_are_not_removed_and_deleted_ones_not_restored(
    desk: Desk,
) -> None:
    folder = desk.root / ISSUE
    edit(desk, "30-brief.md", "at five now", "at five now, on most days")
    (folder / "20-brief.md").unlink()
    newer(desk, FIRST.split("## The fish")[0])
    ran = desk.run("import", "draft.md", "--update", "cranes")
    assert ran.code == 0 or "removed in the newer draft, edited here" in ran.err
    assert (folder / "30-brief.md").exists()
    assert not (folder / "20-brief.md").exists()
    newer(desk, FIRST.split("## The fish")[0], on_Thursday="on Monday")
    ran = desk.run("import", "draft.md", "--update", "cranes")
    assert ran.code == 1
    assert f"{ISSUE}/20-brief.md: conflict: deleted here, changed in the newer draft" in ran.err
    assert "on Monday" in (folder / "20-brief.md.theirs").read_text("utf-8")


def test_without_a_record_of_the_last_import_every_difference_is_a_conflict(desk: Desk) -> None:
    folder = desk.root / ISSUE
    (folder / "imported.json").unlink()
    newer(desk, FIRST, on_Thursday="on Monday")
    ran = desk.run("import", "draft.md", "--update", "cranes")
    assert ran.code == 1
    assert f"{ISSUE}: no record of the last import; every difference is a conflict\n" in ran.err
    assert (
        f"{ISSUE}/20-brief.md: conflict: differs, and no record shows who changed it\n" in ran.err
    )
    assert sorted(path.name for path in folder.glob("*.theirs")) == ["20-brief.md.theirs"]
    assert "on Thursday" in (folder / "20-brief.md").read_text("utf-8")


def test_a_dry_run_and_json_report_and_change_nothing(desk: Desk) -> None:
    edit(desk, "20-brief.md", "on Thursday", "on Friday")
    newer(desk, FIRST, on_Thursday="on Monday", flat_as_a_table="flat as glass")
    before = desk.tree("issues")
    ran = desk.run("import", "draft.md", "--update", "cranes", "--dry-run", "--json")
    assert desk.tree("issues") == before
    document = json.loads(ran.out)
    assert document["changes"] == ["10-essay.md", "20-brief.md.theirs"]
    assert document["conflicts"] == [
        {
            "file": f"{ISSUE}/20-brief.md",
            "reason": "changed on both sides",
            "regions": [
                {
                    "line": 5,
                    "ours": "The second boat arrived on Friday.",
                    "theirs": "The second boat arrived on Monday.",
                }
            ],
        }
    ]
    assert ran.code == 1


def test_a_new_person_in_the_newer_draft_is_added_to_the_masthead(desk: Desk) -> None:
    newer(desk, FIRST, By_Mira_Oduya="By Mira Oduya and Ana Reis")
    assert desk.run("import", "draft.md", "--update", "cranes").code == 0
    assert "  ana: {name: Ana Reis}\n" in (desk.root / "credits.yaml").read_text("utf-8")
    assert "by: [mira, ana]" in (desk.root / ISSUE / "10-essay.md").read_text("utf-8")

"""Corrections: what is drafted, which edits are kept, and the correction email."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from newsletter.load import load
from newsletter.workspace import find
from tests.review.conftest import MIRA, SLUG, Newsroom

FILE = f"issues/{SLUG}/corrections.yaml"
DAY = ("--date", "2026-05-03")


@pytest.fixture
def published(newsroom: Newsroom) -> Newsroom:
    newsroom.settings('required = ["editor", "data"]', "required = []")
    assert newsroom.run("publish", SLUG).code == 0
    newsroom.commit("Published")
    return newsroom


def written(room: Newsroom) -> str:
    return (room.desk.root / FILE).read_text(encoding="utf-8")


def test_entries_are_drafted_from_the_redline(published: Newsroom) -> None:
    published.edit("10-essay.md", "37 per cent", "73 per cent")
    published.edit("data/ships.csv", "Porto,7,-1", "Porto,8,0")
    published.edit("20-brief.md", "every spring by", "every spring\u00a0by")
    ran = published.run("correct", SLUG, "--from-diff", *DAY)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == f"{FILE}: 3 notes added"
    assert written(published) == (
        "- date: 2026-05-03\n  kind: correction\n  section: 10-essay.md\n"
        '  was: "port of Lisbon handled 37 per cent more containers"\n'
        '  is: "port of Lisbon handled 73 per cent more containers"\n'
        '  note: "An earlier version said “port of Lisbon handled 37 per cent more containers”. '
        'The correct text is “port of Lisbon handled 73 per cent more containers”."\n'
        "  by: mira\n"
        "- date: 2026-05-03\n  kind: correction\n  section: 30-data.md\n"
        '  was: "Porto, Ships: 7"\n  is: "Porto, Ships: 8"\n'
        '  note: "An earlier version said “Porto, Ships: 7”. The correct text is “Porto, Ships: 8”."\n'
        "  by: mira\n"
        "- date: 2026-05-03\n  kind: correction\n  section: 30-data.md\n"
        '  was: "Porto, Change: -1"\n  is: "Porto, Change: 0"\n'
        '  note: "An earlier version said “Porto, Change: -1”. The correct text is “Porto, Change: 0”."\n'
        "  by: mira\n"
    )


def test_the_same_change_is_noted_once_and_edited_wording_is_kept(published: Newsroom) -> None:
    published.edit("10-essay.md", "37 per cent", "73 per cent")
    published.run("correct", SLUG, "--from-diff", *DAY)
    path = published.desk.root / FILE
    own = path.read_text().replace("An earlier version said", "We misread the report:").rstrip("\n")
    path.write_text(f"# what we got wrong\n{own}")
    ran = published.run("correct", SLUG, "--from-diff", *DAY)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("No new corrections")
    ran = published.run(
        "correct", SLUG, "--note", "The report is of 2025.", "--kind", "clarification", *DAY
    )
    assert ran.code == 0
    assert written(published).startswith(
        f"# what we got wrong\n{own}\n- date: 2026-05-03\n  kind: clarification\n"
    )


def test_corrections_are_read_with_the_issue(published: Newsroom) -> None:
    arguments = (
        "--note",
        "It was Monday.",
        "--section",
        "20-brief.md",
        "--was",
        "Sunday",
        "--is",
        "Monday",
    )
    assert published.run("correct", SLUG, *arguments, *DAY).code == 0
    issue = load(find(published.desk.root), published.issue).issue
    assert issue
    (entry,) = issue.corrections
    assert (entry.date, entry.kind, entry.section) == (
        dt.date(2026, 5, 3),
        "correction",
        "20-brief.md",
    )
    assert (entry.note, entry.was, entry.now) == ("It was Monday.", "Sunday", "Monday")
    assert entry.by
    assert entry.by.name == "Mira Oduya"
    assert (entry.where.path, entry.where.line) == (FILE, 1)


BROKEN = [
    (
        "- date: 2026-05-03\n  kind: erratum\n  note: x\n",
        f"{FILE}:2:9: error NL005 invalid-value: kind: expected one of",
    ),
    (
        "- date: 2026-05-03\n  kind: update\n",
        f'{FILE}:1:3: error NL004 missing-key: Missing key "note"',
    ),
    ("note: x\n", f"{FILE}:1:1: error NL005"),
    (
        "- {date: 2026-05-03, kind: update, note: x, section: 15-essay.md}\n",
        'No section "15-essay.md"\n    | - {date: 2026-05-03, kind: update, note: x, section: 15-essay.md}',
    ),
    (
        "- {date: 2026-05-03, kind: update, note: x, by: mirra}\n",
        'Unknown person "mirra"',
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN)
def test_a_broken_file_is_reported_at_its_location(
    published: Newsroom, text: str, message: str
) -> None:
    published.desk.write(FILE, text)
    ran = published.run("check", SLUG)
    assert ran.code == 1
    assert message in ran.err + ran.out
    before = written(published)
    assert published.run("correct", SLUG, "--note", "y").code == 1
    assert written(published) == before


WRONG = [
    ((), "Expected one of --note, --from-diff and --email"),
    (("--note", "x", "--email"), "Expected one of --note, --from-diff and --email"),
    (("--note", " "), "Empty note"),
    (
        ("--note", "x", "--section", "essay"),
        'No section "essay"\n    hint: Write "10-essay.md" if that is what you meant.',
    ),
    (("--email",), f"{SLUG} has no corrections"),
    (("--note", "x", "--date", "soon"), 'Expected a date such as 2026-03-01, found "soon"'),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_usage(published: Newsroom, arguments: tuple[str, ...], message: str) -> None:
    ran = published.run("correct", SLUG, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert not (published.desk.root / FILE).exists()


def test_an_unpublished_draft_is_edited_not_corrected(newsroom: Newsroom) -> None:
    ran = newsroom.run("correct", SLUG, "--note", "x")
    assert (ran.code, ran.out) == (2, "")
    assert f"{SLUG} has not been published yet" in ran.err


def test_a_note_changes_neither_the_email_nor_its_approvals(published: Newsroom) -> None:
    before = published.run("show", SLUG, "--as-sent").out
    published.run("correct", SLUG, "--note", "x")
    assert published.run("show", SLUG, "--as-sent").out == before
    assert (
        published.run("diff", SLUG).out.splitlines()[1]
        == "No changes: a reader gets the same bytes."
    )


def test_the_correction_email(published: Newsroom) -> None:
    published.run("correct", SLUG, "--note", "Old news.", "--date", "2026-05-02")
    published.run(
        "correct", SLUG, "--note", "*It* was <b>Monday</b>.", "--kind", "clarification", *DAY
    )
    published.run(
        "correct", SLUG, "--note", "A person was named wrongly.", "--is", "The vote was public.",
        "--section", "20-brief.md", "--kind", "retraction", *DAY,
    )  # fmt: skip
    ran = published.run("correct", SLUG, "--email", *DAY, "--json")
    assert ran.code == 0
    row = json.loads(ran.out)
    slug = "2026-05-03-retraction-01-may"
    assert (row["slug"], row["corrects"]) == (slug, SLUG)
    folder = published.desk.root / "issues" / slug
    assert (folder / "issue.yaml").read_text() == (
        'title: "Retraction: Cranes at Night"\npreheader: "*It* was <b>Monday</b>."\ndate: "2026-05-03"\n'
        f'language: "en"\narchive: "unlisted"\ncorrects: "{SLUG}"\n'
    )
    assert (folder / "20-retraction.md").read_text() == (
        '---\nkind: retraction\ntitle: "A strike is called off"\n---\nA person was named wrongly.\n\n'
        "**What is right**: The vote was public.\n\n"
        '::: button\nlabel: "Read the corrected issue"\n'
        f"url: https://quay.example/{SLUG}/\n:::\n"
    )
    assert published.run("check", slug).code == 0
    published.run("build", slug)
    text = (published.desk.root / "dist" / slug / "email.txt").read_text()
    assert "*It* was <b>Monday</b>." in text
    assert "Old news" not in text, "only the latest corrections"
    ran = published.run("correct", SLUG, "--email", *DAY)
    assert (ran.code, ran.out) == (1, "")
    assert f"issues/{slug} already exists" in ran.err


def test_corrects_names_another_issue(published: Newsroom) -> None:
    published.edit("issue.yaml", "number: 7", "number: 7\ncorrects: 2026-04-30-cranes")
    ran = published.run("check", SLUG)
    assert (
        f'issues/{SLUG}/issue.yaml:5:11: error NL005 invalid-value: No issue "2026-04-30-cranes" to correct'
        in ran.out
    )


# --- what was sent --------------------------------------------------------------------------------


def test_what_was_sent_in_march(published: Newsroom, tmp_path: Path) -> None:
    published.edit("10-essay.md", "37 per cent", "73 per cent")
    published.commit()
    published.run("publish", SLUG)
    rows = json.loads(published.run("show", SLUG, "--as-sent", "--list", "--json").out)
    assert [row["subject"] for row in rows] == ["Cranes at Night"] * 2
    first = rows[0]["digest"].removeprefix("sha256:")
    assert len((published.run("show", SLUG, "--as-sent", "--list").out).splitlines()) == 2
    assert "37 per cent" in published.run("show", SLUG, "--as-sent", "--digest", first[:10]).out
    assert "73 per cent" in published.run("show", SLUG, "--as-sent").out
    html = published.run("show", SLUG, "--as-sent", "--part", "html").out
    assert html == (published.desk.root / "dist" / SLUG / "email.html").read_text()
    out = tmp_path / "march"
    assert published.run("show", SLUG, "--as-sent", "--out", str(out), "--digest", first).code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "email.html",
        "email.txt",
        "images",
        "message.eml",
    ]
    ran = published.run("show", SLUG, "--as-sent", "--digest", "00")
    assert ran.code == 2
    assert '0 copies have the digest "00"' in ran.err


def test_an_unsent_issue_or_a_missing_option_is_an_error(newsroom: Newsroom) -> None:
    ran = newsroom.run("show", SLUG, "--as-sent")
    assert (ran.code, ran.out) == (1, "")
    assert f"{SLUG} has not been sent yet" in ran.err
    assert newsroom.run("show", SLUG).code == 2


def test_identical_bytes_are_stored_once(published: Newsroom) -> None:
    before = published.desk.tree(f"issues/{SLUG}/sent")
    (published.issue / "published.json").unlink()
    assert published.run("publish", SLUG).code == 0
    assert published.desk.tree(f"issues/{SLUG}/sent") == before


def test_a_digest_and_a_revision_are_recorded_instead(newsroom: Newsroom) -> None:
    newsroom.settings('required = ["editor", "data"]', "required = []")
    newsroom.settings("[sender]", '[sent]\nkeep = "revision"\n\n[sender]')
    ran = newsroom.run("publish", SLUG)
    assert (ran.code, ran.out) == (1, "")
    assert 'is not committed, but [sent] keep = "revision" requires a commit' in ran.err
    newsroom.commit("As it goes out")
    assert newsroom.run("publish", SLUG).code == 0
    assert [path.name for path in newsroom.issue.glob("sent/*/*")] == ["copy.json"]
    newsroom.commit("Published")
    newsroom.edit("10-essay.md", "37 per cent", "73 per cent")
    newsroom.commit("Later")
    assert "37 per cent" in newsroom.run("show", SLUG, "--as-sent").out
    assert "Number: [-37-]{+73+} per cent" in newsroom.run("diff", SLUG).out


def test_correct_needs_an_issue_if_several_are_published(published: Newsroom) -> None:
    published.switch_user(MIRA)
    published.desk.write(
        "issues/2026-05-08-tides/issue.yaml", (published.issue / "issue.yaml").read_bytes()
    )
    for name in ("credits.yaml", "20-brief.md"):
        published.desk.write(
            f"issues/2026-05-08-tides/{name}", (published.issue / name).read_bytes()
        )
    assert published.run("correct", "--note", "x", *DAY).code == 0, "one is published"
    published.desk.write(
        "issues/2026-05-08-tides/published.json", (published.issue / "published.json").read_bytes()
    )
    ran = published.run("correct", "--note", "x", *DAY)
    assert (ran.code, ran.out) == (2, "")
    assert "2026-05-08-tides" in ran.err

"""`newsletter import --all`: a back catalogue, and files that contain several drafts."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from tests.desk import Desk

TEXT = "The lock in the old basin has been open since {year}. Nobody remembers how it is shut.\n\nA gate is oak.\n"


@pytest.fixture
def old(desk: Desk) -> Desk:
    """Return a workspace next to old letters: Jekyll, Hugo, an email's text, and other files."""
    desk.write(
        "credits.yaml",
        "people: {mira: {name: Mira Oduya}}\nroles: {}\ndefaults: {location: Lisbon}\n",
    )
    desk.write("old/2019-05-01-open-gates.md", f"# Open Gates\n\n{TEXT.format(year=1951)}")
    desk.write(
        "old/hugo/second.md",
        "---\ntitle: Second Boat\ndate: 2019-05-08\nauthor: Ana Reis\ndescription: A boat with a heated deck.\n---\n"
        f"{TEXT.format(year=1952)}",
    )
    desk.write("old/letter 2019-05-15.txt", f"The Fish Market Sleeps\n\n{TEXT.format(year=1953)}")
    desk.write("old/undated.md", f"# Some Day\n\n{TEXT.format(year=1954)}")
    desk.write("old/2019-05-08-second-boat.md", f"# Twice\n\n{TEXT.format(year=1955)}")
    desk.write("old/2019-06-01-empty.md", "")
    desk.write("old/picture.png", b"no draft")
    desk.write("old/_drafts/2019-07-01-hidden.md", f"# Hidden\n\n{TEXT.format(year=1956)}")
    return desk


def test_a_catalogue_is_imported_with_a_report(old: Desk) -> None:
    dry = old.run("import", "--all", "old", "--dry-run")
    assert sorted(path.name for path in (old.root / "issues").iterdir()) == ["2026-03-01-quay"]
    assert dry.out == (
        "2019-05-01-open-gates.md  ->  2019-05-01-open-gates  1 section, 21 words\n"
        "2019-05-08-second-boat.md  ->  2019-05-08-second-boat  1 section, 21 words\n"
        "letter 2019-05-15.txt  ->  2019-05-15-the-fish-market-sleeps  1 section, 21 words\n"
    )
    assert dry.err.splitlines()[1:] == [
        "second.md: skipped: same issue as 2019-05-08-second-boat.md: 2019-05-08-second-boat",
        "undated.md: skipped: No publication date in undated.md",
    ]
    assert dry.err.startswith("2019-06-01-empty.md: skipped: ")
    ran = old.run("import", "--all", "old")
    assert (ran.code, dry.code) == (1, 1)
    assert ran.out == dry.out + "3 issues imported, 3 skipped, 3 with errors\n"
    assert sorted(path.name for path in (old.root / "issues").iterdir()) == [
        "2019-05-01-open-gates",
        "2019-05-08-second-boat",
        "2019-05-15-the-fish-market-sleeps",
        "2026-03-01-quay",
    ]
    assert ran.err.endswith("3 errors: 3 NL301 placeholder-text\nDetails: newsletter check --all\n")
    before = old.tree("issues")
    second = old.run("import", "--all", "old")
    assert second.code == 1
    assert second.out == "0 issues imported, 6 skipped, 0 with errors\n"
    assert "2019-05-01-open-gates.md: skipped: 2019-05-01-open-gates already exists\n" in second.err
    assert old.tree("issues") == before


def test_new_people_are_added_once_before_the_first_issue(old: Desk) -> None:
    for name in ("2019-05-08-second-boat.md", "2019-06-01-empty.md", "undated.md"):
        (old.root / "old" / name).unlink()
    old.write("old/2019-06-08-third.md", f"# Third\n\nBy Ana Reis\n\n{TEXT.format(year=1957)}")
    ran = old.run("import", "--all", "old", "--jobs", "2")
    assert "new in credits.yaml: Ana Reis (ana)\n" in ran.err
    assert (old.root / "credits.yaml").read_text("utf-8").count("ana: {name: Ana Reis}") == 1
    for slug in ("2019-05-08-second-boat", "2019-06-08-third"):
        (section,) = (old.root / "issues" / slug).glob("*.md")
        assert "by: ana\n" in section.read_text("utf-8")


def test_parallel_processes_write_the_same_as_one(old: Desk) -> None:
    old.run("import", "--all", "old", "--jobs", "1")
    one = old.tree("issues")
    for path in (old.root / "issues").glob("2019-*"):
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    old.run("import", "--all", "old", "--jobs", "2")
    assert old.tree("issues") == one


def test_json_lists_every_draft_and_what_was_left_out(old: Desk) -> None:
    notes = json.loads(old.run("import", "--all", "old", "--json").out)
    assert [(note["draft"], note["issue"]) for note in notes["drafts"]] == [
        ("2019-05-01-open-gates.md", "2019-05-01-open-gates"),
        ("2019-05-08-second-boat.md", "2019-05-08-second-boat"),
        ("2019-06-01-empty.md", None),
        ("second.md", None),
        ("letter 2019-05-15.txt", "2019-05-15-the-fish-market-sleeps"),
        ("undated.md", None),
    ]
    assert notes["drafts"][0]["notes"] == []
    assert (
        notes["drafts"][3]["skipped"]
        == "same issue as 2019-05-08-second-boat.md: 2019-05-08-second-boat"
    )


def test_a_folder_without_drafts_is_reported(old: Desk) -> None:
    (old.root / "nothing").mkdir()
    ran = old.run("import", "--all", "nothing")
    assert (ran.code, ran.err.startswith(f"error: No drafts in {old.root / 'nothing'}\n")) == (
        1,
        True,
    )


def test_an_export_of_all_posts_is_a_catalogue_in_one_file(old: Desk) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(
            "posts.csv",
            "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url\n"
            "11.first,2020-01-03T08:00:00.000Z,true,,,newsletter,everyone,First Light,A lamp on the mole.,\n"
            "12.second,2020-01-10T08:00:00.000Z,true,,,newsletter,everyone,Second Light,Another lamp on the mole.,\n",
        )
        archive.writestr(
            "posts/11.first.html", "<p>The lamp was lit in 1888 by a man with a ladder.</p>"
        )
        archive.writestr(
            "posts/12.second.html", "<p>The second lamp was lit by the same man, without one.</p>"
        )
    old.write("export.zip", data.getvalue())
    ran = old.run("import", "export.zip")
    assert (ran.code, ran.out.splitlines()[-1]) == (
        0,
        "2 issues imported, 0 skipped, 0 with errors",
    )
    (issue,) = (old.root / "issues").glob("2020-01-10-*")
    assert "preheader: Another lamp on the mole." in (issue / "issue.yaml").read_text("utf-8")
    wrong = old.run("import", "export.zip", "--edit")
    assert (wrong.code, "export.zip contains 2 drafts\n    hint: Remove --edit." in wrong.err) == (
        2,
        True,
    )


def test_files_of_other_types_are_listed(old: Desk) -> None:
    old.write("old/shortcut.gdoc", "{}")
    old.write("old/notes/a.pdf", "%PDF")
    old.write("old/notes/b.pdf", "%PDF")
    old.write("old/style.css", "p {}")
    dry = old.run("import", "--all", "old", "--dry-run")
    assert dry.err.startswith("Not read: 2 .pdf, 1 .gdoc\n")
    listed = json.loads(old.run("import", "--all", "old", "--dry-run", "--json").out)
    assert listed["not_read"] == {".pdf": 2, ".gdoc": 1}


def test_two_simultaneous_imports_add_a_new_person_once(old: Desk) -> None:
    for name in ("a", "b"):
        old.write(f"{name}.md", f"# Boat {name}\n\nBy Ana Reis\n\n{TEXT.format(year=1951)}")
    running = [
        old.start("import", f"{name}.md", "--yes", "--date", "2019-05-01") for name in ("a", "b")
    ]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 1, errors  # the new issues contain a TK placeholder
        assert "Traceback" not in errors
    assert (old.root / "credits.yaml").read_text("utf-8").count("Ana Reis") == 1
    for name in ("a", "b"):
        (section,) = (old.root / "issues" / f"2019-05-01-boat-{name}").glob("*.md")
        assert "by: ana\n" in section.read_text("utf-8")

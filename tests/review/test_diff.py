"""`newsletter diff`: what it compares with, and its output formats."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.review.conftest import MIRA, SLUG, TOMAS, Newsroom

NUMBER = "Number: [-37-]{+73+} per cent (The Quiet Port)"


def publish(room: Newsroom) -> None:
    room.settings('required = ["editor", "data"]', "required = []")
    assert room.run("publish", SLUG).code == 0


def change(room: Newsroom) -> None:
    room.edit("10-essay.md", "37 per cent", "73 per cent")


def test_without_a_receipt_it_compares_with_the_commit(newsroom: Newsroom) -> None:
    change(newsroom)
    ran = newsroom.run("diff")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("HEAD, because it was never published (")
    assert NUMBER in ran.out


def test_once_approved_it_compares_with_the_approved_version(newsroom: Newsroom) -> None:
    newsroom.approve(MIRA, "editor")
    change(newsroom)
    newsroom.commit()
    ran = newsroom.run("diff")
    assert ran.out.startswith("approved by mira as editor on ")
    assert NUMBER in ran.out


def test_once_published_it_compares_with_the_published_version(newsroom: Newsroom) -> None:
    publish(newsroom)
    change(newsroom)
    newsroom.commit()
    ran = newsroom.run("diff", SLUG)
    assert ran.out.startswith("published on ")
    assert NUMBER in ran.out


def test_a_receipt_of_an_older_version_finds_the_bytes_in_the_targets_folder(
    newsroom: Newsroom,
) -> None:
    publish(newsroom)
    shutil.rmtree(newsroom.issue / "sent")
    change(newsroom)
    assert NUMBER in newsroom.run("diff", SLUG, "published").out


def test_a_receipt_of_an_older_version_finds_the_bytes_in_git(newsroom: Newsroom) -> None:
    publish(newsroom)
    shutil.rmtree(newsroom.issue / "sent")
    newsroom.commit("Published")
    shutil.rmtree(newsroom.desk.root / "dist")
    change(newsroom)
    newsroom.commit("Changed")
    assert NUMBER in newsroom.run("diff", SLUG, "published").out


def test_missing_bytes_are_not_guessed(newsroom: Newsroom) -> None:
    newsroom.edit("10-essay.md", "37 per cent", "40 per cent")
    publish(newsroom)
    shutil.rmtree(newsroom.issue / "sent")
    shutil.rmtree(newsroom.desk.root / "dist")
    newsroom.edit("10-essay.md", "40 per cent", "73 per cent")
    newsroom.commit("The text was changed between publishing and committing")
    ran = newsroom.run("diff", SLUG, "published")
    assert (ran.code, ran.out) == (1, "")
    assert "error: No copy and no commit contains the published bytes" in ran.err


def test_a_modified_copy_is_rejected(newsroom: Newsroom) -> None:
    publish(newsroom)
    (path,) = newsroom.issue.glob("sent/*/email.html")
    path.write_text(path.read_text().replace("37 per cent", "3.7 per cent"))
    ran = newsroom.run("diff", SLUG)
    assert (ran.code, ran.out) == (1, "")
    assert "The copy of the email was changed or is incomplete" in ran.err
    assert "hint: Restore the folder from git" in ran.err


def test_a_revision_is_a_branch_a_tag_or_a_commit(newsroom: Newsroom) -> None:
    first = newsroom.git("rev-parse", "HEAD")
    newsroom.git("tag", "first")
    change(newsroom)
    newsroom.commit()
    for name in ("first", first, first[:9], "HEAD~1"):
        ran = newsroom.run("diff", SLUG, name)
        assert ran.out.startswith(f"{name} ({first[:10]}) → working files\n")
        assert NUMBER in ran.out
    assert NUMBER in newsroom.run("diff", "first").out, "a name that is not an issue is a revision"


def test_no_symbolic_links_are_needed(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows allows them to administrators and developers only."""

    def refuse(*arguments: object, **options: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr("os.symlink", refuse)
    change(newsroom)
    assert NUMBER in newsroom.run("diff", SLUG, "HEAD").out


def test_a_renamed_folder_is_followed(newsroom: Newsroom) -> None:
    newsroom.git("mv", f"issues/{SLUG}", "issues/2026-05-02-cranes")
    newsroom.commit("A day later")
    ran = newsroom.run("diff", "2026-05-02-cranes", "HEAD~1")
    assert ran.code == 0


def test_a_workspace_in_a_folder_of_the_repository(newsroom: Newsroom) -> None:
    root = newsroom.desk.root
    (root / "letters").mkdir()
    for name in ("newsletter.toml", "credits.yaml", "issues"):
        newsroom.git("mv", name, f"letters/{name}")
    newsroom.commit("Into a folder")
    path = root / "letters" / "issues" / SLUG / "10-essay.md"
    path.write_text(path.read_text().replace("37 per cent", "73 per cent"))
    ran = newsroom.desk.run("diff", SLUG, "HEAD", cwd=root / "letters")
    assert NUMBER in ran.out


def test_another_issue_by_its_folder_or_slug(newsroom: Newsroom) -> None:
    shutil.copytree(newsroom.issue, newsroom.desk.root / "issues" / "2026-05-08-tides")
    newsroom.edit("10-essay.md", "37 per cent", "73 per cent")
    for name in (SLUG, f"issues/{SLUG}"):
        ran = newsroom.run("diff", "tides", name)
        assert ran.out.startswith(f"{SLUG} → working files\n")
        assert "Number: [-73-]{+37+} per cent" in ran.out


REFUSED = [
    (("tides",), 2, 'No issue matches "tides"'),
    ((SLUG, "nonsense"), 2, 'Unknown version: "nonsense"'),
    ((SLUG, "--", "-x"), 2, 'Unknown version: "-x"'),
    ((SLUG, "published"), 1, f"{SLUG} has not been published yet"),
    ((SLUG, "approved"), 1, f"{SLUG} has not been approved yet"),
    ((SLUG, "HEAD", "HEAD"), 2, "at most an issue and a revision"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), REFUSED)
def test_comparisons_that_are_impossible(
    newsroom: Newsroom, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ran = newsroom.run("diff", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.err


def test_a_revision_without_the_issue(newsroom: Newsroom) -> None:
    shutil.copytree(newsroom.issue, newsroom.desk.root / "issues" / "2026-05-08-tides")
    ran = newsroom.run("diff", "tides", "HEAD")
    assert ran.code == 2
    assert "2026-05-08-tides is not in revision " in ran.err


def test_a_shallow_clone_is_reported(newsroom: Newsroom, tmp_path: Path) -> None:
    publish(newsroom)
    shutil.rmtree(newsroom.issue / "sent")
    newsroom.commit("Published")
    change(newsroom)
    newsroom.commit("Changed")
    other = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{newsroom.desk.root}", str(other)], check=True
    )
    ran = newsroom.desk.run("diff", SLUG, cwd=other)
    assert ran.code == 1
    assert "Fetch the whole history; in CI, set fetch-depth: 0." in ran.err


def test_without_git_at_all(newsroom: Newsroom) -> None:
    shutil.rmtree(newsroom.desk.root / ".git")
    ran = newsroom.run("diff")
    assert (ran.code, ran.out) == (1, "")
    assert "was never published, approved or committed" in ran.err


def test_files_that_do_not_build(newsroom: Newsroom) -> None:
    newsroom.edit("issue.yaml", "date: 2026-05-01", "date: someday")
    ran = newsroom.run("diff")
    assert (ran.code, ran.out) == (1, "")
    assert f"issues/{SLUG}/issue.yaml:3:7: error NL005" in ran.err


def test_output_formats(newsroom: Newsroom, tmp_path: Path) -> None:
    change(newsroom)
    ran = newsroom.run("diff", "--html", str(tmp_path / "redline.html"))
    assert (ran.code, ran.out, ran.err) == (0, "", f"{tmp_path}/redline.html\n")
    page = (tmp_path / "redline.html").read_text()
    assert '<del><span class="sr" lang="en">deleted: </span>37</del>' in page
    assert "<script" not in page
    assert (
        "- Number: <del>37</del> <ins>73</ins> per cent"
        in newsroom.run("diff", "--format", "markdown").out
    )
    for arguments in (("--json",), ("--format", "json")):
        data = json.loads(newsroom.run("diff", *arguments).out)
        assert data["facts"] == [
            {
                "kind": "number",
                "before": "37",
                "after": "73",
                "about": "per cent",
                "section": "The Quiet Port",
            }
        ]
        (row,) = data["changes"]
        assert row["before"].replace("37 per cent", "73 per cent") == row["after"]


def test_hostile_text_is_escaped(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.edit(
        "20-brief.md", "by both sides.",
        "by both sides. \\<script\\>alert(1)\\</script\\> @everyone \\[x](https://evil.example)"
        " www.evil.example `<img>`",
    )  # fmt: skip
    newsroom.run("diff", "--html", str(tmp_path / "redline.html"))
    page = (tmp_path / "redline.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    actual = newsroom.run("diff", "--format", "markdown").out
    assert "@everyone" not in actual
    assert "https://evil" not in actual.replace("`https://evil.example`", "")
    assert "<script" not in actual


def test_the_data_teams_approval_covers_the_whole_email(newsroom: Newsroom) -> None:
    newsroom.approve(TOMAS, "data")
    assert (
        newsroom.run("diff", SLUG, "approved").out.splitlines()[1]
        == "No changes: a reader gets the same bytes."
    )

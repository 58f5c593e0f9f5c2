"""`newsletter review`: the page and the comment of a pull request."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from newsletter.model import Email, Finding, Location
from newsletter.review.redline import redline
from newsletter.review.redline_values import EmailVersion
from newsletter.review.review_report import (
    LIMIT,
    MARKER,
    LinkVerdict,
    ReviewedIssue,
    ReviewScreenshot,
    review_comment,
    review_page,
)
from newsletter.review.state import IssueState
from tests.review.conftest import MIRA, SLUG, Newsroom

FOLDER = Path(__file__).parent


@pytest.fixture
def branch(newsroom: Newsroom) -> Newsroom:
    """A pull request that changes a figure and adds an issue; another issue is unchanged."""
    shutil.copytree(newsroom.issue, newsroom.desk.root / "issues" / "2026-04-03-tides")
    newsroom.commit("Two issues")
    newsroom.git("checkout", "-q", "-b", "draft")
    newsroom.edit("10-essay.md", "37 per cent", "73 per cent")
    shutil.copytree(newsroom.issue, newsroom.desk.root / "issues" / "2026-05-08-ferries")
    newsroom.commit("A figure, and a new issue")
    return newsroom


def test_all_changed_issues(branch: Newsroom, tmp_path: Path) -> None:
    out = tmp_path / "review"
    ran = branch.run("review", "--since", "main", "--no-shots", "--out", str(out), "--json")
    assert ran.code == 0
    rows = json.loads(ran.out)["issues"]
    assert [(row["slug"], row["state"], row["errors"]) for row in rows] == [
        (SLUG, "draft", 0),
        ("2026-05-08-ferries", "draft", 0),
    ]
    assert sorted(path.name for path in out.iterdir()) == ["comment.md", "index.html"]
    comment = (out / "comment.md").read_text()
    assert comment.startswith(f"{MARKER}\n### Newsletter review\n")
    assert "- Number: <del>37</del> <ins>73</ins> per cent (The Quiet Port)" in comment
    assert "| Changes | new issue |" in comment
    assert "2026-04-03-tides" not in comment
    page = (out / "index.html").read_text()
    assert page.count("<h1>") == 1
    assert "Number</span> <del>" in page


def test_one_issue(branch: Newsroom, tmp_path: Path, rewrite_expected: bool) -> None:
    """The complete comment, as people read it."""
    branch.approve(MIRA, "editor")
    branch.edit(
        "20-brief.md", "by both sides.", "by both sides. Read it [here](https://quay.example/a)."
    )
    ran = branch.run("review", SLUG, "--since", "main", "--no-shots", "--out", str(tmp_path))
    assert (ran.code, ran.out) == (0, f"{tmp_path}/index.html and comment.md: 1 issue\n")
    actual = re.sub(
        r"main \\\([0-9a-f]{10}", r"main \\(COMMIT", (tmp_path / "comment.md").read_text()
    )
    path = FOLDER / "comment.md"
    if rewrite_expected:
        path.write_text(actual)
    assert actual == path.read_text()


def test_an_issue_that_does_not_build_shows_why(branch: Newsroom, tmp_path: Path) -> None:
    branch.edit("issue.yaml", "date: 2026-05-01", "date: someday")
    ran = branch.run("review", SLUG, "--no-shots", "--out", str(tmp_path))
    assert ran.code == 0
    assert "error NL005 date\\: expected a date" in (tmp_path / "comment.md").read_text()


def test_nothing_changed(branch: Newsroom, tmp_path: Path) -> None:
    ran = branch.run("review", "--since", "HEAD", "--no-shots", "--out", str(tmp_path))
    assert ran.code == 0
    assert (
        tmp_path / "comment.md"
    ).read_text() == f"{MARKER}\n### Newsletter review\n\nNo issue changed.\n"
    assert "No issue changed." in (tmp_path / "index.html").read_text()


def test_without_a_browser_the_page_reports_it(branch: Newsroom, tmp_path: Path) -> None:
    branch.patch.setattr("newsletter.preview.chromium.BROWSERS", ())
    ran = branch.run("review", SLUG, "--out", str(tmp_path))
    assert ran.code == 0
    assert "No screenshots: " in (tmp_path / "index.html").read_text()


def test_an_unknown_revision(branch: Newsroom, tmp_path: Path) -> None:
    ran = branch.run("review", "--since", "nonsense", "--out", str(tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert 'Unknown revision "nonsense"' in ran.err


# --- the comment ----------------------------------------------------------------------------------


def reviewed(
    title: str = "Cranes", paragraphs: int = 3, slug: str = SLUG, note: str = ""
) -> ReviewedIssue:
    def email(word: str) -> Email:
        body = "".join(
            f"<h2>Part {number}</h2><p>{word} {number} ships came in at noon. {note}</p>"
            for number in range(paragraphs)
        )
        return Email(slug, title, f"<html><body>{body}</body></html>", "", "", b"", b"", ())

    changes = redline(
        EmailVersion("main", email("About")), EmailVersion("this version", email("Nearly"))
    )
    finding = Finding(
        "NL201", "vague-link-text", "warning", Location("a.md", 1, 2), f"Vague {note}", note or None
    )
    return ReviewedIssue(
        slug, title, IssueState("draft"), (finding,), changes, html_size=2048,
        links=(LinkVerdict("https://quay.example/?a=1", "broken", f"404 {note}", "a.md:1:1"),),
        shots=(ReviewScreenshot("shots/light-phone.png", "Light, phone"),),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_comment_is_never_too_long_and_names_every_issue(count: int) -> None:
    issues = [
        reviewed(f"Issue {index}", 1500 // count, f"2026-05-{index % 28 + 1:02}-x{index}")
        for index in range(count)
    ]
    comment = review_comment(issues)
    assert len(comment) < LIMIT
    assert comment.count("<details>") == comment.count("</details>") == count
    assert comment.count("… shortened; see the page for the rest.") == count
    assert all(f"**Issue {index}**" in comment for index in range(count))


def test_a_short_comment_is_complete() -> None:
    comment = review_comment([reviewed()])
    assert "shortened" not in comment
    assert comment.count("<del>About</del> <ins>Nearly</ins>") == 3


HOSTILE = (
    "@octocat <img src=x onerror=alert(1)> [x](https://evil.example) </details> `code` | # 1 <!-- x"
)


def test_untrusted_text_neither_mentions_people_nor_links() -> None:
    comment = review_comment([reviewed(title=HOSTILE, note=HOSTILE)])
    outside = re.sub(r"`[^`\n]*`", "", comment)
    assert not re.search(r"@\w", comment)
    assert "://" not in outside
    assert not re.search(r"<(?!/?(?:del|ins|details|summary)>|!-- newsletter-review -->)", outside)
    assert comment.count("</details>") == 1


def test_untrusted_text_is_escaped_on_the_page() -> None:
    page = review_page([reviewed(title=HOSTILE, note=HOSTILE.replace("<!-- x", ""))])
    assert "<img src=x" not in page
    assert page.count("</main>") == 1
    assert "default-src 'none'" in page

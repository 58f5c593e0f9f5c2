"""What blocks or warns before an email leaves: its page on the web, the style sheets of a theme."""

from __future__ import annotations

import json
from typing import Any

import pytest

from newsletter.errors import IssueRejected
from newsletter.pipeline.css_gate import refuse_invalid_css
from newsletter.pipeline.library import load_issue, open_workspace
from newsletter.pipeline.listing import row
from newsletter.pipeline.web_page import LISTING, missing_page
from newsletter.theme.theme import Theme, open_theme
from tests.desk import SLUG, Desk

URL = f"https://quay.example/{SLUG}/"
SERVICE = {"target": "desk", "type": "ghost", "sha256": "1"}
FOLDER = {"target": "site", "type": "folder", "sha256": "1"}


def warnings(desk: Desk, receipts: list[dict[str, Any]], *, listed: bool, page: bool) -> list[str]:
    workspace = open_workspace(desk.root)
    site = workspace.root / workspace.archive.out
    if listed:
        desk.write(f"{site.name}/{LISTING}", "{}")
    if page:
        desk.write(f"{site.name}/{SLUG}/index.html", "<p>")
    desk.write(f"issues/{SLUG}/published.json", json.dumps({"receipts": receipts}))
    found = list(missing_page(workspace, load_issue(workspace, SLUG)))
    assert {finding.hint for finding in found} <= {
        "Run `newsletter archive`, and deploy the site before the issue is sent."
    }
    return [finding.message for finding in found]


@pytest.mark.parametrize(
    ("receipts", "listed", "page", "target"),
    [
        ([SERVICE], True, False, "desk"),
        ([{**SERVICE, "target": "old"}, SERVICE, FOLDER], True, False, "desk"),
        ([SERVICE], True, True, None),
        ([SERVICE], False, False, None),
        ([FOLDER], True, False, None),
        ([], True, False, None),
        ([{"no": "receipt"}], True, False, None),
    ],
)
def test_a_page_is_missed_once_a_service_has_the_email(
    desk: Desk, receipts: list[dict[str, Any]], listed: bool, page: bool, target: str | None
) -> None:
    expected = [f"Published to {target} before its page exists: {URL}"] if target else []
    assert warnings(desk, receipts, listed=listed, page=page) == expected


def test_an_issue_left_out_of_the_archive_has_no_page(desk: Desk) -> None:
    path = desk.issue / "issue.yaml"
    path.write_text(path.read_text() + "archive: false\n")
    workspace = open_workspace(desk.root)
    (finding,) = missing_page(workspace, load_issue(workspace, SLUG))
    assert finding.message == (
        f"The email links to {URL}, which `archive: false` leaves out of the archive"
    )
    assert finding.hint == "Write `archive: unlisted` to publish a page that no list links to."
    assert finding.where.line == len(path.read_text().splitlines())


def test_a_row_of_the_list(desk: Desk) -> None:
    workspace = open_workspace(desk.root)
    expected = {
        "slug": SLUG,
        "title": "The Quay",
        "date": "2026-03-01",
        "state": "draft",
        "words": 4,
        "problems": 0,
    }
    assert row(workspace, desk.issue) == expected
    desk.write(f"issues/{SLUG}/published.json", json.dumps({"receipts": [SERVICE]}))
    assert row(workspace, desk.issue) == {**expected, "state": "published"}
    desk.write(f"issues/{SLUG}/published.json", "damaged")
    assert row(workspace, desk.issue) == {**expected, "state": "published", "problems": 1}
    desk.write(f"issues/{SLUG}/issue.yaml", "title: [")
    broken = {"slug": SLUG, "title": None, "date": "2026-03-01", "state": "published"}
    assert row(workspace, desk.issue) == {**broken, "words": 0, "problems": 2}


class Cache(dict[str, bytes]):
    def put(self, key: str, data: bytes) -> None:
        self[key] = data


def own_theme(desk: Desk, css: str = "") -> Theme:
    desk.write("templates/default/inline.css.j2", css or "p { color: #123456 }\n")
    return open_theme(open_workspace(desk.root), "default")


CSS: dict[str, list[str]] = {
    "p { color: red }": [],
    "@media print { p { color: red } }": [],
    "p { color: red": ["Unclosed brace in a style sheet"],
    "p { content: '\\0041' }": [],
    "p { content: '\\0007' }": ["Control character in CSS: \\0007"],
    "p { content: '\\1f' }": ["Control character in CSS: \\1f"],
    "p { content: '\\20' }": [],
}


@pytest.mark.parametrize("css", CSS)
def test_css_that_cannot_be_inlined_is_refused(desk: Desk, css: str) -> None:
    theme, cache = own_theme(desk), Cache()
    issue = load_issue(open_workspace(desk.root), SLUG)
    html = f"<html><head><style>{css}</style></head><body><p>x</p></body></html>"
    for _ in range(2):
        if not CSS[css]:
            refuse_invalid_css(html, issue, theme, cache)
            assert [key[-10:] for key in cache] == [".css-valid"]
            continue
        with pytest.raises(IssueRejected) as caught:
            refuse_invalid_css(html, issue, theme, cache)
        messages = [finding.message for finding in caught.value.findings]
        assert messages[-1:] == CSS[css]
        assert {finding.where.path for finding in caught.value.findings} == {
            "templates/default/inline.css.j2"
        }
        assert not cache, "what is refused is examined again"


def test_control_characters_in_an_attribute_are_refused(desk: Desk) -> None:
    issue = load_issue(open_workspace(desk.root), SLUG)
    html = "<p style=\"content: '\\0001'\">x</p>"
    with pytest.raises(IssueRejected) as caught:
        refuse_invalid_css(html, issue, own_theme(desk), Cache())
    (finding,) = caught.value.findings
    assert finding.message == "Control character in CSS: \\0001"
    assert finding.where.path == f"issues/{SLUG}/issue.yaml"


def test_an_attribute_is_reported_at_the_template_that_writes_it(desk: Desk) -> None:
    desk.write(
        "templates/default/foot.mjml.j2", "<mj-text>\n<p style=\"a:'\\0001'\">x</p></mj-text>"
    )
    theme = open_theme(open_workspace(desk.root), "default")
    issue = load_issue(open_workspace(desk.root), SLUG)
    with pytest.raises(IssueRejected) as caught:
        refuse_invalid_css("<p style=\"a:'\\0001'\">x</p>", issue, theme, Cache())
    (finding,) = caught.value.findings
    assert str(finding.where).startswith("templates/default/foot.mjml.j2:2")
    assert finding.hint == "Fix the style sheet, or delete it to use the packaged one."


def test_css_that_stays_in_the_head_is_left_to_check(desk: Desk) -> None:
    issue = load_issue(open_workspace(desk.root), SLUG)
    html = '<style data-premailer="ignore">p {</style>'
    refuse_invalid_css(html, issue, own_theme(desk), Cache())


def test_the_packaged_theme_is_valid(desk: Desk) -> None:
    workspace, cache = open_workspace(desk.root), Cache()
    theme = open_theme(workspace, "default")
    refuse_invalid_css("<style>p {</style>", load_issue(workspace, SLUG), theme, cache)
    assert not cache

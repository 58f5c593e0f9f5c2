"""Every element that prints an author's text knows its source line, and the email's bytes are
unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsletter.markup.comment import Comment
from newsletter.markup.inline import Link, Text
from newsletter.markup.notes import Notes
from newsletter.markup.thematic_break import ThematicBreak
from newsletter.model import Finding, Location, walk
from newsletter.preview.editor import Editor
from newsletter.preview.issue_cache import EmailViews
from newsletter.preview.issue_json import issue_json
from newsletter.preview.link_verdicts import LinkVerdicts
from newsletter.preview.marked_html import MarkedHtml
from tests.desk import ISSUES, SLUG, Desk
from tests.preview.conftest import BLOCKS, IssueCache, cache_of

HERE = Path(__file__).parent
CASES = ["smallest", "weekly", "every-block", "digest", "right-to-left"]
AT = re.compile(r' data-at="[^"]*"')


def email_views(cache: IssueCache, slug: str | None = None) -> EmailViews:
    shown = cache.show(slug or cache.workspace.folders()[-1].name)
    assert shown
    assert shown.email_views
    return shown.email_views


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> EmailViews:
    return email_views(cache_of(ISSUES / request.param))


def test_only_marks_are_added(case: EmailViews) -> None:
    assert AT.sub("", case.marked.html) == case.checked_email.email.html
    assert AT.sub("", case.page.html) == case.checked_email.email.web


@pytest.mark.parametrize("medium", ["marked", "page"])
def test_each_block_and_each_link_of_the_author_is_found(case: EmailViews, medium: str) -> None:
    marked: MarkedHtml = getattr(case, medium)
    known = {mark.at for mark in marked.marks}
    for section in case.checked_email.issue.sections:
        wanted = [node for node in section.blocks if not isinstance(node, Comment | ThematicBreak)]
        wanted += [node for node in walk(section.blocks) if isinstance(node, Link)]
        assert [str(node.where) for node in wanted if node.where not in known] == []


def lines(html: str) -> Iterator[str]:
    """Yield each mark in some HTML: element, location, and the words that follow."""
    for match in re.finditer(r'<(\w+) data-at="([^"]*)"[^>]*>([^<]*)', html):
        words = " ".join(match[3].replace("\u034f", "").split())
        yield f"{match[1]:<10} {match[2].rpartition('/')[2]:<18} {words[:44]}".rstrip()


def test_every_block(blocks: IssueCache, rewrite_expected: bool) -> None:
    path = HERE / "marks.txt"
    actual = "\n".join(lines(email_views(blocks, BLOCKS).marked.html)) + "\n"
    if rewrite_expected:
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


TARGETS = [
    ("10-essay.md", 6, 1, "10-essay.md:6:1", "a paragraph"),
    ("10-essay.md", 7, 3, "10-essay.md:6:1", "its second line"),
    ("10-essay.md", 6, 82, "10-essay.md:6:79", "the words of a link in it"),
    ("10-essay.md", 6, 130, "10-essay.md:6:1", "plain words behind the link"),
    ("10-essay.md", 3, 8, "10-essay.md:3:8", "its title"),
    ("10-essay.md", 2, 7, "10-essay.md:1:1", "its kind, above the title"),
    ("10-essay.md", 32, 1, "10-essay.md:30:3", "a rule: what stands above it"),
    ("issue.yaml", 1, 8, "issue.yaml:1:8", "the title"),
    ("issue.yaml", 3, 7, "issue.yaml:2:12", "the date: what stands above it in the file"),
    ("credits.yaml", 6, 10, None, "another file of that name"),
    ("sources.yaml", 1, 1, None, "a file that prints nothing by itself"),
]


@pytest.mark.parametrize(
    ("file", "line", "column", "target"), [row[:4] for row in TARGETS], ids=[r[4] for r in TARGETS]
)
def test_a_location_leads_to_the_element_that_prints_it(
    blocks: IssueCache, file: str, line: int, column: int, target: str | None
) -> None:
    folder = f"issues/{BLOCKS}/" if file != "credits.yaml" else "elsewhere/"
    element = email_views(blocks, BLOCKS).marked.target(Location(folder + file, line, column))
    assert element == (f"{folder}{target}" if target else None)


def theme_files() -> list[str]:
    base = Path(str(files("newsletter.theme"))) / "packaged" / "base"
    emails = (path for path in base.rglob("*.*") if path.parent.name != "archive")
    return sorted(
        path.relative_to(base).as_posix() for path in emails if "archive" not in path.name
    )


def test_a_theme_file_leads_to_what_it_prints(blocks: IssueCache) -> None:
    marked = email_views(blocks, BLOCKS).marked
    targets = {
        name: marked.target(Location(f"templates/ours/{name}", 3, 1))
        for name in theme_files()
        if not name.startswith(("text.", "web."))
    }
    assert [name for name, target in targets.items() if target is None] == []
    assert all(f'data-at="{target}"' in marked.html for target in targets.values())


def test_the_masthead_and_notes_lead_to_what_prints_them(blocks: IssueCache) -> None:
    case = email_views(blocks, BLOCKS)
    credits = case.marked.target(Location("credits.yaml", 3, 1))
    assert credits is not None
    assert credits.startswith(f"issues/{BLOCKS}/credits.yaml")
    notes = [
        note
        for section in case.checked_email.issue.sections
        for note in section.blocks
        if isinstance(note, Notes)
    ]
    words = [node for block in notes for node in walk(block.children) if isinstance(node, Text)]
    assert words, "the issue has notes"
    for word in words:
        target = case.marked.target(word.where)
        assert target is not None
        assert f'data-at="{target}"' in case.marked.html


NOTE = """\
---
kind: note
title: Links
---

Read [the log](https://sea.example/log), **bold [inner *log*](https://sea.example/a "T")**,
[ref][r] and <https://sea.example/auto> and [quay `7`](https://sea.example/i).

[Across
lines](https://sea.example/x) end.

[r]: https://sea.example/r
"""
ADDRESSES = [  # line, column of an address -> the element
    (6, 16, "6:6"),
    (6, 63, "6:49"),
    (7, 14, "7:14"),
    (7, 56, "7:45"),
    (10, 8, "9:1"),
    (12, 6, "7:1"),
]


def test_an_address_leads_to_its_link(desk: Desk) -> None:
    """Findings about addresses are where the address is written, behind the words of the link."""
    path = f"issues/{SLUG}/50-links.md"
    (desk.root / path).write_text(NOTE, "utf-8")
    marked = email_views(cache_of(desk.root), SLUG).marked
    targets = [marked.target(Location(path, line, column)) for line, column, _ in ADDRESSES]
    assert targets == [f"{path}:{target}" for _, _, target in ADDRESSES]
    assert all(f'<a data-at="{target}"' in marked.html for target in targets)


SETTINGS = """\
name = "The Harbour Letter"
url = "https://letter.example.org"
language = "en"
postal_address = "Street 1, 1000 Town"
unsubscribe_url = "https://letter.example.org/leave"
list_id = "letter.example.org"
sender = {name = "Desk", email = "desk@example.org"}
"""


def test_settings_lead_to_the_foot_that_prints_them(desk: Desk) -> None:
    (desk.root / "newsletter.toml").write_text(SETTINGS, "utf-8")
    shown = cache_of(desk.root).show(SLUG)
    assert shown
    assert shown.email_views
    marked = shown.email_views.marked
    targets = [marked.target(Location("newsletter.toml", line, 12)) for line in range(1, 8)]
    foot, leave = "newsletter.toml:4:1", "newsletter.toml:5:1"
    assert targets == [foot, foot, None, foot, leave, None, None]
    at = marked.html.index(f'data-at="{foot}"')
    assert at < marked.html.index(f'<a data-at="{leave}" href="https://letter.example.org/leave"')
    assert at < marked.html.index("Street 1, 1000 Town")
    sender = Finding("NL926", "placeholder-setting", "info", Location("newsletter.toml", 7, 12), "")
    verdicts = LinkVerdicts(desk.root / "links.jsonl")
    document = issue_json(
        replace(shown, findings=(sender,)), Editor.of("vscode", desk.root), verdicts
    )
    assert document["findings"][0]["view"] == "inbox"

"""The outline of a draft, even if a page or email adds text around it."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.outline import Outline, part_title
from newsletter.importers.structure.split import split_blocks

PAGE = """<!doctype html><title>{title}</title><main><h1>The Sunday Tide</h1><p>Two reads for a slow morning.</p>
<h2>Ovens</h2><p>Author: Mira Oduya</p><p>The doors stand open and nobody inside is in a hurry.</p>
<h2>Clocks</h2><p>Author: Tomás Leal</p><p>The harbour keeps a time of its own, and is proud of it.</p></main>"""
MAIL = b"""From: Mira Oduya <mira@quay.example>
Subject: Fwd: Draft: Five Links for Friday
Date: Fri, 19 Mar 2027 09:12:00 +0000
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Hi Jo,</p><p>here is the draft, headline ok?</p><h1>Five Links for Friday</h1><p>A short list, with reasons.</p>
<h2>Tools</h2><ul><li><a href="https://tide.example/a">A parser</a>, fast</li>
<li><a href="https://tide.example/b">A clock</a>, slow</li></ul>
<h2>Reading</h2><ul><li><a href="https://tide.example/c">A diary</a> of weather.</li></ul>
<img alt="A clock" src="cid:1">
<p>-- <br>Mira Oduya<br>+44 20 7946 0000</p>
"""


def understood(data: bytes, name: str) -> tuple[Draft, Outline]:
    draft = split_blocks(read_drafts(data, name)[0])
    return draft, detect_outline(draft)


def parts(data: bytes, name: str) -> list[tuple[str, str]]:
    draft, outline = understood(data, name)
    return [(part.kind, part_title(part, draft)) for part in outline.parts]


@pytest.mark.parametrize(
    "title",
    [
        "The Sunday Tide",
        "The Sunday Tide | Quay Desk",
        "The Sunday Tide – Quay Desk",
        "Quay: The Sunday Tide",
        "the SUNDAY tide",
    ],
)
def test_the_site_name_is_removed_from_the_title_of_a_page(title: str) -> None:
    assert parts(PAGE.format(title=title).encode(), "page.html") == [
        ("issue", "The Sunday Tide"),
        ("brief", "Ovens"),
        ("brief", "Clocks"),
    ]


def test_an_unrelated_page_title_is_not_used() -> None:
    assert (
        parts(PAGE.format(title="The Sunday Tides of Lent").encode(), "page.html")[0][0] != "issue"
    )


def test_a_forwarded_draft_keeps_its_title_and_loses_the_signature() -> None:
    assert parts(MAIL, "friday.eml") == [
        ("issue", "Five Links for Friday"),
        ("note", ""),
        ("links", "Tools"),
        ("note", "Reading"),
        ("skip", ""),
    ]


@pytest.mark.parametrize("line", ["———", "* * *", "***", "⁂", "~ ~ ~", "— —— —"])
def test_a_drawn_line_is_a_rule(line: str) -> None:
    draft, _ = understood(
        f"<h1>A Title</h1><p>Text before it.</p><p>{line}</p><p>Text below it.</p>".encode(),
        "a.html",
    )
    assert [block.kind for block in draft.blocks] == ["heading", "paragraph", "rule", "paragraph"]


def test_characters_with_a_meaning_are_not_a_rule() -> None:
    draft, _ = understood(b"<h1>A Title</h1><p>--</p><p>?!?</p><p>- 5 -</p>", "a.html")
    assert [block.kind for block in draft.blocks] == [
        "heading",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_a_page_without_a_body_tag_keeps_the_order_of_its_text() -> None:
    page = b"<title>A Title</title><main><h1>A Title</h1><p>One.</p></main>two<p>Three.</p>"
    draft, _ = understood(page, "a.html")
    assert [block.words for block in draft.blocks] == ["A Title", "One.", "two", "Three."]


def test_an_email_address_alone_is_not_an_author() -> None:
    draft, _ = understood(
        MAIL.replace(b"Mira Oduya <mira@quay.example>", b"mira@quay.example"), "friday.eml"
    )
    assert "author" not in draft.meta


SIGNED = """**The Sunday Tide**

**SELLING THE RAIN**

by Mira Oduya

It told a shipping line no, and the line began to telephone.

**Who Waits, and Who Pays**

Waiting is not shared equally.

**IN BRIEF**

**The pilots get a second boat, and this one has a heated deck**

It arrived on Thursday.

**The week in numbers**

| Quarter | Ships |
| ------- | ----- |
| First   | 22    |
"""


def test_a_single_signed_article_keeps_its_sub_headings() -> None:
    assert parts(SIGNED.encode(), "draft.md") == [
        ("issue", "The Sunday Tide"),
        ("essay", "SELLING THE RAIN"),
        ("brief", "The pilots get a second boat, and this one has a heated deck"),
        ("data", ""),
    ]


def test_a_subscription_form_in_a_post_is_left_out_and_reported() -> None:
    widget = '<div class="subscription-widget-wrap"><p class="cta-caption">Thanks!</p><form><input></form></div>'
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(
            "posts.csv", "post_id,post_date,title\n1.tide,2026-03-01T08:00:00Z,The Tide\n"
        )
        archive.writestr(
            "posts/1.tide.html", f"<p>It came in at six.</p>{widget}<p>It left at noon.</p>"
        )
    (draft,) = read_drafts(packed.getvalue(), "export.zip")
    assert [block.words for block in draft.blocks] == ["It came in at six.", "It left at noon."]
    assert [note.words for note in draft.notes] == ["Thanks!"]

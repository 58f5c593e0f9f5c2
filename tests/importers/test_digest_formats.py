"""A pasted digest gives the same sections as text, Word document, HTML page and email."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage
from html import escape
from pathlib import Path

import pytest

from newsletter.importers.issue.assembly import KnownNames, assemble_issue
from newsletter.importers.structure import detect_outline
from newsletter.importers.structure.split import split_blocks
from tests.importers.reading import one
from tests.importers.test_word import document, paragraph, run

SHAPES = Path(__file__).parent / "shapes"
CRANES = (
    "Cranes, debunked",
    ("Mira Oduya",),
    dt.date(2026, 3, 2),
    "https://pilots.example/crane",
)
BOAT = (
    "A second boat for the pilots",
    ("Tomás Leal",),
    dt.date(2026, 3, 3),
    "https://pilots.example/second-boat",
)
TAGS = {
    "digest-pasted": "a very long topic of more than five words",
    "digest-glued": "shipping lanes",
    "digest-tags-last": "shipping lanes",
}


def in_word(text: str) -> bytes:
    return document("".join(paragraph(run(escape(part))) for part in text.split("\n\n")))


def in_html(text: str) -> bytes:
    body = "".join(f"<p>{escape(part)}</p>\n" for part in text.split("\n\n"))
    return f"<html><body>{body}</body></html>".encode()


def in_email(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Fwd: this week"
    message["From"] = "desk@quay.example"
    message.set_content(text)
    return message.as_bytes()


FORMATS = {"txt": str.encode, "docx": in_word, "html": in_html, "eml": in_email}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("shape", TAGS)
def test_a_digest_has_one_section_per_article(shape: str, ending: str) -> None:
    text = (SHAPES / shape / "draft.txt").read_text("utf-8").strip()
    draft = split_blocks(one(FORMATS[ending](text), f"draft.{ending}"))
    outline = detect_outline(draft)
    sections = assemble_issue(draft, outline, KnownNames()).sections
    found = [(part.title, part.by, part.date, part.sources[0].url) for part in sections]
    assert found[:2] == [CRANES, BOAT]
    assert TAGS[shape] in sections[0].tags
    assert sections[1].tags == ("Pilots", "Harbours", "Climate change")
    assert not [note for note in draft.notes if note.message == "text lost in conversion"]

"""Text that was typed or pasted without formatting: notes, tables, and documents of code style."""

from __future__ import annotations

import pytest

from tests.importers.reading import one, section
from tests.importers.test_word import document, paragraph, run

BODY = "Nothing moves{} at berth nine. The crane stands.{}\n\n"
NOTES = {
    "brackets": ("[1]", "[2]", "[1] Port log.\n[2] Said the pilot,\n    who was there."),
    "brackets, apart": ("[1]", "[2]", "[1] Port log.\n\n[2] Said the pilot, who was there."),
    "superscripts": ("¹", "²", "¹ Port log.\n² Said the pilot, who was there."),
    "a numbered list below a heading": (
        "[1]",
        "[2]",
        "Notes:\n1. Port log.\n2. Said the pilot, who was there.",
    ),
    "the heading apart": ("¹", "²", "Anmerkungen\n\n1. Port log.\n\n2. Said the pilot, who was there."),
    "in round brackets": ("(1)", "(2)", "(1) Port log.\n(2) Said the pilot, who was there."),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second", "notes"), NOTES.values(), ids=NOTES)
def test_numbered_notes_are_footnotes(first: str, second: str, notes: str) -> None:
    draft = one((BODY.format(first, second) + notes).encode(), "draft.txt")
    text = section(draft).replace("\\\n    ", " ").rstrip("\n")
    assert text == (
        "Nothing moves[^1] at berth nine. The crane stands.[^2]\n\n"
        "[^1]: Port log.\n\n[^2]: Said the pilot, who was there."
    )


def test_notes_marked_with_symbols_are_footnotes() -> None:
    draft = one((BODY.format("*", "†") + "* Port log.\n† The pilot.").encode(), "draft.txt")
    assert [block.label for block in draft.blocks if block.kind == "note"] == ["note1", "note4"]


@pytest.mark.parametrize(
    "notes",
    [
        "1. Port log.\n2. The pilot.",  # a list, because nothing marks it as notes
        "[1] Port log.\n[3] The pilot.",  # a note without a reference
        "[1] Port log.\n[1] The pilot.",
    ],
)
def test_other_lines_stay_text(notes: str) -> None:
    draft = one((BODY.format("[1]", "[2]") + notes).encode(), "draft.txt")
    assert not [block for block in draft.blocks if block.kind == "note"]


TABLES = {
    "with empty cells": ("Port\tShips\tDays\nPorto\t12\t3\nLagos\t\t4\nTotal\t12", "Lagos |  | 4", 4),
    "below a line": ("From the log:\nPort\tShips\nPorto\t12", "Porto | 12", 2),
    "an empty corner": ("\tPort\tShips\n2025\tPorto\t12", "2025 | Porto | 12", 2),
    "credits": ("Essay:\tMira Oduya\nData:\tTomás Leal", "", 0),
    "a line with a tab": ("Porto\t12\n\nLagos\t9", "", 0),
    "an indented paragraph": ("\tAt six in the morning\n\tnothing moves.", "", 0),
}  # fmt: skip


@pytest.mark.parametrize(("text", "row", "rows"), TABLES.values(), ids=TABLES)
def test_rows_with_tabs_are_a_table(text: str, row: str, rows: int) -> None:
    draft = one(text.encode(), "draft.txt")
    assert row in section(draft)
    assert sum(len(block.rows) for block in draft.blocks if block.kind == "table") == rows


LINES = ["The Quiet Berth", "", "Nothing moves before six.", "- a crane", "- a boat"]
STYLE = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:type="paragraph" w:styleId="PT"><w:name w:val="Preformatted Text"/></w:style></w:styles>'
)


def in_word() -> bytes:
    body = "".join(
        paragraph(run(line), properties='<w:pStyle w:val="PT"/>')
        if line
        else paragraph(properties='<w:pStyle w:val="PT"/>')
        for line in LINES
    )
    return document(body, {"s": ("styles", "styles.xml")}, styles=STYLE)


PREFORMATTED = {
    "draft.docx": in_word(),
    "one.html": f"<html><body><pre>{chr(10).join(LINES)}</pre></body></html>".encode(),
    "writer.html": (
        "<html><body>"
        + "".join(f'<pre class="western">{line or "<br/>"}</pre>\n' for line in LINES)
        + "</body></html>"
    ).encode(),
}


@pytest.mark.parametrize("name", PREFORMATTED)
def test_a_document_in_code_style_is_text(name: str) -> None:
    draft = one(PREFORMATTED[name], name)
    assert section(draft) == "The Quiet Berth\n\nNothing moves before six.\n\n- a crane\n- a boat\n"
    assert not draft.notes


def test_code_in_a_page_stays_code() -> None:
    draft = one(b"<html><body><p>See:</p><pre>a = 1\nb = 2</pre></body></html>", "page.html")
    assert [block.kind for block in draft.blocks] == ["paragraph", "code"]

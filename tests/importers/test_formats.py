"""Complete drafts in every format, as their programs write them, and what is read from them.

An outline in `outlines/` is a draft as readable text; NEWSLETTER_WRITE_OUTLINES=1 rewrites them.
"""

from __future__ import annotations

import base64
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from newsletter.importers import read_drafts
from newsletter.importers.draft import Draft
from tests.importers.reading import one, outline, parsed, section

HERE = Path(__file__).parent
DRAFTS = HERE / "drafts"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)


def file(name: str) -> bytes:
    return (DRAFTS / name).read_bytes()


def zipped(**files: bytes) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return result.getvalue()


def word() -> bytes:
    """Return a document with Word's own styles."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = (
        "Cranes, Cables and Queues",
        "Mira Oduya",
    )
    document.add_paragraph("Cranes, Cables and Queues", style="Title")
    document.add_paragraph("Why the quietest port in Europe is the busiest.", style="Subtitle")
    document.add_heading("The Quiet Port", 1)
    paragraph = document.add_paragraph("At six the ")
    paragraph.add_run("cranes").bold = True
    paragraph.add_run(" start, and by ")
    paragraph.add_run("seven", style="Emphasis")
    paragraph.add_run(" it costs 5 * 3 = 15 _units_.")
    short = document.add_paragraph("Who Waits")
    short.alignment = WD_ALIGN_PARAGRAPH.CENTER
    short.runs[0].bold, short.runs[0].font.size = True, Pt(14)
    for words in ("Lorries", "Pilots"):
        document.add_paragraph(words, style="List Bullet")
    document.add_paragraph("with fruit", style="List Bullet 2")
    for words in ("First berth", "Second berth"):
        document.add_paragraph(words, style="List Number")
    document.add_paragraph("The sea does not read timetables.", style="Quote")
    table = document.add_table(2, 3)
    for cell, words in zip(table.rows[0].cells, ("Quarter", "Calls", "Tonnes"), strict=True):
        cell.text = words
    table.cell(1, 0).text = "First"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "1,280"
    document.add_picture(io.BytesIO(PNG))
    document.add_paragraph("Berth four at dusk.", style="Caption")
    document.sections[0].footer.paragraphs[0].text = "For the desk only"
    paragraph = document.add_paragraph("Essay: Mira Oduya")
    paragraph.runs[0].add_break()
    paragraph.add_run("Produced by The Harbour Desk in Lisbon, Portugal")
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def substack() -> bytes:
    folder = DRAFTS / "substack"
    return zipped(
        **{path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    )


CASES: dict[str, Callable[[], tuple[bytes, str]]] = {
    "libreoffice": lambda: ((HERE / "files" / "harbour.docx").read_bytes(), "harbour.docx"),
    "word": lambda: (word(), "letter.docx"),
    "word under another name": lambda: (word(), "letter.txt"),
    "word, saved as a page": lambda: (file("filtered.html"), "filtered.htm"),
    "google": lambda: (
        zipped(**{"Draft.html": file("google.html"), "images/image1.png": PNG}),
        "Draft.zip",
    ),
    "google, one page": lambda: (file("google.html"), "draft.md"),
    "google, as markdown": lambda: (file("google.md"), "Draft.md"),
    "saved page": lambda: (file("page.html"), "page.html"),
    "jekyll": lambda: (file("jekyll.md"), "2026-03-01-quiet-port.md"),
    "hugo, toml": lambda: (file("hugo-toml.md"), "index.md"),
    "hugo, json": lambda: (file("hugo-json.md"), "index.md"),
    "pelican": lambda: (file("pelican.md"), "quiet-port.md"),
    "buttondown": lambda: (file("buttondown.md"), "quiet-port.md"),
    "text": lambda: (file("letter.txt"), "letter.txt"),
    "text, windows": lambda: (
        file("letter.txt").replace(b"\n", b"\r\n").decode().encode("cp1252"),
        "letter.txt",
    ),
    "text, utf-16": lambda: (file("letter.txt").decode().encode("utf-16"), "-"),
    "text, utf-16 without a mark": lambda: (file("letter.txt").decode().encode("utf-16-be"), "-"),
    "mail": lambda: (file("mail.eml"), "draft.eml"),
    "mail without a name": lambda: (file("mail.eml"), "-"),
    "substack": lambda: (substack(), "export.zip"),
}
# Cases that must give the same result as another case.
SAME = {
    "word under another name": "word",
    "text, utf-16": "text",
    "text, utf-16 without a mark": "text",
    "mail without a name": "mail",
}


@pytest.mark.parametrize("case", CASES)
def test_a_draft_is_read(case: str) -> None:
    drafts = read_drafts(*CASES[case]())
    path = HERE / "outlines" / f"{SAME.get(case, case)}.txt"
    text = "\n~~~~~\n\n".join(map(outline, drafts))
    if os.environ.get("NEWSLETTER_WRITE_OUTLINES") and case not in SAME:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_the_blocks_of_a_draft_are_valid_sections(case: str) -> None:
    for draft in read_drafts(*CASES[case]()):
        words, findings = parsed(section(draft))
        assert not findings
        for block in draft.blocks:
            for line in (
                filter(None, block.words.replace("\t", "\n").split("\n"))
                if block.kind != "directive"
                else ()
            ):
                assert letters(line) in letters(words), block


def letters(words: str) -> str:
    return "".join(sign for sign in words if sign.isalnum())


@pytest.mark.parametrize("case", CASES)
def test_blocks_keep_the_order_of_the_draft(case: str) -> None:
    for draft in read_drafts(*CASES[case]()):
        lines = [block.line for block in draft.blocks if block.kind != "note"]
        assert lines == sorted(lines)
        assert all(lines)


def test_a_mailbox_contains_several_drafts() -> None:
    email = file("mail.eml")
    mailbox = b"From mira@desk.example Sun Mar  1 10:00:00 2026\n" + email.replace(
        b"At six", b">From six"
    )
    mailbox += b"\n\nFrom tomas@desk.example Mon Mar  2 10:00:00 2026\n" + email
    drafts = read_drafts(mailbox, "drafts")
    assert [draft.origin for draft in drafts] == ["drafts!1", "drafts!2"]
    assert drafts[1].blocks == one(email).blocks


def test_files_next_to_a_draft_are_included() -> None:
    (draft,) = read_drafts(
        b"![A crane](../img/crane%20one.png)\n", "draft.md", {"../img/crane one.png": PNG}
    )
    assert draft.blocks[0].markdown == "![A crane](images/crane-one.png)"
    assert [(image.name, image.data) for image in draft.images] == [("crane-one.png", PNG)]


def test_image_names_are_safe_and_unique() -> None:
    html = b"<img src='https://a.example/../x/Cr%C3%A4ne.PNG?w=1'><img src='https://b.example/crane.png'>"
    html += (
        b"<img src='https://b.example/crane.png'><img src='data:image/png;base64,"
        + base64.b64encode(PNG)
        + b"'>"
    )
    draft: Draft = one(b"<p>" + html + b"</p>", "a.html")
    assert [image.name for image in draft.images] == [
        "Crane.png",
        "crane-2.png",
        "image.png",
    ]

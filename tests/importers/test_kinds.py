"""File types are detected by content, and text is read in every encoding still in use."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from newsletter.importers import read_drafts
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.detect import detect_format

KINDS: list[tuple[str, str, str]] = [
    ("text", "-", "Just words.\n\nAnd more of them."),
    (
        "text",
        "a.txt",
        "Essay: Mira\nData: Tomás\n\n1. One\n2. Two\n\n* a list\n\n---\n\n# of ships = 4",
    ),
    ("text", "a.txt", "From the harbour, a letter: it rains.\n"),
    ("text", "a.txt", "a < b and <b> is a tag\n"),
    ("markdown", "a.md", "Just words."),
    ("markdown", "-", "# A title\n\nWords."),
    ("markdown", "a.txt", "See [it](https://example.org/)."),
    ("markdown", "a.txt", "Words in **bold** here."),
    ("markdown", "-", "---\ntitle: Words\n---\nWords."),
    ("markdown", "-", '+++\ntitle = "Words"\n+++\nWords.'),
    ("markdown", "a.md", "<p align=center>\nWords\n</p>\n\n# Title\n"),
    ("html", "a.md", "<!DOCTYPE html>\n<html><body><p>Words</p></body></html>"),
    (
        "html",
        "-",
        '<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><p>Words</p></b>',
    ),
    ("html", "a.txt", "\n\n<!-- saved -->\n<html><body>Words"),
    ("html", "a.html", "Words only"),
    (
        "email",
        "-",
        "From: a@b.example\nTo: c@d.example\nSubject: Words\nDate: Sun, 1 Mar 2026 10:00:00 +0000\n\nWords",
    ),
    (
        "email",
        "a.mht",
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n\nWords\n--x--",
    ),
    ("mailbox", "-", "From a@b.example Sun Mar  1 10:00:00 2026\nFrom: a@b.example\n\nWords"),
]


@pytest.mark.parametrize(("kind", "name", "text"), KINDS)
def test_the_file_type_is_detected_by_content(kind: str, name: str, text: str) -> None:
    assert detect_format(text.encode(), name).name == kind


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("docx", {"word/document.xml": "x"}),
        ("zipped page", {"Draft.html": "x", "images/image1.png": "x"}),
        ("substack", {"posts.csv": "x", "posts/1.a.html": "x"}),
        ("substack", {"export/posts.csv": "x"}),
    ],
)
def test_the_type_of_an_archive_is_detected_by_its_files(kind: str, files: dict[str, str]) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    assert detect_format(file.getvalue(), "draft.bin").name == kind


TEXTS = {
    "english": ("The “quiet” port – it’s open… 50 € & more.", "cp1252"),
    "one sign": ("A café by the port, and nothing else beyond ASCII in these lines.", "cp1252"),
    "portuguese": ("Não há pão à mesa; as gruas começam às seis em ponto.", "cp1252"),
    "german": ("Größe, Übermut und Ärger: die Kräne fahren früh.", "cp1252"),
    "french": ("« Ça alors ! » L’été, les grues démarrent à six heures.", "cp1252"),
    "latin-1": ("Las grúas empiezan a las seis, ¿o no? El muelle está vacío.", "iso-8859-1"),
    "russian": ("Краны начинают в шесть, и к семи очередь доходит до кольцевой дороги города. " * 3, "cp1251"),
    "polish": ("Żurawie ruszają o szóstej, a o siódmej kolejka sięga obwodnicy. Zażółć gęślą jaźń. " * 3, "cp1250"),
    "greek": ("Οι γερανοί ξεκινούν στις έξι και η ουρά φτάνει στον περιφερειακό δρόμο της πόλης. " * 3, "cp1253"),
    "japanese": ("起重機は六時に動き始め、七時には列が環状道路まで届く。港は静かです。" * 3, "shift_jis"),
    "utf-8 with a mark": ("Não há pão.", "utf-8-sig"),
    "utf-16": ("Não há pão.", "utf-16"),
    "utf-16 big end first": ("The port is open.", "utf-16-be"),
    "utf-32": ("Não há pão.", "utf-32"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), TEXTS.values(), ids=TEXTS)
def test_text_in_any_encoding_is_read(text: str, encoding: str) -> None:
    assert decode_draft(text.encode(encoding), "draft")[0] == text


def test_a_page_declares_its_encoding() -> None:
    page = "<html><meta charset=windows-1251><p>Краны.</p></html>".encode("cp1251")
    assert read_drafts(page, "a.html")[0].blocks[0].words == "Краны."


def issue(number: int) -> bytes:
    """Return a roundup of 300 links under ten headings, 60 KB long."""
    words = "the crane moves at six and the queue reaches the ring road by seven"
    sections = [
        f"## Part {part}\n\nSome *words* first.[^{part}] {words * 3}\n\n"
        + "".join(
            f"- [{words}](https://e.org/{number}/{part}/{link}?{'utm_id' if link % 9 == 0 else 'id'}=1) – {words}\n"
            for link in range(30)
        )
        for part in range(10)
    ]
    notes = "".join(f"[^{part}]: A note.\n" for part in range(10))
    return f"---\ntitle: Issue {number}\ndate: 2026-03-01\n---\n{chr(10).join(sections)}\n{notes}".encode()


def test_a_back_catalogue_is_read_quickly() -> None:
    """An import aims at 20 drafts a second on two cores; reading must take little of that time."""
    issues = [issue(number) for number in range(20)]
    read_drafts(issues[0], "warm.md")
    started = time.process_time()
    drafts = [read_drafts(data, "draft.md")[0] for data in issues]
    assert (time.process_time() - started) / len(issues) < 0.05
    assert all(
        len([url for block in draft.blocks for url in block.links]) == 300 for draft in drafts
    )

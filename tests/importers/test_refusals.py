"""Unreadable and malicious files give a message with a hint, in bounded time and memory."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Callable

import docx
import pytest

from newsletter.errors import NewsletterError
from newsletter.importers import read_drafts
from newsletter.importers.formats.zip_archive import LIMIT, ZipArchive, inside
from tests.importers.reading import one, parsed, section

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
SECRET = "q0z-secret"


def zipped(files: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def locked() -> bytes:
    data = bytearray(zipped({"a.html": "<p>words</p>"}))
    data[data.index(b"PK\x01\x02") + 8] |= (
        1  # the flag in the directory that marks an entry as encrypted
    )
    return bytes(data)


def lying() -> bytes:
    """Return an archive whose directory gives ten bytes for an entry of one megabyte."""
    data = bytearray(zipped({"a.html": b"<p>words</p>" * 100_000}))
    start = data.index(b"PK\x01\x02") + 24
    data[start : start + 4] = (10).to_bytes(4, "little")
    return bytes(data)


def whole_word() -> bytes:
    file = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("words " * 5000)
    document.save(file)
    return file.getvalue()


def broken_word() -> bytes:
    data = bytearray(whole_word())
    data[200:260] = b"\xff" * 60
    return bytes(data)


def word(declared: str) -> bytes:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "<w:p><w:r><w:t>&a;</w:t></w:r></w:p>"
    return zipped(
        {"word/document.xml": f"{declared}<w:document {space}><w:body>{body}</w:body></w:document>"}
    )


LAUGHS = "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">'
    for name, inner in zip("abcdefgh", "bcdefghi", strict=True)
)
PARTS = b"MIME-Version: 1.0\nFrom: a\nTo: b\nContent-Type: multipart/mixed; boundary=x\n\n"
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Empty file: draft"),
    "blanks": (b"\xef\xbb\xbf \r\n\t", "Empty file: draft"),
    "bytes": (bytes(range(256)) * 20, "No text in a known encoding: draft"),
    "pdf": (b"%PDF-1.7\n", "draft is a PDF, which stores pages, not text"),
    "rtf": (b"{\\rtf1\\ansi words}", "draft is an RTF document"),
    "old word": (OLE, "draft is a Word 97–2003 document (.doc)"),
    "locked word": (
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "draft is password-protected",
    ),
    "odt": (
        zipped({"mimetype": "x", "content.xml": "<x/>"}),
        "Damaged .odt: draft has no text part",
    ),
    "pages": (zipped({"Index/Document.iwa": b"x"}), "draft is a Pages document"),
    "excel": (zipped({"xl/workbook.xml": "<x/>"}), "draft is an Excel workbook"),
    "image": (b"\x89PNG\r\n\x1a\n", "draft is an image"),
    "some archive": (zipped({"a.bin": b"x"}), "No draft found in the archive draft"),
    "locked archive": (locked(), "draft is password-protected"),
    "cut archive": (zipped({"a.html": "<p>words</p>" * 99})[:-30], "Damaged archive draft"),
    "too large": (b"a" * (LIMIT + 1), "Draft too large: draft (64 MB, limit 64 MB)"),
    "too much text": (b"a b\n" * 1_100_000, "Draft too large: draft (4 MB of text, limit 4 MB)"),
    "zip bomb": (
        zipped({"word/document.xml": bytes(50_000_000)}),
        "draft unpacks word/document.xml to",
    ),
    "many files": (
        zipped({f"{number}.html": b"" for number in range(20_001)}),
        "Too many files in draft (20,001, limit 20,000)",
    ),
    "lying archive": (lying(), "draft"),
    "damaged word": (broken_word(), "draft"),
    "external entity": (
        word('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        "contains a DOCTYPE declaration",
    ),
    "xml bomb": (
        word(f'<!DOCTYPE x [{LAUGHS}<!ENTITY i "{"x" * 100}">]>'),
        "contains a DOCTYPE declaration",
    ),
    "document type elsewhere": (
        word('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'),
        "contains a DOCTYPE declaration",
    ),
    "deep page": (
        b"<!doctype html>" + b"<div>" * 100_000,
        "Elements nested more than 256 levels deep in draft",
    ),
    "endless comment": (
        b"<!doctype html><!-- words",
        "Unclosed comment in draft",
    ),
    "many parts": (PARTS + b"--x\n\na\n" * 1100, "Too many parts in draft (1,100, limit 1,000)"),
}


@pytest.mark.parametrize(("data", "message"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_has_a_hint(data: bytes, message: str) -> None:
    started = time.process_time()
    with pytest.raises(NewsletterError) as error:
        read_drafts(data, "draft")
    assert message in error.value.message
    assert error.value.hint or message.endswith("empty") or message == "draft"
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "C:\\x",
        "..\\b",
        "__MACOSX/a.html",
        "a/.DS_Store",
    ],
)
def test_a_path_outside_an_archive_is_ignored(path: str) -> None:
    assert inside(path) == ""
    assert list(ZipArchive(zipped({path: b"x", "a.html": b"y"}), "draft")) == ["a.html"]


def test_a_page_reaches_no_file_outside_its_archive() -> None:
    page = (
        "<p>words <img src='../../../../../../../etc/hostname'><img src='file:///etc/hostname'></p>"
    )
    draft = one(zipped({"a/b/page.html": page, "../../../etc/hostname": SECRET}))
    assert draft.images == ()
    assert [note.words for note in draft.notes] == [
        "../../../../../../../etc/hostname",
        "file:///etc/hostname",
    ]


def test_lists_of_readers_are_never_read() -> None:
    data = zipped(
        {
            "posts.csv": "post_id,title\n1.a,A\n",
            "posts/1.a.html": "<p>a</p>",
            "email_list.x.csv": SECRET,
        }
    )
    (draft,) = read_drafts(data, "export.zip")
    assert SECRET not in repr(draft)


LONG = {
    "html": [
        b"<b>",
        b"<ul><li>",
        b"<p>a <a href='https://e.org/'>b</a> ",
        b"<table><tr><td>",
        b"<!-- a -->",
        b"&amp;",
        b"<a href='#x' id=y>1</a>",
    ],
    "md": [
        b"[",
        b"[a](",
        b"*a ",
        b"> ",
        b"- a\n",
        b"`",
        b"<div>\n\n",
        b"a <u>b</u>\n\n",
        b"|a",
        b"[a]: b\n",
        b"![",
        b"{{ a }} ",
        b"<!--",
        b"1. a\n",
    ],
    "txt": [
        b"a",
        b"a b\n",
        b"- a\n",
        b"> ",
        b"1. a\n3. b\n",
        b"-- ",
        b"https://e.org/ ",
        b"* * *\n",
        b"a\n===\n",
        b"[",
        b"\t",
    ],
}


@pytest.mark.parametrize(
    ("ending", "piece"), [(ending, piece) for ending in LONG for piece in LONG[ending]]
)
def test_long_runs_are_read_quickly(ending: str, piece: bytes) -> None:
    started = time.process_time()
    try:
        (draft,) = read_drafts(b"a " + piece * (40_000 // len(piece)) + b" b", f"draft.{ending}")
    except NewsletterError:
        return
    assert time.process_time() - started < 8
    assert len(draft.blocks) + len(draft.notes)


def test_deep_lists_and_quotations_stay_within_the_nesting_limit() -> None:
    for tag in ("<ul><li>", "<blockquote>", "<b><i><span>"):
        draft = one((tag * 30 + "words").encode(), "a.html")
        assert parsed(section(draft)) == ("words", ())


def polish() -> bytes:
    return ("Zażółć gęślą jaźń. " * 9).encode("cp1250")


@pytest.mark.parametrize(
    ("missing", "data"), [("mammoth", whole_word), ("charset_normalizer", polish)]
)
def test_a_missing_extra_is_named(
    missing: str, data: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(NewsletterError) as error:
        read_drafts(data(), "draft")
    assert "pip install 'newsletter[import]'" in str(error.value.hint)

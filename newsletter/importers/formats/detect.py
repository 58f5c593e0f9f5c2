"""What a file is: its content decides, its name is only a hint."""

from __future__ import annotations

import re
from typing import Literal

from newsletter.errors import NewsletterError
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.zip_archive import LIMIT, ZipArchive

Kind = Literal["docx", "substack", "web", "mailbox", "mail", "html", "markdown", "text"]

TEXT = 4 * 1024 * 1024  # bytes of text without pictures
_SAVE_AS = "Open it in the program it was written with, save it as .docx, and import that."
# What a file starts with -> what it is, and what to do instead.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF, which holds pages and not a text", "Import the document it was made from."),
    (b"{\\rtf", "an RTF document", _SAVE_AS),
    (b"bplist", "a Safari web archive", "Save the page again, as page source (.html)."),
    (b"\x1f\x8b", "packed with gzip", "Unpack it, and import what is inside."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it, and import what is inside."),
    (b"Rar!", "a RAR archive", "Unpack it, and import what is inside."),
    (b"\x89PNG", "a picture", "Put it into the issue's images/ folder."),
    (b"\xff\xd8\xff", "a picture", "Put it into the issue's images/ folder."),
    (b"GIF8", "a picture", "Put it into the issue's images/ folder."),
    (b"\xffWPC", "a WordPerfect document", _SAVE_AS),
)
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A file inside an archive -> what the archive is.
_PACKED: tuple[tuple[str, str], ...] = (
    (r"Index/Document\.iwa|index\.apxl|Index\.zip", "a Pages document"),
    (r"xl/workbook\.xml", "an Excel workbook"),
    (r"ppt/presentation\.xml", "a PowerPoint presentation"),
    (r"META-INF/container\.xml", "an EPUB book"),
    (r"mimetype|content\.xml", "an OpenDocument text (.odt)"),
)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRAGMENT = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:meta|style|p|div|h[1-6]|ul|ol|table|article|section|main|b|span|figure)\b[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_MAILBOX = re.compile(r"From \S+ .*\d\n[\w-]+:")
_HEADER = re.compile(r"([A-Za-z][\w-]*):[ \t]?(.*(?:\n[ \t].*)*)\n?")
_MAIL = frozenset(
    "from to subject date message-id mime-version content-type received return-path reply-to".split()
)
_MARKDOWN = (
    re.compile(r"\A\s*#{1,6}[ \t]+\S|^#{1,6}[ \t]+\S(?:.*\n)+?#{1,6}[ \t]+\S", re.MULTILINE),
    re.compile(r"\[[^\]\n]+\]\((?:https?:|mailto:|/|#|\.)[^)\s]*"),
    re.compile(r"^\[[^\]\n]+\]:\s+\S+", re.MULTILINE),
    re.compile(r"(?<![\w*])\*\*[^\s*](?:[^*\n]*[^\s*])?\*\*(?![\w*])"),
    re.compile(r"^(```|~~~)[^`\n]*\n(?:.*\n)*?\1[ \t]*$", re.MULTILINE),
    re.compile(r"^\|?[ \t]*:?-{3,}:?[ \t]*\|", re.MULTILINE),
    re.compile(r"!\[[^\]\n]*\]\("),
)


def detect_format(data: bytes, name: str) -> Kind:
    """Return what a file is. Raises `NewsletterError` for what is not read, with what to do instead."""
    if len(data) > LIMIT:
        raise too_large(len(data), name)
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise NewsletterError(f"{name} is empty")
    for signature, what, hint in _REFUSED:
        if data.startswith(signature):
            raise NewsletterError(f"{name} is {what}", hint=hint)
    if data.startswith(_OLD):
        raise _old_word(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(ZipArchive(data, name), name)
    text = decode_draft(data, name)[0]
    kind = _written(text, name)
    if kind in ("markdown", "text") and len(data) > TEXT and "data:image/" not in text:
        raise NewsletterError(
            f"{name} has {len(data) / 1024 / 1024:,.0f} MB of text; at most {TEXT // 1024 // 1024} MB are read",
            hint="A book has 1 MB. Divide the file, and import its parts.",
        )
    return kind


def too_large(size: int, name: str) -> NewsletterError:
    """Return the error for a file past the limit, which callers that know its size raise before reading it."""
    message = (
        f"{name} has {size / 1024 / 1024:,.0f} MB; at most {LIMIT // 1024 // 1024} MB are read"
    )
    return NewsletterError(
        message, hint="Take large pictures and recordings out of the draft, and import it again."
    )


def _old_word(data: bytes, name: str) -> NewsletterError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return NewsletterError(
            f"{name} is locked with a password", hint="Save it without one, and import that."
        )
    return NewsletterError(f"{name} is a document of Word 97–2003 (.doc)", hint=_SAVE_AS)


def _packed(archive: ZipArchive, name: str) -> Kind:
    if "word/document.xml" in archive or _is_word(archive):
        return "docx"
    if "posts.csv" in archive or any(path.endswith("/posts.csv") for path in archive):
        return "substack"
    for pattern, what in _PACKED:
        if any(re.fullmatch(pattern, path) for path in archive):
            raise NewsletterError(f"{name} is {what}", hint=_SAVE_AS)
    if any(path.lower().endswith((".html", ".htm")) for path in archive):
        return "web"
    raise NewsletterError(
        f"{name} is an archive without a draft that is known",
        hint="Known are .docx, a zipped web page and Substack's export. Unpack it, and import the files.",
    )


def _is_word(archive: ZipArchive) -> bool:
    types = archive.get("[Content_Types].xml", b"")
    return (
        b"wordprocessingml.document.main" in types or b"ms-word.document.macroEnabled.main" in types
    )


def _written(text: str, name: str) -> Kind:
    ending = name.lower().rpartition(".")[2]
    head = text[:20_000]
    if _MAILBOX.match(text):
        return "mailbox"
    if _is_mail(head, confidence=ending in ("eml", "mht", "mhtml")):
        return "mail"
    if _PAGE.match(head) or ending in ("html", "htm", "xhtml"):
        return "html"
    if ending in ("md", "markdown", "mdown", "mkd", "mdx", "qmd", "rmd"):
        return "markdown"
    if _FRAGMENT.match(head) and re.search(r"</\w+>\s*(?:<!--.*?-->\s*)*$", text[-2000:]):
        return "html"
    return "markdown" if _is_markdown(text) else "text"


def _is_mail(head: str, *, confidence: bool) -> bool:
    names = []
    position = 0
    while match := _HEADER.match(head, position):
        names.append(match[1].lower())
        position = match.end()
    known = _MAIL & set(names)
    if confidence:
        return len(known) >= 1
    return len(known) >= 3 and (
        "mime-version" in known or {"from", "date"} <= known or {"from", "subject"} <= known
    )


def _is_markdown(text: str) -> bool:
    """Tell text that was written as Markdown: it has front matter, or marks that nobody types for another reason."""
    if re.match(r"---[ \t]*\n(?:[\w-]+:.*\n|[ \t-].*\n|\s*\n)+---[ \t]*\n", text) or re.match(
        r"\+\+\+[ \t]*\n\w+ *=", text
    ):
        return True
    return any(pattern.search(text) for pattern in _MARKDOWN)

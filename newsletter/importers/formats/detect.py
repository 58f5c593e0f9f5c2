"""Detects the format of a file from its content; its name is only a hint."""

from __future__ import annotations

import json
import re

from newsletter.errors import NewsletterError
from newsletter.importers.formats import BY_NAME, FORMATS, DraftFormat
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.zip_archive import LIMIT, ZipArchive

TEXT = 4 * 1024 * 1024  # bytes of Markdown or text without images
HEAD = 20_000  # characters at the start that are examined
_SAVE_AS = "Open it in the program that wrote it, save it as .docx and import that."
_EXPORT = "Export the draft as .docx, HTML or Markdown and import that."
_COPY = "Copy the text that you need into a document."
_PANDOC = "Convert it first: pandoc draft.tex -o draft.docx"
_UNPACK = "Unpack it and import the file inside."
_IMAGE = ("an image", "Put it into the issue's images/ folder.")
# First bytes of a file -> what it is, and what to use instead.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF, which stores pages, not text", "Import the document it was made from."),
    (b"{\\rtf", "an RTF document", _SAVE_AS),
    (b"bplist", "a Safari web archive", "Save the page again, as page source (.html)."),
    (b"\x1f\x8b", "a gzip file", _UNPACK),
    (b"7z\xbc\xaf", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\x89PNG", *_IMAGE),
    (b"\xff\xd8\xff", *_IMAGE),
    (b"GIF8", *_IMAGE),
    (b"\xffWPC", "a WordPerfect document", _SAVE_AS),
)
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Path inside an archive -> what the archive is.
_PACKED: tuple[tuple[str, str], ...] = (
    (r"Index/Document\.iwa|index\.apxl|Index\.zip", "a Pages document"),
    (r"xl/workbook\.xml", "an Excel workbook"),
    (r"ppt/presentation\.xml", "a PowerPoint presentation"),
    (r"META-INF/container\.xml", "an EPUB book"),
)
# Root element of an XML file -> what it is.
_XML_KINDS = {
    "rss": "an RSS feed",
    "feed": "an Atom feed",
    "RDF": "an RSS feed",
    "opml": "an OPML outline",
    "svg": "an SVG drawing",
    "plist": "a property list",
    "document": "a flat OpenDocument file",
    "wordDocument": "a Word 2003 XML document",
    "package": "a flat Office document",
}
_XML_ROOT = re.compile(
    r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)*<(?:[\w.-]+:)?([\w.-]+)",
    re.DOTALL,
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
_EMAIL_HEADERS = frozenset(
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


def detect_format(data: bytes, name: str) -> DraftFormat:
    """Return the format of a file.

    Raises `NewsletterError` if the format is not supported.
    """
    if len(data) > LIMIT:
        raise too_large(len(data), name)
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise NewsletterError(f"Empty file: {name}", hint="Choose another file.")
    for signature, what, hint in _REFUSED:
        if data.startswith(signature):
            raise NewsletterError(f"{name} is {what}", hint=hint)
    if data.startswith(_OLD):
        raise _old_word(data, name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(ZipArchive(data, name), name)
    text = decode_draft(data, name)[0]
    row = _exported(text, name) or BY_NAME[_written(text, name)]
    if row.name in ("markdown", "text") and len(data) > TEXT and "data:image/" not in text:
        size = f"{len(data) / 1024 / 1024:,.0f} MB of text, limit {TEXT // 1024 // 1024} MB"
        raise NewsletterError(
            f"Draft too large: {name} ({size})", hint="Split the file and import the parts."
        )
    return row


def _exported(text: str, name: str) -> DraftFormat | None:
    """Return the format of a service's export.

    Raises `NewsletterError` for other data files.
    """
    head = text[:HEAD]
    for row in FORMATS:
        if row.opening and re.match(row.opening, head) and _ending_fits(row, name):
            return row
    if re.match(r"\s*[{\[]", head):
        _refuse_json(text, name)
    _refuse_other_syntax(text, head, name)
    is_page = name.lower().endswith((".html", ".htm", ".xhtml"))
    if not is_page and (re.match(r"\s*<\?xml\b", head) or _is_xml(text, head)):
        _refuse_xml(head, name)
    if name.lower().endswith((".csv", ".tsv")):
        hint = "Put a table into the issue's data/ folder."
        raise NewsletterError(f"{name} is a table, not a draft", hint=hint)
    return None


def _ending_fits(row: DraftFormat, name: str) -> bool:
    """Return whether the file extension is acceptable for a format.

    A table of posts must be a .csv file, because its first line is not distinctive enough.
    """
    return row.name != "beehiiv" or name.lower().endswith(".csv")


# Start of a file -> what it is, for files that are not drafts.
_OTHER_SYNTAX: tuple[tuple[str, str, str], ...] = (
    (r"\s*\[InternetShortcut\]\s*$", "a web shortcut, which has no text", "Save the page itself."),
    (r"\s*BEGIN:V(?:CALENDAR|CARD)\b", "a calendar or address card", _COPY),
    (r"\s*(?:%.*\n\s*)*\\document(?:class|style)\b", "a LaTeX document", _PANDOC),
    (r"\s*(?:#.*\n\s*)*@(?:article|book|misc|inproceedings)\{", "a BibTeX bibliography", _COPY),
)


def _refuse_other_syntax(text: str, head: str, name: str) -> None:
    for pattern, what, hint in _OTHER_SYNTAX:
        if re.match(pattern, head, re.MULTILINE | re.IGNORECASE):
            raise NewsletterError(f"{name} is {what}", hint=hint)
    if re.match(r"\s*\{", head) and _is_json_lines(text):
        raise NewsletterError(f"{name} is a file of JSON lines", hint=_EXPORT)


def _is_json_lines(text: str) -> bool:
    """Return whether every line is a JSON value of its own, and there are several."""
    lines = [line for line in text.split("\n", 200)[:200] if line.strip()]
    try:
        values = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return False
    return len(values) > 1 and all(isinstance(value, dict | list) for value in values)


def _is_xml(text: str, head: str) -> bool:
    """Return whether text is well-formed XML without a declaration, and no HTML."""
    match = _XML_ROOT.match(head)
    if match is None or not text.rstrip().endswith(">") or match[1].lower() in _HTML_NAMES:
        return False
    if "<!ENTITY" in text:
        return True  # never parsed, because entities can expand without end
    from xml.parsers import expat

    try:
        expat.ParserCreate().Parse(text, True)
    except (expat.ExpatError, ValueError):
        return match[1] in _XML_KINDS
    return True


_HTML_NAMES = frozenset(
    "html head body title meta style p div h1 h2 h3 h4 h5 h6 ul ol li table article section main b i em strong span "
    "figure a img br hr blockquote pre center font details header footer aside nav".split()
)


def _refuse_json(text: str, name: str) -> None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        if name.lower().endswith(".json") and re.match(r'\s*(?:\{\s*"|\[\s*[\[{"])', text):
            raise NewsletterError(f"{name} is a damaged JSON file", hint=_EXPORT) from None
        return  # text that starts with a bracket, or JSON front matter
    if not isinstance(value, dict | list):
        return
    if isinstance(value, dict) and {"doc_id", "url"} & value.keys() and len(value) < 8:
        hint = "Open it in Google Docs and choose File, Download, Web page."
        raise NewsletterError(f"{name} is a Google Drive shortcut, which has no text", hint=hint)
    if isinstance(value, dict) and "jsonfeed.org" in str(value.get("version", "")):
        raise NewsletterError(f"{name} is a JSON feed", hint=_EXPORT)
    raise NewsletterError(f"{name} is a JSON file of an unknown kind", hint=_EXPORT)


def _refuse_xml(head: str, name: str) -> None:
    match = _XML_ROOT.match(head)
    root = match[1] if match else ""
    if root.lower() == "html":
        return
    what = _XML_KINDS.get(root, f"an XML file of an unknown kind (<{root}>)")
    raise NewsletterError(f"{name} is {what}", hint=_EXPORT)


def too_large(size: int, name: str) -> NewsletterError:
    """Return the error for a file over the limit, for callers that know the size before reading."""
    limit = f"limit {LIMIT // 1024 // 1024} MB"
    message = f"Draft too large: {name} ({size / 1024 / 1024:,.0f} MB, {limit})"
    return NewsletterError(message, hint="Remove large images and recordings, then import again.")


def _old_word(data: bytes, name: str) -> NewsletterError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        hint = "Save it without a password and import that."
        return NewsletterError(f"{name} is password-protected", hint=hint)
    return NewsletterError(f"{name} is a Word 97–2003 document (.doc)", hint=_SAVE_AS)


def _packed(archive: ZipArchive, name: str) -> DraftFormat:
    if _is_word(archive):
        return BY_NAME["docx"]
    for pattern, what in _PACKED:
        if any(re.fullmatch(pattern, path) for path in archive):
            raise NewsletterError(f"{name} is {what}", hint=_SAVE_AS)
    for row in FORMATS:
        if row.archive and any(re.fullmatch(row.archive, path) for path in archive):
            return row
    known = ", ".join(row.title for row in FORMATS if row.archive)
    hint = f"Unpack it and import the files; only these archives are read: {known}."
    raise NewsletterError(f"No draft found in the archive {name}", hint=hint)


def _is_word(archive: ZipArchive) -> bool:
    types = archive.get("[Content_Types].xml", b"")
    return (
        b"wordprocessingml.document.main" in types or b"ms-word.document.macroEnabled.main" in types
    )


def _written(text: str, name: str) -> str:
    ending = name.lower().rpartition(".")[2]
    head = text[:HEAD]
    if _MAILBOX.match(text):
        return "mailbox"
    if _is_mail(head.lstrip(), confidence=ending in ("eml", "mht", "mhtml")):
        return "email"
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
    known = _EMAIL_HEADERS & set(names)
    if confidence:
        return len(known) >= 1
    return len(known) >= 3 and (
        "mime-version" in known or {"from", "date"} <= known or {"from", "subject"} <= known
    )


def _is_markdown(text: str) -> bool:
    """Return whether text is Markdown.

    Markdown has front matter, or syntax that is not typed for any other reason.
    """
    if re.match(r"---[ \t]*\n(?:[\w-]+:.*\n|[ \t-].*\n|\s*\n)+---[ \t]*\n", text) or re.match(
        r"\+\+\+[ \t]*\n\w+ *=", text
    ):
        return True
    return any(pattern.search(text) for pattern in _MARKDOWN)

"""Parses HTML and converts it to blocks with their notes; shared by all readers of HTML."""

from __future__ import annotations

import re
from typing import Any

import lxml.html

from newsletter.errors import NewsletterError
from newsletter.importers.draft import DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.decoding import printable
from newsletter.importers.formats.footnote_marks import attach_footnotes
from newsletter.importers.formats.plain_text import text_blocks
from newsletter.importers.html.elements import element_text, line_of, remove_element
from newsletter.importers.html.footnotes import find_notes
from newsletter.importers.html.misnested import properly_nested
from newsletter.importers.html.preformatted import preformatted_text
from newsletter.importers.html.reader import HtmlReader
from newsletter.importers.html.styles import DraftStyles
from newsletter.importers.markdown import block_writer as make

# The parser drops text after the end of body and html, and the content of CDATA.
_OF_HEADS = frozenset("title base link meta style script noscript template object".split())
_LOSES = re.compile(r"</(?:body|html)\s*>|<!\[CDATA\[|\]\]>|<\?xml[^>]*\?>", re.IGNORECASE)


def parse_html(text: str, name: str) -> Any:
    """Return the root element of a page.

    Raises `NewsletterError` if its nesting is deeper than that of any real page. Nothing is loaded
    and no entity is declared: an HTML parser does not read DTDs.
    """
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False)
    text = properly_nested(printable(_LOSES.sub("", text)))
    try:
        root = lxml.html.document_fromstring(
            f"{text}<p></p>", parser=parser
        )  # the paragraph ensures that the page is never empty
    except lxml.etree.ParserError:
        raise NewsletterError(f"Unclosed comment in {name}", hint="Close it with -->.") from None
    if any("depth" in entry.message for entry in parser.error_log):
        hint = "Copy the text into a new document and import that."
        raise NewsletterError(f"Elements nested more than 256 levels deep in {name}", hint=hint)
    _out_of_head(root)
    return root


def _out_of_head(root: Any) -> None:
    """Move text into the body: without a `<body>` tag, the parser puts `<main>` into the head."""
    head, body = root.find("head"), root.find("body")
    if head is None or body is None:
        return
    misplaced = [
        element for element in head if isinstance(element.tag, str) and element.tag not in _OF_HEADS
    ]
    if misplaced:
        misplaced[-1].tail, body.text = (misplaced[-1].tail or "") + (body.text or ""), None
        body[:0] = misplaced


def read_tree(
    root: Any, collector: DraftCollector, *, numbered: bool = False
) -> tuple[DraftBlock, ...]:
    """Return the blocks of a page's body, with its notes last; comments become import notes.

    `numbered` means that elements carry their own line numbers.
    """
    page = root.find("body") if root.find("body") is not None else root
    if (text := preformatted_text(page)) is not None:
        return text_blocks(text, collector)
    footnotes = []
    for note in find_notes(root):
        words = element_text(note.body)
        line = line_of(note.marks[0], numbered=numbered)
        remove_element(note.body)
        if note.comment or not (words or next(note.body.iter("img"), None) is not None):
            for mark in note.marks:
                remove_element(mark)
            if words:
                collector.add_note("omitted", "comment", words, line)
        else:
            footnotes.append(note)
    styles = DraftStyles("\n".join(element.text or "" for element in root.iter("style")))
    marks = {mark: note.label for note in footnotes for mark in note.marks}
    reader = HtmlReader(collector, styles, marks, numbered=numbered)
    body = root.find("body") if root.find("body") is not None else root
    blocks = reader.blocks(body)
    notes = [
        make.footnote(
            note.label, reader.blocks(note.body), line_of(note.marks[0], numbered=numbered)
        )
        for note in footnotes
    ]
    return attach_footnotes([*blocks, *notes])

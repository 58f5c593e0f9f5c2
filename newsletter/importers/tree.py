"""HTML text -> a tree, and a tree -> blocks with their notes: what all readers of HTML share."""

from __future__ import annotations

import re
from typing import Any

import lxml.html

from newsletter.errors import NewsletterError
from newsletter.importers import blocks as make
from newsletter.importers.draft import Block
from newsletter.importers.elements import drop, line_of, text_of
from newsletter.importers.flow import SILENT, Flow
from newsletter.importers.footnotes import find_notes
from newsletter.importers.notes import settled
from newsletter.importers.plaintext import printable
from newsletter.importers.styles import Styles
from newsletter.importers.tray import Tray

# The parser throws away what stands after the ends of body and html, and what CDATA holds.
_LOSES = re.compile(r"</(?:body|html)\s*>|<!\[CDATA\[|\]\]>|<\?xml[^>]*\?>", re.IGNORECASE)


def parse(text: str, name: str) -> Any:
    """Return the root element of a page. Raises `NewsletterError` for one that nests deeper than any real one.

    Nothing is loaded, no entity is declared: an HTML parser knows no DTD.
    """
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False)
    text = printable(_LOSES.sub("", text))
    root = lxml.html.document_fromstring(f"{text}<p></p>", parser=parser)  # one that is never empty
    if any("depth" in entry.message for entry in parser.error_log):
        hint = "Copy its text into a new document, and import that."
        raise NewsletterError(f"{name} nests elements more than 256 deep, which no page does", hint=hint)
    return root


def read_tree(root: Any, tray: Tray, *, numbered: bool = False) -> tuple[Block, ...]:
    """Return the blocks of a page's body, its notes last; comments are told. `numbered` where lines are given."""
    found = []
    for one in find_notes(root):
        words = text_of(one.body)
        line = line_of(one.marks[0], numbered=numbered)
        drop(one.body)
        if one.comment or not (words or next(one.body.iter("img"), None) is not None):
            for mark in one.marks:
                drop(mark)
            if words:
                tray.tell("lost", "a comment was left out", words, line)
        else:
            found.append(one)
    styles = Styles("\n".join(element.text or "" for element in root.iter("style")))
    flow = Flow(tray, styles, {mark: one.label for one in found for mark in one.marks}, numbered=numbered)
    body = root.find("body") if root.find("body") is not None else root
    blocks = flow.blocks(body)
    notes = [make.note(one.label, flow.blocks(one.body), line_of(one.marks[0], numbered=numbered)) for one in found]
    return settled([*blocks, *notes])


def words_of(root: Any) -> list[tuple[str, int]]:
    """Return every piece of text in a page's body with its line, as a reader would see it; scripts are none."""
    body = root.find("body") if root.find("body") is not None else root
    pieces: list[tuple[str, int]] = []
    for element in body.iter("*"):
        if element.tag not in SILENT and element.text:
            pieces.append((element.text, int(element.sourceline or 0)))
        if element.tail and element is not body:
            pieces.append((element.tail, int(element.sourceline or 0)))
    return pieces

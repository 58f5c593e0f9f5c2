"""Reads Markdown that contains HTML with the HTML reader."""

from __future__ import annotations

import re

import pyromark
from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.html import parse_html
from newsletter.importers.html.elements import ADDED, remove_element
from newsletter.importers.html.reader import HtmlReader
from newsletter.importers.html.styles import DraftStyles
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.inline_writer import OPTIONS


def html_blocks(
    text: str, labels: tuple[str, ...], collector: DraftCollector, *, first: int, last: int
) -> list[DraftBlock]:
    """Return the blocks of Markdown that contains HTML; all of them have its line range."""
    own = re.match(r"\[\^([^\]]+)\]:", text)
    defined = "".join(f"\n\n[^{label}]: x" for label in labels if not own or own[1] != label)
    root = parse_html(f"<body>{pyromark.html(text + defined, options=OPTIONS)}", "the draft")
    body = root.find("body")
    body.set(ADDED + "line", str(first))
    marks = {}
    note = None
    for element in list(body.iter("sup")):
        if element.get("class") == "footnote-reference" and len(element):
            marks[element] = element[0].get("href", "#")[1:]
    for element in list(body.iter("div")):
        if element.get("class") == "footnote-definition":
            if own and element.get("id") == own[1]:
                note = element
                remove_element(element[0])
            else:
                remove_element(element)
    reader = HtmlReader(collector, DraftStyles(), marks, numbered=True)
    blocks = list(reader.blocks(body))  # all of it: broken HTML can end a note too early
    if own and note is not None:
        blocks = [make.footnote(own[1], blocks, first)]
    return [replace(block, line=first, end=last) for block in blocks]

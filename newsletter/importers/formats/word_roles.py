"""Properties of a Word document's paragraphs other than their text, by paragraph number."""

from __future__ import annotations

from typing import Any

import lxml.etree as etree
from msgspec import Struct

from newsletter.importers.formats.wordparts import PartRepair
from newsletter.importers.formats.wordstyles import Numbering, WordStyles, outline
from newsletter.importers.formats.wordxml import W, val, word_text

MARK = "draft-p"  # bookmarks that carry paragraph numbers through the converter


class ParagraphRole(Struct, frozen=True):
    """Properties of a paragraph other than its text."""

    style: str
    bold: bool
    centred: bool
    size: float | None
    list: str = ""
    number: int = 0


def paragraph_roles(
    root: Any, repair: PartRepair, styles: WordStyles, numbering: Numbering
) -> dict[int, ParagraphRole]:
    """Return the properties of paragraphs by number, and insert a numbered bookmark into each."""
    facts = {}
    for paragraph, number in repair.lines.items():
        if paragraph.getroottree().getroot() is not root:
            continue  # removed together with an ancestor
        style = styles.style(val(paragraph, "pPr/pStyle"))
        if level := style.level or outline(paragraph):
            _set_style(paragraph, f"Heading{level}")
        id_, depth = val(paragraph, "pPr/numPr/numId"), val(paragraph, "pPr/numPr/ilvl")
        list_position = style.list
        if id_ is not None:
            list_position = (id_, int(depth) if depth and depth.isdecimal() else 0)
        counted = numbering.next(*list_position) if list_position else None
        jc = val(paragraph, "pPr/jc")
        facts[number] = ParagraphRole(
            style.name,
            style.bold is True and not level,
            bool(style.centred) if jc is None else jc == "center",
            _size(paragraph, styles) or style.size or styles.size,
            counted.list if counted else "",
            counted.number if counted else 0,
        )
        mark = etree.Element(
            W + "bookmarkStart", {W + "id": str(number), W + "name": f"{MARK}{number}"}
        )
        properties = paragraph.find(W + "pPr")
        paragraph.insert(0 if properties is None else 1, mark)
    return facts


def _size(paragraph: Any, styles: WordStyles) -> float | None:
    for run in paragraph.iter(W + "r"):
        if word_text(run):
            half = val(run, "rPr/sz")
            style = val(run, "rPr/rStyle")
            if half and half.isdecimal():
                return int(half) / 2
            return styles.style(style).size if style else None
    return None


def _set_style(paragraph: Any, style: str) -> None:
    properties = paragraph.find(W + "pPr")
    if properties is None:
        properties = etree.Element(W + "pPr")
        paragraph.insert(0, properties)
    for old in properties.findall(W + "pStyle"):
        properties.remove(old)
    properties.insert(0, etree.Element(W + "pStyle", {W + "val": style}))

"""The text nodes of an .odt, the reference for the audit of OpenDocument texts."""

from __future__ import annotations

from typing import Any

from newsletter.importers.formats.odt_styles import TEXT
from newsletter.importers.formats.wordxml import parse_xml
from newsletter.importers.formats.zip_archive import ZipArchive

SKIPPED = ("{http://purl.org/dc/elements/1.1/}", "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}")


def odt_text_nodes(archive: ZipArchive, name: str) -> list[list[str]]:
    """Return the text nodes of a document, one list per paragraph."""
    root = parse_xml(archive["content.xml"], f"{name} (content.xml)")
    paragraphs: dict[Any, list[str]] = {}
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag.startswith(SKIPPED):
            continue
        if element.tag == f"{TEXT}note-citation":
            paragraphs.setdefault(_home(element.getparent()), []).append(element.tail or "")
            continue
        paragraphs.setdefault(_home(element), []).append(element.text or "")
        if element.tail and element is not root:
            paragraphs.setdefault(_home(element.getparent()), []).append(element.tail)
    return [nodes for nodes in paragraphs.values() if any(node.strip() for node in nodes)]


def _home(element: Any) -> Any:
    """Return the paragraph that an element is, or is inside of."""
    names = (f"{TEXT}p", f"{TEXT}h")
    if element.tag in names:
        return element
    return next(element.iterancestors(*names), None)

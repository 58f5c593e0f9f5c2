"""The text nodes of a .docx, the reference for the audit of Word documents.

Independent of the repairs and the converter: every `w:t`, `w:delText` and `m:t` of the parts that
contain text, grouped by paragraph.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.wordxml import W, WordPackage, WordRelation
from newsletter.importers.formats.zip_archive import ZipArchive
from newsletter.importers.html.text_nodes import html_text_nodes
from newsletter.importers.sequence_audit import letters_only

_TEXTS = ("t", "delText")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ONCE = ("header", "footer")  # parts that repeat on every page; identical ones count once
_KINDS = ("footnotes", "endnotes", "comments", *_ONCE)


def docx_text_nodes(package: WordPackage) -> list[list[str]]:
    """Return the text nodes of a document, one list per paragraph."""
    passages = list(_passages(package.xml(package.main)))
    seen: set[str] = set()
    for kind in _KINDS:
        for root in package.parts(kind):
            part = list(_passages(root))
            letters = kind + letters_only("".join("".join(nodes) for nodes in part))
            if kind in _ONCE and letters in seen:
                continue
            seen.add(letters)
            passages += part
    for relation in package.relations(package.main).values():
        if relation.kind == "aFChunk":
            passages += embedded_text_nodes(package, relation)
    return passages


def embedded_text_nodes(package: WordPackage, relation: WordRelation) -> list[list[str]]:
    """Return the text nodes of a document inside a document (`w:altChunk`): Word, HTML or text."""
    if relation.outside or relation.target not in package.archive:
        return []
    data = package.archive[relation.target]
    try:
        if data.startswith(b"PK"):
            inner = WordPackage(ZipArchive(data, relation.target), relation.target)
            return list(_passages(inner.xml(inner.main)))
        text = decode_draft(_page_in(data), relation.target)[0]
    except NewsletterError:
        return []
    if "<" in text:
        return html_text_nodes(text)
    return [[line] for line in text.split("\n") if line.strip()]


def _page_in(data: bytes) -> bytes:
    """Return the HTML part of a saved page (MHT), or the bytes of any other file."""
    if not re.match(rb"\s*(?:MIME-Version|From|Content-Type|Subject|Date):", data):
        return data
    for part in email.message_from_bytes(data.lstrip()).walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() in ("text/html", "text/plain") and isinstance(payload, bytes):
            return payload
    return data


def _passages(root: Any) -> Iterator[list[str]]:
    """Yield the nodes of each paragraph; a nested paragraph has a list of its own."""
    for element in list(root.iter(f"{_MC}AlternateContent")):
        _drop_repeated(element)
    moved = {letters_only(_words(element)) for element in root.iter(W + "moveTo")}
    for element in list(root.iter(W + "moveFrom")):
        if letters_only(_words(element)) in moved:
            element.getparent().remove(element)  # present at the place it was moved to
    paragraphs: dict[Any, list[str]] = {}
    for element in root.iter(*(W + name for name in _TEXTS), _MATH, W + "tab", W + "br", W + "cr"):
        home = next(element.iterancestors(W + "p"), None)
        nodes = paragraphs.setdefault(home, [])
        is_text = element.tag == _MATH or element.tag in [W + name for name in _TEXTS]
        text = (element.text or "") if is_text else " "
        nodes.append(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))
    yield from paragraphs.values()


def _words(element: Any) -> str:
    return "".join(element.itertext(W + "t"))


def _drop_repeated(element: Any) -> None:
    """Remove alternatives with the same text as another one; each reader shows only one of them."""
    seen: list[str] = []
    for choice in list(element):
        letters = letters_only(_words(choice))
        if letters in seen:
            element.remove(choice)
        seen.append(letters)

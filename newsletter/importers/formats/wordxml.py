"""The parts of a .docx as validated XML: no entities, no DOCTYPE, no external content."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

import lxml.etree as etree
from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.importers.formats.zip_archive import ZipArchive

LIMIT = 32 * 1024 * 1024  # bytes of one part; an issue has 0.1 MB, a book of 100,000 words 5 MB
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (  # ISO 29500 Strict -> the namespaces in common use
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)


class WordRelation(Struct, frozen=True):
    kind: str  # last segment of the relationship type: image, hyperlink, header, chart …
    target: str  # path in the archive, or an external address
    outside: bool


class WordPackage:
    """A .docx package, with its parts found through the relationships of the main part."""

    def __init__(self, archive: ZipArchive, name: str) -> None:
        self.archive, self.name = archive, name
        self.main = next(
            (
                relation.target
                for relation in self.relations("").values()
                if relation.kind == "officeDocument" and relation.target in archive
            ),
            "word/document.xml",
        )
        if self.main not in archive:
            raise NewsletterError(
                f"Damaged .docx: {name} has no document part", hint="Save the document again."
            )

    def xml(self, path: str) -> Any:
        """Return the root element of a part, or `None` if the part is missing."""
        return (
            parse_xml(self.archive[path], f"{self.name} ({path})") if path in self.archive else None
        )

    def relations(self, part: str) -> dict[str, WordRelation]:
        """Return the relationships of a part by id."""
        folder, _, file = part.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
        result = {}
        for element in root.iter(_RELATION) if root is not None else ():
            target, outside = element.get("Target", ""), element.get("TargetMode") == "External"
            if not outside:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            result[element.get("Id", "")] = WordRelation(
                element.get("Type", "").rpartition("/")[2], target, outside
            )
        return result

    def parts(self, kind: str) -> list[Any]:
        """Return the roots of all parts of a kind that the main part refers to."""
        paths = dict.fromkeys(
            relation.target
            for relation in self.relations(self.main).values()
            if relation.kind == kind and not relation.outside
        )
        return [root for root in map(self.xml, paths) if root is not None]


def parse_xml(data: bytes, shown: str, *, limit: int = LIMIT) -> Any:
    """Return the root element of an XML document.

    Raises `NewsletterError` if it is malformed, too large or has a DOCTYPE: entities allow XML
    bombs and file inclusion, and no program writes them here.
    """
    if len(data) > limit:
        size = f"{len(data) / 1024 / 1024:,.0f} MB, limit {limit // 1024 // 1024} MB"
        hint = "Split the document and import its parts."
        raise NewsletterError(f"Too much text in {shown} ({size})", hint=hint)
    typed = NewsletterError(
        f"{shown} contains a DOCTYPE declaration", hint="Save the document again in its program."
    )
    if any(
        "<!DOCTYPE".encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    ):
        raise typed  # rejected before parsing; other encodings are checked below
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        hint = "Save or export the document again."
        raise NewsletterError(f"Damaged XML in {shown}: {error}", hint=hint) from None
    if root.getroottree().docinfo.doctype:
        raise typed
    return root


def val(element: Any, path: str) -> str | None:
    """Return the `w:val` of a descendant: "" if it has no value, `None` if it does not exist."""
    for name in path.split("/"):
        element = element.find(W + name) if element is not None else None
    return None if element is None else str(element.get(W + "val", ""))


def is_on(text: str | None) -> bool | None:
    """Return whether a toggle property is on; an empty value means on."""
    return None if text is None else text.lower() not in ("0", "false", "off", "none")


def word_text(element: Any) -> str:
    """Return the text of an element, including deletions and formulas, one paragraph per line."""
    parts: list[str] = []
    for item in element.iter():
        name = etree.QName(item).localname if isinstance(item.tag, str) else ""
        if name in ("t", "delText") and item.text:
            parts.append(item.text)
        elif name in ("tab", "br", "cr"):
            parts.append(" ")
        elif name == "p" and parts:
            parts.append("\n")
    return "\n".join(" ".join(line.split()) for line in "".join(parts).split("\n") if line.strip())


def paragraphs(root: Any) -> Iterator[Any]:
    """Yield the paragraphs of a part in document order."""
    yield from root.iter(W + "p")

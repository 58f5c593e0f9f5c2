"""Converts a repaired Word document to HTML with mammoth, and restores what mammoth drops."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import lxml.etree as etree

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.word_roles import MARK, ParagraphRole
from newsletter.importers.formats.wordstyles import repaired_numbering, repaired_styles
from newsletter.importers.formats.wordxml import W, WordPackage
from newsletter.importers.html.elements import ADDED, remove_element
from newsletter.importers.html.preformatted import CODE

# Replaces the converter's default style map, which tests about forty rules for each run.
QUOTES = ("Quote", "Intense Quote", "Quotations", "Block Text")
UNMARKED = (
    "Hyperlink",
    "footnote reference",
    "endnote reference",
    "Footnote anchor",
    "Endnote anchor",
)
STYLES = "\n".join(
    [
        *(f"p.Heading{level} => h{level}:fresh" for level in range(1, 7)),
        "p.Heading => h1:fresh",
        "p[style-name='Heading'] => h1:fresh",
        *(f"p[style-name='{name}'] => blockquote > p:fresh" for name in QUOTES),
        *(
            f"p:{kind}-list({level}) => {'ul|ol > li > ' * (level - 1)}{tag} > li:fresh"
            for kind, tag in (("unordered", "ul"), ("ordered", "ol"))
            for level in range(1, 6)
        ),
        "r[style-name='Emphasis'] => em",
        "r[style-name='Strong'] => strong",
        *(f"r[style-name='{name}'] =>" for name in UNMARKED),
        "",
    ]
)
CODE_STYLES = "".join(f"p[style-name='{name}'] => pre:separator('\\n')\n" for name in CODE)
MOSTLY = 0.9  # share of paragraphs; code style above it is just the body style


def packed_document(package: WordPackage, root: Any, notes: Mapping[str, Any]) -> bytes:
    """Return the document, repackaged without images from the parts that were read and edited."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in package.archive:
            if path.endswith(".rels") or path == "[Content_Types].xml":
                archive.writestr(path, _xml(package.xml(path)))
        for kind, repaired in (("styles", repaired_styles), ("numbering", repaired_numbering)):
            for path in dict.fromkeys(_targets(package, kind)):
                archive.writestr(path, _xml(repaired(package.xml(path))))
        archive.writestr(package.main, _xml(slimmed(root)))
        for part in notes.values():
            if part is not None:
                archive.writestr(part.attrib.pop("path"), _xml(slimmed(part)))
    return file.getvalue()


# Element -> children that the converter reads; the others only cost it time.
_READ: Mapping[str, frozenset[str]] = {
    W + "pPr": frozenset((W + "pStyle", W + "numPr")),
    W + "tcPr": frozenset((W + "gridSpan", W + "vMerge")),
    W + "trPr": frozenset((W + "tblHeader",)),
    W + "tblPr": frozenset(),
    W + "tblGrid": frozenset(),
    W + "sectPr": frozenset(),
}


def slimmed(root: Any) -> Any:
    """Return a part without the layout properties that the converter ignores."""
    for element in list(root.iter(*_READ)):
        for child in list(element):
            if child.tag not in _READ[element.tag]:
                element.remove(child)
    return root


def _targets(package: WordPackage, kind: str) -> list[str]:
    relations = package.relations(package.main).values()
    return [
        relation.target
        for relation in relations
        if relation.kind == kind and relation.target in package.archive
    ]


def _xml(root: Any) -> bytes:
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


def is_all_code(facts: Mapping[int, ParagraphRole]) -> bool:
    """Return whether code style is just the body style, as in a text file opened in Writer."""
    code = sum(fact.style in CODE for fact in facts.values())
    return code >= MOSTLY * len(facts)


def convert_document(
    data: bytes, name: str, collector: DraftCollector, style_map: str, *, empty: bool = False
) -> str:
    """Return the document as HTML; `empty` keeps empty paragraphs.

    Raises `NewsletterError` if it is damaged or nested too deeply, or mammoth is missing.
    """
    try:
        import mammoth
    except ImportError:
        hint = f"Run `{install_command('import')}`."
        raise NewsletterError(
            f"Reading the Word document {name} requires mammoth", hint=hint
        ) from None

    def convert_image(image: Any) -> list[Any]:
        path, _, alt = (image.alt_text or "").partition("\n")
        return [mammoth.html.element("img", {"src": path, "alt": alt})]

    try:
        result = mammoth.convert_to_html(
            BytesIO(data),
            style_map=style_map,
            convert_image=convert_image,
            include_embedded_style_map=False,
            include_default_style_map=False,
            ignore_empty_paragraphs=not empty,
        )
    except RecursionError:
        raise NewsletterError(
            f"Text nested too deeply in {name}", hint="Copy the text into a new document."
        ) from None
    except (KeyError, ValueError, AttributeError, IndexError, OSError, TypeError):
        hint = "Open it in Word or LibreOffice, save it again and import that."
        raise NewsletterError(f"Damaged .docx: {name}", hint=hint) from None
    for message in result.messages:
        if "w:sym" in message.message:
            collector.add_note(
                "omitted",
                "symbol font character",
                message.message.rpartition(": ")[2],
            )
    html: str = result.value
    return f"<body>{html}</body>"


_BLOCK = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre")


def place_roles(tree: Any, facts: Mapping[int, ParagraphRole]) -> None:
    """Copy paragraph properties to the converted elements, and fix merged or flattened lists."""
    for mark in list(tree.iter("a")):
        if not (mark.get("id") or "").startswith(MARK):
            continue
        number = int(mark.get("id").removeprefix(MARK))
        home = next((element for element in mark.iterancestors() if element.tag in _BLOCK), None)
        if home is not None and not home.get(ADDED + "line") and (fact := facts.get(number)):
            attributes = {
                "line": str(number),
                "style": fact.style,
                "size": str(fact.size or ""),
                "centred": "1" if fact.centred else "",
                "bold": "1" if fact.bold else "",
                "list": fact.list,
                "number": str(fact.number),
            }
            for key, attribute in attributes.items():
                if attribute:
                    home.set(ADDED + key, attribute)
        remove_element(mark)
    for element in list(tree.iter("ol", "ul")):
        _part(element)
    for element in list(tree.iter("ol", "ul")):
        _nest(element)


def _part(word_list: Any) -> None:
    """Split a list where another Word list or a gap in the numbering starts; set first numbers."""
    items = list(word_list)
    start = items[0].get(ADDED + "number") if items else None
    if word_list.tag == "ol" and start:
        word_list.set("start", start)
    for index, item in enumerate(items[1:], 1):
        before = items[index - 1]
        other = item.get(ADDED + "list") != before.get(ADDED + "list") and item.get(ADDED + "list")
        number, last = item.get(ADDED + "number"), before.get(ADDED + "number")
        if other or (word_list.tag == "ol" and number and last and int(number) != int(last) + 1):
            rest = etree.Element(word_list.tag)
            word_list.addnext(rest)
            for moved in items[index:]:
                rest.append(moved)
            _part(rest)
            return


def _nest(word_list: Any) -> None:
    """Move a list with a nested-list style (`List Bullet 2`) into the item before it."""
    style = word_list[0].get(ADDED + "style", "") if len(word_list) else ""
    before = word_list.getprevious()
    if (
        re.fullmatch(r"List (?:Bullet|Number) [2-5]", style)
        and before is not None
        and before.tag in ("ol", "ul")
    ):
        before[-1].append(word_list)

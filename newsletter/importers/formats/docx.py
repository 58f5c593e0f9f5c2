"""Word documents, from Word, LibreOffice, Google Docs or Pages -> a draft.

mammoth converts styles to semantic HTML. Before that, `wordparts.py` handles the content that
mammoth would drop; afterwards, the text of the document is compared with that of the draft. Macros
are never read: only the parts named here are.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import lxml.etree as etree
from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.captions import with_captions
from newsletter.importers.formats.docx_text_nodes import docx_text_nodes
from newsletter.importers.formats.word_runs import merge_runs
from newsletter.importers.formats.wordparts import (
    PartRepair,
    note_comments,
    note_margins,
)
from newsletter.importers.formats.wordstyles import (
    Numbering,
    WordStyles,
    outline,
    repaired_numbering,
    repaired_styles,
)
from newsletter.importers.formats.wordxml import W, WordPackage, val, word_text
from newsletter.importers.formats.zip_archive import ZipArchive
from newsletter.importers.html import parse_html, read_tree
from newsletter.importers.html.elements import ADDED, remove_element
from newsletter.importers.sequence_audit import missing_text

MARK = "draft-p"  # bookmarks that carry paragraph numbers through the converter
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
CODE = ("HTML Preformatted", "Preformatted Text", "Source Code")
CODE_STYLES = "".join(f"p[style-name='{name}'] => pre:separator('\\n')\n" for name in CODE)
MOSTLY = 0.9  # share of paragraphs; code style above it is just the body style


class ParagraphRole(Struct, frozen=True):
    """Properties of a paragraph other than its text."""

    style: str
    bold: bool
    centred: bool
    size: float | None
    list: str = ""
    number: int = 0


def read_docx(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in a Word document. Raises `NewsletterError` if it is damaged or mammoth is missing."""
    package = WordPackage(ZipArchive(data, name), name)
    collector = DraftCollector(package.archive)
    styles = WordStyles(next(iter(package.parts("styles")), None))
    numbering = Numbering(next(iter(package.parts("numbering")), None))
    root = package.xml(package.main)
    if any(path.lower().endswith("vbaproject.bin") for path in package.archive):
        collector.add_note("review", "the document contains macros; they were not read", "")
    repair = PartRepair(package, package.main, styles, collector)
    repair.part(root)
    note_comments(package, repair, root, collector)
    notes = {kind: _notes(package, kind, styles, collector) for kind in ("footnotes", "endnotes")}
    _without_lost_notes(root, notes, repair, collector)
    facts = _facts(root, repair, styles, numbering)
    for part in (root, *notes.values()):
        if part is not None:
            merge_runs(part)
    html = _convert(_packed(package, root, notes), name, collector, _style_map(facts))
    note_margins(package, collector)
    tree = parse_html(html, name)
    _place(tree, facts)
    blocks = with_captions(read_tree(tree, collector, numbered=True))
    collector.notes += missing_text(docx_text_nodes(package), blocks, collector.notes)
    meta = _properties(package)
    title = meta.pop("title", None)
    draft = Draft(
        name,
        "docx",
        blocks,
        title,
        meta,
        tuple(collector.pictures.values()),
        collector.sorted_notes(),
        "paragraph",
    )
    return (draft,)


def _notes(package: WordPackage, kind: str, styles: WordStyles, collector: DraftCollector) -> Any:
    path = next(
        (
            relation.target
            for relation in package.relations(package.main).values()
            if relation.kind == kind
        ),
        "",
    )
    root = package.xml(path)
    if root is not None:
        for element in [
            element
            for element in root
            if element.get(W + "type") in ("separator", "continuationSeparator")
        ]:
            root.remove(element)
        PartRepair(package, path, styles, collector).part(root)
        root.set("path", path)
    return root


def _without_lost_notes(
    root: Any, notes: Mapping[str, Any], repair: PartRepair, collector: DraftCollector
) -> None:
    """Remove marks of notes that are missing from the document."""
    for kind, part in notes.items():
        known = {element.get(W + "id") for element in part} if part is not None else set()
        for mark in list(root.iter(f"{W}{kind.removesuffix('s')}Reference")):
            if mark.get(W + "id") not in known:
                collector.add_note(
                    "omitted", "footnote reference without a footnote", "", repair.line(mark)
                )
                mark.getparent().remove(mark)


# --- before the converter -------------------------------------------------------------------------


def _facts(
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
        list_position = (
            (id_, int(depth) if depth and depth.isdecimal() else 0)
            if id_ is not None
            else style.list
        )
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
            return (
                int(half) / 2
                if half and half.isdecimal()
                else styles.style(style).size
                if style
                else None
            )
    return None


def _set_style(paragraph: Any, style: str) -> None:
    properties = paragraph.find(W + "pPr")
    if properties is None:
        properties = etree.Element(W + "pPr")
        paragraph.insert(0, properties)
    for old in properties.findall(W + "pStyle"):
        properties.remove(old)
    properties.insert(0, etree.Element(W + "pStyle", {W + "val": style}))


def _packed(package: WordPackage, root: Any, notes: Mapping[str, Any]) -> bytes:
    """Return the document, repackaged without images from the parts that were read and edited."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for path in package.archive:
            if path.endswith(".rels") or path == "[Content_Types].xml":
                archive.writestr(path, _xml(package.xml(path)))
        for kind, repaired in (("styles", repaired_styles), ("numbering", repaired_numbering)):
            for path in dict.fromkeys(_targets(package, kind)):
                archive.writestr(path, _xml(repaired(package.xml(path))))
        archive.writestr(package.main, _xml(root))
        for part in notes.values():
            if part is not None:
                archive.writestr(part.attrib.pop("path"), _xml(part))
    return file.getvalue()


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


# --- the converter, and after it ------------------------------------------------------------------


def _style_map(facts: Mapping[int, ParagraphRole]) -> str:
    code = sum(fact.style in CODE for fact in facts.values())
    return STYLES if code >= MOSTLY * len(facts) else STYLES + CODE_STYLES


def _convert(data: bytes, name: str, collector: DraftCollector, style_map: str) -> str:
    try:
        import mammoth
    except ImportError:
        hint = "Install it: pip install 'newsletter[import]'"
        raise NewsletterError(
            f"Reading the Word document {name} requires mammoth", hint=hint
        ) from None

    def picture(image: Any) -> list[Any]:
        path, _, alt = (image.alt_text or "").partition("\n")
        return [mammoth.html.element("img", {"src": path, "alt": alt})]

    try:
        result = mammoth.convert_to_html(
            BytesIO(data),
            style_map=style_map,
            convert_image=picture,
            include_embedded_style_map=False,
            include_default_style_map=False,
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


def _place(tree: Any, facts: Mapping[int, ParagraphRole]) -> None:
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


_PROPERTIES = {
    "title": "title",
    "creator": "creator",
    "description": "description",
    "keywords": "tags",
}


def _properties(package: WordPackage) -> dict[str, str]:
    """Return metadata from the document's properties."""
    path = next(
        (
            relation.target
            for relation in package.relations("").values()
            if relation.kind == "core-properties"
        ),
        "",
    )
    root = package.xml(path)
    result = {}
    for element in root if root is not None else ():
        key = (
            _PROPERTIES.get(etree.QName(element).localname)
            if isinstance(element.tag, str)
            else None
        )
        text = " ".join((element.text or "").split())
        if (
            key
            and text
            and not re.match(
                r"(?:Microsoft Word - |Untitled|python-docx|generated by python-docx)", text
            )
        ):
            result[key] = text
    return result

"""OpenDocument texts (.odt), from LibreOffice or Google Docs -> a draft.

The text of `content.xml` is converted to a semantic HTML tree for the HTML reader (OpenDocument 1.3
part 3). Only the parts named here are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import lxml.etree as etree
import lxml.html

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.captions import with_captions
from newsletter.importers.formats.odt_metadata import odt_metadata
from newsletter.importers.formats.odt_styles import (
    DRAW,
    OFFICE,
    STYLE,
    SVG,
    TABLE,
    TEXT,
    OdtStyle,
    OdtStyles,
)
from newsletter.importers.formats.odt_text_nodes import odt_text_nodes
from newsletter.importers.formats.wordxml import parse_xml
from newsletter.importers.formats.zip_archive import ZipArchive
from newsletter.importers.html import read_tree
from newsletter.importers.html.elements import ADDED
from newsletter.importers.sequence_audit import missing_text

XLINK = "{http://www.w3.org/1999/xlink}"
DC = "{http://purl.org/dc/elements/1.1/}"
REPEATED = 100  # limit for repeated cells or spaces; spreadsheets claim a million
DEPTH = 100  # nesting limit of elements
MOSTLY = 0.9  # share of paragraphs; code style above it is just the body style
_CODE = ("Preformatted Text", "Source Code")
_QUOTES = ("Quotations", "Quote", "Block Quotation")
_OTHER_TYPES = {
    "spreadsheet": "an OpenDocument spreadsheet",
    "presentation": "an OpenDocument presentation",
    "graphics": "an OpenDocument drawing",
}
# Elements that are not the author's text -> the message of their note.
_OMITTED = {
    f"{OFFICE}annotation": "comment",
    f"{TEXT}table-of-content": "table of contents",
    f"{TEXT}alphabetical-index": "index",
    f"{TEXT}illustration-index": "index of figures",
    f"{TEXT}table-index": "index of tables",
    f"{TEXT}bibliography": "bibliography",
    f"{DRAW}object": "embedded object; save it as an image to include it",
    f"{DRAW}custom-shape": "drawing; save it as an image to include it",
    f"{TEXT}hidden-text": "hidden text",
    f"{TEXT}hidden-paragraph": "hidden text",
}
_SILENT = frozenset(
    f"{TEXT}{name}"
    for name in "sequence-decls variable-decls user-field-decls dde-connection-decls tracked-changes soft-page-break "
    "bookmark bookmark-start bookmark-end change change-start change-end reference-mark alphabetical-index-mark".split()
) | {f"{OFFICE}forms", f"{OFFICE}annotation-end", f"{SVG}title", f"{SVG}desc"}


def read_odt(data: bytes, name: str, files: Mapping[str, bytes] | None = None) -> tuple[Draft, ...]:
    """Return the draft in an OpenDocument text.

    Raises `NewsletterError` for other documents.
    """
    archive = ZipArchive(data, name)
    _refuse_others(archive, name)
    root = parse_xml(archive["content.xml"], f"{name} (content.xml)")
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        hint = "Save the document again."
        raise NewsletterError(f"Damaged .odt: {name} has no text part", hint=hint)
    sheets = [root]
    if "styles.xml" in archive:
        sheets.append(parse_xml(archive["styles.xml"], f"{name} (styles.xml)"))
    collector = DraftCollector(archive)
    tree = _TreeBuilder(OdtStyles(sheets), collector).tree(body)
    _note_deletions(root, collector)
    _note_margins(sheets[-1], collector)
    blocks = with_captions(read_tree(tree, collector, numbered=True))
    collector.notes += missing_text(odt_text_nodes(archive, name), blocks, collector.notes)
    meta = odt_metadata(archive, name)
    title = meta.pop("title", None)
    images, notes = tuple(collector.images.values()), collector.sorted_notes()
    return (Draft(name, "odt", blocks, title, meta, images, notes, "paragraph"),)


def _refuse_others(archive: ZipArchive, name: str) -> None:
    kind = archive.get("mimetype", b"").decode("ascii", "replace")
    for word, what in _OTHER_TYPES.items():
        if kind.startswith(f"application/vnd.oasis.opendocument.{word}"):
            raise NewsletterError(f"{name} is {what}", hint="Import a text document (.odt).")
    if b"encryption-data" in archive.get("META-INF/manifest.xml", b""):
        hint = "Save it without a password and import that."
        raise NewsletterError(f"{name} is password-protected", hint=hint)


# --- the tree ------------------------------------------------------------------------------------


class _TreeBuilder:
    """Converts the elements of a text to HTML, front to back."""

    def __init__(self, styles: OdtStyles, collector: DraftCollector) -> None:
        self.styles, self.collector = styles, collector
        self.paragraphs = 0
        self.notes: list[Any] = []
        self.depth = 0
        self.list_style, self.list_level = "", 0
        self.all_code = False
        self.handlers: dict[str, Callable[[Any, Any], None]] = {
            f"{TEXT}p": self.paragraph,
            f"{TEXT}h": self.paragraph,
            f"{TEXT}span": self.span,
            f"{TEXT}a": self.anchor,
            f"{DRAW}a": self.anchor,
            f"{TEXT}s": self.blanks,
            f"{TEXT}tab": self.blanks,
            f"{TEXT}line-break": lambda element, home: self.empty("br", home),
            f"{TEXT}list": self.list,
            f"{TEXT}note": self.note,
            f"{TEXT}section": self.section,
            f"{TEXT}ruby": self.ruby,
            f"{TABLE}table": self.table,
            f"{DRAW}image": self.image,
            f"{DRAW}text-box": self.text_box,
        }

    def tree(self, text: Any) -> Any:
        names = [element.get(f"{TEXT}style-name") for element in text.iter(f"{TEXT}p")]
        code = sum(self.styles.style("paragraph", name).name in _CODE for name in names)
        self.all_code = code >= MOSTLY * len(names)
        root = lxml.html.Element("html")
        body = etree.SubElement(root, "body")
        self.children(text, body)
        body.extend(self.notes)
        return root

    def children(self, element: Any, home: Any) -> None:
        self.words(element.text, home)
        for child in element:
            if isinstance(child.tag, str):
                self.element(child, home)
            self.words(child.tail, home)

    def words(self, text: str | None, home: Any) -> None:
        if not text:
            return
        text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
        if len(home):
            home[-1].tail = (home[-1].tail or "") + text
        else:
            home.text = (home.text or "") + text

    def element(self, element: Any, home: Any) -> None:
        name = str(element.tag)
        if name in _SILENT:
            return
        if name in _OMITTED or self.depth > DEPTH:
            self.omitted(element, _OMITTED.get(name, "text nested too deeply"))
            return
        self.depth += 1
        self.handlers.get(name, self.children)(element, home)
        self.depth -= 1

    def omitted(self, element: Any, message: str) -> None:
        self.collector.add_note("omitted", message, _text(element), self.paragraphs)

    def empty(self, tag: str, home: Any) -> Any:
        return etree.SubElement(home, tag)

    # --- paragraphs ---

    def paragraph(self, element: Any, home: Any) -> None:
        style = self.styles.style("paragraph", element.get(f"{TEXT}style-name"))
        if style.hidden:
            self.omitted(element, "hidden text")
            return
        if _text(element) or next(element.iter(f"{DRAW}frame"), None) is not None:
            self.paragraphs += 1
        block = etree.SubElement(self.parent_of(style, home), self.tag(element, style))
        block.set(f"{ADDED}line", str(self.paragraphs))
        if style.name:
            block.set(f"{ADDED}style", style.name)
        if style.size:
            block.set(f"{ADDED}size", str(style.size))
        if style.centred:
            block.set(f"{ADDED}centred", "1")
        if style.bold and block.tag == "p":
            block.set(f"{ADDED}bold", "1")
        if block.tag == "pre" and block.getprevious() is not None:
            self.children(element, self.continued_code(block))
            return
        self.children(element, self.italics(block, style))

    def tag(self, element: Any, style: OdtStyle) -> str:
        level = element.get(f"{TEXT}outline-level", "1")
        if element.tag == f"{TEXT}h":
            return f"h{min(int(level), 6)}" if level.isdecimal() and int(level) else "h1"
        heading = re.fullmatch(r"Heading ([1-6])", style.name)
        if heading:
            return f"h{heading[1]}"
        is_code = style.name in _CODE and not (self.list_level or self.all_code)
        return "pre" if is_code else "p"

    def parent_of(self, style: OdtStyle, home: Any) -> Any:
        """Return the quotation that a paragraph continues, or the parent element."""
        if style.name not in _QUOTES or home.tag == "td":
            return home
        last = home[-1] if len(home) else None
        if last is not None and last.tag == "blockquote" and not (last.tail or "").strip():
            return last
        return etree.SubElement(home, "blockquote")

    def continued_code(self, block: Any) -> Any:
        """Return the code block that a paragraph of code continues."""
        before = block.getprevious()
        if before.tag != "pre":
            return block
        block.getparent().remove(block)
        self.words("\n", before)
        return before

    def italics(self, block: Any, style: OdtStyle) -> Any:
        return etree.SubElement(block, "em") if style.italic and block.tag == "p" else block

    def span(self, element: Any, home: Any) -> None:
        style = self.styles.style("text", element.get(f"{TEXT}style-name"))
        if style.hidden:
            self.omitted(element, "hidden text")
            return
        for tag, applies in (
            ("strong", style.bold),
            ("em", style.italic),
            ("del", style.deleted),
            (style.raised, bool(style.raised)),
            ("code", style.name in ("Source Text", "Teletype")),
        ):
            if applies:
                home = etree.SubElement(home, tag)
        self.children(element, home)

    def anchor(self, element: Any, home: Any) -> None:
        link = etree.SubElement(home, "a", {"href": _clean(element.get(f"{XLINK}href", ""))})
        self.children(element, link)

    def blanks(self, element: Any, home: Any) -> None:
        count = element.get(f"{TEXT}c", "1")
        self.words(" " * (min(int(count), REPEATED) if count.isdecimal() else 1), home)

    def ruby(self, element: Any, home: Any) -> None:
        base, above = element.find(f"{TEXT}ruby-base"), element.find(f"{TEXT}ruby-text")
        if base is not None:
            self.children(base, home)
        if above is not None:
            self.words(f"（{_text(above)}）", home)

    def section(self, element: Any, home: Any) -> None:
        if element.get(f"{TEXT}display") == "none":
            self.omitted(element, "hidden text")
        else:
            self.children(element, home)

    # --- lists, notes, tables ---

    def list(self, element: Any, home: Any) -> None:
        before = (self.list_style, self.list_level)
        self.list_style = element.get(f"{TEXT}style-name") or self.list_style
        self.list_level += 1
        numbered = self.styles.is_numbered(self.list_style, self.list_level)
        block = etree.SubElement(home, "ol" if numbered else "ul")
        for item in element:
            if isinstance(item.tag, str):
                entry = etree.SubElement(block, "li")
                start = item.get(f"{TEXT}start-value", "")
                if numbered and start.isdecimal() and len(block) == 1:
                    block.set("start", start)
                self.children(item, entry)
        if not _has_content(block):
            home.remove(block)
        elif all(child[0].tag in _HEADINGS for child in block if len(child)):
            self.unlisted(block, home)
        self.list_style, self.list_level = before

    def unlisted(self, block: Any, home: Any) -> None:
        """Move numbered headings, which are list items in ODF, out of their list."""
        for item in list(block):
            for child in list(item):
                block.addprevious(child)
        home.remove(block)

    def note(self, element: Any, home: Any) -> None:
        number = len(self.notes) + 1
        mark = etree.SubElement(etree.SubElement(home, "sup"), "a")
        mark.set("href", f"#odt-note-{number}")
        mark.set("id", f"odt-mark-{number}")
        mark.set("class", "footnote")
        mark.text = str(number)
        body = lxml.html.Element("div")
        body.set("id", f"odt-note-{number}")
        self.notes.append(body)
        content = element.find(f"{TEXT}note-body")
        if content is not None:
            self.children(content, body)
        target = body[-1] if len(body) and body[-1].tag == "p" else body
        back = etree.SubElement(target, "a", {"href": f"#odt-mark-{number}"})
        back.text = "↩"

    def table(self, element: Any, home: Any) -> None:
        block = etree.SubElement(home, "table")
        for row in element.iter(f"{TABLE}table-row"):
            if next(row.iterancestors(f"{TABLE}table")) is not element:
                continue
            line = etree.SubElement(block, "tr")
            for cell in row.iterchildren(f"{TABLE}table-cell"):
                self.cell(cell, line, row.getparent().tag == f"{TABLE}table-header-rows")
        if not _has_content(block):
            home.remove(block)

    def cell(self, element: Any, line: Any, head: bool) -> None:
        repeated = element.get(f"{TABLE}number-columns-repeated", "1")
        for _ in range(min(int(repeated), REPEATED) if repeated.isdecimal() else 1):
            cell = etree.SubElement(line, "th" if head else "td")
            for name in ("columns", "rows"):
                span = element.get(f"{TABLE}number-{name}-spanned", "1")
                if span.isdecimal() and int(span) > 1:
                    cell.set("colspan" if name == "columns" else "rowspan", span)
            self.children(element, cell)

    # --- drawings ---

    def image(self, element: Any, home: Any) -> None:
        frame = element.getparent()
        path = element.get(f"{XLINK}href", "")
        if not path or next(frame.iterchildren(f"{DRAW}object"), None) is not None:
            return  # a preview of an embedded object
        if next(frame.iterchildren(f"{DRAW}image")) is not element:
            return  # the same image in another format
        words = [frame.findtext(f"{SVG}{name}") or "" for name in ("desc", "title")]
        alt = next((word for word in words if word.strip()), "")
        image = etree.SubElement(home, "img")
        image.set("src", _clean(path.removeprefix("./")))
        image.set("alt", _clean(alt))

    def text_box(self, element: Any, home: Any) -> None:
        """Write a text box after the paragraph it is anchored to."""
        words = _text(element)
        if next(element.iter(f"{DRAW}image"), None) is None and words:
            self.collector.add_note(
                "changed", "text box moved after its paragraph", words, self.paragraphs
            )
        block = home
        while block.getparent() is not None and block.tag not in ("body", "td", "li", "div"):
            block = block.getparent()
        self.children(element, block)


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _clean(value: str) -> str:
    return re.sub(r"[\x00-\x1f]", " ", value)


def _text(element: Any) -> str:
    names = (f"{DC}creator", f"{DC}date", f"{DC}date-string")
    unseen = {child.text for child in element.iter(*names)} if len(element) else set()
    return " ".join("".join(text for text in element.itertext() if text not in unseen).split())


def _has_content(block: Any) -> bool:
    return bool(_text(block)) or next(block.iter("img"), None) is not None


def _note_deletions(root: Any, collector: DraftCollector) -> None:
    for region in root.iter(f"{TEXT}deletion"):
        words = " ".join(_text(child) for child in region if child.tag.startswith(TEXT))
        if words:
            collector.add_note("omitted", "tracked deletion", words)


def _note_margins(sheet: Any, collector: DraftCollector) -> None:
    for kind in ("header", "footer"):
        texts = dict.fromkeys(_text(element) for element in sheet.iter(f"{STYLE}{kind}"))
        for words in filter(None, texts):
            collector.add_note("omitted", f"page {kind}", words)

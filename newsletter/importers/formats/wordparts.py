"""Repairs a .docx before conversion: content that the converter would drop is moved or noted.

mammoth silently drops tracked deletions, comments, the hidden attribute of text, text boxes without
a fallback, charts and diagrams, formulas, simple fields, ruby, bidirectional text, carriage
returns, headers and footers. Each is handled here, so that the document only contains what mammoth
understands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import lxml.etree as etree

from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.wordstyles import WordStyles
from newsletter.importers.formats.wordxml import (
    A,
    R,
    W,
    WordPackage,
    WordRelation,
    is_on,
    val,
    word_text,
)

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_NOTHING = (  # without content, and frequent
    "proofErr lastRenderedPageBreak bookmarkStart bookmarkEnd permStart permEnd annotationRef noProof lang "
    "moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd rsid rsidR"
).split()
_TRANSPARENT = ("dir", "bdo", "customXml", "smartTag", "moveTo")  # wrappers of text; the text stays
CHUNK = "draft-chunk-"  # text of the paragraph that marks an embedded document
_LISTS_OF_HEADINGS = ("toc ", "contents ", "table of figures", "index ")


class PartRepair:
    """Repairs one part of a document; `line` is the number of the current paragraph."""

    def __init__(
        self, package: WordPackage, part: str, styles: WordStyles, collector: DraftCollector
    ) -> None:
        self.package, self.styles, self.collector = package, styles, collector
        self.relations = package.relations(part)
        self.lines: dict[Any, int] = {}  # paragraph -> its number
        self.chunks: list[WordRelation] = []  # embedded documents, by the number in their mark

    def part(self, root: Any) -> None:
        """Apply all repairs to a part; the steps build on each other."""
        for element in list(root.iter(*(W + name for name in _NOTHING))):
            _remove(element)
        for element in root.iter(W + "p", W + "r", W + "tr"):
            for name in [
                name
                for name in element.attrib
                if "rsid" in name or name.endswith(("paraId", "textId"))
            ]:
                del element.attrib[name]
        self.alternatives(root)
        self.count(root)
        self.text_boxes(root)
        self.tracked(root)
        self.hidden(root)
        self.formulas(root)
        self.drawings(root)
        self.fields(root)
        self.small_things(root)
        self.contents(root)

    def count(self, root: Any) -> None:
        """Number the paragraphs that have content, as a person would count them."""
        number = 0
        for paragraph in root.iter(W + "p"):
            if (
                word_text(paragraph)
                or next(paragraph.iter(W + "drawing", W + "pict", W + "object"), None) is not None
            ):
                number += 1
                self.lines[paragraph] = number

    def line(self, element: Any) -> int:
        for item in (element, *element.iterancestors(W + "p"), *element.iterdescendants(W + "p")):
            if item in self.lines:
                return self.lines[item]
        return 0

    def note_omitted(self, element: Any, message: str, text: str | None = None) -> None:
        if text := word_text(element) if text is None else text:
            self.collector.add_note("omitted", message, text, self.line(element))

    # --- steps ---

    def alternatives(self, root: Any) -> None:
        """Reduce alternatives to the one with text or an image; the first is the one Word shows."""
        for element in list(root.iter(MC + "AlternateContent")):
            choices = [*element.iterchildren(MC + "Choice"), *element.iterchildren(MC + "Fallback")]
            best = next(
                (element for element in choices if word_text(element) or _images(element)),
                choices[0] if choices else None,
            )
            _replace(element, list(best) if best is not None else [])

    def text_boxes(self, root: Any) -> None:
        """Move the paragraphs of each text box after the paragraph it is anchored to."""
        anchors: dict[Any, Any] = {}  # paragraph -> the last element inserted after it
        shapes: list[Any] = []
        for box in list(root.iter(W + "txbxContent")):
            home = next(box.iterancestors(W + "p"), None)
            if home is None or box.getparent() is None:
                continue
            while (outer := next(home.iterancestors(W + "txbxContent"), None)) is not None:
                home = next(outer.iterancestors(W + "p"), home)
            if text := word_text(box):
                message = "text box moved after its paragraph"
                self.collector.add_note("changed", message, text, self.line(home))
            anchor = anchors.get(home, home)
            shapes.append(next(box.iterancestors(W + "drawing", W + "pict", W + "object"), box))
            _remove(box)
            for block in list(box):
                anchor.addnext(block)
                anchor = block
            anchors[home] = anchor
        for shape in shapes:  # after all boxes are removed, because a group contains several
            if not _images(shape) and not word_text(shape):
                _remove(shape)

    def tracked(self, root: Any) -> None:
        """Accept tracked changes: insertions are kept, deletions are noted."""
        for element in list(root.iter(W + "del", W + "moveFrom")):
            if element.getparent() is None or element.getparent().tag in (W + "rPr", W + "trPr"):
                continue
            if element.tag == W + "del":
                self.note_omitted(element, "tracked deletion")
            _remove(element)
        for row in [
            mark.getparent().getparent()
            for mark in root.iter(W + "del")
            if mark.getparent().tag == W + "trPr"
        ]:
            self.note_omitted(row, "deleted table row")
            _remove(row)
        for element in list(root.iter(W + "ins")):
            if element.getparent() is None or element.getparent().tag in (W + "rPr", W + "trPr"):
                continue
            if text := word_text(element):
                self.collector.add_note(
                    "review", "tracked insertion accepted", text, self.line(element)
                )
            _replace(element, list(element))

    def hidden(self, root: Any) -> None:
        for run in list(root.iter(W + "r")):
            hidden = is_on(val(run, "rPr/vanish"))
            if hidden is None:
                style = val(run, "rPr/rStyle")
                paragraph = next(run.iterancestors(W + "p"), None)
                hidden = self.styles.style(style).hidden if style else None
                if hidden is None and paragraph is not None:
                    hidden = self.styles.style(val(paragraph, "pPr/pStyle")).hidden
            if hidden:
                self.note_omitted(run, "hidden text")
                _remove(run)

    def formulas(self, root: Any) -> None:
        for formula in list(root.iter(M + "oMath")):
            text = "".join(formula.itertext(M + "t")).strip()
            if text:
                self.collector.add_note(
                    "review", "formula imported as plain text", text, self.line(formula)
                )
            _replace(formula, [_run(text)] if text else [])
        for formula_paragraph in list(root.iter(M + "oMathPara")):
            _replace(formula_paragraph, list(formula_paragraph))

    def drawings(self, root: Any) -> None:
        """Note drawings that are not images (charts, diagrams, shapes); keep the text in them."""
        for drawing in list(root.iter(W + "drawing", W + "pict", W + "object")):
            images = _images(drawing)
            for blip in [image for image in images if image.tag == A + "blip"]:
                self.mark_image(drawing, blip)
            if images:
                continue
            relations = [
                self.relations[id_]
                for element in drawing.iter()
                for id_ in element.attrib.values()
                if id_ in self.relations
            ]
            text = " ".join(
                [
                    word_text(drawing),
                    *(self.drawn(relation) for relation in relations),
                    *_alternative(drawing),
                ]
            ).strip()
            kind = next(
                (
                    relation.kind
                    for relation in relations
                    if relation.kind in ("chart", "diagramData", "oleObject")
                ),
                "",
            )
            what = {
                "chart": "chart",
                "diagramData": "diagram",
                "oleObject": "embedded object",
            }.get(kind, "drawing")
            self.collector.add_note(
                "omitted",
                f"{what}; save it as an image to include it",
                text or what,
                self.line(drawing),
            )
            _remove(drawing)
        for chunk in list(root.iter(W + "altChunk", W + "subDoc")):
            self.chunk(chunk)

    def chunk(self, element: Any) -> None:
        """Leave a mark where another document is embedded; its text is read separately."""
        relation = self.relations.get(element.get(R + "id", ""))
        if relation is not None and not relation.outside:
            mark = etree.Element(W + "p")
            mark.append(_run(f"{CHUNK}{len(self.chunks)}"))
            element.addprevious(mark)
            self.chunks.append(relation)
        else:
            words = relation.target if relation else ""
            self.collector.add_note("omitted", "embedded document", words, self.line(element))
        _remove(element)

    def drawn(self, relation: WordRelation) -> str:
        """Return the text of a chart or diagram."""
        if relation.outside or relation.kind not in ("chart", "chartEx", "diagramData"):
            return ""
        root = self.package.xml(relation.target)
        parts = (
            []
            if root is None
            else [
                element.text
                for element in root.iter()
                if _local(element) in ("t", "v") and element.text
            ]
        )
        return " ".join(parts)

    def mark_image(self, drawing: Any, blip: Any) -> None:
        """Prefix an image's alt text with its path.

        Alt text is the only image property that the converter passes on.
        """
        relation = self.relations.get(blip.get(R + "embed") or blip.get(R + "link") or "")
        target = relation.target if relation else ""
        if target.startswith("//"):
            target = f"file:{target}"  # a path on a local network, not a web page
        for properties in drawing.iter(
            "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
        ):
            alt = properties.get("descr", "").strip() or properties.get("title", "").strip()
            properties.set("descr", f"{target}\n{alt}")

    def fields(self, root: Any) -> None:
        """Convert simple fields to complex fields, which the converter understands."""
        for field in list(root.iter(W + "fldSimple")):
            instruction = etree.Element(W + "instrText")
            instruction.text = field.get(W + "instr", "")
            _replace(
                field,
                [_field("begin"), _wrap(instruction), _field("separate"), *field, _field("end")],
            )
        for control in list(root.iter(W + "sdt")):
            if is_on(val(control, "sdtPr/showingPlcHdr")):
                self.note_omitted(control, "empty form field")
                _remove(control)

    def small_things(self, root: Any) -> None:
        for element in list(root.iter(*(W + name for name in _TRANSPARENT))):
            _replace(
                element,
                [item for item in element if _local(item) not in ("customXmlPr", "smartTagPr")],
            )
        for ruby in list(root.iter(W + "ruby")):
            base, above = ruby.find(W + "rubyBase"), ruby.find(W + "rt")
            text = f"{word_text(base) if base is not None else ''}（{word_text(above) if above is not None else ''}）"
            _replace(ruby, [_text(text)])
        for element in list(root.iter(W + "cr")):
            element.tag = W + "br"
        for element in list(root.iter(W + "br")):
            if element.get(W + "type") in ("page", "column"):
                _replace(element, [_text(" ")])
        for element in root.iter(W + "r"):
            self.emphasis(element)

    def emphasis(self, run: Any) -> None:
        """Copy emphasis from a run's style to the run, where the converter looks for it."""
        if is_on(val(run, "rPr/dstrike")) and val(run, "rPr/strike") is None:
            run.find(W + "rPr").append(etree.Element(W + "strike"))
        id_ = val(run, "rPr/rStyle")
        if not id_:
            return
        style = self.styles.style(id_)
        for name, enabled in (("b", style.bold), ("i", style.italic)):
            if enabled and val(run, f"rPr/{name}") is None:
                run.find(W + "rPr").append(etree.Element(W + name))

    def contents(self, root: Any) -> None:
        """Note tables of contents: their page numbers have no meaning in an email."""
        for paragraph in list(root.iter(W + "p")):
            name = self.styles.style(val(paragraph, "pPr/pStyle")).name.lower()
            if name.startswith(_LISTS_OF_HEADINGS) or name in ("toc heading", "contents heading"):
                self.note_omitted(paragraph, "table of contents")
                _remove(paragraph)


def _images(element: Any) -> list[Any]:
    blips = [
        item for item in element.iter(A + "blip") if item.get(R + "embed") or item.get(R + "link")
    ]
    return blips + list(element.iter("{urn:schemas-microsoft-com:vml}imagedata"))


def _alternative(drawing: Any) -> Iterable[str]:
    for element in drawing.iter():
        if _local(element) == "docPr" and element.get("descr"):
            yield element.get("descr")


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _replace(element: Any, others: Iterable[Any]) -> None:
    for item in list(others):
        element.addprevious(item)
    _remove(element)


def _text(text: str) -> Any:
    element = etree.Element(W + "t")
    element.text = text
    return element


def _wrap(child: Any) -> Any:
    run = etree.Element(W + "r")
    run.append(child)
    return run


def _run(text: str) -> Any:
    return _wrap(_text(text))


def _field(kind: str) -> Any:
    return _wrap(etree.Element(W + "fldChar", {W + "fldCharType": kind}))

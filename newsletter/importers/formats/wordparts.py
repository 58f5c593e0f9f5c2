"""A .docx put right before it is converted: what the converter would drop is lifted out, or told.

mammoth leaves out, without a word: tracked deletions, comments, hidden text's being hidden, text boxes without a
fallback, charts and diagrams, formulas, simple fields, ruby, text of both directions, carriage returns, headers and
footers. Each is met here; what stays in the document is what mammoth understands.
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
_NOTHING = (  # says nothing, and there is much of it
    "proofErr lastRenderedPageBreak bookmarkStart bookmarkEnd permStart permEnd annotationRef noProof lang "
    "moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd rsid rsidR"
).split()
_TRANSPARENT = ("dir", "bdo", "customXml", "smartTag", "moveTo")  # around words, which stay
_LISTS_OF_HEADINGS = ("toc ", "contents ", "table of figures", "index ")


class PartRepair:
    """Goes over one part of a document; `line` is the number of the paragraph it is at."""

    def __init__(
        self, package: WordPackage, part: str, styles: WordStyles, collector: DraftCollector
    ) -> None:
        self.package, self.styles, self.collector = package, styles, collector
        self.relations = package.relations(part)
        self.lines: dict[Any, int] = {}  # paragraph -> its number

    def part(self, root: Any) -> None:
        """Change a part to what it says; the steps build on each other."""
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
        """Number the paragraphs that say something, as a person counts them."""
        number = 0
        for paragraph in root.iter(W + "p"):
            if (
                word_text(paragraph)
                or next(paragraph.iter(W + "drawing", W + "pict", W + "object"), None) is not None
            ):
                number += 1
                self.lines[paragraph] = number

    def line(self, element: Any) -> int:
        for one in (element, *element.iterancestors(W + "p"), *element.iterdescendants(W + "p")):
            if one in self.lines:
                return self.lines[one]
        return 0

    def note_omitted(self, element: Any, message: str, said: str | None = None) -> None:
        if said := word_text(element) if said is None else said:
            self.collector.add_note("lost", message, said, self.line(element))

    # --- steps ---

    def alternatives(self, root: Any) -> None:
        """Keep of each alternative the one with words or a picture; the first is the one Word shows."""
        for element in list(root.iter(MC + "AlternateContent")):
            choices = [*element.iterchildren(MC + "Choice"), *element.iterchildren(MC + "Fallback")]
            best = next(
                (one for one in choices if word_text(one) or _pictures(one)),
                choices[0] if choices else None,
            )
            _replace(element, list(best) if best is not None else [])

    def text_boxes(self, root: Any) -> None:
        """Set the paragraphs of a text box after the one it hangs on."""
        for box in list(root.iter(W + "txbxContent")):
            home = next(box.iterancestors(W + "p"), None)
            if home is None or box.getparent() is None:
                continue
            while (outer := next(home.iterancestors(W + "txbxContent"), None)) is not None:
                home = next(outer.iterancestors(W + "p"), home)
            if said := word_text(box):
                self.collector.add_note(
                    "changed",
                    "a text box was set after the paragraph it hangs on",
                    said,
                    self.line(home),
                )
            place = home
            for block in list(box):
                place.addnext(block)
                place = block
            shape = next(box.iterancestors(W + "drawing", W + "pict", W + "object"), box)
            _remove(box if _pictures(shape) else shape)

    def tracked(self, root: Any) -> None:
        """Accept tracked changes: what was inserted stays, what was deleted is told."""
        for element in list(root.iter(W + "del", W + "moveFrom")):
            if element.getparent() is None or element.getparent().tag in (W + "rPr", W + "trPr"):
                continue
            if element.tag == W + "del":
                self.note_omitted(element, "a tracked deletion was left out")
            _remove(element)
        for row in [
            mark.getparent().getparent()
            for mark in root.iter(W + "del")
            if mark.getparent().tag == W + "trPr"
        ]:
            self.note_omitted(row, "a deleted row of a table was left out")
            _remove(row)
        for element in list(root.iter(W + "ins")):
            if element.getparent() is None or element.getparent().tag in (W + "rPr", W + "trPr"):
                continue
            if said := word_text(element):
                self.collector.add_note(
                    "look", "a tracked insertion was taken as accepted", said, self.line(element)
                )
            _replace(element, list(element))

    def hidden(self, root: Any) -> None:
        for run in list(root.iter(W + "r")):
            said = is_on(val(run, "rPr/vanish"))
            if said is None:
                style = val(run, "rPr/rStyle")
                paragraph = next(run.iterancestors(W + "p"), None)
                said = self.styles.style(style).hidden if style else None
                if said is None and paragraph is not None:
                    said = self.styles.style(val(paragraph, "pPr/pStyle")).hidden
            if said:
                self.note_omitted(run, "hidden words were left out")
                _remove(run)

    def formulas(self, root: Any) -> None:
        for formula in list(root.iter(M + "oMath")):
            said = "".join(formula.itertext(M + "t")).strip()
            if said:
                self.collector.add_note(
                    "look", "a formula came as its letters alone", said, self.line(formula)
                )
            _replace(formula, [_run(said)] if said else [])
        for around in list(root.iter(M + "oMathPara")):
            _replace(around, list(around))

    def drawings(self, root: Any) -> None:
        """Tell what is drawn and is no picture: charts, diagrams, shapes; keep the words in them."""
        for drawing in list(root.iter(W + "drawing", W + "pict", W + "object")):
            pictures = _pictures(drawing)
            for blip in [one for one in pictures if one.tag == A + "blip"]:
                self.mark_picture(drawing, blip)
            if pictures:
                continue
            relations = [
                self.relations[id_]
                for one in drawing.iter()
                for id_ in one.attrib.values()
                if id_ in self.relations
            ]
            said = " ".join(
                [
                    word_text(drawing),
                    *(self.drawn(one) for one in relations),
                    *_alternative(drawing),
                ]
            ).strip()
            kind = next(
                (
                    one.kind
                    for one in relations
                    if one.kind in ("chart", "diagramData", "oleObject")
                ),
                "",
            )
            what = {
                "chart": "a chart",
                "diagramData": "a diagram",
                "oleObject": "an embedded object",
            }.get(kind, "a drawing")
            self.collector.add_note(
                "lost",
                f"{what} was left out; save it as a picture",
                said or what,
                self.line(drawing),
            )
            _remove(drawing)
        for chunk in list(root.iter(W + "altChunk", W + "subDoc")):
            self.collector.add_note(
                "lost",
                "another document inside this one was left out",
                chunk.get(R + "id", ""),
                self.line(chunk),
            )
            _remove(chunk)

    def drawn(self, relation: WordRelation) -> str:
        """Return the words of a chart or diagram."""
        if relation.outside or relation.kind not in ("chart", "chartEx", "diagramData"):
            return ""
        root = self.package.xml(relation.target)
        pieces = (
            []
            if root is None
            else [one.text for one in root.iter() if _local(one) in ("t", "v") and one.text]
        )
        return " ".join(pieces)

    def mark_picture(self, drawing: Any, blip: Any) -> None:
        """Give a picture's path in place of its alt text, which goes with it: the converter hands on nothing else."""
        relation = self.relations.get(blip.get(R + "embed") or blip.get(R + "link") or "")
        target = relation.target if relation else ""
        if target.startswith("//"):
            target = f"file:{target}"  # a folder of somebody's network, not a page of the web
        for properties in drawing.iter(
            "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
        ):
            alt = properties.get("descr", "").strip() or properties.get("title", "").strip()
            properties.set("descr", f"{target}\n{alt}")

    def fields(self, root: Any) -> None:
        """Write simple fields as the others, which are understood."""
        for field in list(root.iter(W + "fldSimple")):
            instruction = etree.Element(W + "instrText")
            instruction.text = field.get(W + "instr", "")
            _replace(
                field,
                [_field("begin"), _wrap(instruction), _field("separate"), *field, _field("end")],
            )
        for control in list(root.iter(W + "sdt")):
            if is_on(val(control, "sdtPr/showingPlcHdr")):
                self.note_omitted(control, "a form's field without an answer was left out")
                _remove(control)

    def small_things(self, root: Any) -> None:
        for element in list(root.iter(*(W + name for name in _TRANSPARENT))):
            _replace(
                element,
                [one for one in element if _local(one) not in ("customXmlPr", "smartTagPr")],
            )
        for ruby in list(root.iter(W + "ruby")):
            base, above = ruby.find(W + "rubyBase"), ruby.find(W + "rt")
            said = f"{word_text(base) if base is not None else ''}（{word_text(above) if above is not None else ''}）"
            _replace(ruby, [_text(said)])
        for element in list(root.iter(W + "cr")):
            element.tag = W + "br"
        for element in list(root.iter(W + "br")):
            if element.get(W + "type") in ("page", "column"):
                _replace(element, [_text(" ")])
        for element in root.iter(W + "r"):
            self.emphasis(element)

    def emphasis(self, run: Any) -> None:
        """Write what a run's own style says beside it, since the converter looks only there."""
        id_ = val(run, "rPr/rStyle")
        if not id_:
            return
        style = self.styles.style(id_)
        for name, said in (("b", style.bold), ("i", style.italic)):
            if said and val(run, f"rPr/{name}") is None:
                run.find(W + "rPr").append(etree.Element(W + name))

    def contents(self, root: Any) -> None:
        """Tell tables of contents: their page numbers mean nothing in a mail."""
        for paragraph in list(root.iter(W + "p")):
            name = self.styles.style(val(paragraph, "pPr/pStyle")).name.lower()
            if name.startswith(_LISTS_OF_HEADINGS) or name in ("toc heading", "contents heading"):
                self.note_omitted(paragraph, "a table of contents was left out")
                _remove(paragraph)


def note_margins(package: WordPackage, collector: DraftCollector) -> None:
    """Tell headers and footers, once each."""
    said = set()
    for kind, message in (
        ("header", "the pages' header was left out"),
        ("footer", "the pages' footer was left out"),
    ):
        for root in package.parts(kind):
            if (text := word_text(root)) and (kind, text) not in said:
                said.add((kind, text))
                collector.add_note("lost", message, text)


def note_comments(
    package: WordPackage, repair: PartRepair, root: Any, collector: DraftCollector
) -> None:
    """Tell comments, each at the paragraph it is about."""
    places = {
        mark.get(W + "id"): repair.line(mark)
        for mark in root.iter(W + "commentReference", W + "commentRangeStart")
    }
    for part in package.parts("comments"):
        for comment in part.iter(W + "comment"):
            author = comment.get(W + "author", "").strip()
            if text := word_text(comment):
                by = f" by {author}" if author else ""
                collector.add_note(
                    "lost",
                    f"a comment{by} was left out",
                    text,
                    places.get(comment.get(W + "id"), 0),
                )
    for element in list(
        root.iter(W + "commentReference", W + "commentRangeStart", W + "commentRangeEnd")
    ):
        _remove(element)


def _pictures(element: Any) -> list[Any]:
    blips = [one for one in element.iter(A + "blip") if one.get(R + "embed") or one.get(R + "link")]
    return blips + list(element.iter("{urn:schemas-microsoft-com:vml}imagedata"))


def _alternative(drawing: Any) -> Iterable[str]:
    for one in drawing.iter():
        if _local(one) == "docPr" and one.get("descr"):
            yield one.get("descr")


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _replace(element: Any, others: Iterable[Any]) -> None:
    for one in list(others):
        element.addprevious(one)
    _remove(element)


def _text(said: str) -> Any:
    element = etree.Element(W + "t")
    element.text = said
    return element


def _wrap(child: Any) -> Any:
    run = etree.Element(W + "r")
    run.append(child)
    return run


def _run(said: str) -> Any:
    return _wrap(_text(said))


def _field(kind: str) -> Any:
    return _wrap(etree.Element(W + "fldChar", {W + "fldCharType": kind}))

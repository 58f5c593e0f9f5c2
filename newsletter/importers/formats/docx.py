"""Word documents, from Word, LibreOffice, Google Docs or Pages -> a draft.

mammoth converts styles to semantic HTML. Before that, `wordparts.py` handles the content that
mammoth would drop; afterwards, the text of the document is compared with that of the draft. Macros
are never read: only the parts named here are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import lxml.etree as etree

from newsletter.importers.draft import Draft
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.captions import with_captions
from newsletter.importers.formats.docx_text_nodes import docx_text_nodes
from newsletter.importers.formats.word_chunks import with_chunks
from newsletter.importers.formats.word_conversion import (
    CODE_STYLES,
    STYLES,
    convert_document,
    is_all_code,
    packed_document,
    place_roles,
)
from newsletter.importers.formats.word_roles import ParagraphRole, paragraph_roles
from newsletter.importers.formats.word_runs import merge_runs
from newsletter.importers.formats.word_surroundings import note_comments, note_margins
from newsletter.importers.formats.wordparts import PartRepair
from newsletter.importers.formats.wordstyles import Numbering, WordStyles
from newsletter.importers.formats.wordxml import W, WordPackage
from newsletter.importers.formats.zip_archive import ZipArchive
from newsletter.importers.html import parse_html, read_tree
from newsletter.importers.sequence_audit import missing_text


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
    facts = paragraph_roles(root, repair, styles, numbering)
    for part in (root, *notes.values()):
        if part is not None:
            merge_runs(part)
    html = _html(package, root, notes, facts, collector=collector)
    note_margins(package, collector)
    tree = parse_html(html, name)
    place_roles(tree, facts)
    blocks = with_captions(read_tree(tree, collector, numbered=True))
    if repair.chunks:
        blocks = with_chunks(blocks, repair.chunks, package, collector)
    collector.notes += missing_text(docx_text_nodes(package), blocks, collector.notes)
    meta = _properties(package)
    title = meta.pop("title", None)
    draft = Draft(
        name,
        "docx",
        blocks,
        title,
        meta,
        tuple(collector.images.values()),
        collector.sorted_notes(),
        "paragraph",
    )
    return (draft,)


def _html(
    package: WordPackage,
    root: Any,
    notes: Mapping[str, Any],
    facts: Mapping[int, ParagraphRole],
    *,
    collector: DraftCollector,
) -> str:
    all_code = is_all_code(facts)
    style_map = STYLES if all_code else STYLES + CODE_STYLES
    data = packed_document(package, root, notes)
    return convert_document(data, package.name, collector, style_map, empty=all_code)


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

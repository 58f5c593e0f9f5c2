"""The surroundings of a Word document's text: headers, footers and comments."""

from __future__ import annotations

from typing import Any

from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.wordparts import PartRepair
from newsletter.importers.formats.wordxml import W, WordPackage, word_text


def note_margins(package: WordPackage, collector: DraftCollector) -> None:
    """Note headers and footers, once each."""
    reported = set()
    for kind, message in (
        ("header", "page header"),
        ("footer", "page footer"),
    ):
        for root in package.parts(kind):
            if (text := word_text(root)) and (kind, text) not in reported:
                reported.add((kind, text))
                collector.add_note("omitted", message, text)


def note_comments(
    package: WordPackage, repair: PartRepair, root: Any, collector: DraftCollector
) -> None:
    """Note comments, each at the paragraph it refers to."""
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
                    "omitted",
                    f"comment{by}",
                    text,
                    places.get(comment.get(W + "id"), 0),
                )
    for element in list(
        root.iter(W + "commentReference", W + "commentRangeStart", W + "commentRangeEnd")
    ):
        element.getparent().remove(element)

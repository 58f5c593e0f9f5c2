"""The role of a block by its own content, without its neighbors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from newsletter.importers.draft import DraftBlock
from newsletter.importers.structure.draft_dates import parse_date, parse_tag_line
from newsletter.importers.structure.lines import is_read_more, parse_byline, parse_reference
from newsletter.importers.structure.outline import Role, outline_words

SILENT = ("rule", "note", "comment")  # blocks without text of their own


def role_of(block: DraftBlock, people: frozenset[str] = frozenset()) -> Role | None:
    """Return the role of a line that is not body text: byline, tags, date, reference or teaser."""
    if block.kind not in ("paragraph", "heading") or outline_words(block.words) > 40:
        return None
    words = block.words.strip()
    if parse_byline(words) or words.casefold() in people:
        return "by"
    if parse_tag_line(words):
        return "tags"
    if parse_reference(words, block.links):
        return "source"
    if is_read_more(words):
        return "more"
    return "date" if parse_date(words) else None


_OPENS_WITH_LINK = re.compile(r"[*_]{0,3}(?:\[[^\]^]|<https?:)")
_ITEM = re.compile(r"^(?:[-*+]|\d+[.)])\s+(.*)$", re.MULTILINE)


def is_roundup(blocks: Sequence[DraftBlock]) -> bool:
    """Return whether blocks are a list of links.

    At least two list items or paragraphs, and 40% of them, must begin with a link.
    """
    parts = [part for block in blocks for part in _pieces(block)]
    linked = sum(bool(_OPENS_WITH_LINK.match(part)) for part in parts)
    return linked >= 2 and linked >= 0.4 * len(parts)


def _pieces(block: DraftBlock) -> Iterable[str]:
    if block.kind == "list":
        return _ITEM.findall(block.markdown)
    return (block.markdown,) if block.kind in ("paragraph", "quote") else ()


def is_data(blocks: Sequence[DraftBlock]) -> bool:
    """Return whether blocks are mainly data, not an essay with images.

    Data is a table with fewer than 150 words, or an image with fewer than 40 words and no list.
    """
    table = any(block.kind == "table" or block.markdown.startswith("::: table") for block in blocks)
    words = sum(outline_words(block.words) for block in blocks if block.kind == "paragraph")
    kinds = {block.kind for block in blocks}
    return words < 150 if table else words < 40 and "image" in kinds and "list" not in kinds


def body_words(blocks: Iterable[DraftBlock]) -> int:
    """Return the number of words in blocks."""
    return sum(outline_words(block.words) for block in blocks)

"""Finds the head of a draft: the issue's title, its deck, its date."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.structure.about_lines import capital_byline, is_about_line
from newsletter.importers.structure.draft_dates import parse_date
from newsletter.importers.structure.labels import head_label, label_kind
from newsletter.importers.structure.lines import (
    ends_whole,
    in_title_case,
    is_line,
    is_sentence,
    is_short,
)
from newsletter.importers.structure.outline import Confidence, OutlineRow, outline_words
from newsletter.importers.structure.roles import SILENT, is_roundup, role_of

SHORTEST, DECK = 4, 45  # minimum and maximum words of a deck, which becomes the preheader


class IssueHead(Struct, frozen=True):
    rows: tuple[OutlineRow, ...] = ()
    confidence: Confidence = "high"
    reason: str = ""

    @property
    def places(self) -> frozenset[int]:
        return frozenset(row.block for row in self.rows)


def find_head(draft: Draft, taken: Collection[int]) -> IssueHead:
    """Return the blocks that are the issue's own title, deck and date.

    Returns none if the first block is a section's title.
    """
    order = [
        index
        for index, block in enumerate(draft.blocks)
        if block.kind not in SILENT and index not in taken
    ]
    dates, order = _dates(draft, order)
    title = _title(draft, _below_notes(draft, order))
    if title is not None:
        order = order[order.index(title[0]) + 1 :]
        more, order = _dates(draft, order)
        dates += more
    deck = _deck(draft, order, titled=title is not None)
    if deck is not None:
        more, _ = _dates(draft, [index for index in order if index != deck[0]])
        dates += more
    rows = [OutlineRow(title[0], "title")] if title else []
    rows += [OutlineRow(deck[0], "deck")] if deck else []
    rows += [OutlineRow(index, "date") for index in dates[:1]]
    levels: list[Confidence] = [line[1] for line in (title, deck) if line]
    order_: tuple[Confidence, ...] = ("high", "medium", "low")
    confidence = max(levels, key=order_.index, default=order_[0])
    reason = "; ".join(line[2] for line in (title, deck) if line)
    return IssueHead(tuple(sorted(rows, key=lambda row: row.block)), confidence, reason)


Found = tuple[int, Confidence, str]


def _dates(draft: Draft, order: list[int]) -> tuple[list[int], list[int]]:
    """Return the first block if it is a date and nothing else, and the remaining blocks."""
    if (
        order
        and draft.blocks[order[0]].kind == "paragraph"
        and parse_date(draft.blocks[order[0]].words)
    ):
        return [order[0]], order[1:]
    return [], order


def _below_notes(draft: Draft, order: list[int]) -> list[int]:
    """Return the blocks from the first heading, if above it are only credits, datelines, counts."""
    for number, index in enumerate(order):
        block = draft.blocks[index]
        if block.kind == "heading":
            return order[number:]
        if block.kind != "paragraph" or role_of(block) == "by" or not is_about_line(block.words):
            break
    return order


def _title(draft: Draft, order: list[int]) -> Found | None:
    blocks = draft.blocks
    for index in order[:3]:
        if blocks[index].style.lower() == "title":
            return index, "high", "style Title"
        if draft.title and _names(draft.title, blocks[index].words):
            return index, "high", "title in the metadata"
        if (label := head_label(blocks[index].words)) and label[0] == "title":
            return index, "high", "explicit label"
    if not order or (draft.title and draft.kind != "email"):
        return None
    first = blocks[order[0]]
    if draft.title and not _is_own_title(first):
        return None
    after = [blocks[index] for index in order[1:]]
    if (
        not is_line(first.words)
        or first.kind not in ("heading", "paragraph")
        or _is_own_line(first)
        or _is_about(first, after)
        or _is_section(first, after)
    ):
        return None
    return (
        (order[0], "high", "first heading")
        if first.kind == "heading"
        else (order[0], "medium", "first line")
    )


_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|hallo|liebe[rs]?|ciao|bonjour|hola|olá)\b", re.IGNORECASE
)


def _is_own_title(first: DraftBlock) -> bool:
    """Return whether the first line of an email is the draft's title.

    Such a title takes precedence over the subject.
    """
    if first.kind == "heading":
        return True
    words = first.words.strip()
    return not _GREETING.match(words) and outline_words(words) > 1 and in_title_case(words)


def _is_own_line(first: DraftBlock) -> bool:
    """Return whether the first line says what it is: a deck by its label, a byline, tags."""
    return bool(head_label(first.words)) or (first.kind == "paragraph" and bool(role_of(first)))


def _is_about(first: DraftBlock, after: list[DraftBlock]) -> bool:
    """Return whether the first line is about the text, such as a dateline, and no title."""
    if first.kind == "heading":
        return False
    return is_about_line(first.words) or capital_byline((first, *after)) is not None


def _is_section(first: DraftBlock, after: list[DraftBlock]) -> bool:
    """Return whether the first heading belongs to a section: a digest article, a list of links."""
    if label_kind(first.words) or not after:
        return True
    bylines = sum(role_of(block) == "by" for block in after)
    sources = sum(role_of(block) == "source" for block in after)
    text = next((block for block in after if role_of(block) not in ("by", "tags", "date")), None)
    above_title = text is not None and (
        text.kind == "heading" or is_line(text.words)
    )  # they belong to the next section
    if role_of(after[0]) in ("by", "tags") and max(bylines, sources) > 1 and not above_title:
        return True
    peers = [
        index
        for index, block in enumerate(after)
        if block.kind == "heading" and block.level <= first.level
    ]
    return first.kind == "heading" and bool(peers) and is_roundup(after[: peers[0]])


def _deck(draft: Draft, order: list[int], *, titled: bool) -> Found | None:
    if not order:
        return None
    index, block = order[0], draft.blocks[order[0]]
    given = draft.meta.get("description")
    if (label := head_label(block.words)) and label[0] == "deck":
        return index, "high", "explicit label"
    if given or block.style.lower() == "subtitle":
        return (
            (index, "high", "deck in the metadata")
            if not given or _same(block.words, given)
            else None
        )
    following = [draft.blocks[other] for other in order[1:]]
    if (
        block.kind != "paragraph"
        or not following
        or role_of(block)
        or is_about_line(block.words)
        or not SHORTEST <= outline_words(block.words) <= DECK
    ):
        return None
    if (
        not is_sentence(block.words)
        or is_short(block.words)
        or role_of(following[0]) in ("by", "tags")
    ):
        return None
    bare = not ends_whole(block.words) and not titled
    next_ = draft.blocks[index + 1] if index + 1 < len(draft.blocks) else following[0]
    if block.italic or (not bare and (next_.kind in ("heading", "rule") or is_short(next_.words))):
        return index, "medium", "one sentence before the text"
    if titled and outline_words(following[0].words) >= 1.5 * outline_words(block.words):
        return index, "low", "one sentence below the title"
    return None


def _names(title: str, words: str) -> bool:
    """Return whether `words` is the title, ignoring text that a page or email adds.

    Examples: `Fwd: Draft: …`, `… | The Desk`.
    """
    around = r"(?:\S.*(?::|\s[-–—|·•»])\s)?", r"(?:\s[-–—|·•«]\s.*\S)?"
    own = re.escape(" ".join(words.split()))
    return bool(re.fullmatch(around[0] + own + around[1], " ".join(title.split()), re.IGNORECASE))


def _same(words: str, other: str) -> bool:
    return " ".join(words.split()).casefold() == " ".join(other.split()).casefold()

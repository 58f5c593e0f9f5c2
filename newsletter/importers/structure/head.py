"""The head of a draft: the issue's title, its deck, its date."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.structure.draft_dates import parse_date
from newsletter.importers.structure.labels import head_label, label_kind
from newsletter.importers.structure.lines import ends_whole, is_line, is_sentence, is_short
from newsletter.importers.structure.outline import Confidence, OutlineRow, count_words
from newsletter.importers.structure.roles import SILENT, is_roundup, role_of

SHORTEST, DECK = 4, 45  # words a deck has: it becomes the preheader


class IssueHead(Struct, frozen=True):
    rows: tuple[OutlineRow, ...] = ()
    confidence: Confidence = "sure"
    reason: str = ""

    @property
    def places(self) -> frozenset[int]:
        return frozenset(row.block for row in self.rows)


def find_head(draft: Draft, taken: Collection[int]) -> IssueHead:
    """Return which blocks are the issue's own title, deck and date; none where the first is a section's title."""
    order = [
        place
        for place, block in enumerate(draft.blocks)
        if block.kind not in SILENT and place not in taken
    ]
    dates, order = _dates(draft, order)
    title = _title(draft, order)
    if title is not None:
        order = order[order.index(title[0]) + 1 :]
        more, order = _dates(draft, order)
        dates += more
    deck = _deck(draft, order, titled=title is not None)
    if deck is not None:
        more, _ = _dates(draft, [place for place in order if place != deck[0]])
        dates += more
    rows = [OutlineRow(title[0], "title")] if title else []
    rows += [OutlineRow(deck[0], "deck")] if deck else []
    rows += [OutlineRow(place, "date") for place in dates[:1]]
    levels: list[Confidence] = [one[1] for one in (title, deck) if one]
    order_: tuple[Confidence, ...] = ("sure", "likely", "guess")
    confidence = max(levels, key=order_.index, default=order_[0])
    reason = "; ".join(one[2] for one in (title, deck) if one)
    return IssueHead(tuple(sorted(rows, key=lambda row: row.block)), confidence, reason)


Found = tuple[int, Confidence, str]


def _dates(draft: Draft, order: list[int]) -> tuple[list[int], list[int]]:
    """Return the first block if it is a day and nothing else, and the rest."""
    if (
        order
        and draft.blocks[order[0]].kind == "paragraph"
        and parse_date(draft.blocks[order[0]].words)
    ):
        return order[:1], order[1:]
    return [], order


def _title(draft: Draft, order: list[int]) -> Found | None:
    blocks = draft.blocks
    for place in order[:3]:
        if blocks[place].style.lower() == "title":
            return place, "sure", "the style Title"
        if draft.title and _names(draft.title, blocks[place].words):
            return place, "sure", "the draft's title"
        if (label := head_label(blocks[place].words)) and label[0] == "title":
            return place, "sure", "it says so"
    if draft.title or not order:
        return None
    first = blocks[order[0]]
    after = [blocks[place] for place in order[1:]]
    if (
        not is_line(first.words)
        or first.kind not in ("heading", "paragraph")
        or _is_section(first, after)
    ):
        return None
    return (
        (order[0], "sure", "the first heading")
        if first.kind == "heading"
        else (order[0], "likely", "the first line")
    )


def _is_section(first: DraftBlock, after: list[DraftBlock]) -> bool:
    """Tell whether the first heading already belongs to a section: an article of a digest, a list of links."""
    if label_kind(first.words) or not after:
        return True
    bylines = sum(role_of(block) == "by" for block in after)
    sources = sum(role_of(block) == "source" for block in after)
    text = next((block for block in after if role_of(block) not in ("by", "tags", "date")), None)
    above_title = text is not None and (
        text.kind == "heading" or is_line(text.words)
    )  # they belong to what follows
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
    place, block = order[0], draft.blocks[order[0]]
    given = draft.meta.get("description")
    if (label := head_label(block.words)) and label[0] == "deck":
        return place, "sure", "it says so"
    if given or block.style.lower() == "subtitle":
        return (
            (place, "sure", "the draft's deck") if not given or _same(block.words, given) else None
        )
    following = [draft.blocks[other] for other in order[1:]]
    if (
        block.kind != "paragraph"
        or not following
        or role_of(block)
        or not SHORTEST <= count_words(block.words) <= DECK
    ):
        return None
    if (
        not is_sentence(block.words)
        or is_short(block.words)
        or role_of(following[0]) in ("by", "tags")
    ):
        return None
    bare = not ends_whole(block.words) and not titled
    next_ = draft.blocks[place + 1] if place + 1 < len(draft.blocks) else following[0]
    if block.italic or (not bare and (next_.kind in ("heading", "rule") or is_short(next_.words))):
        return place, "likely", "one sentence before the text"
    if titled and count_words(following[0].words) >= 1.5 * count_words(block.words):
        return place, "guess", "one sentence below the title"
    return None


def _names(title: str, words: str) -> bool:
    """Tell whether words are a title, whatever a page or a mail sets around it: `Fwd: Draft: …`, `… | The Desk`."""
    around = r"(?:\S.*(?::|\s[-–—|·•»])\s)?", r"(?:\s[-–—|·•«]\s.*\S)?"
    own = re.escape(" ".join(words.split()))
    return bool(re.fullmatch(around[0] + own + around[1], " ".join(title.split()), re.IGNORECASE))


def _same(words: str, other: str) -> bool:
    return " ".join(words.split()).casefold() == " ".join(other.split()).casefold()

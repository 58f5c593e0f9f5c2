"""Which block of one email became which of another: equal ones first, then similar ones, wherever they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from newsletter.review.reader_document import ReaderBlock, split_words
from newsletter.review.word_diff import words_of

ALIKE = 0.5  # of their tokens that two blocks share before one is a change of the other
SHORT = 8  # words below which a block that moved and changed is read as another block
# What is still the same thing where every word of it is another.
SINGLE = frozenset({"heading", "button", "caption", "image", "table", "credits"})


class MatchedBlocks(Struct, frozen=True):
    """An old block and the new one it became, as positions in their documents."""

    old: int
    new: int
    moved: bool = False


def match_blocks(
    old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> tuple[MatchedBlocks, ...]:
    """Return the pairs in the order of the new blocks; no block is in two of them."""
    pairs = dict(_equal(old, new))
    _add_similar(pairs, old, new)
    _add_single(pairs, old, new)
    still = _in_order(sorted(pairs.items(), key=lambda pair: pair[1]))
    matched = []
    for before, after in sorted(pairs.items(), key=lambda pair: pair[1]):
        moved = before not in still
        if moved and not _is_move(old[before], new[after]):
            continue
        matched.append(MatchedBlocks(before, after, moved))
    return tuple(matched)


def _is_move(before: ReaderBlock, after: ReaderBlock) -> bool:
    same = _content(before) == _content(after)
    return same or len(words_of(after.text)) >= SHORT or after.kind in ("image", "table")


def _content(block: ReaderBlock) -> tuple[object, ...]:
    return (block.kind, block.text, block.image, block.table)


def _equal(old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(
        None, list(map(_content, old)), list(map(_content, new)), autojunk=False
    )
    for a, b, size in matcher.get_matching_blocks():
        for offset in range(size):
            yield a + offset, b + offset


def _add_similar(
    pairs: dict[int, int], old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> None:
    """Pair what is left by the words it shares, the best pairs first, each block once."""
    taken = set(pairs.values())
    left = [
        (index, words_of(_words(block))) for index, block in enumerate(old) if index not in pairs
    ]
    right = [
        (index, words_of(_words(block))) for index, block in enumerate(new) if index not in taken
    ]
    scores = []
    for before, gone in left:
        for after, come in right:
            if not _comparable(old[before], new[after]):
                continue
            score = _overlap(gone, come)
            if score > ALIKE / 2:
                scores.append((-score, abs(before - after), before, after))
    for _, _, before, after in sorted(scores):
        if before in pairs or after in taken or not _similar(old[before], new[after]):
            continue
        pairs[before] = after
        taken.add(after)


def _add_single(
    pairs: dict[int, int], old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> None:
    """Pair a heading with the one that took its place, and the like: the only one between two pairs."""
    for kind in SINGLE:
        gaps: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
        taken = {after: before for before, after in pairs.items()}
        for index, block in enumerate(old):
            if block.kind == kind and index not in pairs:
                gaps.setdefault(_old_gap(index, pairs, len(old)), ([], []))[0].append(index)
        for index, block in enumerate(new):
            if block.kind == kind and index not in taken:
                gaps.setdefault(_new_gap(index, taken, len(new)), ([], []))[1].append(index)
        for gone, come in gaps.values():
            if len(gone) == len(come) == 1:
                pairs[gone[0]] = come[0]


def _old_gap(index: int, pairs: dict[int, int], count: int) -> tuple[int, int]:
    """Return the new blocks that the nearest pairs before and after an old block lead to."""
    before = next((pairs[i] for i in range(index, -1, -1) if i in pairs), -1)
    after = next((pairs[i] for i in range(index, count) if i in pairs), -1)
    return before, after


def _new_gap(index: int, taken: dict[int, int], count: int) -> tuple[int, int]:
    before = next((i for i in range(index, -1, -1) if i in taken), -1)
    after = next((i for i in range(index, count) if i in taken), -1)
    return before, after


def _comparable(before: ReaderBlock, after: ReaderBlock) -> bool:
    kinds = {before.kind, after.kind}
    return before.kind == after.kind or not kinds & {"image", "table", "heading"}


def _words(block: ReaderBlock) -> str:
    if block.image is None:
        return block.text
    stem = block.image.name.rpartition("-")[0] or block.image.name
    return f"{stem} {block.image.alt}"


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _similar(before: ReaderBlock, after: ReaderBlock) -> bool:
    old, new = split_words(_words(before)), split_words(_words(after))
    old, new = [word for word in old if word != " "], [word for word in new if word != " "]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _in_order(pairs: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the old blocks of the longest run of pairs that kept their order; the others moved."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for index, (old, _) in enumerate(pairs):
        at = bisect_left(ends, old)
        if at == len(ends):
            ends.append(old)
            places.append(index)
        else:
            ends[at], places[at] = old, index
        before.append(places[at - 1] if at else -1)
    kept, index = [], places[-1] if places else -1
    while index >= 0:
        kept.append(pairs[index][0])
        index = before[index]
    return frozenset(kept)

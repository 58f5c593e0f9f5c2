"""Match the blocks of two emails: identical ones first, then similar ones, in any position."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from newsletter.review.reader_document import ReaderBlock, split_words
from newsletter.review.word_diff import distinct_words

ALIKE = 0.5  # share of tokens two blocks must have in common to count as one changed block
FEW = 50_000  # pairs of changed blocks up to which all are compared
RARE = 20  # a word in at most this many blocks is rare
SHORT = 8  # a shorter block that moved and changed counts as a new block
# Block kinds that remain the same item even if every word changes.
SINGLE = frozenset({"heading", "button", "caption", "image", "table", "credits", "paragraph"})


class MatchedBlocks(Struct, frozen=True):
    """A pair of an old and a new block, as positions in their documents."""

    old: int
    new: int
    moved: bool = False


def match_blocks(
    old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> tuple[MatchedBlocks, ...]:
    """Return the pairs in the order of the new blocks; each block is in at most one pair."""
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
    return same or len(distinct_words(after.text)) >= SHORT or after.kind in ("image", "table")


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
    """Pair the remaining blocks by shared words, best pairs first, each block once."""
    paired = set(pairs.values())
    left = {
        index: distinct_words(_words(block))
        for index, block in enumerate(old)
        if index not in pairs
    }
    right = {
        index: distinct_words(_words(block))
        for index, block in enumerate(new)
        if index not in paired
    }
    scores = []
    for before, after in _candidates(left, right):
        if not _comparable(old[before], new[after]):
            continue
        score = _overlap(left[before], right[after])
        if score > ALIKE / 2:
            scores.append((-score, abs(before - after), before, after))
    for _, _, before, after in sorted(scores):
        if before in pairs or after in paired or not _similar(old[before], new[after]):
            continue
        pairs[before] = after
        paired.add(after)


def _candidates(
    left: Mapping[int, frozenset[str]], right: Mapping[int, frozenset[str]]
) -> Iterator[tuple[int, int]]:
    """Yield pairs worth comparing: all if there are few, otherwise those sharing a rare word."""
    if len(left) * len(right) <= FEW:
        yield from ((before, after) for before in left for after in right)
        return
    by_word: dict[str, list[int]] = {}
    for after, words in right.items():
        for word in words:
            by_word.setdefault(word, []).append(after)
    for before, words in left.items():
        rare = (by_word.get(word, ()) for word in words)
        shared = {after for afters in rare if len(afters) <= RARE for after in afters}
        yield from ((before, after) for after in sorted(shared))


def _add_single(
    pairs: dict[int, int], old: Sequence[ReaderBlock], new: Sequence[ReaderBlock]
) -> None:
    """Pair blocks such as headings that are the only one of their kind between two pairs."""
    for kind in SINGLE:
        by_new = {after: before for before, after in pairs.items()}
        gaps: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
        for side, (blocks, partners) in enumerate(((old, pairs), (new, by_new))):
            for index, gap in enumerate(_gaps(len(blocks), partners, side)):
                if index not in partners and _is_single(blocks[index], kind):
                    gaps.setdefault(gap, ([], []))[side].append(index)
        for removed, added in gaps.values():
            if len(removed) == len(added) == 1:
                pairs[removed[0]] = added[0]


def _gaps(count: int, partners: Mapping[int, int], side: int) -> list[tuple[int, int]]:
    """Return per block the new blocks of the nearest pairs before and after; -1 if none."""

    def new_of(index: int) -> int:
        return index if side else partners[index]

    before, after = [-1] * count, [-1] * count
    for index in range(count):
        previous = before[index - 1] if index else -1
        before[index] = new_of(index) if index in partners else previous
    for index in reversed(range(count)):
        following = after[index + 1] if index + 1 < count else -1
        after[index] = new_of(index) if index in partners else following
    return list(zip(before, after, strict=True))


def _is_single(block: ReaderBlock, kind: str) -> bool:
    """Return whether a block may be paired by position alone; a long paragraph may not."""
    return block.kind == kind and (kind != "paragraph" or len(distinct_words(block.text)) < SHORT)


def _comparable(before: ReaderBlock, after: ReaderBlock) -> bool:
    kinds = {before.kind, after.kind}
    return before.kind == after.kind or not kinds & {"image", "table", "heading"}


def _words(block: ReaderBlock) -> str:
    if block.image is None:
        return block.text
    stem = block.image.name.rpartition("-")[0] or block.image.name
    return f"{stem} {block.image.alt}"


def _overlap(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / (len(first | second) or 1)


def _similar(before: ReaderBlock, after: ReaderBlock) -> bool:
    old, new = split_words(_words(before)), split_words(_words(after))
    old, new = [word for word in old if word != " "], [word for word in new if word != " "]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _in_order(pairs: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the old blocks of the longest run of pairs in unchanged order; the others moved."""
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
    in_order, index = [], places[-1] if places else -1
    while index >= 0:
        in_order.append(pairs[index][0])
        index = before[index]
    return frozenset(in_order)

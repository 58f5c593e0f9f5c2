"""Tables of the text part: reorder expected words to match how the tables are printed.

A wide table is broken over several lines or listed in the text part. Its words are together but no
longer in row order; a listed table repeats the column name with each cell.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from itertools import groupby

from newsletter.check.prose.alignment import AlignedWord

CONTEXT = 4  # words on each side that distinguish one position from another


def as_read(expected: Sequence[AlignedWord], actual: Sequence[str]) -> list[AlignedWord]:
    """Return the expected words, with those of each wide table in their printed order."""
    read: list[AlignedWord] = []
    end = reached = 0
    for table, group in groupby(expected, key=lambda word: word.table):
        words = list(group)
        end += len(words)
        if table:
            words, reached = _as_printed(
                words, actual, reached, read[-CONTEXT:], after=expected[end : end + CONTEXT]
            )
        read += words
    return read


def _as_printed(
    words: Sequence[AlignedWord],
    actual: Sequence[str],
    reached: int,
    before: Sequence[AlignedWord],
    *,
    after: Sequence[AlignedWord],
) -> tuple[list[AlignedWord], int]:
    """Return a table's words as drawn or as listed, whichever fits better, and where they end.

    Tables with the same words are searched for one after another: each after the previous one,
    which ends at `reached`.
    """
    listed = [word for word in words for _ in range(word.times)]
    places = []
    for form in (listed, words):  # part of a listed table may look like a drawn one
        missing, starts = _nearest([word.folded for word in form], actual)
        for start in starts:
            shared = _shared_context(start, start + len(form), actual, before, after=after)
            places.append((missing, start < reached, -shared, start, form))
    *_, start, form = min(places, key=lambda candidate: candidate[:4])
    end = start + len(form)
    return _in_order_of(actual[start:end], form), end


def _nearest(words: Sequence[str], actual: Sequence[str]) -> tuple[int, list[int]]:
    """Return how many words the best stretch of that length lacks, and where such stretches are."""
    size = len(words)
    needed = Counter(words)
    missing = least = size
    starts = [0]
    for at, word in enumerate(actual):
        if word in needed:
            missing -= needed[word] > 0
            needed[word] -= 1
        if at >= size and (removed := actual[at - size]) in needed:
            needed[removed] += 1
            missing += needed[removed] > 0
        if missing < least:
            least, starts = missing, []
        if missing == least:
            starts.append(max(0, at + 1 - size))
    return least, starts


def _shared_context(
    start: int,
    end: int,
    actual: Sequence[str],
    before: Sequence[AlignedWord],
    *,
    after: Sequence[AlignedWord],
) -> int:
    """Return how many of the words around a table are also around a stretch of the text."""
    ahead = zip(reversed(before), reversed(actual[max(0, start - CONTEXT) : start]), strict=False)
    following = zip(after, actual[end : end + CONTEXT], strict=False)
    return sum(
        word.folded == actual_word for pairs in (ahead, following) for word, actual_word in pairs
    )


def _in_order_of(stretch: Sequence[str], words: Sequence[AlignedWord]) -> list[AlignedWord]:
    """Return words in the order of a stretch; missing ones stay after their predecessor."""
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for at, folded in enumerate(stretch):
        places[folded].append(at)
    order, at = [], -1
    for word in words:
        at = places[word.folded].popleft() if places[word.folded] else at
        order.append(at)
    return [words[index] for index in sorted(range(len(words)), key=order.__getitem__)]

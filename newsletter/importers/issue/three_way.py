"""Three-way merge of texts: the changes of both sides, and their conflicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

_LINE = re.compile(r"([^\n]+)(\n*)|\n+")


class Conflict(Struct, frozen=True):
    """A region that both sides changed differently."""

    line: int  # line of our version in the merged text
    ours: str
    theirs: str


class MergeResult(Struct, frozen=True):
    text: str  # the merged text; conflicts keep our version
    conflicts: tuple[Conflict, ...]


def merge(base: str, ours: str, theirs: str) -> MergeResult:
    """Merge the changes of both sides into one text.

    Regions that neither side changed keep the base text; regions that both changed differently keep
    ours and are reported as conflicts.
    """
    if ours in (theirs, base) or theirs == base:
        return MergeResult(ours if theirs == base else theirs, ())
    texts = (base, ours, theirs)
    end = "\n\n" if any("\n\n" in text.strip("\n") for text in texts) else "\n"
    chunks = [_chunks(text, end) for text in texts]
    parts: list[str] = []
    conflicts: list[Conflict] = []
    for spans in _regions(*([words for words, _ in side] for side in chunks)):
        old, own, new = (side[start:end] for side, (start, end) in zip(chunks, spans, strict=True))
        if _words(own) == _words(old):
            chosen = new
        else:
            chosen = own
            if _words(new) not in (_words(old), _words(own)):
                line = "".join(parts).count("\n") + 1
                conflicts.append(Conflict(line, _plain(own), _plain(new)))
        parts += [words + blank for words, blank in chosen]
    return MergeResult(_written(parts), tuple(conflicts))


def _chunks(text: str, end: str) -> list[tuple[str, str]]:
    """Return the non-blank lines, each with the line breaks after it.

    `end` follows the last one.
    """
    lines = [(match[1] or "", match[2] or "\n") for match in _LINE.finditer(text.lstrip("\n"))]
    return [*lines[:-1], *((words, end) for words, _ in lines[-1:])]


def _written(parts: Sequence[str]) -> str:
    text = "".join(parts).rstrip("\n")
    return f"{text}\n" if text else ""


def _words(side: Sequence[tuple[str, str]]) -> list[str]:
    return [words for words, _ in side]


def _plain(side: Sequence[tuple[str, str]]) -> str:
    return "".join(words + blank for words, blank in side).strip("\n")


Span = tuple[int, int]


def _regions(
    base: list[str], ours: list[str], theirs: list[str]
) -> Iterator[tuple[Span, Span, Span]]:
    """Yield, in order, the regions common to all three and those between, as spans of each."""
    done = (0, 0, 0)
    for start, own, new, size in [
        *_shared(base, ours, theirs),
        (len(base), len(ours), len(theirs), 0),
    ]:
        if (start, own, new) != done:
            yield (done[0], start), (done[1], own), (done[2], new)
        if size:
            yield (start, start + size), (own, own + size), (new, new + size)
        done = (start + size, own + size, new + size)


def _shared(base: list[str], ours: list[str], theirs: list[str]) -> list[tuple[int, int, int, int]]:
    """Return the runs common to all three texts: position in each, and length."""
    left = SequenceMatcher(None, base, ours, autojunk=False).get_matching_blocks()
    right = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    result = []
    a = b = 0
    while a < len(left) and b < len(right):
        left_run, right_run = left[a], right[b]
        start, end = (
            max(left_run.a, right_run.a),
            min(left_run.a + left_run.size, right_run.a + right_run.size),
        )
        if start < end:
            result.append(
                (
                    start,
                    left_run.b + start - left_run.a,
                    right_run.b + start - right_run.a,
                    end - start,
                )
            )
        if left_run.a + left_run.size <= right_run.a + right_run.size:
            a += 1
        else:
            b += 1
    return result

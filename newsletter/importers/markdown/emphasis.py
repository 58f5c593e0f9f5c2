"""Determines where emphasis can start and end in Markdown (CommonMark §6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from newsletter.importers.markdown.spans import TextSpan


def flank_emphasis(spans: Sequence[TextSpan], mark: str) -> list[TextSpan]:
    """Return spans with a mark removed from edges that cannot carry it.

    Affected are spaces, breaks, and punctuation at an edge with a letter directly outside.
    """
    runs = [
        (marked, list(run)) for marked, run in groupby(spans, key=lambda span: mark in span.marks)
    ]
    result: list[TextSpan] = []
    for index, (marked, run) in enumerate(runs):
        if marked:
            before = _edge(runs[index - 1][1][-1], -1) if index else " "
            after = _edge(runs[index + 1][1][0], 0) if index + 1 < len(runs) else " "
            run = _outside_in(run, mark, before)
            run = [_mirrored(span) for span in reversed(run)]
            run = _outside_in(run, mark, after)
            run = [_mirrored(span) for span in reversed(run)]
        result += run
    return result


def without_edge_blanks(spans: Sequence[TextSpan]) -> tuple[str, list[TextSpan], str]:
    """Return the spaces before and after a run of spans, and the run without them."""
    run, before = _lstripped(list(spans))
    run, after = _lstripped([_mirrored(span) for span in reversed(run)])
    return before, [_mirrored(span) for span in reversed(run)], after


def _lstripped(run: list[TextSpan]) -> tuple[list[TextSpan], str]:
    """Return a run without leading spaces and breaks, and these as text."""
    blanks = ""
    while run:
        first = run[0]
        if first.what == "break":
            blanks += "\\\n"
            run = run[1:]
            continue
        if first.what != "words" or "code" in first.marks:
            break
        words = first.words.lstrip()
        blanks += first.words[: len(first.words) - len(words)]
        if words:
            run = [replace(first, words=words), *run[1:]]
            break
        run = run[1:]
    return run, blanks


def _outside_in(run: list[TextSpan], mark: str, neighbor: str) -> list[TextSpan]:
    """Remove the mark from characters at the start of a run that cannot carry it."""
    outside: list[TextSpan] = []
    while run and (count := _unfit(run[0], neighbor)):
        first = run[0]
        outside.append(replace(first, words=first.words[:count], marks=first.marks - {mark}))
        neighbor = first.words[count - 1]
        rest = first.words[count:]
        run = [replace(first, words=rest), *run[1:]] if rest else run[1:]
    return outside + run


def _unfit(span: TextSpan, neighbor: str) -> int:
    """Return how many characters at the start of a span cannot carry a mark."""
    if span.what == "break":
        return 1
    if span.what != "words" or span.url or "code" in span.marks:
        return 0  # has delimiters of its own
    if blanks := len(span.words) - len(span.words.lstrip()):
        return blanks
    return int(_letter(neighbor) and not _letter(span.words[0]))


def _mirrored(span: TextSpan) -> TextSpan:
    return replace(span, words=span.words[::-1]) if span.what == "words" else span


def _edge(span: TextSpan, index: int) -> str:
    """Return the character at one end of a span as written."""
    if span.what == "words" and not span.url and "code" not in span.marks:
        return span.words[index]
    return " " if span.what == "break" else "["


def _letter(sign: str) -> bool:
    return sign.isalnum()

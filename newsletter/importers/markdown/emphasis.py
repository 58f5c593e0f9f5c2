"""Where emphasis may start and end, so that Markdown understands it (CommonMark §6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace

from newsletter.importers.markdown.spans import TextSpan


def flanked(pieces: Sequence[TextSpan], mark: str) -> list[TextSpan]:
    """Return pieces with blanks, breaks, and punctuation that touches letters beyond it, outside of a mark."""
    runs = [
        (marked, list(run))
        for marked, run in groupby(pieces, key=lambda piece: mark in piece.marks)
    ]
    result: list[TextSpan] = []
    for index, (marked, run) in enumerate(runs):
        if marked:
            before = _edge(runs[index - 1][1][-1], -1) if index else " "
            after = _edge(runs[index + 1][1][0], 0) if index + 1 < len(runs) else " "
            run = _outside_in(run, mark, before)
            run = [_mirrored(piece) for piece in reversed(run)]
            run = _outside_in(run, mark, after)
            run = [_mirrored(piece) for piece in reversed(run)]
        result += run
    return result


def _outside_in(run: list[TextSpan], mark: str, beside: str) -> list[TextSpan]:
    """Take the mark from what cannot carry it at the start of a run."""
    outside: list[TextSpan] = []
    while run and (count := _unfit(run[0], beside)):
        first = run[0]
        outside.append(replace(first, words=first.words[:count], marks=first.marks - {mark}))
        beside = first.words[count - 1]
        rest = first.words[count:]
        run = [replace(first, words=rest), *run[1:]] if rest else run[1:]
    return outside + run


def _unfit(piece: TextSpan, beside: str) -> int:
    """Return how many signs at the start of a piece cannot carry a mark."""
    if piece.what == "break":
        return 1
    if piece.what != "words" or piece.url or "code" in piece.marks:
        return 0  # written with a sign of its own around it
    if blanks := len(piece.words) - len(piece.words.lstrip()):
        return blanks
    return int(_letter(beside) and not _letter(piece.words[0]))


def _mirrored(piece: TextSpan) -> TextSpan:
    return replace(piece, words=piece.words[::-1]) if piece.what == "words" else piece


def _edge(piece: TextSpan, index: int) -> str:
    """Return the sign that stands at one end of a piece once it is written."""
    if piece.what == "words" and not piece.url and "code" not in piece.marks:
        return piece.words[index]
    return " " if piece.what == "break" else "["


def _letter(sign: str) -> bool:
    return sign.isalnum()

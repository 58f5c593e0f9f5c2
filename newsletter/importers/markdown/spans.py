"""A line of a draft in pieces: words that look the same, line breaks, marks of notes, pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.markdown.escape import addresses


class TextSpan(Struct, frozen=True):
    words: str  # of a picture its alt text, of a note's mark its label
    marks: frozenset[str] = frozenset()  # strong, em, del, code, mark, small, kbd, sub, sup
    url: str = ""  # where it links to
    what: Literal["words", "break", "note", "picture"] = "words"
    src: str = ""  # of a picture
    title: str = ""  # of a picture or a link


BREAK = TextSpan("\n", what="break")


def tidied(pieces: Iterable[TextSpan]) -> tuple[TextSpan, ...]:
    """Return pieces as a line: like ones joined, single blanks, none at the ends or beside a break."""
    line: list[TextSpan] = []
    for piece in pieces:
        if piece.what == "break":
            _strip_end(line)
            if line and line[-1].what != "break":
                line.append(BREAK)
        elif piece.what == "words":
            _add_words(line, piece)
        else:
            line.append(piece)
    _strip_end(line)
    while line and line[-1].what == "break":
        line.pop()
        _strip_end(line)
    return tuple(line)


def _add_words(line: list[TextSpan], piece: TextSpan) -> None:
    last = line[-1] if line else None
    blank_before = (
        last is None or last.what == "break" or (last.what == "words" and last.words.endswith(" "))
    )
    words = piece.words.lstrip(" ") if blank_before else piece.words
    if last and last.what == "words" and replace(last, words="") == replace(piece, words=""):
        line[-1] = replace(last, words=last.words + words)
    elif words:
        line.append(replace(piece, words=words))


def _strip_end(line: list[TextSpan]) -> None:
    """Remove blanks from the end of a line."""
    while line and line[-1].what == "words" and line[-1].words.endswith(" "):
        last = line.pop()
        if words := last.words.rstrip(" "):
            line.append(replace(last, words=words))


def with_links(pieces: Sequence[TextSpan], address: Callable[[str], str]) -> list[TextSpan]:
    """Return pieces with whole addresses that stand as words made links; `address` says what to link to."""
    result: list[TextSpan] = []
    for piece in pieces:
        if piece.what != "words" or piece.url or "code" in piece.marks or "://" not in piece.words:
            result.append(piece)
            continue
        position = 0
        for start, end in addresses(piece.words):
            url = address(piece.words[start:end])
            result.append(replace(piece, words=piece.words[position:start]))
            result.append(replace(piece, words=url, url=url))
            position = end
        result.append(replace(piece, words=piece.words[position:]))
    return [piece for piece in result if piece.words or piece.what != "words"]


def plain(pieces: Sequence[TextSpan]) -> str:
    """Return the words alone: alt texts too, but no marks of notes."""
    return "".join(piece.words for piece in pieces if piece.what != "note")

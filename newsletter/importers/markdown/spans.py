"""A line of a draft as spans: text of one style, line breaks, note marks, images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.markdown.escape import find_addresses


class TextSpan(Struct, frozen=True):
    words: str  # for an image its alt text, for a note mark its label
    marks: frozenset[str] = frozenset()  # strong, em, del, code, mark, small, kbd, sub, sup
    url: str = ""  # link target
    what: Literal["words", "break", "note", "image"] = "words"
    src: str = ""  # image source
    title: str = ""  # title of an image or link


BREAK = TextSpan("\n", what="break")


def normalize_spans(spans: Iterable[TextSpan]) -> tuple[TextSpan, ...]:
    """Return spans as a normalized line.

    Equal spans are joined and spaces collapsed; there are none at the ends or next to a break.
    """
    line: list[TextSpan] = []
    for span in spans:
        if span.what == "break":
            _strip_end(line)
            if line and line[-1].what != "break":
                line.append(BREAK)
        elif span.what == "words":
            _add_words(line, span)
        else:
            line.append(span)
    _strip_end(line)
    while line and line[-1].what == "break":
        line.pop()
        _strip_end(line)
    return tuple(line)


def _add_words(line: list[TextSpan], span: TextSpan) -> None:
    last = line[-1] if line else None
    blank_before = (
        last is None or last.what == "break" or (last.what == "words" and last.words.endswith(" "))
    )
    words = span.words.lstrip(" ") if blank_before else span.words
    if last and last.what == "words" and replace(last, words="") == replace(span, words=""):
        line[-1] = replace(last, words=last.words + words)
    elif words:
        line.append(replace(span, words=words))


def _strip_end(line: list[TextSpan]) -> None:
    """Remove spaces from the end of a line."""
    while line and line[-1].what == "words" and line[-1].words.endswith(" "):
        last = line.pop()
        if words := last.words.rstrip(" "):
            line.append(replace(last, words=words))


def with_links(spans: Sequence[TextSpan], address: Callable[[str], str]) -> list[TextSpan]:
    """Return spans with plain-text web addresses turned into links.

    `address` returns the target.
    """
    result: list[TextSpan] = []
    for span in spans:
        if span.what != "words" or span.url or "code" in span.marks or "://" not in span.words:
            result.append(span)
            continue
        position = 0
        for start, end in find_addresses(span.words):
            url = address(span.words[start:end])
            result.append(replace(span, words=span.words[position:start]))
            result.append(replace(span, words=url, url=url))
            position = end
        result.append(replace(span, words=span.words[position:]))
    return [span for span in result if span.words or span.what != "words"]


def plain_words(spans: Sequence[TextSpan]) -> str:
    """Return the plain text, including alt texts but not note marks."""
    return "".join(span.words for span in spans if span.what != "note")

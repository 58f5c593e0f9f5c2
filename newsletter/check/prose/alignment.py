"""Normalize the words of an issue and its two email parts, and align them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import accumulate
from urllib.parse import unquote

from lxml import html as lxml_html
from msgspec import Struct

from newsletter.check.prose.scripts import is_near
from newsletter.model import Location

# Markers of emphasis and isolation: the text part has them where the HTML has elements, so they
# neither join nor separate words.
_MARKS = "_*~\u2068\u2069"
# Scripts without spaces are compared by character, because the text part breaks lines inside them.
# Right-to-left letters are kept apart from others, because the HTML isolates them.
_EAST = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
_LEFTWARD = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_NEAR_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+")


@cache
def _word() -> re.Pattern[str]:
    """Return the pattern for words of any script; most texts only need the one above."""
    return re.compile(rf"[{_EAST}]|\d+(?:[.,]\d+)*|[{_LEFTWARD}]+|[^\W{_EAST}{_LEFTWARD}]+")


def _words(text: str) -> re.Pattern[str]:
    """Return the word pattern to use for a text."""
    return _NEAR_WORD if is_near(text) else _word()


# Elements that do not separate the words around them.
INLINE = frozenset(
    "a abbr b bdi bdo cite code del em font i ins kbd mark q s small span strong sub u var".split()
)
_SILENT = frozenset(("head", "style", "script", "template"))
_HIDDEN = re.compile(r"(?:^|;)\s*display\s*:\s*none", re.IGNORECASE)


class AlignedWord(Struct, frozen=True):
    folded: str
    raw: str
    kind: str  # in an editor's terms: heading, words, link, figure, note, credit, source, cell …
    where: Location
    table: int = 0  # the number of the wide table it is in
    times: int = 1  # number of occurrences if that table is listed


class TextRun(Struct, frozen=True):
    """A piece of text; words may continue from one piece into the next."""

    text: str
    kind: str
    where: Location
    table: int = 0
    times: int = 1


def tokens_of(pieces: Sequence[TextRun]) -> list[AlignedWord]:
    """Return the words of concatenated pieces; each belongs to the piece it starts in."""
    texts = [_without_marks(piece.text) for piece in pieces]
    ends = list(accumulate(map(len, texts)))
    whole = "".join(texts)
    words, at = [], 0
    for match in _words(whole).finditer(whole):
        while ends[at] <= match.start():
            at += 1
        raw, piece = match[0], pieces[at]
        words.append(
            AlignedWord(raw.casefold(), raw, piece.kind, piece.where, piece.table, piece.times)
        )
    return words


def _without_marks(text: str) -> str:
    for mark in _MARKS:  # takes a quarter of the time of `translate`
        text = text.replace(mark, "")
    return text


def folded(text: str) -> list[str]:
    """Return the words of a text, normalized for comparison."""
    plain = _without_marks(text)
    return [word.casefold() for word in _words(plain).findall(plain)]


def accessible_words(tree: lxml_html.HtmlElement) -> str:
    """Return all text in HTML: words, alternative texts, titles, addresses."""
    spoken: list[str] = []
    _collect_text(tree, spoken.append)
    return "".join(spoken)


def _collect_text(element: lxml_html.HtmlElement, add: Callable[[str], None]) -> None:
    tag = element.tag
    if (
        isinstance(tag, str)
        and tag not in _SILENT
        and not _HIDDEN.search(element.get("style") or "")
    ):
        edge = "" if tag in INLINE else " "
        add(edge)
        if tag == "img":
            add(f"{element.get('alt') or ''} ")
        add(element.text or "")
        for child in element:
            _collect_text(child, add)
        if title := element.get("title"):
            add(f" {title} ")
        if tag == "a":
            add(f" {unquote(element.get('href') or '')} ")
        add(edge)
    add(element.tail or "")


class Alignment(Struct, frozen=True):
    """A mapping between the words of two texts; words that match in neither order are left over."""

    matched: tuple[int | None, ...]  # for each expected word its index among the actual ones
    extra: tuple[int, ...]  # indices of actual words that nothing expected


def align(expected: Sequence[str], actual: Sequence[str]) -> Alignment:
    """Match as many words as possible in order.

    Myers, "An O(ND) Difference Algorithm", Algorithmica 1 (1986): fast if the texts are nearly
    equal, as they are here. The running time grows with the square of the number of differences, so
    after `GIVE_UP` the rest counts as different.
    """
    matched: list[int | None] = [None] * len(expected)
    for i, j in _path(expected, actual):
        matched[i] = j
    taken = set(matched)
    return Alignment(tuple(matched), tuple(j for j in range(len(actual)) if j not in taken))


GIVE_UP = 600  # differing words


def _path(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of equal words on a shortest edit path between the texts."""
    furthest = {1: 0}  # diagonal (x - y) -> furthest x on it
    trace: list[dict[int, int]] = []
    width, height = len(a), len(b)
    for d in range(min(width + height, GIVE_UP) + 1):
        trace.append(dict(furthest))
        for k in range(-d, d + 1, 2):
            # Same condition as in `_before`, inlined because calls would take most of the time.
            down = k == -d or (k != d and furthest[k - 1] < furthest[k + 1])
            x = furthest[k + 1] if down else furthest[k - 1] + 1
            y = x - k
            while x < width and y < height and a[x] == b[y]:
                x, y = x + 1, y + 1
            furthest[k] = x
            if x >= width and y >= height:
                return _back(trace, x, y)
    reached = [(x, x - k) for k, x in furthest.items() if x <= width and 0 <= x - k <= height]
    return _back(trace, *max(reached, key=sum))


def _before(furthest: Mapping[int, int], d: int, k: int) -> int:
    """Return the diagonal from which step `d` best reaches diagonal `k`: k + 1 or k - 1."""
    return k + 1 if k == -d or (k != d and furthest[k - 1] < furthest[k + 1]) else k - 1


def _back(trace: Sequence[Mapping[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    pairs = []
    for d in range(len(trace) - 1, -1, -1):
        before = _before(trace[d], d, x - y)
        start = trace[d][before]
        while x > start and y > start - before:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = start, start - before
    return pairs

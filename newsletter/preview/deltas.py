"""Sends a page only what differs from a text that it has already.

After a save, the email and its description differ in a few hundred of more than 100,000 characters.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import astuple

RECENT = (
    24  # texts kept: four issues open, with two views and a description each, and the last of each
)


class Delta(Struct, frozen=True):
    """What replaces a part of a text; positions are in UTF-16 units, as browsers count."""

    start: int
    end: int
    text: str


class SentTexts:
    """The texts sent lately, by digest. Belongs to one event loop."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, str] = OrderedDict()

    def sent(self, text: str) -> str:
        """Return the digest of a text, which pages may name later as what they have."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self._texts[digest] = text
        self._texts.move_to_end(digest)
        while len(self._texts) > RECENT:
            self._texts.popitem(last=False)
        return digest

    def deltas(self, have: str | None, text: str) -> str | None:
        """Return as JSON how a text differs from the one that a page has.

        `None` if that is unknown, or if the whole text is shorter.
        """
        old = self._texts.get(have or "")
        if old is None:
            return None
        deltas = json.dumps(list(map(astuple, differences(old, text))), ensure_ascii=False)
        return deltas if len(deltas) < len(text) else None


def differences(old: str, new: str) -> list[Delta]:
    """Return what differs, line by line if both have as many lines, in the old text's order."""
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        return [difference(old, new)]
    deltas, start = [], 0
    for old_line, new_line in zip(before, after, strict=True):
        if old_line != new_line:
            delta = difference(old_line, new_line)
            deltas.append(Delta(start + delta.start, start + delta.end, delta.text))
        start += len(old_line) + 1 if old_line.isascii() else len(_units(old_line)) // 2 + 1
    return deltas


def difference(old: str, new: str) -> Delta:
    """Return the one part of a text that differs; a pair of surrogates is never split."""
    before, after = _units(old), _units(new)
    most = min(len(before), len(after)) // 2
    start = _common(most, lambda low, high: before[2 * low : 2 * high] == after[2 * low : 2 * high])
    if start and _is_in(after, start - 1, 0xD8, 0xDB):
        start -= 1
    size, other = len(before) // 2, len(after) // 2

    def same_end(low: int, high: int) -> bool:
        return _slice(before, size - high, size - low) == _slice(after, other - high, other - low)

    tail = _common(most - start, same_end)
    if tail and _is_in(after, other - tail, 0xDC, 0xDF):
        tail -= 1
    changed = _slice(after, start, other - tail).decode("utf-16-le", "surrogatepass")
    return Delta(start, size - tail, changed)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _slice(units: bytes, start: int, end: int) -> bytes:
    return units[2 * start : 2 * end]


def _common(most: int, is_same: Callable[[int, int], bool]) -> int:
    """Return the largest count up to which all is the same, halving the range each time."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if is_same(low, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _is_in(units: bytes, position: int, first: int, last: int) -> bool:
    """Return whether a unit is one half of a surrogate pair, by its high byte."""
    return first <= units[2 * position + 1] <= last

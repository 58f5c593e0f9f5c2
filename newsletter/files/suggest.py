"""Suggestions for misspelled words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known word closest to a misspelled one, or `None` if none is close."""
    known = list(known)
    for name in known:
        if name.casefold() == word.casefold():
            return name
    matches = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str], *, what: str = "Known") -> str:
    """Return a hint: the nearest known word, or all of them."""
    known = list(known)
    if close := nearest(word, known):
        return f"Did you mean {close!r}?"
    return f"{what}: {', '.join(known)}." if known else f"{what}: none."

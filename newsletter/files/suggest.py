"""Suggestions for misspelled words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from newsletter.files.quotation import quoted


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known word closest to a misspelled one, or `None` if none is close."""
    known = list(known)
    for name in known:
        if name.casefold() == word.casefold():
            return name
    matches = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    return matches[0] if matches else None


def spelling_hint(word: str, known: Iterable[str], *, what: str = "") -> str:
    """Return a hint: the nearest known word, or all of them.

    `what` names them in the plural, such as `columns`.
    """
    known = list(known)
    if close := nearest(word, known):
        return closest_hint(close)
    if not known:
        return f"Check the name: there are no {what or 'names'}."
    return f"Use one of {f'the {what}' if what else 'these'}: {', '.join(known)}."


def closest_hint(close: str) -> str:
    """Return the hint that a word was probably meant."""
    return f"Write {quoted(close)} if that is what you meant."

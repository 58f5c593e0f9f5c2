"""How many columns of a terminal a text takes."""

from __future__ import annotations

import re

# Latin, Greek, Cyrillic and general punctuation take one column each; anything else is wcwidth's business, which
# knows wide characters, combining marks and emoji sequences but takes 40 ms to import.
_NARROW = re.compile(
    "[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*"
)


def is_narrow(text: str) -> bool:
    """Tell whether every character is known to take one column."""
    return _NARROW.fullmatch(text) is not None


def display_width(text: str) -> int:
    """Return the number of columns; what has no width of its own (controls) counts one a character."""
    if is_narrow(text):
        return len(text)
    from wcwidth import wcswidth

    width = wcswidth(text)
    return width if width >= 0 else len(text)

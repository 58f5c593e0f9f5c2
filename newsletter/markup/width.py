"""The display width of text in terminal columns."""

from __future__ import annotations

import re

# Latin, Greek, Cyrillic and general punctuation take one column each. Anything else is measured by
# wcwidth, which handles wide characters, combining marks and emoji sequences but takes 40 ms to
# import.
_NARROW = re.compile(
    "[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]*"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def is_narrow(text: str) -> bool:
    """Return whether every character takes one column."""
    return (text.isascii() and text.isprintable()) or _NARROW.fullmatch(text) is not None


def display_width(text: str) -> int:
    """Return the number of columns; control characters count as one."""
    if is_narrow(text):
        return len(text)
    from wcwidth import wcswidth

    return wcswidth(_CONTROL.sub("?", text))

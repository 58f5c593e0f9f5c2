"""User-perceived characters: letters with accents, flags, emoji of several code points.

Follows the extended grapheme clusters of Unicode (UAX #29), limited to what occurs in newsletters.
"""

from __future__ import annotations

import re
import unicodedata

_FLAG = "[\U0001f1e6-\U0001f1ff]"
_PICTOGRAPH = (
    "[\U0001f000-\U0001f0ff\U0001f300-\U0001f3fa\U0001f400-\U0001faff"
    "\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\u2934\u2935]"
)
_MODIFIERS = "[\ufe0f\ufe0e\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u20e3]*"
# A flag is two regional indicators; a family is several emoji with joiners; a keycap starts with a
# digit.
EMOJI = (
    rf"(?:{_FLAG}{_FLAG}|[0-9#*]\ufe0f?\u20e3"
    rf"|{_PICTOGRAPH}{_MODIFIERS}(?:\u200d{_PICTOGRAPH}{_MODIFIERS})*)"
)
_EMOJI = re.compile(EMOJI)


def graphemes(text: str) -> list[str]:
    """Split a text into user-perceived characters."""
    if text.isascii():
        return list(text)
    clusters: list[str] = []
    index = 0
    while index < len(text):
        emoji = _EMOJI.match(text, index)
        end = emoji.end() if emoji else index + 1
        while end < len(text) and _extends(text[end]):
            end += 1
        clusters.append(text[index:end])
        index = end
    return clusters


def _extends(char: str) -> bool:
    """Return whether a character extends the one before: accent, vowel sign, selector, joiner."""
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or char in "\u200d\u200c"

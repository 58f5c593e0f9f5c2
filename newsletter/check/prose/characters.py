"""Unintended characters: replacement characters, invisible ones, wrongly decoded text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from newsletter.languages import strong

# Replacements for what a program could not read or display, and noncharacters.
_REPLACEMENT = re.compile(
    "[\ufffd\ufffc\ufdd0-\ufdef\ufffe\uffff\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
# Zero-width spaces and joiners, directional marks and overrides, line separators, fillers, tags.
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\u180e\u115f\u1160\u3164\uffa0"
    "\u061c\u034f\U000e0001\U000e0020-\U000e007f]"
)
# A soft hyphen belongs inside a word.
_SOFT_HYPHEN = re.compile("(?<![^\\W\\d_])\u00ad|\u00ad(?![^\\W\\d_])")
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e"
_JOINERS = "\u200c\u200d"
_MARKS = "\u200e\u200f\u061c"
_ISOLATES = "\u2066\u2067\u2068"


def replacement_characters(words: str) -> Iterator[tuple[int, str]]:
    """Yield offset and character of each replacement character."""
    if not words.isascii() or not words.isprintable():
        for match in _REPLACEMENT.finditer(words):
            yield match.start(), match[0]


def invisible_characters(words: str) -> Iterator[tuple[int, str]]:
    """Yield offset and character of each invisible character without a function in its position.

    Valid positions: joiners between letters of Arabic and Indic scripts and inside emoji,
    directional marks next to right-to-left letters, isolates in pairs.
    """
    if words.isascii():
        return
    for match in _INVISIBLE.finditer(words):
        if not _has_purpose(words, match.start()):
            yield match.start(), match[0]
    for match in _SOFT_HYPHEN.finditer(words):
        yield match.start(), match[0]


def _has_purpose(words: str, offset: int) -> bool:
    char = words[offset]
    before, after = words[:offset][-1:], words[offset + 1 : offset + 2]
    if char in _JOINERS:
        return any(_joins(neighbor) for neighbor in (before, after) if neighbor)
    if char in _MARKS:
        return bool(strong("rtl").search(words))
    if char in _ISOLATES or char == "\u2069":
        opened = sum(map(words.count, _ISOLATES))
        return opened == words.count("\u2069")
    if "\U000e0020" <= char <= "\U000e007f":
        return "\U0001f3f4" in words[:offset]  # the flags of England, Scotland and Wales
    return False


def _joins(char: str) -> bool:
    """Return whether a character can be joined: joining scripts, emoji, combining marks."""
    code = ord(char)
    joining = 0x0600 <= code <= 0x08FF or 0x0900 <= code <= 0x1AFF or 0xFB50 <= code <= 0xFEFF
    return joining or code > 0x2100 or unicodedata.combining(char) > 0


def name_of(char: str) -> str:
    """Return a character's code point and name, for a message."""
    name = unicodedata.name(char, "")
    return f"U+{ord(char):04X} {name}".rstrip()


# UTF-8 read as Windows-1252: Ã©, â€™, Â before a space, ï»¿, ðŸ; Cyrillic and Greek become
# sequences of such pairs.
_WESTERN = re.compile(
    "[\u00a0-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122\x80-\x9f]{2,}"
)
_LEADS = frozenset("ÂÃâÐÑïðÅÄÎÏÙØ×")
# UTF-8 read as Mac Roman or Windows-1251, an apostrophe turned into a question mark, entities
# without their start.
_OTHERS = re.compile(
    r"‚Ä[ôúùìî¢¶]|√[©®§∂º±≠≥°ß§†≤]|в[‚Ђ]?[™њќ¦“”]|(?:Р[°-џ±-ї]){2,}"
    r"|\b(?:don|can|won|isn|doesn|didn|wasn|aren|weren|couldn|wouldn|shouldn|hasn|haven)\?t\b"
    r"|\b(?:it|that|what|there|here|he|she|we|you|they|I)\?(?:s|re|ve|ll|d|m)\b"
    r"|&?#(?:x[\da-f]{2,4}|\d{2,4});|&(?:amp;)+[a-z]+;"
    r"|&(?:amp|nbsp|quot|apos|[lr][ds]quo|[mn]dash|hellip|lt|gt|[aeiou](?:acute|grave|circ|uml)|ccedil|ntilde);"
    r"|(?<=[^\W\d_])\\u[\da-f]{4}|\\x[\da-f]{2}|=[C-E][\dA-F]=[89AB][\dA-F]"
)


def garbled_text(words: str) -> Iterator[tuple[int, str, str]]:
    """Yield offset, text and original (if known) of each wrongly decoded piece."""
    for match in () if words.isascii() else _WESTERN.finditer(words):
        before = words[: match.start()][-1:]
        yield from _decoded(match[0], match.start(), shouting=before.isupper())
    for match in _OTHERS.finditer(words):
        yield match.start(), match[0], ""


def _decoded(run: str, start: int, *, shouting: bool) -> Iterator[tuple[int, str, str]]:
    """Yield the parts of a run of Western letters that are UTF-8 bytes."""
    data = b"".join(map(_byte, run))
    index = 0
    while index < len(data) - 1:
        length = _length(data[index])
        piece = data[index : index + length]
        original = piece.decode("utf-8", "ignore")
        plausible = length > 1 and original and run[index] in _LEADS
        # In upper-case text, a letter before a closing quotation mark looks the same: IRMÃ”.
        quoted = shouting and run[index + 1 : index + 2] in "\u201c\u201d\u2018\u2019"
        if plausible and not quoted and unicodedata.category(original) not in ("Cn", "Co", "Cs"):
            yield start + index, run[index : index + length], original
            return
        index += 1


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1", "replace")


def _length(lead: int) -> int:
    """Return the length of a UTF-8 sequence, by its first byte."""
    if 0xC2 <= lead <= 0xDF:
        return 2
    if 0xE0 <= lead <= 0xEF:
        return 3
    return 4 if 0xF0 <= lead <= 0xF4 else 1

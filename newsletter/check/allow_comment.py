"""The syntax of an allow comment: `allow NL201, vague-link-text: reason`."""

from __future__ import annotations

import re

from msgspec import Struct

_CODE = r"NL\d+"
_NAME = r"(?!and\b)[a-z]+(?:-[a-z0-9]+)*"
_BETWEEN = r"\s*[,;+&]\s*(?:and\s+)?|\s+(?:and\s+)?"
_ALLOW = r"allow(?:ed|s)?\b[\s:]*"
_LIST = r"(?P<codes>(?:{one})(?:(?:{between})(?:{one}))*)"
_NAMED = re.compile(
    _ALLOW
    + _LIST.format(one=f"{_CODE}|{_NAME}", between=_BETWEEN)
    + r"\s*(?P<colon>:)?(?P<reason>(?(colon).*))",
    re.IGNORECASE | re.DOTALL,
)
_CODED = re.compile(
    _ALLOW
    + _LIST.format(one=_CODE, between=_BETWEEN)
    + r"(?!\w)(?P<colon>[\s:,(–—-]*)(?P<reason>.*)",
    re.IGNORECASE | re.DOTALL,
)
# Resembles an allow comment but is not one: a mistyped code or another tool's keyword.
_MALFORMED = re.compile(
    r"(?:(?:[\w-]+[-:]\s*)?(?P<verb>ignore|disable|suppress|skip|noqa|nolint|permit)\w*\b[\s:-]*|allow[\s:]+)NL\d\w*\b",
    re.IGNORECASE,
)


class ParsedAllow(Struct, frozen=True):
    words: tuple[str, ...] = ()  # codes in upper case, names in lower case
    reason: str = ""
    malformed: str = ""  # why it allows nothing


def read_allow(words: str) -> ParsedAllow | None:
    """Return the parsed allow comment, or `None` if the comment is about something else."""
    words = words.strip()
    for match in filter(None, (_NAMED.fullmatch(words), _CODED.fullmatch(words))):
        codes = tuple(map(_code, re.split(_BETWEEN, match["codes"])))
        names = [code for code in codes if not code.startswith("NL")]
        # Rule names can also be ordinary words: `allow us to say so: …`, `allow re-use`.
        if not names or (match["colon"] and all("-" in code for code in names)):
            return ParsedAllow(codes, " ".join(match["reason"].split()).rstrip(")"))
    if attempt := _MALFORMED.match(words):
        if attempt["verb"]:
            return ParsedAllow(malformed=f'Expected "allow", found "{attempt["verb"]}"')
        return ParsedAllow(malformed=f'Unknown rule in "{attempt[0]}"')
    return None


def _code(word: str) -> str:
    """Return the code for a rule's code or name in any case; return other words unchanged."""
    if re.fullmatch(_CODE, word, re.IGNORECASE):
        return word.upper()
    from newsletter.check.registry import find_entry  # imports all rules, which codes do not need

    entry = find_entry(word)
    return entry.code if entry else word

"""Language-dependent rules: direction, lists, dates, quotation marks, bidi isolation."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from babel import Locale

    from newsletter.model import Direction

RTL_LANGUAGES = frozenset("ar arc ckb dv fa he ks ku nqo pa-arab ps sd syr ug ur yi".split())

# Strong characters by direction (Unicode bidi classes R and AL; all other letters), as ranges.
_STRONG: Mapping[Direction, str] = {
    "rtl": "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff",
    "ltr": "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u02b8\u0370-\u0588\u0900-\u1fff\u2c00-\ud7ff\uf900-\ufaff",
}


# Compiled on first use: it takes 17 ms, and English issues rarely need it.
@cache
def strong(direction: Direction) -> re.Pattern[str]:
    """Return the pattern of a character with strong direction."""
    return re.compile(f"[{_STRONG[direction]}]")


@cache
def _run(direction: Direction) -> re.Pattern[str]:
    """Return the pattern of a run, from its first strong character to its last.

    A run ends before a strong character of the other direction. A bracket that opens inside a run
    also closes inside it; otherwise it would be mirrored alone: `MSC Oscar (Porto)`.
    """
    own, other = _STRONG[direction], _STRONG[opposite(direction)]
    figure = (
        r"(?:[ -]?[0-9]+(?:[.,:][0-9]+)*\b)?" if direction == "ltr" else ""
    )  # `iOS 17.2` is one run
    bracket = rf"\([^{other}()]*[{own}][^{other}()]*\)"
    return re.compile(rf"[{own}](?:[^{other}]*?(?:{bracket}|[{own}]))*{figure}")


# First strong isolate … pop directional isolate (UAX #9): the plain-text equivalent of HTML's
# `dir`.
FSI, PDI = "\u2068", "\u2069"

# Primary and secondary quotation marks: CLDR's `quotationStart` … `alternateQuotationEnd`, which
# Babel does not include.
_QUOTES = {
    "en": "“”‘’",
    "bg": "„“‚‘",
    "cs": "„“‚‘",
    "da": "“”‘’",
    "de": "„“‚‘",
    "de-CH": "«»‹›",
    "el": "«»“”",
    "es": "«»“”",
    "et": "„“«»",
    "fa": "«»‹›",
    "fi": "””’’",
    "fr": ("«\u202f", "\u202f»", "“", "”"),
    "fr-CH": "«»‹›",
    "hr": "„”‚’",
    "hu": "„”»«",
    "it": "«»“”",
    "nb": "«»‘’",
    "no": "«»‘’",
    "pl": "„”«»",
    "pt-PT": "«»“”",
    "ro": "„”«»",
    "ru": "«»„“",
    "sk": "„“‚‘",
    "sl": "„“‚‘",
    "sr": "„”’’",
    "sv": "””’’",
    "uk": "«»„“",
}


def direction(language: str) -> Direction:
    """Return the writing direction of a language tag."""
    tag = language.lower()
    return (
        "rtl"
        if tag.split("-")[0] in RTL_LANGUAGES or "-".join(tag.split("-")[:2]) in RTL_LANGUAGES
        else "ltr"
    )


def quotes(language: str) -> Sequence[str]:
    """Return the four quotation marks of a language: outer pair, inner pair."""
    parts = language.split("-")
    regional = "-".join([parts[0], *(part.upper() for part in parts[1:2])])
    return _QUOTES.get(regional) or _QUOTES.get(parts[0]) or _QUOTES["en"]


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """Return Babel's locale, or English for an unsupported language.

    Plain `en` means world English (`en-001`): `1 March 2026` and `A, B and C`; `en-US` differs.
    """
    from babel import Locale, UnknownLocaleError  # 30 ms: import only when needed

    try:
        return Locale.parse("en_001" if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_001")


@cache
def _formats() -> Mapping[str, Any]:
    """Return how common languages write dates and lists, from Babel's data.

    Babel itself takes a twentieth of a build to load one language.
    """
    import json

    return dict(json.loads(Path(__file__).with_name("language_formats.json").read_bytes()))


def known(language: str) -> bool:
    """Return whether date and list formats are available for a language tag."""
    if language in _formats():
        return True
    return language.split("-")[0] == "en" or locale(language).language != "en"


def join(names: Sequence[str], language: str) -> str:
    """Return names as a list in the language: `A, B and C`."""
    if len(names) < 2:
        return "".join(names)
    if language not in _formats():
        from babel.lists import format_list

        return format_list(list(names), style="standard", locale=locale(language))
    patterns = _formats()[language]["list"]
    if len(names) == 2:
        return str(patterns["2"].format(*names))
    joined = patterns["start"].format(*names[:2])
    for name in names[2:-1]:
        joined = patterns["middle"].format(joined, name)
    return str(patterns["end"].format(joined, names[-1]))


def long_date(date: dt.date, language: str) -> str:
    """Return a date in words: `1 March 2026`."""
    if language not in _formats():
        from babel.dates import format_date

        return format_date(date, format="long", locale=locale(language))
    row = _formats()[language]
    month = row["months"][date.month - 1]
    return str(row["date"].format(day=date.day, number=date.month, month=month, year=date.year))


def runs(text: str, base: Direction) -> Iterator[tuple[str, bool]]:
    """Split text into runs, each with whether its direction is opposite to the base direction."""
    end = 0
    for match in _run(opposite(base)).finditer(text):
        if match.start() > end:
            yield text[end : match.start()], False
        yield match[0], True
        end = match.end()
    if end < len(text):
        yield text[end:], False


def against(base: Direction) -> re.Pattern[str]:
    """Return the pattern of characters whose direction is opposite to the base direction."""
    return strong(opposite(base))


def opposite(base: Direction) -> Direction:
    """Return the other direction."""
    return "rtl" if base == "ltr" else "ltr"


def isolate_text(text: str, base: Direction) -> str:
    """Isolate runs of the other direction in plain text, such as English in a Persian line."""
    if not against(base).search(text):
        return text
    return "".join(
        f"{FSI}{piece}{PDI}" if foreign else piece for piece, foreign in runs(text, base)
    )

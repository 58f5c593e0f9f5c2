"""Figures in running text: a number with the unit or the noun that makes it a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

from msgspec import Struct

# Grouped by commas, a stop before decimals; or the other way round, or grouped by spaces.
_ENGLISH = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_OTHERS = r"\d{1,3}(?:[.\u00a0\u202f '’]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_MILLION = "millionen|million|milliones|millones|milhões|milhão|millón|milioni|milione|miljoen|millions|mio|mn"
_BILLION = (
    "billion|bilhões|milliarden|milliarde|milliards|milliard|miljard|miliardi|miliardo|mrd|bn"
)
_TRILLION = "trillion|trilhões|billionen|biljoen|tn"
_SCALES: Mapping[str, str] = {"million": _MILLION, "billion": _BILLION, "trillion": _TRILLION}
_PERCENT = "%|‰|per cent|percent|percentage points?|prozent|pour cent|por ciento|por cento|per cento|procent"
_MONEY = "dollars?|euros?|pounds|francs|yen|yuan|roubles|rupees|pesos|reais|dólares|libras|dollari|sterline|dollar|pond"
# Units in which trade, energy and land are counted; metres and degrees mostly describe.
_MEASURES = (
    "tonnes?|tons?|barrels?|hectares?|acres?|[kmgt]wh?|gigawatts?|megawatts?|terawatt-hours?|gigatonnes?|tonnen|tonnes|"
    "toneladas|tonnellate|ton|hektar|hectáreas|ettari|hectare|barils|barriles|teu|dwt|"
    "square (?:kilometres|kilometers|miles)"
)


class Quantity(Struct, frozen=True):
    start: int
    text: str  # with its unit: `£3.4 million`
    unit: str  # "%", a currency and scale such as "£ million", a measure, or "" for a mere count
    value: Decimal | None  # of the number itself: 3.4


@cache
def _pattern(english: bool) -> re.Pattern[str]:
    scales = "|".join(f"(?P<{name}>(?:{words})\\b)" for name, words in _SCALES.items())
    sign = r"(?P<sign>US\$|A\$|C\$|R\$|[$£€¥₹₩₽]|\b(?:USD|EUR|GBP|CHF)\s?)\s?"
    # Atomic: where what follows a number forbids it, half of its digits are no number either.
    number = rf"(?P<number>(?>{_ENGLISH if english else _OTHERS}))(?!\d|[/.,:]\d|/\w|-\w)"
    return re.compile(
        rf"(?<![\w.,:/#-])(?:(?:{sign}){number}(?P<short>bn|tn|[mbk])?(?!\w)"
        rf"|(?<![$£€¥]){number.replace('number', 'bare')}(?!\w))"
        rf"(?:[\s\u00a0-]?(?:{scales}))?"
        rf"(?:[\s\u00a0-]?(?:(?P<percent>{_PERCENT})(?!\w)|(?P<money>{_MONEY})\b|(?P<measure>{_MEASURES})\b))?",
        re.IGNORECASE,
    )


_SHORT = {"m": "million", "bn": "billion", "b": "billion", "tn": "trillion", "k": ""}


def figures(words: str, language: str) -> Iterator[Quantity]:
    """Yield numbers of a percentage, of money, in millions, in a unit of trade, and counts of a thousand or more."""
    if not any(map(str.isdecimal, words)):
        return
    for match in _pattern(language.startswith("en")).finditer(words):
        number = match["number"] or match["bare"]
        scale = next(
            (name for name in _SCALES if match[name]),
            _SHORT.get((match["short"] or "").lower(), ""),
        )
        if match["percent"]:
            unit = "%"
        elif match["sign"] or match["money"]:
            unit = " ".join(
                filter(None, ((match["sign"] or match["money"]).strip().lower(), scale))
            )
        elif match["measure"] or scale:
            unit = " ".join(filter(None, (scale, (match["measure"] or "").lower().rstrip("s"))))
        elif _is_count(number, language) and not _SPAN.match(words, match.end()):
            unit = ""  # a count, told from years and numbers of things by its separators
        else:
            continue
        yield Quantity(match.start(), match[0].rstrip(), unit, value(number, language))


# What such numbers of are seldom claims: ten thousand years, miles, words.
_SPAN = re.compile(
    r"[\s\u00a0-]*(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|miles?|km|met(?:er|re)s?|kilomet(?:er|re)s?|"
    r"feet|foot|ft|words?|times|steps|pages|jahre?n?|ans|années|años|anos|anni|jaar|meter)\b",
    re.IGNORECASE,
)


def _is_count(number: str, language: str) -> bool:
    return len(number) > 4 and (value(number, language) or 0) >= 1000 and not number.isdecimal()


def value(number: str, language: str) -> Decimal | None:
    """Return what a number says; whether comma or stop stands before decimals is the language's custom."""
    group, point = (",", ".") if language.startswith("en") else (".", ",")
    bare = re.sub(rf"[\s\u00a0\u202f'’{group}]", "", number).replace(point, ".")
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def agree(one: Decimal, other: Decimal) -> bool:
    """Tell whether one number is the other, or the other rounded or cut: 12.72 and 12.7, 13 or 12."""
    if one == other:
        return True
    rough, exact = sorted((one, other), key=_decimals, reverse=True)
    exponent = rough.as_tuple().exponent
    if not isinstance(exponent, int):
        return False
    unit = Decimal(1).scaleb(exponent)
    return -unit / 2 <= exact - rough < unit


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0

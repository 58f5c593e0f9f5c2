"""Figures in running text: a number with the unit or the noun that makes it a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

_NUMBER = "|".join(
    (
        r"\d{1,3}(?:[\u00a0\u202f '’]\d{3})+(?:[.,]\d+)?",
        r"\d{1,3}(?:,\d{3})+(?:\.\d+)?",
        r"\d{1,3}(?:\.\d{3})+(?:,\d+)?",
        r"\d+(?:[.,]\d+)?",
    )
)
_MILLION = "millionen|million|milliones|millones|milhões|milhão|millón|milioni|milione|miljoen|millions|mio|mn"
_BILLION = "billion|bilhões|milliarden|milliarde|milliards|milliard|miljard|miliardi|miliardo|mrd|bn"
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


@dataclass(frozen=True, slots=True)
class Figure:
    start: int
    text: str  # with its unit: `£3.4 million`
    number: str  # without: `3.4`
    unit: str  # "%", a currency and scale such as "£ million", a measure, or "" for a mere count

    @property
    def value(self) -> Decimal | None:
        return value(self.number)


@cache
def _pattern() -> re.Pattern[str]:
    scales = "|".join(f"(?P<{name}>(?:{words})\\b\\.?)" for name, words in _SCALES.items())
    return re.compile(
        rf"(?<![\w.,/#-])(?:(?P<sign>US\$|A\$|C\$|R\$|[$£€¥₹₩₽]|\b(?:USD|EUR|GBP|CHF)\s?)\s?)?(?P<number>{_NUMBER})(?![\d/])"
        rf"(?:[\s\u00a0-]?(?:{scales}))?"
        rf"(?:[\s\u00a0-]?(?:(?P<percent>{_PERCENT})(?!\w)|(?P<money>{_MONEY})\b|(?P<measure>{_MEASURES})\b))?",
        re.IGNORECASE,
    )


def figures(words: str) -> Iterator[Figure]:
    """Yield numbers of a percentage, of money, in millions, in a unit of trade, and counts of a thousand or more."""
    if not any(map(str.isdecimal, words)):
        return
    for match in _pattern().finditer(words):
        scale = next((name for name in _SCALES if match[name]), "")
        if match["percent"]:
            unit = "%"
        elif match["sign"] or match["money"]:
            unit = " ".join(filter(None, ((match["sign"] or match["money"]).strip().lower(), scale)))
        elif match["measure"] or scale:
            unit = " ".join(filter(None, (scale, (match["measure"] or "").lower().rstrip("s"))))
        elif re.search(r"\d[,.'’\u00a0\u202f ]\d{3}\b", match["number"]) and _claimed(match["number"]):
            unit = ""
        else:
            continue
        yield Figure(match.start(), match[0].rstrip(), match["number"], unit)


def _claimed(number: str) -> bool:
    """Tell whether a bare number counts something: a thousand and more, written with its separators."""
    found = value(number)
    return found is not None and found >= 1000


def value(number: str) -> Decimal | None:
    """Return what a number says, whichever of comma, stop and space its language groups digits with."""
    bare = re.sub(r"[\s\u00a0\u202f'’]", "", number)
    if re.fullmatch(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", bare):
        group = next(char for char in bare if char in ".,")
        bare = bare.replace(group, "")
    try:
        return Decimal(bare.replace(",", "."))
    except InvalidOperation:
        return None


def agree(one: Decimal, other: Decimal) -> bool:
    """Tell whether one number is the other, or the other rounded: 12.72 and 12.7, 13 or 12."""
    if one == other:
        return True
    rough, exact = sorted((one, other), key=_decimals, reverse=True)
    exponent = rough.as_tuple().exponent
    return isinstance(exponent, int) and abs(exact - rough) < Decimal(1).scaleb(exponent)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0

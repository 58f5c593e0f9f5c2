"""Figures in running text: a number with the unit or the noun that makes it a claim."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache

from msgspec import Struct

# Commas group digits and a stop marks decimals; or the reverse, or spaces group digits.
_ENGLISH = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_OTHERS = r"\d{1,3}(?:[.\u00a0\u202f '’٬]\d{3})+(?:[,٫]\d+)?|\d+(?:[,٫]\d+)?"
# Languages with a decimal point.
_WITH_STOP = frozenset("en he ar zh ja ko th hi bn ms".split())
_MILLION = (
    "millionen|million|milliones|millones|milhões|milhão|millón|milioni|milione|miljoen|millions|mio|mn|"
    r"mln|milion(?:y|ów|a)?|млн|миллион(?:а|ов)?|мільйон(?:и|ів|а)?|milyon|miljon(?:er)?|εκατ(?:ομμύρι[αο]|ομμυρίων)?|"
    r"مليون|ملايين|מיליון|מליון|میلیون"
)
_BILLION = (
    "billion|bilhões|milliarden|milliarde|milliards|milliard|miljard|miliardi|miliardo|mrd|bn|"
    r"mld|miliard(?:y|ów|a)?|млрд|миллиард(?:а|ов)?|мільярд(?:и|ів|а)?|milyar|miljarder|δισ(?:εκατομμύρι[αο]|εκατομμυρίων)?|"
    r"مليار(?:ات)?|بليون|מיליארד|میلیارد"
)
_TRILLION = (
    r"trillion|trilhões|billionen|biljoen|trn|tn|bilion(?:y|ów|a)?|трлн|триллион(?:а|ов)?|трильйон(?:и|ів|а)?|trilyon|"
    r"biljoner|τρισ(?:εκατομμύρι[αο])?|تريليون|טריליון|تریلیون"
)
_SCALES: Mapping[str, str] = {"million": _MILLION, "billion": _BILLION, "trillion": _TRILLION}
_PERCENT = "%|‰|per cent|percent|percentage points?|prozent|pour cent|por ciento|por cento|per cento|procent"
_MONEY = "dollars?|euros?|pounds|francs|yen|yuan|roubles|rupees|pesos|reais|dólares|libras|dollari|sterline|dollar|pond"
# Units of trade, energy and land; meters and degrees are mostly descriptive.
_MEASURES = (
    "tonnes?|tons?|barrels?|hectares?|acres?|[kmgt]wh?|gigawatts?|megawatts?|terawatt-hours?"
    "|gigatonnes?|tonnen|tonnes|"
    "toneladas|tonnellate|tony|ton|τόνο[ιυ]ς?|τόνων|тонн[аы]?|طنا?|טון|تن|hektar|hectáreas|ettari|hectare|barils|barriles|teu|dwt|"
    "square (?:kilometres|kilometers|miles)"
)


class Quantity(Struct, frozen=True):
    start: int
    text: str  # including its unit: `£3.4 million`
    unit: str  # "%", a currency and scale such as "£ million", a measure, or "" for a mere count
    value: Decimal | None  # of the number itself: 3.4

    @property
    def measure(self) -> str:
        """Return the unit without its scale, one symbol per currency: `$` for `US$ million`."""
        words = " ".join(part for part in self.unit.split() if part not in POWERS)
        return _CURRENCIES.get(words, words)

    @property
    def amount(self) -> Decimal | None:
        """Return the value including its scale: 3,400,000; as precise as the number as written."""
        if self.value is None:
            return None
        power = next((POWERS[part] for part in self.unit.split() if part in POWERS), 0)
        return self.value.scaleb(power)


POWERS = {"million": 6, "billion": 9, "trillion": 12}
_CURRENCIES: Mapping[str, str] = {
    **dict.fromkeys("us$ usd dollar dollars dólares dollari".split(), "$"),
    **dict.fromkeys("gbp pound pounds libras sterline pond".split(), "£"),
    **dict.fromkeys("eur euro euros".split(), "€"),
    **dict.fromkeys("yen jpy".split(), "¥"),
}


@cache
def _pattern(english: bool) -> re.Pattern[str]:
    scales = "|".join(f"(?P<{name}>(?:{words})\\b)" for name, words in _SCALES.items())
    sign = r"(?P<sign>US\$|A\$|C\$|R\$|[$£€¥₹₩₽]|\b(?:USD|EUR|GBP|CHF)\s?)\s?"
    # Atomic, so that a rejected number is not matched in part.
    number = rf"(?P<number>(?>{_ENGLISH if english else _OTHERS}))(?!\d|[/.,:]\d|/\w|-\w)"
    return re.compile(
        rf"(?<![\w.,:/#-])(?:(?:{sign}){number}(?P<short>bn|trn|tn|[mbk])?(?!\w)"
        rf"|(?<![$£€¥]){number.replace('number', 'bare')}(?:(?P<thousand>k)\b|(?!\w)|(?=(?:bn|trn|tn|mn|[kmgt]wh?)\b)))"
        rf"(?:[\s\u00a0-]?(?:{scales}))?"
        rf"(?:[\s\u00a0-]?(?:d[ei] |d['’])?(?:(?P<percent>{_PERCENT})(?!\w)|(?P<money>{_MONEY})\b"
        rf"|(?P<measure>{_MEASURES})\b))?",
        re.IGNORECASE,
    )


_SHORT = {
    "m": "million",
    "bn": "billion",
    "b": "billion",
    "tn": "trillion",
    "trn": "trillion",
    "k": "",
}


def figures(words: str, language: str) -> Iterator[Quantity]:
    """Yield percentages, money, millions, trade units, and counts of a thousand or more."""
    if not any(map(str.isdecimal, words)):
        if language.startswith("en"):
            yield from _in_words(words)
        return
    for match in _pattern(language.split("-")[0] in _WITH_STOP).finditer(words):
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
        elif match["thousand"] or (
            _is_count(number, words, match, language) and not _SPAN.match(words, match.end())
        ):
            unit = ""  # a count: it has separators or a noun, unlike years and labels
        else:
            continue
        amount = number_value(number, language)
        if match["thousand"] and amount is not None:
            amount *= 1000
        yield Quantity(match.start(), match[0].rstrip(), unit, amount)
    if language.startswith("en"):
        yield from _in_words(words)


# Nouns that rarely make a claim with such numbers: ten thousand years, miles, words.
_SPAN = re.compile(
    r"[\s\u00a0-]*(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|miles?|km|met(?:er"
    r"|re)s?|kilomet(?:er|re)s?|"
    r"feet|foot|ft|words?|times|steps|pages|jahre?n?|ans|années|años|anos|anni|jaar|meter)\b",
    re.IGNORECASE,
)


_COUNTED = re.compile(r"[ \u00a0](?:people|men|women|children|staff|(?!years)[a-z]{3,}s)\b")
_YEARS = range(1400, 2101)


def _is_count(number: str, words: str, match: re.Match[str], language: str) -> bool:
    """Return whether a number is a count: it has separators, or a plural noun follows."""
    amount = number_value(number, language) or 0
    if number.isdecimal():
        counts = amount >= 1000 and int(amount) not in _YEARS
        return counts and len(number) <= 7 and bool(_COUNTED.match(words, match.end()))
    return len(number) > 4 and amount >= 1000


_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_PARTS: Mapping[str, int] = {
    "half": 2,
    "halves": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_NUMBERS: Mapping[str, int] = {
    **{word: number for number, word in enumerate(_ONES.split(), 1)},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), 2)},
    "a": 1,
    "hundred": 100,
}


_PEOPLE = (
    "people|adults|voters|households|families|women|men|children|pupils|students|workers|employees|patients|firms|"
    "companies|businesses|farmers|respondents|users|readers|citizens|residents|migrants|homes"
)


@cache
def _words_pattern() -> re.Pattern[str]:
    ones, tens = _ONES.replace(" ", "|"), _TENS.replace(" ", "|")
    number = rf"(?:(?:{tens})(?:-(?:{ones}))?|{ones}|a hundred)"
    parts = "|".join(f"{part}s?" for part in _PARTS)
    return re.compile(
        rf"\b(?P<percent>{number})[ -](?:per ?cent|percentage points?)\b"
        rf"|\b(?P<count>one|two|three|four|five|six|seven|eight|nine"
        rf"|an?)[- ](?P<part>{parts})(?= of (?:all |the |its |their |our |\w))"
        rf"|\b(?P<some>{ones}|\d+) (?:in|out of) (?:every )?(?P<every>{ones}|{tens}|\d+)(?= (?:of "
        rf"|[a-z]{{3,}}))"
        rf"|\b(?P<half>half)(?= of (?:all |the )?(?:{_PEOPLE}|(?-i:[A-Z])\w+s)\b)"
        r"|(?<![\w/.])(?P<over>[1-9])/(?P<under>[2-9]|10)(?= of\b)",
        re.IGNORECASE,
    )


def _in_words(words: str) -> Iterator[Quantity]:
    """Yield percentages and fractions in words: forty per cent, two-thirds of, one in five."""
    for match in _words_pattern().finditer(words):
        if match["percent"]:
            amount = sum(
                _NUMBERS[word]
                for word in re.split(r"[ -]", match["percent"].lower())
                if word != "a"
            )
            yield Quantity(match.start(), match[0], "%", Decimal(amount))
            continue
        if match["half"]:
            yield Quantity(match.start(), match[0], "fraction", Decimal("0.5"))
            continue
        if match["part"]:
            some, every = (
                match["count"],
                match["part"].lower().removesuffix("s").replace("halve", "half"),
            )
            ratio = Decimal(_count_of(some)) / _PARTS[every]
        else:
            some, every = match["some"] or match["over"], match["every"] or match["under"]
            if _count_of(every) == 0 or _count_of(some) >= _count_of(every):
                continue
            ratio = Decimal(_count_of(some)) / _count_of(every)
        yield Quantity(match.start(), match[0], "fraction", round(ratio, 3))


def _count_of(word: str) -> int:
    word = {"an": "a"}.get(word.lower(), word.lower())
    return int(word) if word.isdecimal() else _NUMBERS.get(word, 0)


def number_value(number: str, language: str) -> Decimal | None:
    """Return the value of a number, read with the language's decimal separator."""
    group, point = (",", ".") if language.split("-")[0] in _WITH_STOP else (".", ",")
    plain = re.sub(rf"[\s\u00a0\u202f'’٬{group}]", "", number).replace(point, ".").replace("٫", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def agree(first: Decimal, second: Decimal) -> bool:
    """Return whether numbers are equal up to rounding or truncation: 12.72 and 12.7, 13 or 12."""
    if first == second:
        return True
    rough, exact = sorted((first, second), key=_decimals, reverse=True)
    exponent = rough.as_tuple().exponent
    if not isinstance(exponent, int):
        return False
    unit = Decimal(1).scaleb(exponent)
    return -unit / 2 <= exact - rough < unit


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0

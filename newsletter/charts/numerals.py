"""Numbers as they occur in tables, and as an issue prints them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from msgspec import Struct

MISSING = frozenset(("", "-", "–", "—", "n/a", "na", "nan", "null", "none", "..", "...", "…", ":"))
_SPACES = re.compile("[\\s\u00a0\u2007\u2009\u202f'’]")
_NUMBER = re.compile(r"[+\-−–]?[$€£¥₹₽]?[\d.,]*\d[.,]?(?:[eE][+-]?\d{1,3})?[%‰€]?")
_THOUSANDS_ONLY = {
    ",": re.compile(r"[1-9]\d{0,2}(?:,\d{3})+"),
    ".": re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+"),
}
LARGEST = Decimal(10) ** 15  # the largest number a reader can make sense of

DecimalMark = Literal[".", ","]


class NumberColumn(Struct, frozen=True):
    """A column parsed as numbers; `bad` lists the rows that are not numbers."""

    values: tuple[Decimal | None, ...]
    bad: tuple[int, ...] = ()
    percent: bool = False  # every number has a percent sign
    decimals: int = 0  # the maximum over all numbers

    @property
    def is_numeric(self) -> bool:
        return not self.bad and any(value is not None for value in self.values)


def is_missing(cell: str) -> bool:
    """Return whether a cell denotes a missing value."""
    return cell.strip().casefold() in MISSING


def read_numbers(cells: Sequence[str], delimiter: str = ",") -> NumberColumn:
    """Parse a column with decimal commas, thousands separators, percent signs and blanks.

    Blank cells and dashes are missing values. One decimal mark applies to the whole column, so 1,5
    next to 1,250 is read as a person would read it.
    """
    stripped = [_SPACES.sub("", cell) for cell in cells]
    mark = decimal_mark([cell for cell in stripped if not is_missing(cell)], delimiter)
    values: list[Decimal | None] = []
    bad = []
    for row, cell in enumerate(stripped):
        value = None if is_missing(cell) else read_number(cell, mark)
        if value is None and not is_missing(cell):
            bad.append(row)
        values.append(value)
    present = [value for value in values if value is not None]
    signs = [cell.endswith("%") for cell in stripped if not is_missing(cell)]
    return NumberColumn(
        tuple(values),
        tuple(bad),
        percent=bool(signs) and all(signs),
        decimals=max(map(decimals_of, present), default=0),
    )


def decimal_mark(cells: Iterable[str], delimiter: str) -> DecimalMark:
    """Return the decimal mark of a column of numbers without blanks.

    If two different separators occur, the last is the decimal mark. A repeated separator, or one
    followed by groups of three digits in every cell, separates thousands. Groups of three after a
    comma are decimals only if semicolons delimit cells.
    """
    commas = dots = 0
    grouped = {",": True, ".": True}
    for cell in cells:
        digits = cell.strip("+-−–$€£¥₹₽%‰")
        if "," in digits and "." in digits:
            return "," if digits.rindex(",") > digits.rindex(".") else "."
        for sign in (",", "."):
            if sign not in digits:
                continue
            if digits.count(sign) > 1:
                return "." if sign == "," else ","
            grouped[sign] = grouped[sign] and bool(_THOUSANDS_ONLY[sign].fullmatch(digits))
        commas += "," in digits
        dots += "." in digits
    if not commas:
        return "."
    if dots or (grouped[","] and delimiter != ";"):
        return "."
    return ","


def read_number(cell: str, mark: DecimalMark = ".") -> Decimal | None:
    """Parse a cell without blanks as a number, or return `None`.

    Currency and percent signs are dropped.
    """
    if not cell.isascii():
        cell = cell.replace("−", "-").replace("–", "-")
    if not _NUMBER.fullmatch(cell):
        return None
    digits = re.sub(r"[$€£¥₹₽%‰]", "", cell)
    other = "," if mark == "." else "."
    integer, _, fraction = digits.partition(mark)
    if other in fraction or mark in fraction:
        return None
    if other in integer and not re.fullmatch(
        rf"[+-]?\d{{1,3}}(?:{re.escape(other)}\d{{3}})+", integer
    ):
        return None
    try:
        value = Decimal(
            f"{integer.replace(other, '') or '0'}.{fraction or '0'}"
            if fraction
            else integer.replace(other, "")
        )
    except InvalidOperation:
        return None
    return value if abs(value) < LARGEST else None


def decimals_of(value: Decimal) -> int:
    """Return the number of decimals in a written number."""
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def printed_decimals(values: Sequence[Decimal], written: int) -> int:
    """Return the decimals to print: those in the data, at most what readers can compare.

    Three significant digits of the largest value are enough to distinguish the values of a chart.
    """
    largest = max(map(abs, values), default=Decimal(0))
    if largest >= 1000:
        return 0
    if largest >= 100:
        return min(written, 1)
    return min(written, 2 if largest >= 1 else 4)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Return a number rounded half away from zero, as readers round; minus zero is zero."""
    result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def print_number(value: Decimal, language: str, decimals: int, unit: str = "") -> str:
    """Format a number for a language, with a percent or currency sign if `unit` is one."""
    text = _formatted(rounded(value, decimals), language, decimals)
    if unit == "%":
        return _percent_pattern(language).replace("0", text)
    if unit in _CURRENCIES:
        before = language.startswith("en")
        sign, digits = ("−", text[1:]) if text.startswith("−") else ("", text)
        return f"{sign}{unit}{digits}" if before else f"{text}\u00a0{unit}"
    return text


_CURRENCIES = frozenset("$€£¥₹₽")


def is_sign(unit: str) -> bool:
    """Return whether a unit is printed with every number: a percent or currency sign."""
    return unit == "%" or unit in _CURRENCIES


@lru_cache(maxsize=4096)
def _formatted(value: Decimal, language: str, decimals: int) -> str:
    from babel.numbers import format_decimal

    from newsletter.languages import locale

    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(value, format=pattern, locale=locale(language)).replace("-", "−")


@lru_cache(maxsize=64)
def _percent_pattern(language: str) -> str:
    """Return a language's percent format, `0%` or `%0`."""
    from newsletter.languages import locale

    pattern = str(locale(language).percent_formats[None].pattern)
    return re.sub(r"[#,0.]+", "0", pattern.split(";")[0])

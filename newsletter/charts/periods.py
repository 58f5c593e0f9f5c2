"""Years, quarters, months and days as they occur in tables, and as an issue prints them."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from newsletter.model.chart_values import PeriodStep

_YEAR = re.compile(r"[12]\d{3}")
_QUARTER = re.compile(r"([12]\d{3})[\s-]*Q([1-4])|Q([1-4])[\s-]*([12]\d{3})", re.IGNORECASE)
_MONTH = re.compile(r"([12]\d{3})[-/.M](\d{1,2})|(\d{1,2})[/.]([12]\d{3})")
_ISO_DAY = re.compile(r"([12]\d{3})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{2}:\d{2}.*)?")
_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2([12]\d{3})")
_COMPACT_DAY = re.compile(r"([12]\d{3})(\d\d)(\d\d)")  # ISO 8601 basic format
_WORDS = re.compile(r"[\s,.-]+")


class PeriodColumn(Struct, frozen=True):
    """A column parsed as periods: positions counted in steps, `None` for unreadable cells."""

    step: PeriodStep
    places: tuple[int | None, ...]


def read_periods(cells: Sequence[str], language: str) -> PeriodColumn | None:
    """Parse a column as periods of one length, or return `None` if most cells are not periods.

    Formats may be mixed: 2026-03-01, 01.03.2026, 1 March 2026, March 1, 2026, 2026/03/01. Whether
    01/03/2026 is day-first or month-first is decided by the column, or by the language if the
    column is ambiguous.
    """
    month_first = _month_first(cells, language)
    read = [read_period(cell, language, month_first=month_first) for cell in cells]
    steps = Counter(period[0] for period in read if period)
    # A cell such as 2026-02-30 is a wrong date, not a name.
    pairs = zip(read, cells, strict=True)
    shaped = sum(period is not None or _date_shaped(cell) for period, cell in pairs)
    if not steps or shaped < 0.8 * len(cells):
        return None
    step = steps.most_common(1)[0][0]
    if step == "day" and (months := _first_days(read)):
        return PeriodColumn("month", months)
    return PeriodColumn(
        step, tuple(period[1] if period and period[0] == step else None for period in read)
    )


def _date_shaped(cell: str) -> bool:
    return any(shape.fullmatch(cell.strip()) for shape in (_ISO_DAY, _DAY))


def _first_days(read: Sequence[tuple[PeriodStep, int] | None]) -> tuple[int, ...] | None:
    """Return months if every date is the first of a month, as spreadsheets write months."""
    dates = [dt.date.fromordinal(period[1]) for period in read if period and period[0] == "day"]
    if len(dates) < max(len(read), 2) or any(date.day != 1 for date in dates):
        return None
    return tuple(date.year * 12 + date.month - 1 for date in dates)


def read_period(
    cell: str, language: str, *, month_first: bool = False
) -> tuple[PeriodStep, int] | None:
    """Return a period's length and its position, counted in that length."""
    cell = cell.strip()
    if _YEAR.fullmatch(cell):
        return "year", int(cell)
    if match := _QUARTER.fullmatch(cell):
        year, quarter = match[1] or match[4], match[2] or match[3]
        return "quarter", int(year) * 4 + int(quarter) - 1
    if match := _MONTH.fullmatch(cell):
        year, month = int(match[1] or match[4]), int(match[2] or match[3])
        return ("month", year * 12 + month - 1) if 1 <= month <= 12 else None
    if match := _ISO_DAY.fullmatch(cell) or _COMPACT_DAY.fullmatch(cell):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY.fullmatch(cell):
        first, second = int(match[1]), int(match[3])
        swapped = month_first and match[2] == "/"
        return _day(int(match[4]), first if swapped else second, second if swapped else first)
    return _in_words(cell, language) if any(map(str.isalpha, cell)) else None


def _day(year: int, month: int, day: int) -> tuple[PeriodStep, int] | None:
    try:
        return "day", dt.date(year, month, day).toordinal()
    except ValueError:
        return None


def _in_words(cell: str, language: str) -> tuple[PeriodStep, int] | None:
    """Read `March 2026`, `1 Mar 2026` and `March 1, 2026`.

    Month names may be in English or in the issue's language.
    """
    words = [word for word in _WORDS.split(cell.casefold()) if word not in ("", "de", "del")]
    if not 2 <= len(words) <= 3:
        return None
    names = month_names(language)
    month = next((names[word] for word in words if word in names), None)
    numbers = [int(word) for word in words if word.isdecimal()]
    years = [number for number in numbers if number > 999]
    days = [number for number in numbers if number <= 31]
    if month is None or len(years) != 1 or len(numbers) + 1 != len(words):
        return None
    return _day(years[0], month, days[0]) if days else ("month", years[0] * 12 + month - 1)


@lru_cache(maxsize=32)
def month_names(language: str) -> Mapping[str, int]:
    """Return the names of months, long and short, in a language and in English."""
    from babel.dates import get_month_names

    from newsletter.languages import locale

    names: dict[str, int] = {}
    for tag in ("en", language):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                months = get_month_names(width, context, locale(tag))
                names |= {str(name).casefold().strip("."): int(key) for key, name in months.items()}
    return names


def _month_first(cells: Sequence[str], language: str) -> bool:
    for cell in cells:
        match = _DAY.fullmatch(cell.strip())
        if match and match[2] == "/":
            if int(match[1]) > 12:
                return False
            if int(match[3]) > 12:
                return True
    return language == "en-US"


def print_period(place: int, step: PeriodStep, language: str, *, short: bool = False) -> str:
    """Format a period in a language: `March 2026`, or `Mar 2026` for an axis."""
    if step == "year":
        return str(place)
    if step == "quarter":
        return f"Q{place % 4 + 1} {place // 4}"
    from babel.dates import format_date, format_skeleton

    from newsletter.languages import locale

    where = locale(language)
    if step == "month":
        date = dt.date(place // 12, place % 12 + 1, 1)
        return str(format_skeleton("yMMM" if short else "yMMMM", date, locale=where))
    date = dt.date.fromordinal(place)
    if short:
        return str(format_skeleton("MMMd", date, locale=where))
    return str(format_date(date, format="long", locale=where))


def year_of(place: int, step: PeriodStep) -> float:
    """Return the year of a position, with the fraction of it elapsed."""
    if step == "day":
        date = dt.date.fromordinal(place)
        return date.year + (date.timetuple().tm_yday - 1) / 366
    return place / {"year": 1, "quarter": 4, "month": 12}[step]


def place_of_year(year: int, step: PeriodStep) -> int:
    """Return the position of the first period of a year."""
    if step == "day":
        return dt.date(year, 1, 1).toordinal()
    return year * {"year": 1, "quarter": 4, "month": 12}[step]


def usual_gap(places: Sequence[int]) -> int | None:
    """Return the usual distance between neighbors, or `None` if irregular.

    For days, gaps of up to a week (weekends, holidays) are not counted as missing.
    """
    steps = [later - earlier for earlier, later in itertools.pairwise(places)]
    if not steps:
        return None
    gap, times = Counter(steps).most_common(1)[0]
    return gap if times * 2 > len(steps) else None

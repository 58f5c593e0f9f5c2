"""Dates in running text, in the issue's language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from newsletter.languages import locale


class PrintedDate(Struct, frozen=True):
    """A date as it is written: `Monday, 2 March 2026`."""

    start: int
    text: str
    weekday: int | None  # Monday is 0
    day: int
    month: int
    year: int | None

    def on(self, year: int) -> dt.date | None:
        """Return the date in a year; `None` if that year has no such day."""
        try:
            return dt.date(year, self.month, self.day)
        except ValueError:
            return None


@cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return the names of weekdays and months in a language, in lower case."""
    words = locale(language)
    days = {name.lower(): number for number, name in words.days["format"]["wide"].items()}
    months = {
        name.lower(): number
        for form in ("format", "stand-alone")
        for number, name in words.months[form]["wide"].items()
    }
    return days, {name: number for name, number in months.items() if not name.isdecimal()}


@cache
def _short(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return short forms of weekdays and months.

    English only: Italian's `mar` is both a weekday and a month.
    """
    if not language.startswith("en"):
        return {}, {}
    days, months = _names(language)
    short = {name[:3]: number for name, number in days.items()} | {
        "tues": 1,
        "weds": 2,
        "thur": 3,
        "thurs": 3,
    }
    return short, {name[:3]: number for name, number in months.items() if name != "may"} | {
        "sept": 9
    }


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    names, short = _names(language), _short(language)
    days, months = (_either(*both) for both in zip(names, short, strict=True))
    weekday = rf"(?:(?P<weekday>{days})\.?(?:\s*,)?\s+(?:(?:the|den|dem|der|le|el|dia|op)\s+)?)?"
    month = rf"(?P<month>{months})"
    year = r"(?:\.?,?\s+(?:de\s+|del\s+)?(?P<year>[12]\d{3}))?"
    day = r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er|[ºª°])?"
    return (
        re.compile(
            rf"\b{weekday}(?<!\d[.,])(?<![\d$£€])\b{day}\s+(?:of\s+|de\s+)?{month}\b{year}",
            re.IGNORECASE,
        ),
        re.compile(rf"\b{weekday}{month}\.?\s+{day}(?!\d|[.,]\d)\b{year}", re.IGNORECASE),
        re.compile(
            rf"\b(?P<weekday>{days})\.?,?\s+(?P<year>[12]\d{{3}})-(?P<month>\d\d)-(?P<day>\d\d)\b",
            re.IGNORECASE,
        ),
        re.compile(
            rf"\b(?P<weekday>{days})\.?,?\s+(?:(?:den|dem|le|el|o|il)\s+)?(?P<day>\d{{1,2}})\.\s?"
            r"(?P<month>\d{1,2})\.\s?(?P<year>[12]\d{3})\b",
            re.IGNORECASE,
        ),
    )


def _either(names: dict[str, int], short: dict[str, int]) -> str:
    """Return the pattern of full names, or capitalized short ones: not "they sat", "it may mar"."""
    full = sorted(map(re.escape, names), key=len, reverse=True)
    capital = sorted((name.capitalize() for name in short), key=len, reverse=True)
    return "|".join((*(rf"{name}\b" for name in full), *(rf"(?-i:{name}\b)" for name in capital)))


def written_dates(words: str, language: str) -> Iterator[PrintedDate]:
    """Yield dates with day and month, and with weekday and year if present."""
    if not any(map(str.isdecimal, words)):
        return
    days, months = (
        full | short for full, short in zip(_names(language), _short(language), strict=True)
    )
    day_first, month_first, *figures = _patterns(language)
    named = (day_first, month_first) if language.startswith("en") else (day_first,)
    for pattern in (*named, *figures):
        for match in pattern.finditer(words):
            weekday, month, year = match["weekday"], match["month"], match["year"]
            yield PrintedDate(
                match.start(),
                match[0],
                days[weekday.lower()] if weekday else None,
                int(match["day"]),
                int(month) if month.isdecimal() else months[month.lower()],
                int(year) if year else None,
            )


# Numeric dates: 2026-02-30 (ISO 8601), 30.2.2026, 30/02/2026 or 02/30/2026.
_ISO = re.compile(
    r"(?<![\w./-])(?P<year>[12]\d{3})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?![\w/-])"
)
_NUMERIC = re.compile(
    r"(?<![\w./-])(?P<first>\d{1,2})(?P<sign>[./])(?P<second>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d{2})(?![\w/-]|\.\d)"
)


def numeric_dates(words: str) -> Iterator[tuple[PrintedDate, ...]]:
    """Yield the readings of each date in figures: day first, and month first where the months allow it."""
    if not any(map(str.isdecimal, words)):
        return
    for match in _ISO.finditer(words):
        day, month, year = (int(match[name]) for name in ("day", "month", "year"))
        yield (PrintedDate(match.start(), match[0], None, day, month, year),)
    for match in _NUMERIC.finditer(words):
        first, second, year = (int(match[name]) for name in ("first", "second", "year"))
        readings = (
            ((first, second), (second, first)) if match["sign"] == "/" else ((first, second),)
        )
        dates = (
            PrintedDate(match.start(), match[0], None, day, month, year)
            for day, month in readings
            if 1 <= month <= 12 and 1 <= day <= 31
        )
        if read := tuple(dates):
            yield read


def julian_weekday(year: int, month: int, day: int) -> int | None:
    """Return the weekday of a date in the Julian calendar.

    `None` once it was out of use (1923, Greece).
    """
    if year > 1923:
        return None
    months = month + 9 if month <= 2 else month - 3  # counted from March
    years = year - 1 if month <= 2 else year
    days = 365 * years + years // 4 + (153 * months + 2) // 5 + day - 1
    return days % 7  # 1 March of year 0 was a Monday in this calendar


def weekday_name(day: dt.date, language: str) -> str:
    """Return the name of a day's weekday."""
    return str(locale(language).days["format"]["wide"][day.weekday()])

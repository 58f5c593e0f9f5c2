"""Dates in running text, in the issue's language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from newsletter.languages import locale


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written: `Monday, 2 March 2026`."""

    start: int
    text: str
    weekday: int | None  # Monday is 0
    day: int
    month: int
    year: int | None

    def on(self, year: int) -> dt.date | None:
        """Return the day in a year, or `None` where that year has no such day."""
        try:
            return dt.date(year, self.month, self.day)
        except ValueError:
            return None


@cache
def _names(language: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return weekdays and months by the names a language has for them, in small letters."""
    words = locale(language)
    days = {name.lower(): number for number, name in words.days["format"]["wide"].items()}
    months = {
        name.lower(): number
        for form in ("format", "stand-alone")
        for number, name in words.months[form]["wide"].items()
    }
    return days, {name: number for name, number in months.items() if not name.isdecimal()}


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    days, months = _names(language)
    weekday = rf"(?:(?P<weekday>{'|'.join(map(re.escape, days))})(?:\s*,)?\s+(?:(?:the|den|dem|der|le|el|dia|op)\s+)?)?"
    month = rf"(?P<month>{'|'.join(sorted(map(re.escape, months), key=len, reverse=True))})"
    year = r"(?:,?\s+(?:de\s+|del\s+)?(?P<year>[12]\d{3}))?"
    day = r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th|er|[ºª°])?"
    return (
        re.compile(rf"\b{weekday}(?<!\d[.,])(?<![\d$£€])\b{day}\s+(?:of\s+|de\s+)?{month}\b{year}", re.IGNORECASE),
        re.compile(rf"\b{weekday}{month}\s+{day}(?!\d|[.,]\d)\b{year}", re.IGNORECASE),
    )


def written_dates(words: str, language: str) -> Iterator[Written]:
    """Yield the dates of day and month, with weekday and year where they are given."""
    if not any(map(str.isdecimal, words)):
        return
    days, months = _names(language)
    day_first, month_first = _patterns(language)
    for pattern in (day_first, month_first) if language.startswith("en") else (day_first,):
        for match in pattern.finditer(words):
            weekday, year = match["weekday"], match["year"]
            yield Written(
                match.start(),
                match[0],
                days[weekday.lower()] if weekday else None,
                int(match["day"]),
                months[match["month"].lower()],
                int(year) if year else None,
            )


def weekday_name(day: dt.date, language: str) -> str:
    """Return the name of a day's weekday."""
    return str(locale(language).days["format"]["wide"][day.weekday()])

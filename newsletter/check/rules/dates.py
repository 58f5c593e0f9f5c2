"""Dates that contradict the calendar or the issue's own date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from newsletter.check.email.origin import in_theme
from newsletter.check.prose.passages import Passage, asides, passages, within_quotation
from newsletter.check.prose.reader_texts import texts
from newsletter.check.prose.text_dates import (
    PrintedDate,
    julian_weekday,
    numeric_dates,
    weekday_name,
    written_dates,
)
from newsletter.check.rule import Violation, rule
from newsletter.model import Issue

if TYPE_CHECKING:
    from newsletter.check.email.checked_email import CheckedEmail

NEAR = dt.timedelta(days=10)


@rule(
    "NL304",
    hint="Correct the weekday or the date.",
    bad="The lock opens on Monday, 2 March 2025, at noon.",
    at="1:19",
    good="The lock opens on Monday, 2 March 2026, at noon.",
)
def wrong_weekday(issue: Issue) -> Iterator[Violation]:
    """A weekday and a date that disagree send half of the readers to a closed door.

    A date without a year is checked only within ten days of the date of the issue or section: further off, its year
    is a guess. One that was right in the year before may be left over from an earlier issue: a warning.
    """
    for text in texts(issue):
        own = (text.section and text.section.date) or issue.date
        for date, message, certain in wrong_weekdays(text.words, issue.language, issue.date, own):
            where = text.at(date.start, date.text.split()[0])
            yield Violation(where, message, severity="error" if certain else "warning")


# A text about an earlier year may name its days without the year.
_LOOKS_BACK = re.compile(
    r"\b[12]\d{3}\b|\b(?:last year|ago|anniversary|letztes Jahr|voriges Jahr|l['’]an dernier|el año pasado"
    r"|no ano passado|l['’]anno scorso|vorig jaar)\b",
    re.IGNORECASE,
)


def wrong_weekdays(
    words: str, language: str, issued: dt.date, own: dt.date
) -> Iterator[tuple[PrintedDate, str, bool]]:
    """Yield the dates of a text with a wrong weekday, a message, and whether it is certain.

    `issued` and `own` are the dates of the issue and of the section.
    """
    for date in written_dates(words, language):
        if date.weekday is None:
            continue
        given = [date.year] if date.year else [issued.year - 1, issued.year, issued.year + 1]
        days = [
            day for day in map(date.on, given) if day and day.year > 1752
        ]  # Gregorian, everywhere in English
        near = [day for day in days if abs(day - issued) <= NEAR or abs(day - own) <= NEAR]
        if not days or (not date.year and not near):
            continue
        if date.year and date.weekday == julian_weekday(date.year, date.month, date.day):
            continue  # old style: the October Revolution began on Wednesday, 25 October 1917
        right = [day for day in days if day.weekday() == date.weekday]
        if right and (
            date.year or right[0].year > issued.year or near[0].weekday() == date.weekday
        ):
            continue
        if right and _LOOKS_BACK.search(words):
            continue
        closest = min(days, key=lambda day: abs(day - issued))
        message = f"Wrong weekday: {date.text} is a {weekday_name(closest, language)}"
        if not date.year:
            message += f" in {closest.year}"
        if right:
            message += f", but was right in {right[0].year}"
        yield date, message, not right


@rule(
    "NL305",
    hint="Correct the date.",
    bad="The survey ended on 31 June 2025.",
    at="1:21",
    good="The survey ended on 30 June 2025.",
)
def invalid_date(issue: Issue) -> Iterator[Violation]:
    """The calendar has no such day, in words or in figures."""
    for text in texts(issue):
        for date in invalid_dates(text.words, issue.language):
            where = text.at(date.start, date.text.split()[0])
            yield Violation(where, f"No such date: {date.text}")


def invalid_dates(words: str, language: str) -> Iterator[PrintedDate]:
    """Yield the dates of a text that no calendar has."""
    for date in written_dates(words, language):
        year = date.year or 2024  # a leap year: 29 February may be any
        if 0 < date.day <= MOST_DAYS and not date.on(year) and not _in_julian(date, year):
            yield date
    for readings in numeric_dates(words):
        if not any(date.on(date.year or 2024) for date in readings):
            yield readings[0]


MOST_DAYS = 39  # a larger number before a month is a count of something else
GREGORIAN = 1923  # the year in which the last country in Europe gave up the old calendar


def _in_julian(date: PrintedDate, year: int) -> bool:
    """Return whether a date exists in the old calendar, in which every fourth year is a leap year."""
    if (year, date.month, date.day) == (1712, 2, 30):
        return True  # in Sweden, on its way back to the old calendar
    leap_day = (date.month, date.day) == (2, 29)
    return leap_day and year <= GREGORIAN and year % 4 == 0


# Words for the day before and after, and for weeks, by language. `today` is omitted: it mostly means nowadays.
_DAYS: Mapping[str, Mapping[str, int]] = {
    "en": {
        "yesterday": -1,
        "last night": -1,
        "tonight": 0,
        "this morning": 0,
        "this evening": 0,
        "tomorrow": 1,
    },
    "de": {"gestern": -1, "heute abend": 0, "heute morgen": 0, "morgen früh": 1},
    "fr": {"hier": -1, "ce soir": 0, "ce matin": 0, "demain": 1},
    "es": {"ayer": -1, "esta noche": 0, "esta mañana": 0},
    "pt": {"ontem": -1, "esta noite": 0, "esta manhã": 0, "amanhã": 1},
    "it": {"ieri": -1, "stasera": 0, "stamattina": 0, "domani": 1},
    "nl": {"gisteren": -1, "vanavond": 0, "vanochtend": 0},
}
_WEEKS: Mapping[str, str] = {
    "en": "last week|this week|next week",
    "de": "letzte Woche|vorige Woche|diese Woche|nächste Woche",
    "fr": "la semaine dernière|cette semaine|la semaine prochaine",
    "es": "la semana pasada|esta semana|la semana próxima|la próxima semana",
    "pt": "na semana passada|esta semana|na próxima semana",
    "it": "la settimana scorsa|questa settimana|la prossima settimana",
    "nl": "vorige week|afgelopen week|deze week|volgende week",
}
_FIGURATIVE = re.compile(
    r"(?:\bof|\bthe day after|\bthe day before|\bde|\bdi|\bvan|\bavant-|\baprès-)\s*$",
    re.IGNORECASE,
)


@rule(
    "NL306",
    severity="warning",
    hint="Name the day instead; people read a newsletter days later.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\ndate: 2026-02-25\n---\nThe lock was opened yesterday.\n"
    },
    at="10-essay.md:6:21",
    good={
        "10-essay.md": "---\nkind: essay\nby: mira\ndate: 2026-02-25\n---\nThe lock was opened on Tuesday.\n"
    },
)
def stale_relative_date(issue: Issue) -> Iterator[Violation]:
    """A relative date such as `yesterday` that means another day by the time it is read.

    Reported where a section has its own date, different from the issue's (for weeks: in another week), and where
    such a word is next to a date that contradicts it.
    """
    language = issue.language.split("-")[0]
    days = _DAYS.get(language)
    if not days:
        return
    pattern = re.compile(
        rf"\b(?:({'|'.join(days)})|({_WEEKS[language]}))\b(?!['’]s)", re.IGNORECASE
    )
    for passage in passages(issue):
        if passage.cell or passage.quoted:
            continue
        own = passage.section.date or issue.date
        for match in pattern.finditer(passage.words):
            if _FIGURATIVE.search(passage.words[: match.start()]) or within_quotation(
                passage.words[: match.start()]
            ):
                continue
            where = passage.at(match.start(), match[0])
            date = _date_after(passage, match.end(), issue.language) if match[1] else None
            if date:
                offset = dt.timedelta(days[match[1].lower()])
                if date.on(date.year or issue.date.year) not in (
                    own + offset,
                    issue.date + offset,
                ):
                    yield Violation(
                        where,
                        f'"{match[0]}" contradicts {date.text}: the issue is dated {issue.date}',
                    )
            elif own != issue.date and (match[1] or _week(own) != _week(issue.date)):
                yield Violation(
                    where, f'"{match[0]}" counts from {own}, but the issue is dated {issue.date}'
                )


def _date_after(passage: Passage, end: int, language: str) -> PrintedDate | None:
    """Return a date directly after a word: `tomorrow, 3 March`."""
    after = passage.words[end : end + 40]
    near = next(written_dates(after, language), None)
    return near if near and re.fullmatch(r"\s*[,(–—]?\s*(?:on\s+)?", after[: near.start]) else None


def _week(day: dt.date) -> tuple[int, int]:
    return day.isocalendar()[:2]


_YEARS: Mapping[str, tuple[str, str, str]] = {
    "en": ("last year", "this year", "next year"),
    "de": ("letztes Jahr", "dieses Jahr", "nächstes Jahr"),
    "fr": (
        "l['’]an dernier|l['’]année dernière",
        "cette année",
        "l['’]an prochain|l['’]année prochaine",
    ),
    "es": ("el año pasado", "este año", "el próximo año|el año que viene"),
    "pt": ("no ano passado", "este ano", "no próximo ano"),
    "it": ("l['’]anno scorso", "quest['’]anno", "l['’]anno prossimo"),
    "nl": ("vorig jaar", "dit jaar", "volgend jaar"),
}
_COPYRIGHT = re.compile(r"(?:©|\(c\)|\bcopyright)\s*(?:\d{4}\s*[-–]\s*)?(\d{4})\b", re.IGNORECASE)


@rule(
    "NL307",
    severity="warning",
    hint="Correct the year.",
    bad="The lock was repaired this year, 2024, and not before.",
    at="1:23",
    good="The lock was repaired last year, 2025, and not before.",
)
def stale_year(issue: Issue) -> Iterator[Violation]:
    """A year left over from an older text: `this year, 2024` in 2026, or last year's ©."""
    words = _YEARS.get(issue.language.split("-")[0])
    relative = (
        re.compile("|".join(rf"\b({form})\b,?\s*\(?(\d{{4}})\b" for form in words), re.IGNORECASE)
        if words
        else None
    )
    for passage in passages(issue):
        if passage.cell or passage.caption or passage.quoted:
            continue
        for match in relative.finditer(passage.words) if relative else ():
            position = next(index for index in range(3) if match[2 * index + 1])
            year, printed = issue.date.year + position - 1, int(match[2 * position + 2])
            own = passage.section.date
            if (
                printed != year
                and not (own and printed == own.year + position - 1)
                and not within_quotation(passage.words[: match.start()])
            ):
                yield Violation(
                    passage.at(match.start(), match[0][:4]),
                    f'"{match[2 * position + 1]}" is {year}, not {printed}',
                )
        for match in _COPYRIGHT.finditer(passage.words):
            if int(match[1]) < issue.date.year and passage is passages(issue)[-1]:
                yield Violation(
                    passage.at(match.start(), match[0]),
                    f"Outdated copyright: © {match[1]} in an issue of {issue.date.year}",
                )


@rule(
    "NL708",
    severity="warning",
    hint="Use `{{ issue.date.year }}`, or omit the year: a notice needs none.",
    bad={
        "templates/default/sections/essay.mjml.j2": (
            '{% extends "section.mjml.j2" %}\n{% block close %}<p>© 2024</p>{% endblock %}\n'
        )
    },
    at="templates/default/sections/essay.mjml.j2:2:21",
    good={
        "templates/default/sections/essay.mjml.j2": (
            '{% extends "section.mjml.j2" %}\n{% block close %}<p>© {{ issue.date.year }}</p>{% endblock %}\n'
        )
    },
    also_triggers=("NL962",),
)
def stale_copyright(checked: CheckedEmail) -> Iterator[Violation]:
    """A copyright notice of an earlier year in a theme looks neglected (Buttondown checks for it, too)."""
    own = "\n".join(
        [passage.words for passage in passages(checked.issue)]
        + [words for words, _ in asides(checked.issue)]
    )
    for match in _COPYRIGHT.finditer(checked.email.html):
        if int(match[1]) < checked.issue.date.year and match[0] not in own:
            where = in_theme(checked.theme, match[0]) or checked.written(re.escape(match[1]))
            yield Violation(
                where, f"Outdated copyright: © {match[1]} in an issue of {checked.issue.date.year}"
            )


RULES = (
    wrong_weekday,
    invalid_date,
    stale_relative_date,
    stale_year,
    stale_copyright,
)

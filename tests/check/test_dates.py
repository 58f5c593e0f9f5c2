"""Written dates, and whether they exist in the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from newsletter.check.prose.text_dates import written_dates


@pytest.mark.parametrize(
    ("words", "language", "weekday", "date"),
    [
        ("on Monday, 2 March 2026", "en", 0, (2026, 3, 2)),
        ("on Monday 2nd March 2026", "en", 0, (2026, 3, 2)),
        ("on Monday, March 2, 2026,", "en", 0, (2026, 3, 2)),
        ("on Tue 2 March 2026", "en", 1, (2026, 3, 2)),
        ("on Tuesday 2 Mar 2026", "en", 1, (2026, 3, 2)),
        ("on Tues., Sept. 8, 2026", "en", 1, (2026, 9, 8)),
        ("on Tuesday 2026-03-02", "en", 1, (2026, 3, 2)),
        ("am Montag, 2026-03-02", "de", 0, (2026, 3, 2)),
        ("the board sat 2 March 2026", "en", None, (2026, 3, 2)),
        ("on March 2", "en", None, (None, 3, 2)),
        ("am Montag, den 2. März 2026", "de", 0, (2026, 3, 2)),
        ("le lundi 2 mars 2026", "fr", 0, (2026, 3, 2)),
        ("el lunes, 2 de marzo de 2026", "es", 0, (2026, 3, 2)),
        ("na segunda-feira, 2 de março de 2026", "pt", 0, (2026, 3, 2)),
        ("lunedì 2 marzo 2026", "it", 0, (2026, 3, 2)),
        ("maandag 2 maart 2026", "nl", 0, (2026, 3, 2)),
    ],
)
def test_dates_are_read_in_seven_languages(
    words: str, language: str, weekday: int | None, date: tuple[int | None, int, int]
) -> None:
    (found,) = written_dates(words, language)
    assert found.weekday == weekday
    assert (found.year, found.month, found.day) == date


@pytest.mark.parametrize(
    "words",
    ["version 2.11 may fail", "$3 May Day", "in March 2026", "1.5 March", "12 ships", "2 mar it"],
)
def test_other_numbers_are_not_dates(words: str) -> None:
    assert list(written_dates(words, "en")) == []


def test_a_date_that_does_not_exist_has_no_date_in_that_year() -> None:
    (date,) = written_dates("31 June 2026", "en")
    assert date.on(2026) is None
    (date,) = written_dates("29 February", "en")
    assert date.on(2024) == dt.date(2024, 2, 29)

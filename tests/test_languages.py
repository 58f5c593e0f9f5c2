"""Language-specific formats, as tables."""

from __future__ import annotations

import datetime as dt

import pytest
from babel.dates import format_date
from babel.lists import format_list

from newsletter.languages import (
    direction,
    isolate_text,
    join,
    known,
    locale,
    long_date,
    quotes,
    runs,
)
from newsletter.theme.theme import packaged_theme

# language: list of three, long date, quotation marks
LANGUAGES = {
    "en": ("A, B and C", "1 March 2026", "“”‘’"),
    "en-US": ("A, B, and C", "March 1, 2026", "“”‘’"),
    "en-GB": ("A, B and C", "1 March 2026", "“”‘’"),
    "de": ("A, B und C", "1. März 2026", "„“‚‘"),
    "de-CH": ("A, B und C", "1. März 2026", "«»‹›"),
    "fr": ("A, B et C", "1 mars 2026", "«\u202f\u202f»“”"),
    "es": ("A, B y C", "1 de marzo de 2026", "«»“”"),
    "pt": ("A, B e C", "1 de março de 2026", "“”‘’"),
    "pt-PT": ("A, B e C", "1 de março de 2026", "«»“”"),
    "it": ("A, B e C", "1 marzo 2026", "«»“”"),
    "nl": ("A, B en C", "1 maart 2026", "“”‘’"),
    "pl": ("A, B i C", "1 marca 2026", "„”«»"),
    "sv": ("A, B och C", "1 mars 2026", "””’’"),
    "ru": ("A, B и C", "1 марта 2026\u202fг.", "«»„“"),
    "he": ("A, B וC", "1 במרץ 2026", "“”‘’"),
    "ja": ("A、B、C", "2026年3月1日", "“”‘’"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_dates_and_quotes(language: str) -> None:
    day = dt.date(2026, 3, 1)
    assert (
        join("ABC", language),
        long_date(day, language),
        "".join(quotes(language)),
    ) == LANGUAGES[language]


def test_lists_of_two_one_and_zero() -> None:
    assert [join(names, "en") for names in (["A", "B"], ["A"], [])] == ["A and B", "A", ""]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        *((language, "ltr") for language in ("en", "pt-BR", "pa", "az", "ja")),
        *((language, "rtl") for language in ("ar", "AR", "fa-IR", "he", "ur", "yi", "pa-Arab")),
    ],
)
def test_direction(language: str, expected: str) -> None:
    assert direction(language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", True),
        ("en-GB", True),
        ("pt", True),
        ("ar", True),
        ("xx", False),
        ("Klingon", False),
        ("", False),
    ],
)
def test_known_languages(language: str, expected: bool) -> None:
    assert known(language) is expected


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("no letters 12, 3.", "rtl", ["no letters 12"]),
        ("the مرفأ port", "ltr", ["مرفأ"]),
        ("the مرفأ لشبونة, port", "ltr", ["مرفأ لشبونة"]),
        ("مرفأ and لشبونة", "ltr", ["مرفأ", "لشبونة"]),
        ("the مرفأ (لشبونة) port", "ltr", ["مرفأ (لشبونة)"]),
        ("the (مرفأ) port", "ltr", ["مرفأ"]),
        ("سفينة MSC Oscar (Porto) هنا", "rtl", ["MSC Oscar (Porto)"]),
        ("سفينة (MSC Oscar) هنا", "rtl", ["MSC Oscar"]),
        ("نسخة iOS 17.2 وصلت", "rtl", ["iOS 17.2"]),
        ("نمبر 12 ہے", "rtl", []),
        ("plain", "ltr", []),
    ],
)
def test_text_against_the_direction(text: str, base: str, expected: list[str]) -> None:
    pieces = list(runs(text, base))  # type: ignore[arg-type]
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, foreign in pieces if foreign] == expected
    marked = isolate_text(text, base)  # type: ignore[arg-type]
    assert marked.replace("\u2068", "").replace("\u2069", "") == text
    assert marked.count("\u2068") == marked.count("\u2069") == len(expected)


@pytest.mark.parametrize("language", sorted([*packaged_theme().phrases, "en-GB", "en-US", "eu"]))
def test_dates_and_lists_match_babel(language: str) -> None:
    """If this fails after an update of Babel: `python tools/update_language_formats.py`."""
    result = locale(language)
    for number in range(0, 3660, 3):
        date = dt.date(1999, 1, 1) + dt.timedelta(days=number)
        assert long_date(date, language) == format_date(date, format="long", locale=result)
    names = ["A {0}", "B", "C", "D"]
    for count in range(1, 5):
        expected = format_list(names[:count], style="standard", locale=result)
        assert join(names[:count], language) == expected

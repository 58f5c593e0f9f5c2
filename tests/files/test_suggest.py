"""The hint for a misspelled word."""

from __future__ import annotations

import pytest

from newsletter.files.suggest import did_you_mean, nearest

WORDS = ("masthead", "title", "Date")


@pytest.mark.parametrize(
    ("word", "known"),
    [("titel", "title"), ("date", "Date"), ("DATE", "Date"), ("title", "title"), ("quay", None)],
)
def test_the_nearest_word_is_found_in_any_case(word: str, known: str | None) -> None:
    assert nearest(word, iter(WORDS)) == known


def test_the_same_word_in_another_case_wins_over_a_closer_one() -> None:
    assert nearest("ab", ["abc", "AB"]) == "AB"


def test_a_cutoff_decides_what_is_near() -> None:
    assert nearest("tide", WORDS) == "title"
    assert nearest("tide", WORDS, cutoff=0.9) is None


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("titel", WORDS, "Did you mean 'title'?"),
        ("quay", WORDS, "Known: masthead, title, Date."),
        ("quay", (), "Known: none."),
    ],
)
def test_the_hint_names_the_nearest_word_or_all(
    word: str, known: tuple[str, ...], hint: str
) -> None:
    assert did_you_mean(word, iter(known)) == hint


def test_the_hint_says_what_the_words_are() -> None:
    assert did_you_mean("quay", ["folder"], what="There are") == "There are: folder."

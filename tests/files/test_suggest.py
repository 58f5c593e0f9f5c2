"""The hint for a misspelled word."""

from __future__ import annotations

import pytest

from newsletter.files.suggest import nearest, spelling_hint

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
        ("titel", WORDS, 'Write "title" if that is what you meant.'),
        ("quay", WORDS, "Use one of these: masthead, title, Date."),
        ("quay", (), "Check the name: there are no names."),
    ],
)
def test_the_hint_names_the_nearest_word_or_all(
    word: str, known: tuple[str, ...], hint: str
) -> None:
    assert spelling_hint(word, iter(known)) == hint


def test_the_hint_says_what_the_words_are() -> None:
    assert spelling_hint("quay", ["folder"], what="targets") == "Use one of the targets: folder."

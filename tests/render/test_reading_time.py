"""Words and minutes in scripts with and without spaces between words."""

from __future__ import annotations

import pytest

from newsletter.render.reading_time import length


@pytest.mark.parametrize(
    ("text", "words", "minutes"),
    [
        ("", 0, 0),
        ("The quay is empty at noon.", 6, 0),
        ("word " * 2380, 2380, 10),
        ("港" * 6500, 4027, 25),  # Chinese: 255 characters a minute
        ("港は静かです" * 1000, 3244, 17),  # Japanese: 357 characters a minute
        ("항구는 정오에 조용하다 " * 238, 714, 3),  # Korean has spaces
        ("ท่าเรือเงียบ " * 700, 1680, 7),  # Thai: five characters a word
        ("The port of 上海 is busy", 6, 0),
    ],
)
def test_reading_length(text: str, words: int, minutes: int) -> None:
    measured = length(text)
    assert (measured.words, round(measured.minutes)) == (words, minutes)

"""A short last word of a headline is not left alone on its last line."""

from __future__ import annotations

import pytest

from newsletter.markup.headline import hold_last_word


@pytest.mark.parametrize(
    ("headline", "held"),
    [
        ("How the harbour learned to wait", "How the harbour learned to~wait"),
        ("Ships, in <em>numbers of two</em>", "Ships, in <em>numbers of~two</em>"),
        ("What waiting costs", "What waiting~costs"),
        ("One question — ⚓", "One question —~⚓"),
        # No word to keep together
        ("Quay", "Quay"),
        ("The quay", "The quay"),
        ("What the harbour remembers", "What the harbour remembers"),
        ("Die Donaudampfschifffahrtsgesellschaft da", None),
        ("港は静かです", None),
        # Longer or shorter than it appears
        ("Dear %%first_name|old friend%% and you", "Dear %%first_name|old friend%% and~you"),
        ("Good morning, %%first_name|old friend%%", None),
        ("Costs &lt; of the &amp; port", None),
        ('The port of <span dir="rtl">لشبونة</span>', None),
    ],
)
def test_the_last_word_is_kept_with_the_one_before(headline: str, held: str | None) -> None:
    assert hold_last_word(headline) == (held or headline).replace("~", "\u00a0")

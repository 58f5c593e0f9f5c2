"""`:::` blocks that a formatter has folded, and how they are restored."""

from __future__ import annotations

import pytest

from newsletter.markup.folded_blocks import folded_blocks

FIGURE = "::: figure\nsrc: images/quay.png\nalt: The quay\n:::"
CASES = {
    "joined into one line": (
        "::: figure src: images/quay.png alt: The quay :::",
        FIGURE,
    ),
    "wrapped": ("::: figure src: images/quay.png alt: The\nquay :::", FIGURE),
    "a key in quotation marks is a word": (
        '::: figure src: a.png alt: "The alt: quay" caption: A :::',
        '::: figure\nsrc: a.png\nalt: "The alt: quay"\ncaption: A\n:::',
    ),
    "keys indented into the list above": (
        "::: chart\ndata: a.csv\nhighlight:\n\n- Lisbon\n- Porto\n  note: N\n  :::",
        "::: chart\ndata: a.csv\nhighlight:\n  - Lisbon\n  - Porto\nnote: N\n:::",
    ),
    "a list of entries": (
        "::: chart data: a.csv annotations:\n\n- value: 10 label: Ten\n- value: 20 label: Two :::",
        "::: chart\ndata: a.csv\nannotations:\n  - value: 10\n    label: Ten\n  - value: 20\n    label: Two\n:::",
    ),
    "text": ("::: pullquote The tide\nturned. :::", "::: pullquote\n\nThe tide\nturned.\n\n:::"),
    "a list below a title": (
        "::: callout Tides\n\n- one\n- two :::",
        "::: callout Tides\n\n- one\n- two\n\n:::",
    ),
    "a closing line too deep": (
        "::: callout\n\n1. one\n   - two\n     :::",
        "::: callout\n\n1. one\n   - two\n\n:::",
    ),
    "a key twice": ("::: button label: Read label: More url: https://a.example :::", None),
}


@pytest.mark.parametrize("name", CASES)
def test_a_folded_block_is_unfolded(name: str) -> None:
    folded, unfolded = CASES[name]
    (block,) = folded_blocks(folded.split("\n"))
    assert (block.first, block.last) == (0, folded.count("\n"))
    assert block.unfolded == unfolded


WHOLE = {
    "as written": FIGURE,
    "a closing line three spaces in": "::: callout\n- one\n   :::",
    "a list at the end": "::: chart\ndata: a.csv\nhighlight:\n- Lisbon\n  :::",
    "shown as code": "```text\n::: figure src: a.png alt: b :::\n```",
    "no block of ours": "::: note src: a.png :::",
    "unclosed": "::: figure\nsrc: a.png\n\nText.",
    "words about colons": "Close it with three colons :::",
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_block_that_was_not_folded_is_left_alone(name: str) -> None:
    assert list(folded_blocks(WHOLE[name].split("\n"))) == []

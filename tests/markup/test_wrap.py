"""Lines of the text part, by display width."""

from __future__ import annotations

import pytest

from newsletter.markup.page import wrap
from newsletter.markup.table import drawn
from newsletter.markup.width import display_width


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc é — “x”", 11),
        ("港", 2),
        ("ｶ", 1),
        ("e\u0301", 1),
        ("👩‍🔧", 2),
        ("⚓", 2),
        ("مرفأ", 4),
        ("\u2068Porto\u2069", 5),
    ],
)
def test_the_display_width_is_measured(text: str, width: int) -> None:
    assert display_width(text) == width


URL = "https://quay.example/" + "x" * 40


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("one two three four five", ["one two three four", "five"]),
        ("exactly twenty chars", ["exactly twenty chars"]),
        ("exactly twenty-1 chars", ["exactly twenty-1", "chars"]),
        ("one\ntwo  three", ["one", "two three"]),
        (f"see {URL} there", ["see", URL, "there"]),
        ("no\u00a0break between these\u00a0words", ["no\u00a0break between", "these\u00a0words"]),
        ("港の船は朝に入る。雨。", ["港の船は朝に入る。", "雨。"]),
        ("港の船は朝に_入る_のです", ["港の船は朝に_入る_の", "です"]),
        ("港の船は朝には入り_強調_る", ["港の船は朝には入り", "_強調_る"]),
        ("港の船は朝には_強調_*太字*る", ["港の船は朝には_強調_", "*太字*る"]),
        ("港の船は朝に入る（雨）", ["港の船は朝に入る", "（雨）"]),
        ("港の船は朝に入る「雨」と", ["港の船は朝に入る", "「雨」と"]),
        ("港の船は朝に入る港 (1)", ["港の船は朝に入る港", "(1)"]),
        ("港の船は朝に it's snake_case", ["港の船は朝に it's", "snake_case"]),
        ("⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓", ["⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓", "⚓"]),
        (
            "Dear %%name|friend of ours%% on the quay",
            ["Dear", "%%name|friend of ours%%", "on the quay"],
        ),
    ],
)
def test_text_is_wrapped_by_display_width(text: str, lines: list[str]) -> None:
    assert wrap(text, 20).split("\n") == lines


def test_prefixes_count_towards_the_width() -> None:
    assert wrap("one two three four five six", 14, "- ", "  ").split("\n") == [
        "- one two",
        "  three four",
        "  five six",
    ]


def test_a_drawn_table_is_only_as_wide_as_its_wrapped_cells() -> None:
    head, rows = ["Port", "Note"], [["Sines and Setúbal", "twelve thousand containers"]]
    assert drawn(head, rows, [None, None], 30) == (
        "Port       Note\n"
        "---------  ---------------\n"
        "Sines and  twelve thousand\n"
        "Setúbal    containers\n"
        "---------  ---------------"
    )

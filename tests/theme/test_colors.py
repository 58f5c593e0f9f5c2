"""Color arithmetic compared with published values."""

from __future__ import annotations

import pytest

from newsletter.theme.colors import (
    BLACK,
    WHITE,
    Color,
    contrast,
    gmail,
    outlook,
    over,
    parse_color,
)


def colour(css: str) -> Color:
    result = parse_color(css)
    assert result
    return result[0]


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [
        ("#000", "#fff", 21),
        ("#777777", "#ffffff", 4.48),  # the gray that just fails in every contrast checker
        ("#767676", "#ffffff", 4.54),  # … and the one that just passes
        ("#ff0000", "white", 4.00),
        ("#0000ff", "white", 8.59),
        ("#abc", "#abc", 1),
    ],
)
def test_contrast_follows_wcag(ink: str, ground: str, ratio: float) -> None:
    assert contrast(colour(ink), colour(ground)) == pytest.approx(ratio, abs=0.01)
    assert contrast(colour(ground), colour(ink)) == pytest.approx(ratio, abs=0.01)


def test_outlook_inverts_lightness_down_to_its_gray() -> None:
    assert (str(outlook(WHITE)), str(outlook(BLACK))) == ("#333333", "#ffffff")


def test_gmail_inverts_all_colors() -> None:
    assert contrast(gmail(WHITE), gmail(BLACK)) > 15
    assert contrast(gmail(BLACK), WHITE) < 1.2
    assert sum(gmail(WHITE).parts) < 0.5


@pytest.mark.parametrize("css", ["inherit", "currentColor", "12px", "", "var(--ink)"])
def test_values_that_are_not_a_color_give_none(css: str) -> None:
    assert parse_color(css) is None


def test_translucent_colors_are_blended_with_the_background() -> None:
    assert over(BLACK, 0.5, WHITE) == Color(0.5, 0.5, 0.5)

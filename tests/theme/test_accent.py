"""One accent color gives a palette in which every adjacent pair of colors is readable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from newsletter.theme.accent import accent_palette
from newsletter.theme.color_pairs import pair_contrasts
from newsletter.theme.colors import Color, parse_color
from newsletter.theme.looks import packaged_looks
from newsletter.theme.oklch import Oklch, to_oklch, to_srgb
from newsletter.theme.theme import packaged_theme

TOKENS = packaged_theme().tokens
VIVID = 0.4  # more chroma than sRGB has: reduced to the most vivid color of each hue
LIGHTNESS = (0.15, 0.35, 0.55, 0.75, 0.95)


LOOKS = tuple(name for name in packaged_looks() if name != "default")


def sweep(step: int = 1) -> Iterator[str]:
    for hue in range(0, 360, step):
        for light in LIGHTNESS:
            yield str(to_srgb(Oklch(light, VIVID, hue)))


def test_no_accent_of_any_hue_gives_insufficient_contrast() -> None:
    faint = {
        accent: [(pair.scheme, pair.pair.use, pair.ratio) for pair in palette.faint]
        for accent in sweep()
        if (palette := accent_palette(accent, TOKENS)).faint
    }
    assert faint == {}


@pytest.mark.parametrize("look", LOOKS)
def test_no_accent_gives_insufficient_contrast_in_another_look(look: str) -> None:
    tokens = packaged_theme(look).tokens
    faint = {a: p.faint for a in sweep(6) if (p := accent_palette(a, tokens)).faint}
    assert faint == {}
    assert [pair for pair in pair_contrasts(tokens) if not pair.sufficient] == []


@given(st.integers(0, 0xFFFFFF))
@settings(max_examples=150, deadline=None)
def test_no_color_at_all_gives_insufficient_contrast(number: int) -> None:
    palette = accent_palette(f"#{number:06x}", TOKENS)
    assert [pair for pair in palette.pairs if not pair.sufficient] == []


def test_the_packaged_colors_have_sufficient_contrast() -> None:
    assert [pair for pair in pair_contrasts(TOKENS) if not pair.sufficient] == []


# accent, links in light, links in dark, buttons in light
KEPT = (
    ("#0d5269", "#0d5269", "#87c6e0", "#0d5269"),  # the packaged accent, kept in light
    ("#ffd500", "#7b6500", "#ffd500", "#7b6500"),  # yellow: kept in dark, olive in light
    ("#e4002b", "#d00026", "#ff9c96", "#e4002b"),  # a button may be brighter than a link
    ("#000", "#000000", "#bbbbbb", "#000000"),
    ("white", "#676767", "#ffffff", "#676767"),
    ("rgb(255, 102, 0)", "#b14400", "#ff9f77", "#b14400"),
)


@pytest.mark.parametrize(("accent", "light", "dark", "button"), KEPT)
def test_an_accent_is_kept_where_it_is_readable(
    accent: str, light: str, dark: str, button: str
) -> None:
    tables = {name: dict(TOKENS[name]) for name in ("light", "dark")}
    palette = accent_palette(accent, TOKENS)
    for name, colors in palette.tokens.items():
        tables[name] |= colors
    result = (tables["light"]["accent"], tables["dark"]["accent"], tables["light"]["button"])
    assert result == (light, dark, button)
    asked = parse_color(accent)
    assert asked is not None
    # Every color that differs from the accent is reported, and nothing else.
    used = {
        (name, key): tables[name][key] for name in ("light", "dark") for key in ("accent", "button")
    }
    changed = {token for token, color in used.items() if color != str(asked[0])}
    assert {note.token for note in palette.notes} == changed


def test_replaced_accents_are_reported_with_contrast_ratios() -> None:
    assert [note.message for note in accent_palette("#ffd500", TOKENS).notes] == [
        "links #7b6500 in light (links in marked text: 1.14:1 of 4.5:1 in light)",
        "buttons #7b6500 in light (a button in a panel: 1.26:1 of 3:1 in light)",
    ]


@pytest.mark.parametrize("wrong", ["", "blu", "#12345", "currentcolor", "rgba(0, 0, 0, 0.5)"])
def test_a_value_that_is_not_an_opaque_color_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not an opaque color"):
        accent_palette(wrong, TOKENS)


def test_tints_have_the_hue_of_the_accent_and_gray_accents_have_none() -> None:
    red = accent_palette("#b00020", TOKENS).tokens["light"]
    tint, accent = parse_color(red["tint"]), parse_color("#b00020")
    assert tint is not None
    assert accent is not None
    assert abs(to_oklch(tint[0]).hue - to_oklch(accent[0]).hue) < 12  # 8-bit steps of a pale color
    assert "tint" not in accent_palette("#555", TOKENS).tokens["light"]


# CSS Color 4 §10 and Ottosson's published values: white, black, and the primaries.
OKLCH = (
    ("#ffffff", (1.0, 0.0, 0.0)),
    ("#000000", (0.0, 0.0, 0.0)),
    ("#ff0000", (0.628, 0.258, 29.2)),
    ("#00ff00", (0.866, 0.295, 142.5)),
    ("#0000ff", (0.452, 0.313, 264.1)),
)


@pytest.mark.parametrize(("color", "expected"), OKLCH)
def test_oklch_agrees_with_the_published_values(
    color: str, expected: tuple[float, float, float]
) -> None:
    result = parse_color(color)
    assert result is not None
    assert astuple(to_oklch(result[0])) == pytest.approx(expected, abs=0.05)


@given(st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)))
@settings(max_examples=200, deadline=None)
def test_every_color_survives_conversion_to_oklch_and_back(parts: tuple[int, int, int]) -> None:
    color = Color(*(part / 255 for part in parts))
    assert str(to_srgb(to_oklch(color))) == str(color)

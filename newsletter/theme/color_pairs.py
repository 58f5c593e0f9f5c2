"""The pairs of colors that touch in an email, and how each client shows them.

The pairs are those of the packaged templates: links are on the page,
on panels and on marked text; a button's label on the button, the button on page and panel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct

from newsletter.theme.colors import Color, contrast, gmail, outlook, parse_color

TEXT, NON_TEXT = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
Scheme = Literal["light", "dark", "outlook", "gmail"]
Tokens = Mapping[str, Any]
Token = tuple[str, str]  # table and key, as ("light", "accent")

# The color schemes in which readers see an email, and what people call them.
SCHEMES: Mapping[Scheme, str] = {
    "light": "light",
    "dark": "dark",
    "outlook": "the dark mode of Outlook.com",
    "gmail": "the dark mode of Gmail's apps",
}


class ColorPair(Struct, frozen=True):
    """A color on another: `front` and `behind` are keys of the color tables."""

    front: str
    behind: str
    needed: float  # contrast ratio
    use: str  # what readers see


PAIRS = (
    ColorPair("ink", "paper", TEXT, "text"),
    ColorPair("soft", "paper", TEXT, "small print"),
    ColorPair("accent", "paper", TEXT, "links and labels"),
    ColorPair("ink", "tint", TEXT, "text in a panel"),
    ColorPair("soft", "tint", TEXT, "small print in a panel"),
    ColorPair("accent", "tint", TEXT, "links in a panel"),
    ColorPair("ink", "mark", TEXT, "marked text"),
    ColorPair("accent", "mark", TEXT, "links in marked text"),
    ColorPair("on_button", "button", TEXT, "the label of a button"),
    ColorPair("button", "paper", NON_TEXT, "a button"),
    ColorPair("button", "tint", NON_TEXT, "a button in a panel"),
)
CHART_PAIR = ColorPair("accent", "chart", NON_TEXT, "what a chart highlights")
CARD_PAIRS = (  # of looks that set articles on cards
    ColorPair("ink", "card", TEXT, "text on a card"),
    ColorPair("soft", "card", TEXT, "small print on a card"),
    ColorPair("accent", "card", TEXT, "links on a card"),
    ColorPair("button", "card", NON_TEXT, "a button on a card"),
)


class PairContrast(Struct, frozen=True):
    """A pair as readers of one color scheme see it."""

    scheme: Scheme
    pair: ColorPair
    front: str  # #rrggbb as displayed
    behind: str
    ratio: float

    @property
    def sufficient(self) -> bool:
        return self.ratio >= self.pair.needed


def pair_contrasts(tokens: Tokens) -> tuple[PairContrast, ...]:
    """Return every pair of a theme in every color scheme, with its contrast.

    Pure and fast (under a millisecond), so that an editor can show it while a color is dragged.
    """
    return tuple(
        _pair_contrast(tokens, scheme, pair)
        for scheme in SCHEMES
        for pair in _pairs_in(tokens, scheme)
    )


def pairs_of(tokens: Tokens, token: Token) -> tuple[tuple[Scheme, ColorPair], ...]:
    """Return the schemes and pairs in which a token is displayed."""
    return tuple(
        (scheme, pair)
        for scheme in SCHEMES
        for pair in _pairs_in(tokens, scheme)
        if token in (front_token(scheme, pair), behind_token(scheme, pair))
    )


def _pairs_in(tokens: Tokens, scheme: Scheme) -> tuple[ColorPair, ...]:
    charts = (CHART_PAIR,) if scheme in ("light", "dark") else ()  # images are not inverted
    cards = CARD_PAIRS if all("card" in tokens[table] for table in ("light", "dark")) else ()
    return (*PAIRS, *charts, *cards)


def front_token(scheme: Scheme, pair: ColorPair) -> Token:
    """Return the token that a scheme displays in front.

    Outlook.com inverts a text color unless the theme has a dark rule for it: for all but plain text
    on the page or a panel.
    """
    ruled = scheme == "outlook" and (pair.front != "ink" or pair.behind == "mark")
    return ("dark" if scheme == "dark" or ruled else "light", pair.front)


def behind_token(scheme: Scheme, pair: ColorPair) -> Token:
    """Return the token that a scheme displays behind; Outlook.com inverts the page only."""
    ruled = scheme == "outlook" and pair.behind != "paper"
    table = "dark" if scheme == "dark" or ruled else "light"
    if pair.behind == "chart":
        return (f"chart_{table}", "card")
    return (table, pair.behind)


def shown(scheme: Scheme, token: Token, color: Color) -> Color:
    """Return a token's color as a scheme displays it."""
    changed = scheme == "gmail" or (scheme == "outlook" and token[0] == "light")
    return _CHANGES[scheme](color) if changed else color


_CHANGES: Mapping[Scheme, Callable[[Color], Color]] = {"outlook": outlook, "gmail": gmail}


def _pair_contrast(tokens: Tokens, scheme: Scheme, pair: ColorPair) -> PairContrast:
    front, behind = (
        shown(scheme, token, token_color(tokens, token))
        for token in (front_token(scheme, pair), behind_token(scheme, pair))
    )
    return PairContrast(scheme, pair, str(front), str(behind), contrast(front, behind))


def token_color(tokens: Tokens, token: Token) -> Color:
    """Return the color of a token. Raises `ValueError` if it is not a color; the theme's loader rejects those."""
    return _color(str(tokens[token[0]][token[1]]))


@lru_cache(maxsize=512)
def _color(css: str) -> Color:
    parsed = parse_color(css)
    if parsed is None:
        raise ValueError(f"{css!r} is not a color")
    return parsed[0]

"""One accent color -> the colors of links, rules, buttons and tints, in light and in dark.

Every color keeps the accent's hue. Its lightness is the nearest one at which each pair of tokens
has enough contrast in every color scheme; what differs from the accent is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from newsletter.theme.color_pairs import (
    SCHEMES,
    ColorPair,
    PairContrast,
    Scheme,
    Token,
    Tokens,
    behind_token,
    front_token,
    pair_contrasts,
    pairs_of,
    shown,
    token_color,
)
from newsletter.theme.colors import Color, contrast, parse_color
from newsletter.theme.oklch import Oklch, to_oklch, to_srgb

COARSE = 0.02  # of OKLCH lightness: how far apart colors are tried
FINE = 4  # bisections of such a step: the last is hardly visible
GRAY = 0.02  # chroma below which an accent gives no tint: hues of grays are accidental
TINT_CHROMA = 0.012  # a hint of color: enough to differ from the page
RULE_CHROMA = 0.02


class AccentNote(Struct, frozen=True):
    """One use of the accent that needed another color."""

    token: Token
    accent: str
    used: str
    pair: ColorPair  # in which the accent itself would be too faint
    scheme: str
    ratio: float  # what the accent itself would have

    @property
    def message(self) -> str:
        """Return such as `links #7a6500 in light (the accent has 1.14:1 of 4.5:1 …)`."""
        uses = {"accent": "links", "button": "buttons"}
        return (
            f"{uses[self.token[1]]} {self.used} in {self.token[0]} "
            f"({self.pair.use}: {self.ratio:.2f}:1 of {self.pair.needed:g}:1 in {self.scheme})"
        )


class AccentPalette(Struct, frozen=True):
    """The colors that an accent gives: tokens to lay over a theme's, and what they achieve."""

    accent: str  # #rrggbb
    tokens: Mapping[str, Mapping[str, str]]  # table -> key -> #rrggbb; only what changes
    pairs: tuple[PairContrast, ...]
    notes: tuple[AccentNote, ...]

    @property
    def faint(self) -> tuple[PairContrast, ...]:
        """Return the pairs with too little contrast; only a theme's own colors cause any."""
        return tuple(pair for pair in self.pairs if not pair.sufficient)


def accent_palette(accent: str, tokens: Tokens) -> AccentPalette:
    """Return the colors that one accent gives in a theme with these tokens.

    Pure: nothing is read or written, and `tokens` is not changed. Raises `ValueError` if `accent`
    is not an opaque CSS color.
    """
    parsed = parse_color(accent)
    if parsed is None or parsed[1] < 1:
        raise ValueError(f"{accent!r} is not an opaque color")
    color = Color(*(round(part * 255) / 255 for part in parsed[0].parts))
    colors = _Colors(tokens)
    notes: list[AccentNote] = []
    for table in ("light", "dark"):
        _set_tints(colors, table, color)
        notes += _set_links(colors, table, color)
        notes += _set_button(colors, table, color)
    changed = colors.changed()
    return AccentPalette(str(color), changed, pair_contrasts(colors.tables), tuple(notes))


class _Colors:
    """A theme's color tables, of which single colors are replaced."""

    def __init__(self, tokens: Tokens) -> None:
        self.theme = tokens
        self.tables: dict[str, dict[str, Any]] = {
            name: dict(tokens[name]) for name in ("light", "dark", "chart_light", "chart_dark")
        }

    def __getitem__(self, token: Token) -> Color:
        return token_color(self.tables, token)

    def __setitem__(self, token: Token, color: Color) -> None:
        self.tables[token[0]][token[1]] = str(color)

    def changed(self) -> dict[str, dict[str, str]]:
        """Return the replaced colors by table."""
        result: dict[str, dict[str, str]] = {}
        for name, table in self.tables.items():
            for key, value in table.items():
                if value != self.theme[name][key]:
                    result.setdefault(name, {})[key] = value
        return result

    def limits(self, token: Token, use: Sequence[str] = ()) -> tuple[_Limit, ...]:
        """Return what a token's color must have against the other color of each of its pairs."""
        limits = []
        for scheme, pair in pairs_of(self.tables, token):
            if use and not {pair.front, pair.behind} & set(use):
                continue
            front, behind = front_token(scheme, pair), behind_token(scheme, pair)
            other = behind if front == token else front
            against = shown(scheme, other, self[other])
            limits.append(_Limit(scheme, pair, token, against))
        return tuple(limits)


class _Limit(Struct, frozen=True):
    """A contrast that a token's color must have."""

    scheme: Scheme
    pair: ColorPair
    token: Token
    against: Color  # as displayed

    def ratio(self, color: Color) -> float:
        return contrast(shown(self.scheme, self.token, color), self.against)

    def is_met_by(self, color: Color) -> bool:
        return self.ratio(color) >= self.pair.needed


def _meets_all(color: Color, limits: Sequence[_Limit]) -> bool:
    return all(limit.is_met_by(color) for limit in limits)


def _set_tints(colors: _Colors, table: str, accent: Color) -> None:
    """Give panels and hairlines a hint of the accent's hue, as light as the theme's own."""
    oklch = to_oklch(accent)
    if oklch.chroma < GRAY:
        return
    for key, most in (("tint", TINT_CHROMA), ("rule", RULE_CHROMA)):
        own = to_oklch(colors[table, key])
        target = Oklch(own.light, max(most, min(own.chroma, 2 * most)), oklch.hue)
        if not _set_nearest(colors, (table, key), target, ("ink", "soft")):
            colors.tables[table][key] = colors.theme[table][key]


def _set_nearest(colors: _Colors, token: Token, target: Oklch, use: Sequence[str]) -> bool:
    """Set a token to the nearest color with enough contrast; return whether there is one."""
    limits = colors.limits(token, use)
    color = _nearest(target, lambda color: _meets_all(color, limits))
    if color is not None:
        colors[token] = color
    return color is not None


def _set_links(colors: _Colors, table: str, accent: Color) -> Iterator[AccentNote]:
    """Set the color of links and labels, and yield a note if it is not the accent itself."""
    token = (table, "accent")
    limits = colors.limits(token)
    color = _fitting(accent, colors[token], limits, dark=table == "dark")
    if color != accent:
        yield _note(token, accent, color, limits)
    colors[token] = color


def _fitting(accent: Color, own: Color, limits: Sequence[_Limit], *, dark: bool) -> Color:
    """Return the accent, or else the nearest color of its hue that meets all limits.

    In dark mode a color with barely enough contrast looks dim, so the search starts at the lightness that the
    theme chose for its own accent.
    """
    if _meets_all(accent, limits):
        return accent
    oklch = to_oklch(accent)
    start = replace(oklch, light=max(to_oklch(own).light, oklch.light)) if dark else oklch
    nearest = _nearest(start, lambda color: _meets_all(color, limits))
    return nearest or max(_outward(start), key=lambda color: _margin(color, limits))


def _margin(color: Color, limits: Sequence[_Limit]) -> float:
    return min(limit.ratio(color) / limit.pair.needed for limit in limits)


def _nearest(target: Oklch, is_sufficient: Callable[[Color], bool]) -> Color | None:
    """Return the color of a hue and chroma that has enough contrast and is nearest in lightness, or `None`."""
    if is_sufficient(start := to_srgb(target)):
        return start
    for number in range(1, round(1 / COARSE) + 1):
        for step in (-COARSE, COARSE):
            light = target.light + number * step
            if 0 <= light <= 1 and is_sufficient(to_srgb(replace(target, light=light))):
                return _refined(target, light - step, light, is_sufficient)
    return None


def _refined(
    target: Oklch, fails: float, light: float, is_sufficient: Callable[[Color], bool]
) -> Color:
    """Return the color with enough contrast that is nearest to a lightness that fails."""
    for _ in range(FINE):
        middle = (fails + light) / 2
        if is_sufficient(to_srgb(replace(target, light=middle))):
            light = middle
        else:
            fails = middle
    return to_srgb(replace(target, light=light))


def _outward(target: Oklch) -> Iterator[Color]:
    for number in range(round(1 / COARSE) + 1):
        yield to_srgb(replace(target, light=number * COARSE))


def _set_button(colors: _Colors, table: str, accent: Color) -> Iterator[AccentNote]:
    """Set a button and its label: the accent itself if a label and the page stand out from it."""
    button, label = (table, "button"), (table, "on_button")
    button_limits = colors.limits(button, ("paper", "tint", "card"))
    labels = dict.fromkeys((colors[label], colors[table, "paper"], colors[table, "ink"]))

    def label_on(color: Color) -> Color | None:
        colors[button] = color
        limits = colors.limits(label)
        return next((label for label in labels if _meets_all(label, limits)), None)

    def is_sufficient(color: Color) -> bool:
        return _meets_all(color, button_limits) and label_on(color) is not None

    start = accent if _meets_all(accent, button_limits) else colors[table, "accent"]
    chosen = accent if is_sufficient(accent) else _nearest(to_oklch(start), is_sufficient) or start
    colors[label] = label_on(chosen) or colors[label]
    if chosen != accent:
        faint = (
            button_limits
            if not _meets_all(accent, button_limits)
            else colors.limits(button, ("on_button",))
        )
        yield _note(button, accent, chosen, faint)


def _note(token: Token, accent: Color, color: Color, limits: Sequence[_Limit]) -> AccentNote:
    worst = min(limits, key=lambda limit: limit.ratio(accent) / limit.pair.needed)
    return AccentNote(
        token, str(accent), str(color), worst.pair, SCHEMES[worst.scheme], worst.ratio(accent)
    )

"""Legible text: contrast and size, in light and in dark mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from newsletter.check.rule import Violation, rule

if TYPE_CHECKING:
    from newsletter.check.email.checked_email import CheckedEmail
    from newsletter.check.email.color_schemes import ColorScheme, TextColors
    from newsletter.model import Location
    from newsletter.theme.colors import Color

_TOKENS = "templates/default/tokens.toml"
LARGE, LARGE_BOLD = 24, 18.66  # CSS pixels: 18 and 14 points
SMALLEST = 11  # CSS pixels


@rule(
    "NL620",
    hint="Make the darker color darker, or the lighter one lighter.",
    bad={_TOKENS: '[light]\nsoft = "#8a9097"\n'},
    at=f"{_TOKENS}:2:9",
    good={_TOKENS: '[light]\nsoft = "#50565c"\n'},
)
def low_contrast(checked: CheckedEmail) -> Iterator[Violation]:
    """Text needs a contrast of 4.5:1, large text 3:1 (WCAG 2.2, 1.4.3; 59 % of emails fail, EMC 2025).

    Computed from the finished email in light mode, with the theme's dark rules, and as inverted by clients that
    change colors on their own: Outlook.com, where the theme's `[data-ogsc]` rules count, and Gmail's apps.
    `newsletter/theme/colors.py` describes both algorithms, with sources.
    """
    from newsletter.check.email.color_schemes import COLOR_SCHEMES, text_colors
    from newsletter.theme.colors import contrast

    faint: dict[tuple[Color, Color | None, float], list[str]] = {}
    shown: dict[tuple[Color, Color | None, float], tuple[ColorScheme, TextColors]] = {}
    for look in COLOR_SCHEMES:
        pairs = {
            (*text.written, _needed(text)): text
            for text in reversed(text_colors(checked)[look.name])
        }
        for pair, text in pairs.items():
            if (
                text.background is not None
                and (ratio := contrast(text.color, text.background)) < pair[2]
            ):
                as_shown = (
                    ""
                    if (text.color, text.background) == text.written
                    else f" ({text.color} on {text.background})"
                )
                faint.setdefault(pair, []).append(f"{ratio:.2f}:1 in {look.name}{as_shown}")
                shown.setdefault(pair, (look, text))
    for pair, ratios in faint.items():
        look, text = shown[pair]
        words = " ".join(text.text.split())[:40].rstrip()
        message = f"Low contrast: {pair[0]} on {pair[1]}, {', '.join(ratios)}; "
        message += f'{pair[2]}:1 is required, for example for "{words}"'
        yield Violation(_place(checked, text, "dark" if look.dark else "light"), message)


def _needed(text: TextColors) -> float:
    return 3 if text.size >= LARGE or (text.bold and text.size >= LARGE_BOLD) else 4.5


def _place(checked: CheckedEmail, text: TextColors, table: str) -> Location:
    """Return where the text color, or else the background, is in the publication's own tokens."""
    from newsletter.check.email.origin import of_style
    from newsletter.theme.colors import parse_color

    # The table of the color scheme first; Outlook.com's dark mode has colors of the other one too.
    tokens = sorted(_tokens(checked), key=lambda token: token[1] != table)
    for color in text.written:
        for location, _, value in tokens:
            parsed = parse_color(value)
            if parsed and parsed[0] == color:
                return location
    styled = of_style(checked, text.element, "color", "background", "background-color")
    return styled or checked.place(text.element)


def _tokens(checked: CheckedEmail) -> Iterator[tuple[Location, str, str]]:
    """Yield the tokens of the publication's own: where, in which table, the value."""
    for folder in checked.theme.own:
        path, table = folder / "tokens.toml", ""
        for number, line in enumerate(
            path.read_text("utf-8").split("\n") if path.exists() else (), 1
        ):
            if match := re.match(r"\s*\[(\w+)\]", line):
                table = match[1]
            elif match := re.match(r"\s*\w+\s*=\s*(?:\"([^\"]+)|'([^']+)|([\d.]+))", line):
                location = checked.theme.place(str(path), number)
                column = match.start(match.lastindex or 0) + 1
                yield replace(location, column=column), table, match[match.lastindex or 0]


@rule(
    "NL622",
    severity="warning",
    hint="Increase the size: 14 pixels and more are easy to read.",
    bad={_TOKENS: "[size]\nlabel = 9\n"},
    at=f"{_TOKENS}:2:9",
    good={_TOKENS: "[size]\nlabel = 12\n"},
)
def text_too_small(checked: CheckedEmail) -> Iterator[Violation]:
    """Text below 11 pixels cannot be read on a phone, and iOS enlarges it and breaks the layout."""
    from newsletter.check.email.color_schemes import COLOR_SCHEMES, text_colors
    from newsletter.check.email.origin import of_style

    reported = set()
    for text in text_colors(checked)[COLOR_SCHEMES[0].name]:
        if 0 < text.size < SMALLEST and text.size not in reported:
            reported.add(text.size)
            sizes = (
                location
                for location, table, value in _tokens(checked)
                if table == "size" and value == f"{text.size:g}"
            )
            styled = of_style(checked, text.element, "font-size", "font")
            where = next(sizes, None) or styled or checked.place(text.element)
            words = " ".join(text.text.split())[:40]
            yield Violation(where, f'Text of {text.size:g} pixels: "{words}"')


RULES = (
    low_contrast,
    text_too_small,
)

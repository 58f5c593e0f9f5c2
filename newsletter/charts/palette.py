"""Colors of drawings by role, derived from the theme's tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

Scheme = Literal["light", "dark"]
MARK_CONTRAST = 3.0  # WCAG 2.2, 1.4.11: non-text contrast
TEXT_CONTRAST = 4.5  # WCAG 2.2, 1.4.3
SERIES = tuple(f"series{number}" for number in range(1, 7))


class Palette(Struct, frozen=True):
    """Role -> `#rrggbb` for one color scheme."""

    colors: Mapping[str, str]

    def __getitem__(self, role: str) -> str:
        return self.colors[role]

    def on(self, role: str) -> str:
        """Return the role of readable text on a mark: text color or card color."""
        card, ink = self.colors["card"], self.colors["ink"]
        mark = self.colors[role]
        return "card" if contrast_ratio(card, mark) >= contrast_ratio(ink, mark) else "ink"


def palette(tokens: Mapping[str, Any], scheme: Scheme) -> Palette:
    """Return a theme's chart colors: text, background and accent are the email's own."""
    own, page = tokens[f"chart_{scheme}"], tokens[scheme]
    colors = {key: hex_color(value) for key, value in own.items()}
    shared = {"ink": "ink", "soft": "soft", "accent": "accent", "border": "rule"}
    return Palette(colors | {role: hex_color(page[token]) for role, token in shared.items()})


def hex_color(value: str) -> str:
    """Return a color as #rrggbb; themes may use color names or rgb(…)."""
    if value.startswith("#"):
        digits = value[1:]
        return f"#{digits if len(digits) == 6 else ''.join(2 * digit for digit in digits)}".lower()
    from tinycss2.color3 import parse_color

    color = parse_color(value)
    if color is None or isinstance(color, str):
        raise ValueError(f"{value!r} is not a color")  # already rejected by the theme's loader
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in color[:3])


def relative_luminance(color: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2)."""
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_ratio(first: str, second: str) -> float:
    """Return the contrast ratio of two colors, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((relative_luminance(first), relative_luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def weak_colors(colors: Palette) -> Iterator[tuple[str, float, float]]:
    """Yield role, contrast with the card and required contrast of every color that is too faint."""
    needs = {"ink": TEXT_CONTRAST, "soft": TEXT_CONTRAST, "accent": MARK_CONTRAST}
    needs |= dict.fromkeys(("context", "zero", *SERIES), MARK_CONTRAST)
    for role, needed in needs.items():
        ratio = contrast_ratio(colors[role], colors["card"])
        if ratio < needed:
            yield role, ratio, needed

"""Color math: contrast as defined by WCAG 2.2, and color changes in mail clients' dark modes."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct


class Color(Struct, frozen=True):
    """An sRGB color; each component ranges from 0 to 1."""

    red: float
    green: float
    blue: float

    @property
    def parts(self) -> tuple[float, float, float]:
        """Red, green and blue."""
        return (self.red, self.green, self.blue)

    def __str__(self) -> str:
        return "#" + "".join(f"{round(part * 255):02x}" for part in self.parts)


WHITE, BLACK = Color(1, 1, 1), Color(0, 0, 0)


@lru_cache(maxsize=512)
def parse_color(css: str) -> tuple[Color, float] | None:
    """Return a CSS color and its opacity; `None` if invalid or dependent on the element."""
    from tinycss2.color3 import parse_color

    parsed = parse_color(css)
    if parsed is None or isinstance(parsed, str):
        return None
    return Color(parsed.red, parsed.green, parsed.blue), parsed.alpha


def over(color: Color, opacity: float, below: Color) -> Color:
    """Return the color that results from blending a translucent color over `below`."""
    if opacity == 1:
        return color
    pairs = zip(color.parts, below.parts, strict=True)
    return Color(*(top * opacity + under * (1 - opacity) for top, under in pairs))


@lru_cache(maxsize=512)
def luminance(color: Color) -> float:
    """Return relative luminance (WCAG 2.2, "relative luminance")."""
    red, green, blue = map(_linear, color.parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Color, second: Color) -> float:
    """Return the contrast ratio, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


# --- what mail clients do -------------------------------------------------------------------------

_OUTLOOK_DARKEST = 21.247  # L* of #333333


@lru_cache(maxsize=512)
def outlook(color: Color) -> Color:
    """Return the color that Outlook.com's dark mode makes of a text or background color.

    The source of its editor has the formula: lightness is inverted, and the darkest color is
    #333333 (microsoft/roosterjs, `getDarkColor`: L = (100 - L) * (100 - 21.247) / 100 + 21.247 in
    CIELAB).
    """
    return _lightened(
        color, lambda light: (100 - light) * (100 - _OUTLOOK_DARKEST) / 100 + _OUTLOOK_DARKEST
    )


@lru_cache(maxsize=512)
def gmail(color: Color) -> Color:
    """Return the color that the dark mode of Gmail's apps makes of a color: lightness is inverted.

    Google does not document this. That all colors are inverted, without exception, has been
    observed on iOS (hteumeuleu.com, "Fixing Gmail's dark mode issues with CSS Blend Modes", 2021).
    The formula L = min(110 - L, 100) is that of Chromium's forced dark mode, which Android's web
    view uses (blink/renderer/platform/graphics/dark_mode_color_filter.cc, `kInvertLightnessLAB`).
    """
    return _lightened(color, lambda light: min(110 - light, 100))


def _lightened(color: Color, change: Callable[[float], float]) -> Color:
    light, a, b = _lab(color)
    return _rgb(change(light), a, b)


# CIELAB with D65, as in CSS Color 4 §10 but without adaptation to D50 (white is unchanged either
# way).
_WHITE_POINT = (0.95047, 1.0, 1.08883)


def _lab(color: Color) -> tuple[float, float, float]:
    red, green, blue = map(_linear, color.parts)
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue
    fx, fy, fz = (
        _cube_root(part / white) for part, white in zip((x, y, z), _WHITE_POINT, strict=True)
    )
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _cube_root(part: float) -> float:
    return float(part ** (1 / 3)) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116


def _rgb(light: float, a: float, b: float) -> Color:
    fy = (light + 16) / 116
    x, y, z = (
        _cubed(f) * white
        for f, white in zip((fy + a / 500, fy, fy - b / 200), _WHITE_POINT, strict=True)
    )
    red = 3.2404542 * x - 1.5371385 * y - 0.4985314 * z
    green = -0.9692660 * x + 1.8760108 * y + 0.0415560 * z
    blue = 0.0556434 * x - 0.2040259 * y + 1.0572252 * z
    return Color(*map(_gamma, (red, green, blue)))


def _cubed(f: float) -> float:
    return f**3 if f**3 > 216 / 24389 else (116 * f - 16) * 27 / 24389


def _gamma(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return 12.92 * part if part <= 0.0031308 else 1.055 * float(part ** (1 / 2.4)) - 0.055

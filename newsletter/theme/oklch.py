"""OKLCH, the color space in which equal steps of lightness look equal (Björn Ottosson, 2020).

The matrices are those of CSS Color 4 §10 ("oklab"), from the author's published source.
"""

from __future__ import annotations

import math

from msgspec import Struct
from msgspec.structs import replace

from newsletter.theme.colors import Color

_STEPS = 10  # bisection of chroma: 0.4 / 2^10 is below one step of an 8-bit channel


class Oklch(Struct, frozen=True):
    """Lightness from 0 to 1, chroma from 0 to about 0.37 in sRGB, hue in degrees."""

    light: float
    chroma: float
    hue: float


def to_oklch(color: Color) -> Oklch:
    """Return an sRGB color in OKLCH; the hue of a gray is 0."""
    red, green, blue = (_linear(part) for part in color.parts)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    chroma = math.hypot(a, b)
    hue = math.degrees(math.atan2(b, a)) % 360 if chroma > 1e-4 else 0.0
    return Oklch(light, chroma, hue)


def to_srgb(color: Oklch) -> Color:
    """Return an OKLCH color in sRGB, in steps of 1/255; chroma is reduced until it fits."""
    light = min(max(color.light, 0.0), 1.0)
    exact = _unclipped(replace(color, light=light))
    if not _fits(exact):
        exact = _unclipped(Oklch(light, _most_chroma(light, color.chroma, color.hue), color.hue))
    return Color(*(round(min(max(part, 0.0), 1.0) * 255) / 255 for part in exact))


def _most_chroma(light: float, chroma: float, hue: float) -> float:
    low, high = 0.0, chroma
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _fits(_unclipped(Oklch(light, middle, hue))):
            low = middle
        else:
            high = middle
    return low


def _fits(parts: tuple[float, float, float]) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in parts)


def _unclipped(color: Oklch) -> tuple[float, float, float]:
    angle = math.radians(color.hue)
    a, b = color.chroma * math.cos(angle), color.chroma * math.sin(angle)
    long = (color.light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (color.light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (color.light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _gamma(part: float) -> float:
    if part <= 0.0031308:
        return 12.92 * part
    return 1.055 * float(part ** (1 / 2.4)) - 0.055

"""Whether a logo can be seen on the page, in light and in dark."""

from __future__ import annotations

import io
from functools import lru_cache

from newsletter.theme.colors import Color, contrast

FAINT = 3.0  # WCAG 2.2, 1.4.11; logos are exempt there, but an invisible one is of no use
_SIDE = 64  # side of the analyzed copy, in pixels


@lru_cache(maxsize=64)
def faint_share(data: bytes, paper: Color) -> float | None:
    """Return the share of a logo's visible pixels, from 0 to 1, that hold less than 3:1 on the page.

    `None` for a image without transparency, which brings its own background, and for a broken one.
    """
    colors = _visible(data)
    if not colors:
        return None
    total = sum(weight for weight, _ in colors)
    faint = sum(weight for weight, color in colors if contrast(color, paper) < FAINT)
    return faint / total


@lru_cache(maxsize=16)
def _visible(data: bytes) -> list[tuple[int, Color]]:
    """Return the number of pixels and the color of what is opaque; empty if all of it is."""
    from PIL import Image as Pillow

    try:
        with Pillow.open(io.BytesIO(data)) as image:
            small = image.convert("RGBA")
    except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly anything on broken files
        return []
    small.thumbnail((_SIDE, _SIDE), Pillow.Resampling.NEAREST)  # blending would invent colors
    counted = small.getcolors(_SIDE * _SIDE) or []
    pixels = [(count, rgba) for count, rgba in counted if isinstance(rgba, tuple)]
    if all(rgba[3] > 250 for _, rgba in pixels):
        return []
    return [
        (count, Color(*(part / 255 for part in rgba[:3])))
        for count, rgba in pixels
        if rgba[3] > 127
    ]

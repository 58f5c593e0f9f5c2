"""Convert SVG to PNG: identical bytes on every machine, as small as flat drawings can be."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from newsletter.charts.fonts import PACKAGED_FONTS
from newsletter.errors import NewsletterError

MAX_SIDE = 4_000  # pixels; resvg allocates without limit for very large widths
PALETTES = (
    48,
    96,
    256,
)  # colors of the smaller file: every flat one, and the greys along its edges
_COLOR = re.compile(r"#([0-9a-fA-F]{6})\b")
_SIZE = re.compile(r'<svg\b[^>]*\bwidth="([\d.]+)"[^>]*\bheight="([\d.]+)"')


def svg_to_png(
    svg: str, *, scale: float = 1.0, fonts: Sequence[Path] = PACKAGED_FONTS, compact: bool = True
) -> bytes:
    """Return one of our own drawings as an opaque PNG, with `scale` pixels per drawing unit.

    `svg` states its `width` and `height` and names font families contained in `fonts` (TTF or OTF
    files): resvg silently omits text in an unknown family. System fonts are never read.
    `compact` writes a palette image if that preserves every color of the drawing exactly.
    Never pass SVG from an author: resvg opens any file that an `<image>` names.
    Raises `NewsletterError` for a drawing over 4,000 pixels or one that resvg rejects.
    """
    import resvg_py

    size = _SIZE.search(svg)
    if size is None or not 0 < max(map(float, size.groups())) * scale <= MAX_SIDE:
        raise NewsletterError(f"The drawing is larger than {MAX_SIDE:,} pixels or has no size")
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=svg,
            width=round(float(size[1]) * scale),
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(path) for path in fonts],
            sans_serif_family="Noto Sans",
        )
    except ValueError as error:
        raise NewsletterError(f"The drawing cannot be rendered: {error}") from error
    return _compressed(bytes(png), svg, compact=compact)


def renderer_version() -> str:
    """Return everything the PNG bytes depend on besides the drawing, for cache keys."""
    from importlib.metadata import version

    return f"resvg_py {version('resvg_py')} pillow {version('pillow')}"


def _compressed(png: bytes, svg: str, *, compact: bool) -> bytes:
    from PIL import Image as Pillow

    with Pillow.open(io.BytesIO(png), formats=("PNG",)) as opened:
        image = opened.convert("RGB")
    for count in PALETTES if compact else ():
        # FASTOCTREE is faster, but turns white into (254, 254, 254).
        small = image.quantize(count, method=Pillow.Quantize.MEDIANCUT, dither=Pillow.Dither.NONE)
        if _colors(image, svg) <= _colors(small.convert("RGB"), svg):
            image = small
            break
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _colors(image: object, svg: str) -> set[tuple[int, int, int]]:
    """Return the drawing's colors that occur exactly in the image."""
    named = {(int(c[:2], 16), int(c[2:4], 16), int(c[4:], 16)) for c in _COLOR.findall(svg)}
    counted = image.getcolors(image.width * image.height)  # type: ignore[attr-defined]
    return named & {color for _, color in counted}

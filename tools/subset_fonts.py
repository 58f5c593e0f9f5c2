"""Make the chart fonts: Noto Sans for three alphabets, reduced to what a newsletter prints.

    apt-get install fonts-noto-core && pip install fonttools
    python tools/subset_fonts.py /usr/share/fonts/truetype/noto

The same source files and the same fontTools give the same bytes. Noto fonts are under the SIL Open Font
License 1.1 and reserve no font name, so a subset may keep it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "newsletter" / "charts" / "fonts"
NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # copyright, family, style, id, full name, version, licence
MINUS = 0x2212
LATIN = (
    "20-7E A0-17F 192 218-21B 2C6 2C7 2D8-2DD 300-304 306-30C 326-328 370-3FF 400-45F 490 491 1E9E "
    "2000-200F 2010-2015 2018-201F 2020-2022 2026 202F 2030 2032 2033 2039 203A 2044 2060 2066-2069 "
    "2070 2074-2079 2080-2089 20A4 20AA 20AC 20B4 20B9 20BA 20BD 2116 2122 2212 2215 FEFF"
)
FONTS = {
    "NotoSans-Regular": (LATIN, "kern mark mkmk ccmp locl"),
    "NotoSans-Bold": (LATIN, "kern mark mkmk ccmp locl"),
    "NotoSansMath-Regular": ("2190-2193 221A 221E 2248 2260 2264 2265", ""),
    "NotoSansArabic-Regular": (
        "20 28 29 600-6FF 200C-200F 2026",
        "init medi fina isol rlig ccmp mark mkmk locl",
    ),
    "NotoSansArabic-Bold": (
        "20 28 29 600-6FF 200C-200F 2026",
        "init medi fina isol rlig ccmp mark mkmk locl",
    ),
    "NotoSansHebrew-Regular": ("20 591-5F4", "ccmp mark mkmk locl"),
    "NotoSansHebrew-Bold": ("20 591-5F4", "ccmp mark mkmk locl"),
}


def main(source: Path) -> None:
    """Write the files into the package."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    for name, (characters, features) in FONTS.items():
        font = TTFont(source / f"{name}.ttf", recalcTimestamp=False)
        if name.startswith("NotoSans-"):
            add_minus(font)
        options = subset.Options(
            layout_features=features.split(), hinting=False, name_IDs=NAMES, recalc_timestamp=False
        )
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=code_points(characters))
        subsetter.subset(font)
        font.save(OUT / f"{name}.ttf")
        sys.stdout.write(f"{name}: {(OUT / name).with_suffix('.ttf').stat().st_size:,} bytes\n")


def code_points(ranges: str) -> list[int]:
    """Return the code points of ranges such as `20-7E`."""
    points: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        points += range(int(first, 16), int(last or first, 16) + 1)
    return points


def add_minus(font: Any) -> None:
    """Add U+2212, which Noto Sans leaves to its mathematics font: the crossbar of its plus sign."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    plus = font.getBestCmap()[ord("+")]
    points = list(font["glyf"][plus].coordinates)
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    heights = [y for x, y in points if x == left]
    pen = TTGlyphPen(None)
    pen.moveTo((left, min(heights)))
    for corner in ((left, max(heights)), (right, max(heights)), (right, min(heights))):
        pen.lineTo(corner)
    pen.closePath()
    font.setGlyphOrder([*font.getGlyphOrder(), "minus"])
    font["glyf"]["minus"] = pen.glyph()
    font["hmtx"]["minus"] = font["hmtx"][plus]
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[MINUS] = "minus"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

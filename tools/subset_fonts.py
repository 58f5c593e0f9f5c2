"""Make the fonts of charts: Noto Sans for three alphabets, cut to what a newsletter prints.

    apt-get install fonts-noto-core && pip install fonttools
    python tools/subset_fonts.py /usr/share/fonts/truetype/noto

The same source files and the same fontTools give the same bytes. Noto fonts are under the SIL Open Font
License 1.1 and reserve no font name, so a subset may keep it.
"""

from __future__ import annotations

import sys
from pathlib import Path

OUT = Path(__file__).parent.parent / "newsletter" / "charts" / "fonts"
NAMES = (
    "0,1,2,3,4,5,6,13,14"  # copyright, family, style, id, full name, version, PostScript, licence
)
LATIN = (
    "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02C7,U+02D8-02DD,U+0300-0304,U+0306-030C,"
    "U+0326-0328,U+0370-03FF,U+0400-045F,U+0490,U+0491,U+1E9E,U+2000-200F,U+2010-2015,U+2018-201F,"
    "U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2033,U+2039,U+203A,U+2044,U+2060,U+2066-2069,U+2070,"
    "U+2074-2079,U+2080-2089,U+20A4,U+20AA,U+20AC,U+20B4,U+20B9,U+20BA,U+20BD,U+2116,U+2122,"
    "U+2190-2193,U+2212,U+2215,U+2248,U+2260,U+2264,U+2265,U+FEFF"
)
FONTS = {
    "NotoSans": (LATIN, "kern,mark,mkmk,ccmp,locl"),
    "NotoSansArabic": (
        "U+0020,U+0028,U+0029,U+0600-06FF,U+200C-200F,U+2026",
        "init,medi,fina,isol,rlig,ccmp,mark,mkmk,locl",
    ),
    "NotoSansHebrew": ("U+0020,U+0591-05F4", "ccmp,mark,mkmk,locl"),
}


def main(source: Path) -> None:
    """Write the six files beside the package."""
    from fontTools import subset

    for family, (characters, features) in FONTS.items():
        for weight in ("Regular", "Bold"):
            name = f"{family}-{weight}.ttf"
            subset.main(
                [
                    str(source / name),
                    f"--unicodes={characters}",
                    f"--layout-features={features}",
                    "--no-hinting",
                    f"--name-IDs={NAMES}",
                    f"--output-file={OUT / name}",
                ]
            )
            sys.stdout.write(f"{name}: {(OUT / name).stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The 1200 × 630 preview image shown for links to an issue (Open Graph)."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct

from newsletter.charts.fonts import FAMILY, FOLDER, PACKAGED_FONTS, font_set
from newsletter.charts.png import svg_to_png
from newsletter.model import Direction

if TYPE_CHECKING:
    from PIL import Image as Pillow
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630  # 1.91:1, per Facebook's sharing guide and X's summary_large_image
MARGIN = 80
TITLE_SIZES = ((76, 2), (64, 3), (52, 4))  # pixels, lines: the largest that fits the title
SHADES = 16  # per color, between itself and the background
# Joined letters and right-to-left text need shaping, which resvg does.
_SHAPED = re.compile("[\u0300-\u036f\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


class CardText(Struct, frozen=True):
    """The text and colors of a card."""

    publication: str
    title: str
    footer: str  # number and date
    direction: Direction = "ltr"
    background: str = "#fdfcf9"
    color: str = "#1e2225"
    accent: str = "#0d5269"
    soft: str = "#555b61"


class CardLine(Struct, frozen=True):
    """One positioned line of a card; `y` is its baseline."""

    text: str
    y: float
    size: int
    color: str
    bold: bool = False


def needs_shaping(text: CardText) -> str:
    """Return the characters of a card that the packaged fonts lack."""
    return font_set().missing(text.publication + text.title + text.footer)


def draw_card(text: CardText) -> bytes:
    """Return the card as a PNG; the same text always gives the same bytes.

    resvg takes 100 ms per card, too slow for thousands of issues: text that needs no shaping is
    drawn by Pillow with the same fonts in a tenth of the time.
    """
    words = text.publication + text.title + text.footer
    if text.direction == "rtl" or _SHAPED.search(words):
        return svg_to_png(card_svg(text), fonts=PACKAGED_FONTS)
    return _drawn_flat(text)


def card_lines(text: CardText) -> list[CardLine]:
    """Return the lines of a card.

    It is shown about 300 pixels wide, so no text is under 34 pixels high.
    """
    fonts = font_set()
    room = WIDTH - 2 * MARGIN
    for size, most in TITLE_SIZES:
        broken = fonts.wrap(text.title, size, room, lines=most, bold=True)
        if not broken[-1].endswith("…"):
            break
    name = fonts.cut(text.publication, 38, room, bold=True)
    footer = fonts.cut(text.footer, 34, room)
    title = [
        CardLine(line, 250 + index * size * 1.18, size, text.color, bold=True)
        for index, line in enumerate(broken)
    ]
    return [
        CardLine(name, 120, 38, text.accent, bold=True),
        *title,
        CardLine(footer, 572, 34, text.soft),
    ]


def card_svg(text: CardText) -> str:
    """Return the card as SVG."""
    # resvg does not mirror `text-anchor` for right-to-left text, so the side is explicit.
    anchor = "start" if text.direction == "ltr" else "end"
    x = MARGIN if text.direction == "ltr" else WIDTH - MARGIN
    lines = "".join(
        f'<text x="{x}" y="{line.y:.0f}" font-size="{line.size}" fill="{line.color}" '
        f'font-weight="{"bold" if line.bold else "normal"}" text-anchor="{anchor}">'
        f"{escape(line.text)}</text>"
        for line in card_lines(text)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FAMILY}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{text.background}"/>'
        f'<rect width="{WIDTH}" height="18" fill="{text.accent}"/>{lines}'
        f'<rect x="{MARGIN}" y="518" width="{WIDTH - 2 * MARGIN}" height="2" fill="{text.soft}"/>'
        "</svg>"
    )


def _drawn_flat(text: CardText) -> bytes:
    """Return the card drawn with a palette of the background and shades of three colors."""
    from PIL import Image, ImageDraw

    colors = list(dict.fromkeys((text.color, text.accent, text.soft)))
    image = Image.new("P", (WIDTH, HEIGHT), 0)
    image.putpalette(
        [part for color in colors for shade in _shades(text.background, color) for part in shade]
    )
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH - 1, 17), fill=_index(colors, text.accent))
    draw.rectangle((MARGIN, 518, WIDTH - MARGIN - 1, 519), fill=_index(colors, text.soft))
    for line in card_lines(text):
        _draw_line(image, line, colors.index(line.color) * SHADES)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=3)  # higher levels double the time to save a fifth
    return buffer.getvalue()


def _draw_line(image: Pillow.Image, line: CardLine, first: int) -> None:
    from PIL import Image, ImageDraw

    above = round(line.size * 1.2)
    mask = Image.new("L", (WIDTH - MARGIN, round(line.size * 1.6)), 0)
    font = _font(line.size, line.bold)
    ImageDraw.Draw(mask).text((0, above), line.text, font=font, fill=255, anchor="ls")
    shades = mask.point([first + round(value * (SHADES - 1) / 255) for value in range(256)])
    inked = mask.point([0] * 9 + [255] * 247)  # fainter than half a shade: the background
    image.paste(shades, (MARGIN, round(line.y) - above), inked)


@lru_cache(maxsize=16)
def _font(size: int, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    path = FOLDER / f"NotoSans-{'Bold' if bold else 'Regular'}.ttf"
    # Every Pillow wheel has the basic layout; the other one depends on system libraries.
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _shades(background: str, color: str) -> list[tuple[int, ...]]:
    pairs = list(zip(_rgb(background), _rgb(color), strict=True))
    return [
        tuple(round(low + (high - low) * step / (SHADES - 1)) for low, high in pairs)
        for step in range(SHADES)
    ]


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))


def _index(colors: list[str], color: str) -> int:
    return (colors.index(color) + 1) * SHADES - 1

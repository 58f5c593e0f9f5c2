"""The 1200 × 630 picture that a link to an issue is shown with elsewhere (Open Graph)."""

from __future__ import annotations

from html import escape

from msgspec import Struct

from newsletter.charts.fonts import FAMILY, PACKAGED_FONTS, font_set
from newsletter.charts.png import svg_to_png
from newsletter.model import Direction

WIDTH, HEIGHT = 1200, 630  # 1.91:1, as Facebook's sharing guide and X's summary_large_image ask
MARGIN = 80
TITLE_SIZES = ((76, 2), (64, 3), (52, 4))  # pixels, lines: the largest that holds the whole title


class CardText(Struct, frozen=True):
    """The words on a card."""

    publication: str
    title: str
    footer: str  # number and date
    direction: Direction = "ltr"
    background: str = "#fdfcf9"
    color: str = "#1e2225"
    accent: str = "#0d5269"
    soft: str = "#555b61"


def undrawable(text: CardText) -> str:
    """Return the characters of a card that the packaged fonts do not have."""
    return font_set().missing(text.publication + text.title + text.footer)


def draw_card(text: CardText) -> bytes:
    """Return the card as a PNG; the same words give the same bytes."""
    return svg_to_png(card_svg(text), fonts=PACKAGED_FONTS)


def card_svg(text: CardText) -> str:
    """Return the card as SVG. Text is shown about 300 pixels wide, so nothing is under 34."""
    fonts = font_set()
    room = WIDTH - 2 * MARGIN
    size, lines = TITLE_SIZES[-1][0], fonts.wrap(text.title, TITLE_SIZES[-1][0], room, lines=4, bold=True)
    for candidate, most in TITLE_SIZES:
        broken = fonts.wrap(text.title, candidate, room, lines=most, bold=True)
        if not broken[-1].endswith("…") or candidate == TITLE_SIZES[-1][0]:
            size, lines = candidate, broken
            break
    # resvg does not mirror `text-anchor` for right-to-left text, so the side is named.
    start = "start" if text.direction == "ltr" else "end"
    x = MARGIN if text.direction == "ltr" else WIDTH - MARGIN
    top = 250
    title = "".join(
        f'<text x="{x}" y="{top + index * size * 1.18:.0f}" font-size="{size}" font-weight="bold" '
        f'fill="{text.color}" text-anchor="{start}">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )
    name = escape(fonts.cut(text.publication, 38, room, bold=True))
    footer = escape(fonts.cut(text.footer, 34, room))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FAMILY}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{text.background}"/>'
        f'<rect width="{WIDTH}" height="18" fill="{text.accent}"/>'
        f'<text x="{x}" y="120" font-size="38" font-weight="bold" fill="{text.accent}" '
        f'text-anchor="{start}">{name}</text>{title}'
        f'<rect x="{MARGIN}" y="518" width="{room}" height="2" fill="{text.soft}"/>'
        f'<text x="{x}" y="572" font-size="34" fill="{text.soft}" text-anchor="{start}">'
        f"{footer}</text></svg>"
    )

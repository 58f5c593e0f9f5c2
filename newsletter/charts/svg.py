"""Render marks as SVG: fixed colors for images, CSS variables for the web page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from msgspec import Struct

from newsletter.charts.fonts import FAMILY
from newsletter.charts.marks import Box, Disc, Label, Mark, Stroke, Surface
from newsletter.charts.palette import Palette

BASELINE = 0.35  # of the size: from the middle of lower-case letters to the baseline
_RTL_TEXT = "\u0590", "\u08ff"
_SCRIPTS = (("\u0590", "\u05ff", "Noto Sans Hebrew"), ("\u0600", "\u08ff", "Noto Sans Arabic"))


class Drawing(Struct, frozen=True):
    """Marks on a card."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    rtl: bool = False


def picture_svg(drawing: Drawing, palette: Palette) -> str:
    """Return a drawing as a standalone file, on an opaque card with a border.

    The card keeps its colors in mail clients that invert their surroundings.
    """
    width, height = drawing.width, drawing.height
    card = Box(0.5, 0.5, width - 1, height - 1, "card", outline="border")
    edge = Box(0, 0, width, height, "card")
    body = _body((edge, card, *drawing.marks), palette.__getitem__, rtl=drawing.rtl)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="0 0 {_n(width)} {_n(height)}" font-family="{FAMILY}">{body}</svg>'
    )


def inline_svg(drawing: Drawing, *, name: str, title: str, description: str, style: str) -> str:
    """Return a drawing for a web page, colored by CSS variables to follow light and dark mode.

    `name` is unique on the page; screen readers announce `title` and `description`.
    """
    body = _body(drawing.marks, lambda role: f"var(--chart-{role})", rtl=drawing.rtl)
    return (
        f'<svg class="{style}" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'viewBox="0 0 {_n(drawing.width)} {_n(drawing.height)}" direction="ltr">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{body}</svg>'
    )


def _body(marks: Sequence[Mark], color: Callable[[str], str], *, rtl: bool) -> str:
    return "".join(_written(mark, color, rtl=rtl) for mark in marks)


def _written(mark: Mark, color: Callable[[str], str], *, rtl: bool) -> str:
    if isinstance(mark, Box):
        outline = f' stroke="{color(mark.outline)}"' if mark.outline else ""
        return (
            f'<rect x="{_n(mark.x)}" y="{_n(mark.y)}" width="{_n(mark.width)}" '
            f'height="{_n(mark.height)}" fill="{color(mark.color)}"{outline}/>'
        )
    if isinstance(mark, Stroke):
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        return (
            f'<polyline points="{_points(mark)}" fill="none" stroke="{color(mark.color)}" '
            f'stroke-width="{_n(mark.width)}" stroke-linejoin="round"{dash}/>'
        )
    if isinstance(mark, Surface):
        return f'<polygon points="{_points(mark)}" fill="{color(mark.color)}"/>'
    if isinstance(mark, Disc):
        paint = f'fill="{color(mark.color)}"'
        if mark.hollow:
            paint = f'fill="{color("card")}" stroke="{color(mark.color)}" stroke-width="2"'
        return f'<circle cx="{_n(mark.x)}" cy="{_n(mark.y)}" r="{_n(mark.radius)}" {paint}/>'
    return _text(mark, color, rtl=rtl)


def _text(label: Label, color: Callable[[str], str], *, rtl: bool) -> str:
    anchor = f' text-anchor="{label.anchor}"' if label.anchor != "start" else ""
    weight = ' font-weight="700"' if label.bold else ""
    halo = ""
    if label.halo:
        halo = f' paint-order="stroke" stroke="{color("card")}" stroke-width="4" stroke-linejoin="round"'
    family = _family(label.text)
    y = label.y + BASELINE * label.size
    return (
        f'<text x="{_n(label.x)}" y="{_n(y)}" font-size="{_n(label.size)}" '
        f'fill="{color(label.color)}"{anchor}{weight}{family}{halo}>{escape(_isolated(label.text, rtl))}</text>'
    )


def _family(text: str) -> str:
    """Return a label's font family for another script; resvg's own fallback has no bold."""
    for first, last, family in _SCRIPTS:
        if any(first <= character <= last for character in text):
            return f' font-family="{family}, {FAMILY}"'
    return ""


def _isolated(text: str, rtl: bool) -> str:
    """Return a label as an isolated right-to-left run if it contains such letters (UAX #9)."""
    if rtl and any(_RTL_TEXT[0] <= character <= _RTL_TEXT[1] for character in text):
        return f"\u2067{text}\u2069"
    return text


def _points(mark: Stroke | Surface) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)


def _n(value: float) -> str:
    """Format a length to a tenth of a pixel: short, and identical on every machine."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")

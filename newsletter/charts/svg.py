"""Marks -> SVG: for pictures with plain colours, for the web page with the page's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from msgspec import Struct

from newsletter.charts.fonts import FAMILY
from newsletter.charts.marks import Box, Disc, Label, Mark, Stroke, Surface
from newsletter.charts.palette import Palette

BASELINE = 0.35  # of the size: from the middle of small letters down to the line they stand on
_RTL_TEXT = "\u0590", "\u08ff"
_SCRIPTS = (("\u0590", "\u05ff", "Noto Sans Hebrew"), ("\u0600", "\u08ff", "Noto Sans Arabic"))


class Drawing(Struct, frozen=True):
    """Marks on a card."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    rtl: bool = False


def picture_svg(drawing: Drawing, palette: Palette) -> str:
    """Return a drawing as a file of its own, on an opaque card with a border.

    The card stays as it is where mail clients invert what is around it.
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
    """Return a drawing for a web page: its colours are the page's variables, so that it follows light and dark.

    `name` is unique on the page; `title` and `description` are what a screen reader says.
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
    """Return the family of a label in another script: falling back to it by itself, resvg takes no bold one."""
    for first, last, family in _SCRIPTS:
        if any(first <= character <= last for character in text):
            return f' font-family="{family}, {FAMILY}"'
    return ""


def _isolated(text: str, rtl: bool) -> str:
    """Return a label as a right-to-left run where it has such letters, so that its signs keep their side (UAX #9)."""
    if rtl and any(_RTL_TEXT[0] <= character <= _RTL_TEXT[1] for character in text):
        return f"\u2067{text}\u2069"
    return text


def _points(mark: Stroke | Surface) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in mark.points)


def _n(value: float) -> str:
    """Return a length to a tenth of a pixel: shorter, and the same on every machine."""
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")

"""Draw a chart from its plan in two widths and two color schemes, as SVG and PNG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.charts.fonts import FontSet
from newsletter.charts.frame import Frame, phone_frame, wide_frame
from newsletter.charts.kinds import draw_kind
from newsletter.charts.marks import Label, Mark, MarkGroup, mirrored, moved
from newsletter.charts.palette import Scheme, palette
from newsletter.charts.png import svg_to_png
from newsletter.charts.scales import bar_scale, value_scale
from newsletter.charts.svg import Drawing, picture_svg
from newsletter.model.chart_values import ChartPlan

Size = Literal["wide", "phone"]
PANEL_GAP = 24.0
MAX_BYTES = 60_000  # of one image


class ChartLook(Struct, frozen=True):
    """Everything a drawing depends on besides its plan."""

    tokens: Mapping[str, Any]
    fonts: FontSet
    width: int = 560  # of the email's column


def draw_chart(
    plan: ChartPlan,
    look: ChartLook,
    size: Size,
    scheme: Scheme = "light",
    *,
    standalone: bool = False,
) -> Drawing:
    """Return a chart's drawing; `standalone` adds title, deck and source for use outside an issue."""
    colors = palette(look.tokens, scheme)
    frame = (
        wide_frame(look.fonts, colors, look.width)
        if size == "wide"
        else phone_frame(look.fonts, colors)
    )
    group = _panels(plan, frame) if plan.multiples else draw_kind(plan, frame)
    if standalone:
        group = _with_words(plan, frame, group)
    marks = mirrored(group.marks, frame.width) if plan.direction == "rtl" else group.marks
    marks = moved(marks, frame.padding, frame.padding)
    height = round(group.height + 2 * frame.padding)
    width = frame.width + 2 * frame.padding
    return Drawing(width, height, marks, rtl=plan.direction == "rtl")


def chart_png(
    plan: ChartPlan,
    look: ChartLook,
    size: Size,
    scheme: Scheme = "light",
    *,
    density: int = 2,
    standalone: bool = False,
) -> bytes:
    """Return a chart as a PNG with `density` pixels per page pixel."""
    drawing = draw_chart(plan, look, size, scheme, standalone=standalone)
    svg = picture_svg(drawing, palette(look.tokens, scheme))
    return svg_to_png(svg, scale=density, fonts=look.fonts.paths)


def _with_words(plan: ChartPlan, frame: Frame, group: MarkGroup) -> MarkGroup:
    """Add the title, deck and source, which an issue prints as text around the image."""
    marks: list[Mark] = []
    y = 0.0
    for text, factor, bold, color in (
        (plan.title, 1.2, True, "ink"),
        (deck_line(plan), 1.0, False, "soft"),
    ):
        size = frame.size * factor
        for line in frame.fonts.wrap(text, size, frame.width, lines=3, bold=bold) if text else ():
            marks.append(Label(0, y + size * 0.6, line, size, color, bold=bold))
            y += size * 1.3
    y += frame.size * 0.8 if y else 0
    marks += moved(group.marks, 0, y)
    y += group.height
    small = frame.size * 0.875
    if plan.foot:
        y += frame.size * 0.9
        for line in frame.fonts.wrap(plan.foot, small, frame.width, lines=3):
            marks.append(Label(0, y + small * 0.6, line, small, "soft"))
            y += small * 1.3
    return MarkGroup(tuple(marks), y)


def deck_line(plan: ChartPlan) -> str:
    """Return the deck with the unit, unless it already mentions it."""
    unit = plan.unit
    if not unit or unit.casefold() in plan.deck.casefold():
        return plan.deck
    return f"{plan.deck} ({unit})" if plan.deck else unit


def _panels(plan: ChartPlan, frame: Frame) -> MarkGroup:
    """Return small multiples: one panel per series, all on the same scale."""
    columns = 1 if frame.phone else 2
    width = (frame.width - PANEL_GAP * (columns - 1)) / columns
    inner = frame.narrowed(width)
    zero = plan.kind in ("bar", "column", "area", "grouped", "stacked")
    names_beside = plan.kind == "bar" or not plan.axis.is_time
    scale = bar_scale(plan.values()) if names_beside else value_scale(plan.values(), zero=zero)
    marks: list[Mark] = []
    y = 0.0
    for start in range(0, len(plan.series), columns):
        row = plan.series[start : start + columns]
        tallest = 0.0
        for index, series in enumerate(row):
            x = index * (width + PANEL_GAP)
            name = frame.fonts.cut(series.name, frame.size, width, bold=True)
            marks.append(Label(x, y + frame.size * 0.6, name, frame.size, bold=True))
            panel = replace(plan, series=(series,), multiples=False, annotations=())
            group = draw_kind(panel, inner, scale)
            marks += moved(group.marks, x, y + frame.line + 6)
            tallest = max(tallest, group.height)
        y += frame.line + 6 + tallest + PANEL_GAP
    return MarkGroup(tuple(marks), y - PANEL_GAP)

"""Slope charts: two columns of values with a line connecting each pair."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from newsletter.charts.frame import Frame, printed_label, spread
from newsletter.charts.marks import Disc, Label, Mark, MarkGroup, Point, Stroke
from newsletter.charts.scales import LinearScale
from newsletter.model.chart_values import ChartPlan

NAME_ROOM = 0.42  # maximum share of the width for names
GAP = 10.0


class SlopeLine(Struct, frozen=True):
    """One category with both values; its name may wrap, its values never do."""

    name: str
    lines: tuple[str, ...]
    first: Decimal
    last: Decimal


def draw_slope(plan: ChartPlan, frame: Frame, shared: LinearScale | None = None) -> MarkGroup:
    """Return a line per category, with name and first value left and last value right."""
    slopes = _slopes(plan, frame)
    heads = plan.series[0].name, plan.series[1].name
    numbers = [printed_label(slope.first, plan) for slope in slopes]
    ends = [printed_label(slope.last, plan) for slope in slopes]
    number_room = frame.widest(numbers, bold=True)
    names = frame.widest([line for slope in slopes for line in slope.lines], bold=True)
    left = names + GAP + number_room + GAP
    after = max(frame.widest(ends, bold=True) + GAP, frame.measure(heads[1]) / 2)
    right = frame.width - after
    line = frame.line * 0.95
    sizes = [line * len(slope.lines) + (4 if len(slope.lines) > 1 else 0) for slope in slopes]
    top = frame.line + 14
    bottom = top + max(frame.plot, sum(sizes))
    values = [value for slope in slopes for value in (slope.first, slope.last)]
    scale = (shared or _tight(values)).within(bottom, top)
    starts = spread([scale.at(slope.first) for slope in slopes], sizes, top, bottom)
    stops = spread([scale.at(slope.last) for slope in slopes], [line] * len(slopes), top, bottom)
    marks: list[Mark] = [
        Label(left, frame.size * 0.6, heads[0], frame.size, "soft", "middle"),
        Label(right, frame.size * 0.6, heads[1], frame.size, "soft", "middle"),
        Stroke(((left, top - 4), (left, bottom)), "grid"),
        Stroke(((right, top - 4), (right, bottom)), "grid"),
    ]
    chosen = {slope.name for slope in slopes if slope.name in plan.highlight}
    for index in sorted(range(len(slopes)), key=lambda index: slopes[index].name in chosen):
        slope, strong = slopes[index], slopes[index].name in chosen
        color = "context" if chosen and not strong else "accent"
        points = ((left, scale.at(slope.first)), (right, scale.at(slope.last)))
        marks.append(Stroke(points, color, 1.5 if color == "context" else 2.5))
        marks += [Disc(x, y, 4, color) for x, y in points]
        marks += _leader(points[0], (left - GAP + 2, starts[index]), color, frame)
        marks += _leader(points[1], (right + GAP - 2, stops[index]), color, frame)
        size, place = frame.size, starts[index]
        marks.append(Label(left - GAP, place, numbers[index], size, "ink", "end", strong))
        marks.append(Label(right + GAP, stops[index], ends[index], size, "ink", "start", strong))
        marks += _name(slope, frame, left - GAP - number_room - GAP, place, bold=strong)
    return MarkGroup(tuple(marks), bottom + frame.size * 0.6)


def _tight(values: list[Decimal]) -> LinearScale:
    """Return a scale from the lowest to the highest value, without ticks: each end is labeled."""
    low, high = float(min(values)), float(max(values))
    return LinearScale(low - 0.5, high + 0.5, 0, 1) if low == high else LinearScale(low, high, 0, 1)


def _slopes(plan: ChartPlan, frame: Frame) -> list[SlopeLine]:
    first, last = plan.series
    room = frame.width * NAME_ROOM
    slopes = []
    for name, start, end in zip(plan.axis.labels, first.values, last.values, strict=True):
        if start is not None and end is not None:
            lines = frame.fonts.wrap(name, frame.size, room, lines=2, bold=True)
            slopes.append(SlopeLine(name, tuple(lines), start, end))
    return slopes


def _name(slope: SlopeLine, frame: Frame, x: float, y: float, *, bold: bool) -> list[Mark]:
    start = y - (len(slope.lines) - 1) * frame.line * 0.46
    return [
        Label(x, start + index * frame.line * 0.92, line, frame.size, "ink", "end", bold)
        for index, line in enumerate(slope.lines)
    ]


def _leader(point: Point, label: Point, color: str, frame: Frame) -> list[Mark]:
    """Return a leader line to a label that was moved."""
    if abs(point[1] - label[1]) <= frame.size * 0.4:
        return []
    return [Stroke((point, label), color, 1.0)]

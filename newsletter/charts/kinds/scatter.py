"""Dots on two numeric axes; names are placed where they do not overlap."""

from __future__ import annotations

from newsletter.charts.frame import Frame, grid, tick_room
from newsletter.charts.kinds.chart_notes import y_notes
from newsletter.charts.marks import Anchor, Disc, Label, Mark, MarkGroup, Stroke
from newsletter.charts.numerals import print_number
from newsletter.charts.scales import LinearScale, value_scale
from newsletter.model.chart_values import ChartPlan

MANY = 20  # up to this many dots all are named; above, only highlighted ones
Area = tuple[float, float, float, float]


def draw_scatter(plan: ChartPlan, frame: Frame, shared: LinearScale | None = None) -> MarkGroup:
    """Return dots with both scales and the measures' names at the ends of the axes."""
    up = shared or value_scale(plan.values(), zero=False)
    along = value_scale(plan.axis.numbers, zero=False)
    left = tick_room(up, plan, frame)
    top = frame.line + 8
    bottom = top + frame.plot * 1.15
    up = up.within(bottom, top)
    along = along.within(left + 6, frame.width - 12)
    marks: list[Mark] = [
        Label(0, frame.size * 0.6, plan.series[0].name, frame.size, "soft"),
        *grid(up, plan, frame, left, right=frame.width),
    ]
    free = -1e9
    for tick in along.ticks:
        text = print_number(tick, plan.language, along.tick_decimals)
        half = frame.measure(text) / 2
        x = min(max(along.at(tick), half), frame.width - half)
        marks.append(Stroke(((along.at(tick), bottom), (along.at(tick), bottom + 4)), "soft"))
        if x - half > free:
            marks.append(Label(x, bottom + frame.size, text, frame.size, "soft", "middle"))
            free = x + half + 8
    marks.append(
        Label(frame.width, bottom + frame.size * 2.3, plan.axis.name, frame.size, "soft", "end")
    )
    marks += y_notes(plan, frame, up, left)
    marks += _dots(plan, frame, along, up, left=left)
    return MarkGroup(tuple(marks), bottom + frame.size * 3)


def _dots(
    plan: ChartPlan, frame: Frame, along: LinearScale, up: LinearScale, *, left: float
) -> list[Mark]:
    chosen = {label for label in plan.axis.labels if label in plan.highlight}
    radius = 5.0 if not frame.phone else 4.0
    dots = [
        (along.at(x), up.at(y), label)
        for x, y, label in zip(
            plan.axis.numbers, plan.series[0].values, plan.axis.labels, strict=True
        )
        if y is not None
    ]
    occupied: list[Area] = [(x - radius, y - radius, x + radius, y + radius) for x, y, _ in dots]
    marks: list[Mark] = []
    labels: list[Mark] = []
    for x, y, label in sorted(dots, key=lambda dot: dot[2] not in chosen):
        color = "accent" if not chosen or label in chosen else "context"
        marks.insert(0, Disc(x, y, radius, color))
        if label in chosen or (not chosen and len(dots) <= MANY):
            place = _free_place(
                frame,
                x,
                y,
                label,
                radius=radius,
                occupied=occupied,
                left=left,
                must=label in chosen,
            )
            if place is not None:
                labels.append(place)
    return [*marks, *labels]


def _free_place(
    frame: Frame,
    x: float,
    y: float,
    text: str,
    *,
    radius: float,
    occupied: list[Area],
    left: float,
    must: bool,
) -> Label | None:
    """Return the name right, left, above or below its dot; `None` if all are occupied."""
    width = frame.measure(text, bold=must)
    half, gap = frame.size * 0.55, radius + 5
    options: list[tuple[float, float, Anchor]] = [
        (x + gap, y, "start"),
        (x - gap, y, "end"),
        (x, y - gap - half, "middle"),
        (x, y + gap + half, "middle"),
    ]
    for place_x, place_y, anchor in options:
        start = {"start": place_x, "end": place_x - width, "middle": place_x - width / 2}[anchor]
        area = (start, place_y - half, start + width, place_y + half)
        inside = start >= left and start + width <= frame.width
        if inside and not any(_overlap(area, other) for other in occupied):
            occupied.append(area)
            return Label(place_x, place_y, text, frame.size, "ink", anchor, bold=must, halo=True)
    if not must:
        return None
    x = min(x + gap, frame.width - width)
    return Label(x, y - gap - half, text, frame.size, "ink", "start", bold=True, halo=True)


def _overlap(first: Area, second: Area) -> bool:
    return (
        first[0] < second[2]
        and second[0] < first[2]
        and first[1] < second[3]
        and second[1] < first[3]
    )

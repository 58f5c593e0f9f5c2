"""Lines and areas over time, broken at missing values and labeled at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from newsletter.charts.frame import Frame, grid, printed_label, series_color, spread, tick_room
from newsletter.charts.kinds.chart_notes import notes_height, x_notes, y_notes
from newsletter.charts.kinds.timeaxis import time_axis
from newsletter.charts.marks import Disc, Label, Mark, MarkGroup, Point, Stroke, Surface
from newsletter.charts.scales import LinearScale, runs_of, value_scale
from newsletter.model.chart_values import ChartPlan

NAME_ROOM = 0.34  # maximum share of the width for names at the ends
THICK, THIN = 2.5, 1.2
DASHES = ("", "", "", "8 3", "2 3", "8 3 2 3")  # distinguishable without color
FEW_POINTS = 14  # up to this many points, each is marked with a dot
MANY_NAMES = 6  # above this many lines, only highlighted ones are named


class EndLabel(Struct, frozen=True):
    """The label at the end of a line."""

    series: int
    last: int  # index of its last value
    lines: tuple[str, ...]


def draw_lines(plan: ChartPlan, frame: Frame, shared: LinearScale | None = None) -> MarkGroup:
    """Return lines or areas with a scale on the left and names at their ends."""
    area = plan.kind == "area"
    layers = _stacked(plan) if area and len(plan.series) > 1 else [s.values for s in plan.series]
    values = [value for layer in layers for value in layer if value is not None]
    points = [p for note in plan.annotations for p in (note.value, note.until) if p is not None]
    scale = shared or value_scale([*values, *points], zero=area)
    left = tick_room(scale, plan, frame)
    names = _end_labels(plan, frame)
    texts = [line for name in names for line in name.lines]
    right = frame.width - (frame.widest(texts, bold=True) + 14 if names else 8)
    top = frame.size * 0.7 + notes_height(plan, frame)
    bottom = top + frame.plot
    scale = scale.within(bottom, top)
    places = plan.axis.places
    across = LinearScale(places[0], places[-1], left + 4, right)
    behind, front = x_notes(plan, frame, across, (top, bottom), top=0)
    marks: list[Mark] = [*behind, *grid(scale, plan, frame, left, right=right)]
    for index in _painting_order(plan):
        below = layers[index - 1] if area and index and len(plan.series) > 1 else None
        marks += _line(plan, index, layers[index], below, across=across, scale=scale)
    marks += front
    marks += y_notes(plan, frame, scale, left, right=right)
    marks += _names(plan, names, layers, across, scale=scale, frame=frame)
    marks += _peak(plan, frame, across, scale)
    marks += time_axis(plan, frame, across.at, (left + 4, right), bottom=bottom)
    return MarkGroup(tuple(marks), bottom + frame.line + 4)


def _painting_order(plan: ChartPlan) -> list[int]:
    """Return series from back to front; layers of a stack from the top down."""
    indices = list(range(len(plan.series)))
    if plan.kind == "area":
        return indices[::-1]
    return sorted(indices, key=lambda index: series_color(plan, index) != "context")


def _stacked(plan: ChartPlan) -> list[tuple[Decimal | None, ...]]:
    """Return the upper edge of each layer."""
    total = [Decimal(0)] * len(plan.axis.labels)
    layers: list[tuple[Decimal | None, ...]] = []
    for series in plan.series:
        total = [sum_ + (value or 0) for sum_, value in zip(total, series.values, strict=True)]
        layers.append(tuple(total))
    return layers


def _line(
    plan: ChartPlan,
    index: int,
    values: Sequence[Decimal | None],
    below: Sequence[Decimal | None] | None,
    *,
    across: LinearScale,
    scale: LinearScale,
) -> list[Mark]:
    marks: list[Mark] = []
    color = series_color(plan, index)
    places = plan.axis.places
    width = THIN if color == "context" else THICK
    for run in runs_of(plan.axis, values):
        points = [(across.at(places[i]), scale.at(values[i] or 0)) for i in run]
        points = thinned(points)
        if plan.kind == "area":
            base = [(across.at(places[i]), scale.at((below[i] if below else 0) or 0)) for i in run]
            marks.append(Surface((*points, *thinned(base)[::-1]), color))
        elif len(points) == 1:
            marks.append(Disc(*points[0], radius=width * 1.3, color=color))
        else:
            dash = "" if color == "context" else DASHES[index % len(DASHES)]
            marks.append(Stroke(tuple(points), color, width, dash))
        if plan.kind == "line" and len(places) <= FEW_POINTS and color != "context":
            marks += [Disc(x, y, 3.5, color) for x, y in points]
    return marks


def thinned(points: Sequence[Point]) -> list[Point]:
    """Return a line reduced to the highest and lowest point per half pixel."""
    if len(points) < 1500:
        return list(points)
    columns: dict[int, list[Point]] = {}
    for point in points:
        columns.setdefault(int(point[0] * 2), []).append(point)
    thinned_points = []
    for column in columns.values():
        extremes = {
            column[0],
            column[-1],
            min(column, key=lambda point: point[1]),
            max(column, key=lambda point: point[1]),
        }
        thinned_points += sorted(extremes)
    return thinned_points


def _last(values: Sequence[Decimal | None]) -> int | None:
    known = [index for index, value in enumerate(values) if value is not None]
    return known[-1] if known else None


def _end_labels(plan: ChartPlan, frame: Frame) -> list[EndLabel]:
    """Return series with end labels: name and last value, or the value alone for one series."""
    labels = []
    room = frame.width * NAME_ROOM
    for index, series in enumerate(plan.series):
        last = _last(series.values)
        background = series_color(plan, index) == "context" and len(plan.series) > MANY_NAMES
        if last is None or background:
            continue
        value = series.values[last]
        assert value is not None
        number = printed_label(value, plan)
        if len(plan.series) == 1:
            labels.append(EndLabel(index, last, (number,)))
            continue
        # The value never moves; a long name before it is wrapped or cut.
        words = f"{series.name}\u00a0{number}"
        lines = frame.fonts.wrap(words, frame.size, room, lines=2, bold=True)
        if not lines[-1].endswith(number):
            name = frame.fonts.wrap(series.name, frame.size, room, lines=1, bold=True)
            lines = [*name, number]
        labels.append(EndLabel(index, last, tuple(lines)))
    return labels


def _names(
    plan: ChartPlan,
    names: Sequence[EndLabel],
    layers: Sequence[Sequence[Decimal | None]],
    across: LinearScale,
    *,
    scale: LinearScale,
    frame: Frame,
) -> list[Mark]:
    """Return names at line ends, moved apart, with a leader line where one was moved."""
    if not names:
        return []
    heights = [_end_height(plan, name, layers, scale) for name in names]
    sizes = [frame.line * 0.92 * len(name.lines) for name in names]
    top, bottom = min(scale.start, scale.end), max(scale.start, scale.end)
    placed = spread(heights, sizes, top, bottom)
    start = across.end + 12
    marks: list[Mark] = []
    for name, y, place in zip(names, heights, placed, strict=True):
        x = across.at(plan.axis.places[name.last])
        color = series_color(plan, name.series)
        if color != "context" and plan.kind == "line":
            marks.append(Disc(x, y, 4, color))
        if abs(place - y) > frame.size * 0.5 or start - x > 24:
            marks.append(Stroke(((x + 3, y), (start - 3, place)), color, 1.0))
        tone = "soft" if color == "context" else "ink"
        first = place - (len(name.lines) - 1) * frame.line * 0.46
        for index, line in enumerate(name.lines):
            at = first + index * frame.line * 0.92
            marks.append(Label(start, at, line, frame.size, tone, bold=color != "context"))
    return marks


def _end_height(
    plan: ChartPlan,
    name: EndLabel,
    layers: Sequence[Sequence[Decimal | None]],
    scale: LinearScale,
) -> float:
    """Return the height at which a line ends, or the middle of a stack layer's end."""
    upper = scale.at(layers[name.series][name.last] or 0)
    if plan.kind != "area" or len(plan.series) == 1:
        return upper
    below = layers[name.series - 1][name.last] if name.series else None
    return (upper + scale.at(below or 0)) / 2


def _peak(plan: ChartPlan, frame: Frame, across: LinearScale, scale: LinearScale) -> list[Mark]:
    """Return the label at a single line's highest point, unless that is the last point."""
    if len(plan.series) != 1 or frame.padding == 0:
        return []
    values = plan.series[0].values
    known = [(value, index) for index, value in enumerate(values) if value is not None]
    value, index = max(known, key=lambda pair: (pair[0], pair[1]))
    x = across.at(plan.axis.places[index])
    text = printed_label(value, plan)
    half = frame.measure(text, bold=True) / 2
    if index == known[-1][1] or across.end - x < frame.measure(text) * 1.2:
        return []
    x = max(x, across.start + half)
    y = scale.at(value) - frame.size * 0.95
    return [Label(x, y, text, frame.size, "ink", "middle", bold=True, halo=True)]

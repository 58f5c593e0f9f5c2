"""Vertical columns: single, grouped and stacked.

Zero is always on the scale; missing periods leave a gap.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from newsletter.charts.frame import (
    Frame,
    category_color,
    grid,
    legend,
    printed_label,
    series_color,
    tick_room,
)
from newsletter.charts.kinds.chart_notes import x_notes, y_notes
from newsletter.charts.kinds.timeaxis import time_axis
from newsletter.charts.marks import Box, Label, Mark, MarkGroup, Stroke
from newsletter.charts.scales import LinearScale, slots_of, value_scale
from newsletter.model.chart_values import ChartPlan

MIN_SLOT = 8.0
FILL = 0.72  # of a slot, for its columns
WIDEST = 64.0


class ColumnSlots(Struct, frozen=True):
    """Positions of columns."""

    left: float
    width: float  # of one slot
    count: int

    def middle(self, index: int) -> float:
        return self.left + (index + 0.5) * self.width


def columns_fit(plan: ChartPlan, frame: Frame) -> bool:
    """Return whether names fit below the columns on three lines; years and months always do."""
    count = len(plan.axis.labels)
    if plan.axis.is_time:
        slots = slots_of(plan.axis)
        return (slots.count if slots else count) * MIN_SLOT <= frame.width
    room = frame.width / count - 6
    for label in plan.axis.labels:
        lines = frame.fonts.wrap(label, frame.size, room, lines=3)
        if " ".join(lines) != " ".join(label.split()):
            return False
    return True


def draw_columns(plan: ChartPlan, frame: Frame, shared: LinearScale | None = None) -> MarkGroup:
    """Return columns, each with its value if all values fit, otherwise with an axis."""
    head = legend(plan, frame)
    time = slots_of(plan.axis) if plan.axis.is_time else None
    count = time.count if time else len(plan.axis.labels)
    notes = [point for note in plan.annotations for point in (note.value, note.until)]
    ends = [*_ends(plan), *(point for point in notes if point is not None)]
    scale = shared or value_scale(ends, zero=True)
    numbered = _numbers_fit(plan, frame, frame.width / count) and not any(notes)
    left = 0.0 if numbered else tick_room(scale, plan, frame)
    slots = ColumnSlots(left, (frame.width - left) / count, count)
    if numbered and shared is None:
        tops = [float(end) for end in ends]
        scale = LinearScale(min(0.0, *tops, 0.0), max(0.0, *tops, 0.0) or 1.0, 0, 1)
    above = frame.line * (1 + len([n for n in plan.annotations if n.place is not None]))
    top = head.height + above
    bottom = top + frame.plot
    low_room = frame.line if numbered and scale.low < 0 else 0.0
    scale = scale.within(bottom - low_room, top)
    marks: list[Mark] = list(head.marks)
    if not numbered:
        marks += grid(scale, plan, frame, left, right=frame.width)
    index_of = [time.index(place) for place in plan.axis.places] if time else list(range(count))
    at_place = {place: slots.middle(index_of[i]) for i, place in enumerate(plan.axis.places)}
    behind, front = x_notes(plan, frame, at_place, (top, bottom), top=head.height)
    marks += behind
    for row, slot in enumerate(index_of):
        draw = _stack if plan.kind == "stacked" else _group
        marks += draw(plan, frame, scale, row, slots=slots, slot=slot, numbered=numbered)
    marks.append(Stroke(((left, scale.at(0)), (frame.width, scale.at(0))), "zero"))
    marks += front
    marks += y_notes(plan, frame, scale, left)
    labels, height = _axis_labels(plan, frame, slots, index_of, bottom=bottom)
    return MarkGroup((*marks, *labels), bottom + height)


def _ends(plan: ChartPlan) -> list[Decimal]:
    if plan.kind != "stacked":
        return plan.values()
    ends = []
    for row in range(len(plan.axis.labels)):
        values = [series.values[row] or Decimal(0) for series in plan.series]
        ends.append(sum((value for value in values if value > 0), Decimal(0)))
        ends.append(sum((value for value in values if value < 0), Decimal(0)))
    return ends


def _numbers_fit(plan: ChartPlan, frame: Frame, slot: float) -> bool:
    widest = frame.widest(
        [printed_label(value, plan) for value in plan.values()], bold=bool(plan.highlight)
    )
    if plan.kind == "stacked":
        return False
    return widest + 3 <= slot * (1 if len(plan.series) == 1 else FILL / len(plan.series))


def _outstanding(plan: ChartPlan, frame: Frame, slots: ColumnSlots) -> tuple[int, ...]:
    """Return the highest and the last column of a single series, which are always labeled."""
    if len(plan.series) != 1 or plan.highlight or frame.padding == 0:
        return ()
    known = [(v, row) for row, v in enumerate(plan.series[0].values) if v is not None]
    top, last = max(known), known[-1]
    room = frame.measure(printed_label(top[0], plan)) + 10
    distance = abs(top[1] - last[1]) * slots.width
    return (top[1], last[1]) if distance > room else (top[1],)


def _group(
    plan: ChartPlan,
    frame: Frame,
    scale: LinearScale,
    row: int,
    *,
    slots: ColumnSlots,
    slot: int,
    numbered: bool,
) -> list[Mark]:
    marks: list[Mark] = []
    count = len(plan.series)
    named = () if numbered else _outstanding(plan, frame, slots)
    width = min(slots.width * FILL / count, WIDEST)
    left = slots.middle(slot) - width * count / 2
    bold = plan.axis.labels[row] in plan.highlight
    for index, series in enumerate(plan.series):
        value = series.values[row]
        if value is None:
            continue
        zero, end = scale.at(0), scale.at(value)
        x = left + index * width
        gap = min(1.0, width * 0.08) if count > 1 else 0.0
        color = category_color(plan, row, index)
        marks.append(Box(x + gap, min(zero, end), width - 2 * gap, abs(end - zero), color))
        if numbered or bold or row in named:
            y = end + frame.size * 0.75 if value < 0 else end - frame.size * 0.7
            middle, text = x + width / 2, printed_label(value, plan)
            half = frame.measure(text, bold=bold) / 2
            middle = min(max(middle, half), frame.width - half)
            marks.append(
                Label(middle, y, text, frame.size, "ink", "middle", bold, halo=not numbered)
            )
    return marks


def _stack(
    plan: ChartPlan,
    frame: Frame,
    scale: LinearScale,
    row: int,
    *,
    slots: ColumnSlots,
    slot: int,
    numbered: bool,
) -> list[Mark]:
    marks: list[Mark] = []
    width = min(slots.width * FILL, WIDEST)
    left = slots.middle(slot) - width / 2
    up = down = Decimal(0)
    for index, series in enumerate(plan.series):
        value = series.values[row]
        if value is None or value == 0:
            continue
        start = up if value > 0 else down
        end = start + value
        up, down = (end, down) if value > 0 else (up, end)
        high, low = sorted((scale.at(start), scale.at(end)))
        color = series_color(plan, index)
        marks.append(Box(left, high, width, max(low - high - 1, 0.5), color))
        text = printed_label(value, plan)
        if frame.measure(text) + 6 <= width and low - high >= frame.line:
            tone = frame.palette.on(color)
            marks.append(
                Label(left + width / 2, (high + low) / 2, text, frame.size, tone, "middle")
            )
    return marks


def _axis_labels(
    plan: ChartPlan, frame: Frame, slots: ColumnSlots, index_of: list[int], *, bottom: float
) -> tuple[list[Mark], float]:
    """Return the labels below the columns, and their height."""
    y = bottom + frame.size
    if plan.axis.is_time:
        time = slots_of(plan.axis)
        indices = {place: index_of[i] for i, place in enumerate(plan.axis.places)}

        def across(place: int) -> float:
            nearest = min(indices, key=lambda known: abs(known - place))
            return slots.middle(time.index(place) if time else indices[nearest])

        span = (slots.left, frame.width)
        marks = time_axis(plan, frame, across, span, bottom=bottom, marked=False)
        return marks, frame.line + 2
    lines = [
        frame.fonts.wrap(label, frame.size, slots.width - 6, lines=3) for label in plan.axis.labels
    ]
    marks = []
    for slot, (label, texts) in enumerate(zip(plan.axis.labels, lines, strict=True)):
        for index, text in enumerate(texts):
            bold = label in plan.highlight
            where = y + index * frame.line
            marks.append(Label(slots.middle(slot), where, text, frame.size, "ink", "middle", bold))
    return marks, max(map(len, lines)) * frame.line + 2

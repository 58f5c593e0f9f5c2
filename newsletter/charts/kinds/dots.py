"""Dots and ranges in rows: position encodes the value, so the scale need not start at zero."""

from __future__ import annotations

from newsletter.charts.frame import Frame, category_color, legend, printed_label, series_color
from newsletter.charts.kinds.bars import BarRows, name_rows
from newsletter.charts.marks import Box, Disc, Label, Mark, MarkGroup, Stroke
from newsletter.charts.scales import LinearScale, value_scale
from newsletter.model.chart_values import ChartPlan

NEAR = 8.0  # between a dot and its value


def draw_dots(plan: ChartPlan, frame: Frame, shared: LinearScale | None = None) -> MarkGroup:
    """Return a row of dots per category; a range is a bar between two labeled dots."""
    rows = name_rows(plan, frame)
    head = legend(plan, frame)
    points = [p for note in plan.annotations for p in (note.value, note.until) if p is not None]
    scale = shared or value_scale([*plan.values(), *points], zero=False)
    left, right = _span(plan, frame, rows)
    scale = scale.within(left, right)
    step = max(frame.size * 1.8, max(len(n) for n in rows.names) * frame.line + 6)
    if rows.above:
        step = max(len(n) for n in rows.names) * frame.line + frame.size * 1.6
    notes = [note for note in plan.annotations if note.value is not None]
    top = head.height + frame.line * len(notes)
    bottom = top + step * len(plan.axis.labels)
    marks: list[Mark] = [*head.marks, *_grid(plan, frame, scale, top, bottom=bottom)]
    for row in range(len(plan.axis.labels)):
        y = top + step * row
        marks += rows.mark_names(plan, frame, row, y, height=step)
        middle = y + step - frame.size * 0.7 if rows.above else y + step / 2
        draw = _range if plan.kind == "range" else _row
        marks += draw(plan, frame, scale, row, y=middle)
    for index, note in enumerate(notes):
        assert note.value is not None
        x, y = scale.at(note.value), head.height + frame.line * (index + 0.5)
        until = scale.at(note.until) if note.until is not None else None
        if until is None:
            marks.insert(0, Stroke(((x, y + frame.size * 0.7), (x, bottom)), "ink", 1.0, "4 3"))
        else:
            near, far = min(x, until), max(x, until)
            marks.insert(
                0,
                Box(near, y + frame.size * 0.7, far - near, bottom - y - frame.size * 0.7, "band"),
            )
        half = frame.measure(note.label) / 2
        marks.append(
            Label(
                min(max(x, half), frame.width - half), y, note.label, frame.size, "soft", "middle"
            )
        )
    return MarkGroup(tuple(marks), bottom + frame.line + 4)


def _span(plan: ChartPlan, frame: Frame, rows: BarRows) -> tuple[float, float]:
    """Return the pixels available to dots after names and values at the sides."""
    widest = frame.widest([printed_label(value, plan) for value in plan.values()], bold=True)
    if plan.kind == "range":
        return rows.left + widest + NEAR, frame.width - widest - NEAR - 4
    if len(plan.series) == 1:
        return rows.left + 8, frame.width - widest - NEAR - 4
    return rows.left + 8, frame.width - 12


def _grid(
    plan: ChartPlan, frame: Frame, scale: LinearScale, top: float, *, bottom: float
) -> list[Mark]:
    marks: list[Mark] = []
    free = -1e9
    for tick in scale.ticks:
        x = scale.at(tick)
        marks.append(Stroke(((x, top), (x, bottom)), "zero" if tick == 0 else "grid"))
        text = printed_label(tick, plan, scale.tick_decimals)
        half = frame.measure(text) / 2
        middle = min(max(x, half), frame.width - half)
        if middle - half > free:
            marks.append(
                Label(middle, bottom + frame.size * 0.8, text, frame.size, "soft", "middle")
            )
            free = middle + half + 6
    return marks


def _row(plan: ChartPlan, frame: Frame, scale: LinearScale, row: int, *, y: float) -> list[Mark]:
    known = [
        (series.values[row], index)
        for index, series in enumerate(plan.series)
        if series.values[row] is not None
    ]
    places = [scale.at(value) for value, _ in known if value is not None]
    marks: list[Mark] = []
    if len(places) > 1:
        marks.append(Stroke(((min(places), y), (max(places), y)), "context", 1.5))
    for (value, index), x in zip(known, places, strict=True):
        assert value is not None
        color = category_color(plan, row, index)
        marks.append(Disc(x, y, 6 if not frame.phone else 5, color))
        if len(plan.series) == 1:
            bold = plan.axis.labels[row] in plan.highlight
            text = printed_label(value, plan)
            marks.append(Label(x + 6 + NEAR, y, text, frame.size, "ink", "start", bold, halo=True))
    return marks


def _range(plan: ChartPlan, frame: Frame, scale: LinearScale, row: int, *, y: float) -> list[Mark]:
    ends = [(series.values[row], index) for index, series in enumerate(plan.series)]
    known = [(value, index) for value, index in ends if value is not None]
    if not known:
        return []
    (low, first), (high, last) = min(known), max(known)
    near, far = scale.at(low), scale.at(high)
    bold = plan.axis.labels[row] in plan.highlight
    muted = category_color(plan, row) == "context"
    marks: list[Mark] = [Stroke(((near, y), (far, y)), "context", 4.0)]
    for x, index in ((near, first), (far, last)):
        color = "context" if muted else series_color(plan, index)
        marks.append(Disc(x, y, 6 if not frame.phone else 5, color))
    gap = 6 + NEAR - 3
    marks.append(
        Label(near - gap, y, printed_label(low, plan), frame.size, "ink", "end", bold, halo=True)
    )
    marks.append(
        Label(far + gap, y, printed_label(high, plan), frame.size, "ink", "start", bold, halo=True)
    )
    return marks

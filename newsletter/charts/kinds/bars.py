"""Horizontal bars: single, grouped and stacked. Zero is always on the scale."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.charts.frame import Frame, category_color, legend, printed_label, series_color
from newsletter.charts.marks import Box, Label, Mark, MarkGroup, Stroke
from newsletter.charts.scales import LinearScale, bar_scale
from newsletter.model.chart_values import ChartPlan

GAP = 6.0  # between a bar and its value
SIDE_ROOM = 0.4  # maximum share of the width for names next to the bars
NO_VALUE = "–"


class BarRows(Struct, frozen=True):
    """Positions of a chart's rows, and their names."""

    left: float  # where bars may start
    names: tuple[tuple[str, ...], ...]  # lines of each category's name
    above: bool  # names are above their bars

    def mark_names(
        self, plan: ChartPlan, frame: Frame, row: int, top: float, *, height: float
    ) -> list[Mark]:
        """Draw a category's name next to or above its bars."""
        lines = self.names[row]
        bold = plan.axis.labels[row] in plan.highlight
        if self.above:
            y = top + frame.size * 0.6
            return [
                Label(0, y + index * frame.line, line, frame.size, bold=bold)
                for index, line in enumerate(lines)
            ]
        first = top + height / 2 - (len(lines) - 1) * frame.line / 2
        return [
            Label(self.left - 10, first + index * frame.line, line, frame.size, "ink", "end", bold)
            for index, line in enumerate(lines)
        ]


def name_rows(plan: ChartPlan, frame: Frame) -> BarRows:
    """Return names next to the bars on one or two lines, or above them if they are longer."""
    labels = plan.axis.labels
    room = frame.width * SIDE_ROOM
    bold = any(label in plan.highlight for label in labels)
    widest = frame.widest(labels, bold=bold)
    if widest <= room:
        return BarRows(widest + 10, tuple((label,) for label in labels), above=False)
    wrapped = [frame.fonts.wrap(label, frame.size, room, lines=2, bold=bold) for label in labels]
    complete = all(
        " ".join(lines) == " ".join(label.split())
        for lines, label in zip(wrapped, labels, strict=True)
    )
    if complete:
        widest = max(frame.widest(lines, bold=bold) for lines in wrapped)
        return BarRows(widest + 10, tuple(map(tuple, wrapped)), above=False)
    above = (
        frame.fonts.wrap(label, frame.size, frame.width, lines=2, bold=bold) for label in labels
    )
    return BarRows(0.0, tuple(map(tuple, above)), above=True)


def draw_bars(plan: ChartPlan, frame: Frame, shared: LinearScale | None = None) -> MarkGroup:
    """Return bars with names and values; values at the bar ends replace the axis."""
    stacked = plan.kind == "stacked"
    rows = name_rows(plan, frame)
    head = legend(plan, frame)
    scale = shared or bar_scale([*_ends(plan), *_marked(plan)])
    scale = _fitted(plan, frame, scale, rows.left)
    thick = _thickness(plan, frame)
    notes_height = _notes_height(plan, frame)
    marks: list[Mark] = list(head.marks)
    bars: list[Mark] = []
    y = head.height + notes_height
    top = y
    for row in range(len(plan.axis.labels)):
        name_height = len(rows.names[row]) * frame.line if rows.above else 0.0
        body = thick * (1 if stacked else len(plan.series))
        height = max(body, 0 if rows.above else len(rows.names[row]) * frame.line)
        marks += rows.mark_names(plan, frame, row, y, height=height)
        start = y + name_height + (height - body) / 2
        draw = _stack if stacked else _group
        bars += draw(plan, frame, scale, row, top=start, thick=thick)
        y += (
            name_height
            + height
            + frame.size * (0.8 if rows.above or len(plan.series) > 1 else 0.55)
        )
    bottom = y - frame.size * 0.4
    zero = [Stroke(((scale.at(0), top - 3), (scale.at(0), bottom)), "zero")]
    if rows.above:
        zero = []  # it would cross the names
    notes = _notes(plan, frame, scale, head.height, top=top, bottom=bottom)
    boxes = [mark for mark in bars if not isinstance(mark, Label)]
    # Annotation lines are drawn over bars and under their values.
    numbers = [_over_line(mark, notes[1]) for mark in bars if isinstance(mark, Label)]
    return MarkGroup((*marks, *notes[0], *boxes, *zero, *notes[1], *numbers), bottom)


def _over_line(label: Label, notes: Sequence[Mark]) -> Label:
    """Outline a value if there are annotations, unless it is inside a bar."""
    return replace(label, halo=bool(notes) and label.color == "ink" and label.anchor != "middle")


def _thickness(plan: ChartPlan, frame: Frame) -> float:
    if plan.kind != "stacked" and len(plan.series) > 1:
        return frame.size * 1.25
    return frame.size * 1.6


def _ends(plan: ChartPlan) -> list[Decimal]:
    if plan.kind != "stacked":
        return plan.values()
    sums = []
    for index in range(len(plan.axis.labels)):
        values = [series.values[index] or Decimal(0) for series in plan.series]
        sums.append(sum((value for value in values if value > 0), Decimal(0)))
        sums.append(sum((value for value in values if value < 0), Decimal(0)))
    return sums


def _marked(plan: ChartPlan) -> list[Decimal]:
    points = [point for note in plan.annotations for point in (note.value, note.until)]
    return [point for point in points if point is not None]


def _fitted(plan: ChartPlan, frame: Frame, scale: LinearScale, left: float) -> LinearScale:
    """Return the scale for the pixels left over by names and values."""
    texts_after = [printed_label(value, plan) for value in plan.values() if value >= 0] or [
        NO_VALUE
    ]
    if plan.kind == "stacked":
        texts_after = [
            text for row in range(len(plan.axis.labels)) if (text := total_of(plan, row))
        ]
    after = frame.widest(texts_after, bold=bool(plan.highlight)) + GAP if texts_after else 0.0
    before = 0.0
    if plan.kind != "stacked":
        negative = [printed_label(value, plan) for value in plan.values() if value < 0]
        before = frame.widest(negative) + GAP if negative else 0.0
    return scale.within(left + before, max(frame.width - after, left + before + 20))


def total_of(plan: ChartPlan, row: int) -> str:
    """Return the printed sum of a stack.

    Empty for shares of a hundred and for stacks with both positive and negative values.
    """
    values = [series.values[row] for series in plan.series]
    known = [value for value in values if value is not None]
    total = sum(known, Decimal(0))
    if not known or len(plan.series) < 2 or any(value < 0 for value in known):
        return ""
    if plan.unit == "%" and abs(total - 100) < 2:
        return ""
    return printed_label(total, plan)


def _group(
    plan: ChartPlan, frame: Frame, scale: LinearScale, row: int, *, top: float, thick: float
) -> list[Mark]:
    marks: list[Mark] = []
    for index, series in enumerate(plan.series):
        value = series.values[row]
        y = top + index * thick
        gap = 1.0 if len(plan.series) > 1 else 0.0
        zero = scale.at(0)
        if value is None:
            marks.append(Label(zero + GAP, y + thick / 2, NO_VALUE, frame.size, "soft"))
            continue
        end = scale.at(value)
        color = category_color(plan, row, index)
        box = Box(min(zero, end), y + gap, abs(end - zero), thick - 2 * gap, color)
        bold = plan.axis.labels[row] in plan.highlight
        text = printed_label(value, plan)
        if value < 0:
            label = Label(end - GAP, y + thick / 2, text, frame.size, "ink", "end", bold)
        else:
            label = Label(end + GAP, y + thick / 2, text, frame.size, "ink", "start", bold)
        marks += [box, label]
    return marks


def _stack(
    plan: ChartPlan, frame: Frame, scale: LinearScale, row: int, *, top: float, thick: float
) -> list[Mark]:
    marks: list[Mark] = []
    up = down = Decimal(0)
    for index, series in enumerate(plan.series):
        value = series.values[row]
        if value is None or value == 0:
            continue
        start = up if value > 0 else down
        end = start + value
        up, down = (end, down) if value > 0 else (up, end)
        near, far = sorted((scale.at(start), scale.at(end)))
        color = series_color(plan, index)
        marks.append(Box(near, top, max(far - near - 1, 0.5), thick, color))
        text = printed_label(value, plan)
        if frame.measure(text) + 8 <= far - near:
            middle = (near + far) / 2
            tone = frame.palette.on(color)
            marks.append(Label(middle, top + thick / 2, text, frame.size, tone, "middle"))
    if text := total_of(plan, row):
        x = scale.at(up) + GAP
        marks.append(Label(x, top + thick / 2, text, frame.size, bold=True))
    return marks


def _notes_height(plan: ChartPlan, frame: Frame) -> float:
    marked = [note for note in plan.annotations if note.value is not None]
    return frame.line * len(marked) + 4 if marked else 0.0


def _notes(
    plan: ChartPlan, frame: Frame, scale: LinearScale, head: float, *, top: float, bottom: float
) -> tuple[Sequence[Mark], Sequence[Mark]]:
    """Return bands, drawn behind the bars, and labeled lines, drawn in front of them."""
    behind: list[Mark] = []
    front: list[Mark] = []
    marked = [note for note in plan.annotations if note.value is not None]
    for index, note in enumerate(marked):
        assert note.value is not None
        x = scale.at(note.value)
        y = head + frame.line * (index + 0.5)
        if note.until is not None:
            end = scale.at(note.until)
            near, far = min(x, end), max(x, end)
            behind.append(Box(near, y + frame.size * 0.7, far - near, bottom - y, "band"))
        else:
            front.append(Stroke(((x, y + frame.size * 0.7), (x, bottom)), "ink", 1.0, "4 3"))
        text = frame.fonts.cut(note.label, frame.size, frame.width)
        width = frame.measure(text)
        start = min(max(x - width / 2, 0), frame.width - width)
        front.append(Label(start, y, text, frame.size, "soft"))
    return behind, front

"""Annotations of charts with a vertical scale: values, periods and bands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from newsletter.charts.frame import Frame
from newsletter.charts.marks import Box, Label, Mark, Stroke
from newsletter.charts.scales import LinearScale
from newsletter.model.chart_values import ChartAnnotation, ChartPlan


def x_notes(
    plan: ChartPlan,
    frame: Frame,
    at_place: Mapping[int, float] | LinearScale,
    span: tuple[float, float],
    *,
    top: float,
) -> tuple[list[Mark], list[Mark]]:
    """Return bands over time, drawn behind the marks, and lines with one-line labels."""
    behind: list[Mark] = []
    front: list[Mark] = []
    for index, note in enumerate(note for note in plan.annotations if note.place is not None):
        assert note.place is not None
        start = _x(at_place, note.place)
        end = _x(at_place, note.until_place) if note.until_place is not None else None
        y = top + frame.line * (index + 0.5)
        if end is not None:
            near, far = min(start, end), max(start, end)
            behind.append(
                Box(
                    near,
                    y + frame.size * 0.7,
                    max(far - near, 1),
                    span[1] - y - frame.size * 0.7,
                    "band",
                )
            )
            middle = (near + far) / 2
        else:
            behind.append(
                Stroke(((start, y + frame.size * 0.7), (start, span[1])), "soft", 1.0, "4 3")
            )
            middle = start
        text = frame.fonts.cut(note.label, frame.size, frame.width)
        half = frame.measure(text) / 2
        x = min(max(middle, half), frame.width - half)
        front.append(Label(x, y, text, frame.size, "soft", "middle"))
    return behind, front


def _x(at_place: Mapping[int, float] | LinearScale, place: int) -> float:
    if isinstance(at_place, LinearScale):
        return min(max(at_place.at(place), at_place.start), at_place.end)
    nearest = min(at_place, key=lambda known: abs(known - place))
    return at_place[nearest]


def y_notes(
    plan: ChartPlan, frame: Frame, scale: LinearScale, left: float, *, right: float | None = None
) -> list[Mark]:
    """Return lines at values with their labels above them, and bands of values.

    A label goes to the end at which the first series is farther from the line.
    """
    right = frame.width if right is None else right
    marks: list[Mark] = []
    for note in plan.annotations:
        if note.value is None:
            continue
        y = scale.at(note.value)
        marks += _band(note, scale, left, right)
        if note.until is None:
            marks.append(Stroke(((left, y), (right, y)), "ink", 1.0, "4 3"))
        text = frame.fonts.cut(note.label, frame.size, right - left)
        above = y - frame.size * 0.75
        if _ends_farther(plan, note.value):
            marks.append(Label(right - 4, above, text, frame.size, "ink", "end", halo=True))
        else:
            marks.append(Label(left + 4, above, text, frame.size, "ink", "start", halo=True))
    return marks


def _ends_farther(plan: ChartPlan, value: Decimal) -> bool:
    """Return whether the first series ends farther from a line than it starts."""
    known = [number for number in plan.series[0].values if number is not None]
    if not known or not plan.axis.is_time:
        return False
    return abs(known[-1] - value) > abs(known[0] - value)


def _band(note: ChartAnnotation, scale: LinearScale, left: float, right: float) -> list[Mark]:
    if note.value is None or note.until is None:
        return []
    top, bottom = sorted((scale.at(note.value), scale.at(note.until)))
    edges = ((left, top), (right, top)), ((left, bottom), (right, bottom))
    return [Stroke(edge, "soft", 1.0, "2 3") for edge in edges]


def notes_height(plan: ChartPlan, frame: Frame) -> float:
    """Return the height in pixels of period labels above a chart."""
    return frame.line * sum(note.place is not None for note in plan.annotations)

"""Time labels below a chart."""

from __future__ import annotations

from collections.abc import Callable

from newsletter.charts.frame import Frame
from newsletter.charts.marks import Label, Mark, Stroke
from newsletter.charts.scales import time_ticks
from newsletter.model.chart_values import ChartPlan


def time_axis(
    plan: ChartPlan,
    frame: Frame,
    across: Callable[[int], float],
    span: tuple[float, float],
    *,
    bottom: float,
    marked: bool = True,
) -> list[Mark]:
    """Return as many non-overlapping labels as fit into `span`; `marked` adds tick marks."""
    every = time_ticks(plan, 10_000)
    widest = frame.widest([text for _, text in every[:12]])
    most = max(int((span[1] - span[0]) / (widest + 16)) + 1, 2)
    marks: list[Mark] = []
    free = -1e9
    for place, text in time_ticks(plan, most):
        where = across(place)
        half = frame.measure(text) / 2
        x = min(max(where, half), frame.width - half)
        if x - half < free or where > span[1] + 0.5:
            continue
        if marked:
            marks.append(Stroke(((where, bottom), (where, bottom + 4)), "soft"))
        marks.append(Label(x, bottom + frame.size, text, frame.size, "soft", "middle"))
        free = x + half + 8
    return marks

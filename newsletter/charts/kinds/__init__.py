"""Chart kinds, one module each: turn a plan and a frame into marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from newsletter.charts.frame import Frame
from newsletter.charts.kinds.bars import draw_bars
from newsletter.charts.kinds.columns import columns_fit, draw_columns
from newsletter.charts.kinds.dots import draw_dots
from newsletter.charts.kinds.line_chart import draw_lines
from newsletter.charts.kinds.scatter import draw_scatter
from newsletter.charts.kinds.slope import draw_slope
from newsletter.charts.marks import MarkGroup
from newsletter.charts.scales import LinearScale
from newsletter.model.chart_values import ChartKind, ChartPlan

DrawKind = Callable[[ChartPlan, Frame, LinearScale | None], MarkGroup]

_KINDS: Mapping[ChartKind, DrawKind] = {
    "bar": draw_bars,
    "column": draw_columns,
    "line": draw_lines,
    "area": draw_lines,
    "dot": draw_dots,
    "range": draw_dots,
    "slope": draw_slope,
}


def draw_kind(plan: ChartPlan, frame: Frame, scale: LinearScale | None = None) -> MarkGroup:
    """Return the marks of a chart; small multiples pass a shared `scale`.

    Groups and stacks are vertical over time and horizontal across categories; columns whose names
    do not fit below them become horizontal too.
    """
    if plan.scatter:
        return draw_scatter(plan, frame, scale)
    if plan.kind in ("grouped", "stacked"):
        standing = plan.axis.is_time and columns_fit(plan, frame)
        return (draw_columns if standing else draw_bars)(plan, frame, scale)
    if plan.kind == "column" and not columns_fit(plan, frame):
        return draw_bars(plan, frame, scale)
    return _KINDS[plan.kind](plan, frame, scale)

"""What a chart cannot be: too many series, too few values, labels that cannot be drawn."""

from __future__ import annotations

from newsletter.charts.fonts import FontSet
from newsletter.charts.request import (
    MAX_COLUMNS,
    MAX_LINES,
    MAX_PANELS,
    MAX_SERIES,
    RANKED,
    ChartRequest,
)
from newsletter.charts.table import DataError, DataTable
from newsletter.files.suggest import did_you_mean
from newsletter.model.chart import ChartPlan


def check_plan(plan: ChartPlan, request: ChartRequest, table: DataTable) -> None:
    """Raise `DataError` at the key to change where the data does not fit the kind of chart."""
    names = [series.name for series in plan.series]
    known = names if len(names) > 1 else list(plan.axis.labels)
    both = {*names, *plan.axis.labels}
    for name in plan.highlight:
        if name not in both:
            hint = did_you_mean(name, known[:40], what="Choose from")
            message = f"highlight names {name!r}, which the chart does not show"
            raise DataError(request.at("highlight", table), message, hint)
    if wrong := _shape_fault(plan):
        key, message, hint = wrong
        raise DataError(request.at(key, table), message, hint)


def _shape_fault(plan: ChartPlan) -> tuple[str, str, str] | None:
    """Return the key, the fault and the hint where the data does not fit the kind."""
    count, kind = len(plan.series), plan.kind
    places = len(plan.axis.labels)
    if kind in ("bar", "column") and count > 1 and not plan.multiples:
        hint = "Use `kind: grouped` or `stacked`, or set `multiples: true`."
        return "kind", f"a {kind} chart shows one column of values, found {count}", hint
    if kind in ("slope", "range") and count != 2:
        return "y", f"a {kind} chart needs two columns of values, found {count}", "Name two in `y`."
    if kind in ("line", "area") and not plan.axis.is_time:
        hint = "Use `kind: bar` for categories, or write the column as dates such as 2026-03."
        return "x", f"a {kind} chart needs time along the axis; {plan.axis.name!r} is none", hint
    if kind in ("line", "area") and places < 2:
        return "kind", f"a {kind} chart needs at least two periods", "Use `kind: column`."
    if kind in RANKED - {"dot"} and plan.axis.is_time and places > MAX_COLUMNS:
        return "kind", f"{places} periods are too many for columns", "Use `kind: line` or `area`."
    if plan.multiples and not 1 < count <= MAX_PANELS:
        return "y", f"small multiples show two to {MAX_PANELS} series, found {count}", "Name fewer."
    if kind == "line" and count > MAX_SERIES and not plan.multiples:
        if not plan.highlight or count > MAX_LINES:
            hint = f"Name up to {MAX_SERIES} in `highlight`; the others are drawn in grey."
            return "kind", f"{count} series cannot be told apart in one chart", hint
    elif count > MAX_SERIES:
        hint = f"Name up to {MAX_SERIES} columns in `y`."
        return "y", f"{count} series cannot be told apart; a {kind} chart shows {MAX_SERIES}", hint
    negative = any(value < 0 for value in plan.values())
    if kind == "area" and count > 1 and negative and not plan.multiples:
        return "kind", "areas with negative values cannot be stacked", "Use `kind: line`."
    return None


def undrawable(plan: ChartPlan, fonts: FontSet) -> tuple[str, str] | None:
    """Return the first label with characters that no font has, and these characters."""
    labels = (
        *plan.axis.labels,
        *(series.name for series in plan.series),
        *(annotation.label for annotation in plan.annotations),
        plan.title,
        plan.deck,
        plan.foot,
        plan.unit,
    )
    for label in labels:
        if missing := fonts.missing(label):
            return label, missing
    return None

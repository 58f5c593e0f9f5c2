"""Limits of charts: too many series, too few values, labels that cannot be drawn."""

from __future__ import annotations

from newsletter.charts.chart_request import (
    MAX_COLUMNS,
    MAX_LINES,
    MAX_PANELS,
    MAX_SERIES,
    RANKED,
    ChartRequest,
)
from newsletter.charts.data_table import DataError, DataTable
from newsletter.charts.fonts import FontSet
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model.chart_values import ChartPlan


def check_plan(plan: ChartPlan, request: ChartRequest, table: DataTable) -> None:
    """Raise `DataError` at the key to change if the data does not fit the chart kind."""
    names = [series.name for series in plan.series]
    known = names if len(names) > 1 else list(plan.axis.labels)
    both = {*names, *plan.axis.labels}
    for name in plan.highlight:
        if name not in both:
            hint = spelling_hint(name, known[:40], what="names")
            message = f"Unknown name in highlight: {quoted(name)}"
            raise DataError(request.at("highlight", table), message, hint)
    if wrong := _shape_fault(plan):
        key, message, hint = wrong
        raise DataError(request.at(key, table), message, hint)


def _shape_fault(plan: ChartPlan) -> tuple[str, str, str] | None:
    """Return key, problem and hint if the data does not fit the chart kind."""
    count, kind = len(plan.series), plan.kind
    places = len(plan.axis.labels)
    if kind in ("bar", "column") and count > 1 and not plan.multiples:
        hint = "Use `kind: grouped` or `stacked`, or set `multiples: true`."
        return "kind", f"Expected one column of values for a {kind} chart, found {count}", hint
    if kind in ("slope", "range") and count != 2:
        return (
            "y",
            f"Expected two columns of values for a {kind} chart, found {count}",
            "Name two in `y`.",
        )
    if kind in ("line", "area") and not plan.axis.is_time:
        hint = "Use `kind: bar` for categories, or write the column as dates such as 2026-03."
        return "x", f"Expected dates in {quoted(plan.axis.name)} for a {kind} chart", hint
    if kind in ("line", "area") and places < 2:
        return (
            "kind",
            f"Expected at least two periods for a {kind} chart, found {places}",
            "Use `kind: column`.",
        )
    if kind in RANKED - {"dot"} and plan.axis.is_time and places > MAX_COLUMNS:
        return (
            "kind",
            f"Too many periods for columns: {places}, at most {MAX_COLUMNS}",
            "Use `kind: line` or `area`.",
        )
    if plan.multiples and not 1 < count <= MAX_PANELS:
        return (
            "y",
            f"Expected 2 to {MAX_PANELS} series for small multiples, found {count}",
            "Name fewer.",
        )
    if kind == "line" and count > MAX_SERIES and not plan.multiples:
        if not plan.highlight or count > MAX_LINES:
            hint = f"Name up to {MAX_SERIES} in `highlight`; the others are drawn in gray."
            return (
                "kind",
                f"Too many series to tell apart: {count}, at most {MAX_SERIES} without `highlight`",
                hint,
            )
    elif count > MAX_SERIES:
        hint = f"Name up to {MAX_SERIES} columns in `y`."
        return "y", f"Too many series for a {kind} chart: {count}, at most {MAX_SERIES}", hint
    negative = any(value < 0 for value in plan.values())
    if kind == "area" and count > 1 and negative and not plan.multiples:
        return "kind", "Negative values in stacked areas", "Use `kind: line`."
    return None


def check_labels(plan: ChartPlan, fonts: FontSet, request: ChartRequest, table: DataTable) -> None:
    """Raise `DataError` at the first label with characters that no font has."""
    bad = _undrawable(plan, fonts)
    if bad is None:
        return
    label, missing = bad
    named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing[:5])
    where = table.find(label, missing[0]) or request.at("title", table)
    hint = "Remove it from the label, or add a font that has it to `[charts] fonts` (such as Noto, OFL)."
    raise DataError(where, f"No chart font has {named}, in {quoted(label[:60])}", hint)


def _undrawable(plan: ChartPlan, fonts: FontSet) -> tuple[str, str] | None:
    """Return the first label containing characters no font covers, and these characters."""
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

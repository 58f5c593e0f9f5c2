"""Resolve annotations as an author wrote them to positions on a chart's axes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from newsletter.charts.chart_request import ChartRequest
from newsletter.charts.data_table import DataError, DataTable
from newsletter.charts.numerals import read_numbers
from newsletter.charts.periods import read_period
from newsletter.files.quotation import quoted
from newsletter.model.chart_values import ChartAnnotation, ChartPlan


def place_annotations(
    request: ChartRequest, plan: ChartPlan, table: DataTable
) -> tuple[ChartAnnotation, ...]:
    """Return the annotations of a chart. Raises `DataError` for one that is outside the axes."""
    annotations = []
    for annotation in request.annotations:
        start = _on_axis(annotation.at, plan)
        end = _on_axis(annotation.until, plan)
        kinds = {type(point) for point in (start, end) if point is not None}
        if start is None or (annotation.until and end is None) or len(kinds) > 1:
            where = annotation.where or request.at("annotations", table)
            message = f"Annotation {quoted(annotation.label)} without a value or date of the chart"
            hint = "Write a number such as `value: 40`, or a date in the same length as the axis."
            raise DataError(where, message, hint)
        if isinstance(start, Decimal):
            until = end if isinstance(end, Decimal) else None
            annotations.append(ChartAnnotation(annotation.label, value=start, until=until))
        else:
            last = end if isinstance(end, int) else None
            annotations.append(ChartAnnotation(annotation.label, place=start, until_place=last))
    return tuple(annotations)


def _on_axis(typed: str | None, plan: ChartPlan) -> Decimal | int | None:
    """Return a value or the position of a period.

    A year on a monthly axis means its first month.
    """
    if typed is None:
        return None
    how, _, value = typed.partition(":")
    if how == "date":
        return _place(value, plan)
    if how == "span":
        typed = value
        if plan.axis.is_time and (place := _place(value, plan)) is not None:
            return place
    column = read_numbers([typed])
    return column.values[0]


def _place(typed: str, plan: ChartPlan) -> int | None:
    step = plan.axis.step
    if step is None:
        return None
    period = read_period(typed, plan.language)
    if period is None:
        return None
    length, place = period
    date = _first_day(length, place)
    return {
        "year": date.year,
        "quarter": date.year * 4 + (date.month - 1) // 3,
        "month": date.year * 12 + date.month - 1,
        "day": date.toordinal(),
    }[step]


def _first_day(step: str, place: int) -> dt.date:
    if step == "day":
        return dt.date.fromordinal(place)
    if step == "year":
        return dt.date(place, 1, 1)
    months = place * 3 if step == "quarter" else place
    return dt.date(months // 12, months % 12 + 1, 1)

"""A chart in words: its alternative text and its table, using only numbers from the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from newsletter.charts.frame import printed_label
from newsletter.charts.numerals import is_sign, print_number
from newsletter.model.chart_values import ChartPlan, ChartSeries

Phrases = Mapping[str, str]
LONGEST = 80  # characters of a label in the alternative text
MOST_DESCRIBED = 4  # series described one by one; above, only the overall highest and lowest
TABLE_ROWS = 60  # of a table in the text part; longer time series are thinned
_Point = tuple[Decimal, int]


def alternative_text(plan: ChartPlan, phrases: Phrases) -> str:
    """Return kind, subject and finding: highest and lowest, first to last, or widest gap.

    Follows Cesal, "Writing alt text for data visualization" (2020): chart type of data where
    finding. Numbers are formatted as in the drawing.
    """
    name = "scatter" if plan.scatter else plan.kind
    description = phrases["chart_of"].format(kind=phrases[f"chart_{name}"], what=subject(plan))
    # The note comes first: highest and lowest are those of the categories shown.
    parts = [description, shown_note(plan, phrases), *_findings(plan, phrases)]
    return " ".join(filter(None, parts))


def subject(plan: ChartPlan) -> str:
    """Return what is measured, and its unit."""
    names = ", ".join(series.name for series in plan.series[:MOST_DESCRIBED])
    measured = plan.measure or plan.title or names
    unit = plan.unit if plan.unit and not is_sign(plan.unit) else ""
    if unit and unit.casefold() not in measured.casefold():
        measured = f"{measured}, {unit}"
    return measured.rstrip(" .")


def shown_note(plan: ChartPlan, phrases: Phrases) -> str:
    """Return a note on how many of all categories are shown, if some are left out."""
    shown = len(plan.axis.labels)
    if shown >= plan.total:
        return ""
    total = print_number(Decimal(plan.total), plan.language, 0)
    return phrases["chart_shown"].format(shown=shown, total=total)


def _findings(plan: ChartPlan, phrases: Phrases) -> list[str]:
    if plan.axis.is_time and plan.kind != "slope":
        return _over_time(plan, phrases)
    series = plan.series
    if len(series) == 1:
        return [_rank(plan, series[0], phrases)]
    if len(series) == 2:
        ranked = f"{series[1].name}: {_rank(plan, series[1], phrases)}"
        return [ranked, *_gap(plan, phrases)]
    if len(series) <= MOST_DESCRIBED:
        return [f"{entry.name}: {_rank(plan, entry, phrases)}" for entry in series]
    return [_extremes(plan, phrases)]


def _known(series: ChartSeries) -> list[_Point]:
    return [(value, row) for row, value in enumerate(series.values) if value is not None]


def _rank(plan: ChartPlan, series: ChartSeries, phrases: Phrases) -> str:
    points = _known(series)
    if not points:
        return phrases["chart_missing"].format(names=series.name)
    high = max(points, key=lambda point: (point[0], -point[1]))
    low = min(points, key=lambda point: (point[0], -point[1]))
    labels = [_short(label) for label in plan.axis.labels]
    if high[0] == low[0]:
        if len(points) == 1:
            return f"{labels[high[1]]}: {printed_label(high[0], plan)}."
        return phrases["chart_equal"].format(value=printed_label(high[0], plan))
    return phrases["chart_rank"].format(
        high=labels[high[1]],
        high_value=printed_label(high[0], plan),
        low=labels[low[1]],
        low_value=printed_label(low[0], plan),
    )


def _short(label: str) -> str:
    """Return a label shortened for listening; the table has the full text."""
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"


def _extremes(plan: ChartPlan, phrases: Phrases) -> str:
    """Return the highest and lowest value of all series."""
    cells = [
        (value, f"{plan.axis.labels[row]} ({series.name})")
        for series in plan.series
        for value, row in _known(series)
    ]
    high, low = max(cells, key=lambda cell: cell[0]), min(cells, key=lambda cell: cell[0])
    return phrases["chart_rank"].format(
        high=high[1],
        high_value=printed_label(high[0], plan),
        low=low[1],
        low_value=printed_label(low[0], plan),
    )


def _over_time(plan: ChartPlan, phrases: Phrases) -> list[str]:
    chosen = [series for series in plan.series if series.name in plan.highlight]
    described = (chosen or list(plan.series))[:6]
    if len(plan.series) == 1:
        return [_course(plan, plan.series[0], phrases)]
    changes = [change for series in described if (change := _change(plan, series, phrases))]
    findings = [f"{'; '.join(changes)}."]
    return [*findings, *(_gap(plan, phrases) if len(plan.series) == 2 else ())]


def _change(plan: ChartPlan, series: ChartSeries, phrases: Phrases) -> str:
    points = _known(series)
    if not points:
        return ""
    (first, start), (last, end) = points[0], points[-1]
    return phrases["chart_change"].format(
        name=series.name,
        first=plan.axis.labels[start],
        first_value=printed_label(first, plan),
        last=plan.axis.labels[end],
        last_value=printed_label(last, plan),
    )


def _course(plan: ChartPlan, series: ChartSeries, phrases: Phrases) -> str:
    points = _known(series)
    if len(points) < 2:
        return _rank(plan, series, phrases)
    (first, start), (last, end) = points[0], points[-1]
    high = max(points, key=lambda point: point[0])
    low = min(points, key=lambda point: point[0])
    labels = plan.axis.labels
    return phrases["chart_time"].format(
        first=labels[start],
        first_value=printed_label(first, plan),
        last=labels[end],
        last_value=printed_label(last, plan),
        high=labels[high[1]],
        high_value=printed_label(high[0], plan),
        low=labels[low[1]],
        low_value=printed_label(low[0], plan),
    )


def _gap(plan: ChartPlan, phrases: Phrases) -> list[str]:
    """Return the point at which two series are furthest apart, with both values."""
    first, second = plan.series
    rows = [
        (abs(left - right), -row)
        for row, (left, right) in enumerate(zip(first.values, second.values, strict=True))
        if left is not None and right is not None
    ]
    if not rows or max(rows)[0] == 0:
        return []
    row = -max(rows)[1]
    left, right = first.values[row], second.values[row]
    assert left is not None
    assert right is not None
    return [
        phrases["chart_gap"].format(
            name=_short(plan.axis.labels[row]),
            one=first.name,
            one_value=printed_label(left, plan),
            other=second.name,
            other_value=printed_label(right, plan),
        )
    ]


# --- the table ------------------------------------------------------------------------------------


def table_cells(plan: ChartPlan, decimals: int) -> tuple[list[str], list[list[str]]]:
    """Return header and rows as text, with the data's decimals; long time series are thinned.

    The first and last row are always included.
    """
    head = [plan.axis.name, *(series.name for series in plan.series)]
    count = len(plan.axis.labels)
    chosen: Sequence[int] = range(count)
    if plan.scatter:
        head = ["", plan.axis.name, plan.series[0].name]
    if count > TABLE_ROWS:
        pieces = TABLE_ROWS - 1
        chosen = sorted({round(index * (count - 1) / pieces) for index in range(pieces + 1)})
    return head, [_row(plan, row, decimals) for row in chosen]


def _row(plan: ChartPlan, row: int, decimals: int) -> list[str]:
    numbers = [series.values[row] for series in plan.series]
    cells = ["–" if number is None else printed_label(number, plan, decimals) for number in numbers]
    across = []
    if plan.scatter:
        across = [_plain(plan.axis.numbers[row], plan)]
    return [plan.axis.labels[row], *across, *cells]


def _plain(number: Decimal, plan: ChartPlan) -> str:
    from newsletter.charts.numerals import decimals_of, print_number

    return print_number(number, plan.language, decimals_of(number))

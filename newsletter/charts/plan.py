"""Build a chart's plan from a table and the author's options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct

from newsletter.charts.annotate import place_annotations
from newsletter.charts.chart_request import MAX_BARS, RANKED, ChartRequest
from newsletter.charts.data_table import DataError, DataTable
from newsletter.charts.limits import check_plan
from newsletter.charts.numerals import NumberColumn, printed_decimals, read_numbers
from newsletter.charts.periods import PeriodColumn, print_period, read_periods
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.languages import direction
from newsletter.model.chart_values import (
    ChartAxis,
    ChartKind,
    ChartPlan,
    ChartSeries,
)


class _Grid(Struct, frozen=True):
    """Rows grouped by key: the key of each row, and the keys in axis order."""

    table: DataTable
    x: str
    keys: list[int | str]
    order: list[int | str]


class _Measure(Struct, frozen=True):
    """A column of numbers, not yet a series."""

    name: str
    values: tuple[Decimal | None, ...]
    rows: tuple[int, ...]  # of the table, for messages


def make_plan(request: ChartRequest, table: DataTable, language: str) -> ChartPlan:
    """Return the plan of a chart.

    Raises `DataError` at the cell, column header or key that is wrong.
    """
    x = _known(request.x, table, request, "x") if request.x else _first_column(table, request)
    names = _measures(request, table, x)
    columns = {name: _numbers(name, table) for name in names}
    unit = request.unit or ("%" if all(column.percent for column in columns.values()) else "")
    periods = None if request.kind == "slope" else read_periods(table.column(x), language)
    if request.kind == "dot" and not periods and (numbers := _all_numbers(x, table)):
        return _scatter(request, table, language, x, numbers=numbers, columns=columns, unit=unit)
    if periods is not None:
        _refuse_strays(periods, x, table)
    keys: list[int | str] = _keys(table, x, periods)
    order = sorted(set(keys)) if periods else list(dict.fromkeys(keys))
    measures = _pivoted(request, _Grid(table, x, keys, order), columns)
    axis = _axis(x, order, periods, language)
    written = max(column.decimals for column in columns.values())
    plan = ChartPlan(
        kind=request.kind,
        axis=axis,
        series=tuple(ChartSeries(measure.name, measure.values) for measure in measures),
        language=language,
        direction=direction(language),
        measure=request.deck or (names[0] if len(names) == 1 else ""),
        unit=unit,
        highlight=request.highlight,
        multiples=request.multiples,
        total=len(order),
        title=request.title,
        deck=request.deck,
    )
    plan = _ordered(plan, request, table)
    values = plan.values()
    if not values:
        where = table.place(-1, names[0])
        raise DataError(
            where, f"No numbers in column {quoted(names[0])}", "Check the column's cells."
        )
    decimals = request.decimals
    if decimals is None:
        decimals = printed_decimals(values, written)
    plan = _replaced(plan, decimals=decimals)
    plan = _replaced(plan, annotations=place_annotations(request, plan, table))
    check_plan(plan, request, table)
    return plan


def _replaced(plan: ChartPlan, **changes: object) -> ChartPlan:
    from msgspec.structs import replace

    return replace(plan, **changes)


def guess_kind(table: DataTable, language: str, measures_named: int = 0) -> ChartKind:
    """Return the best chart kind: lines over time, columns for few dates, else bars.

    `measures_named` is the number of columns to show, if they are named.
    """
    periods = read_periods(table.column(table.head[0]), language)
    measures = measures_named or sum(
        bool(name and _all_numbers(name, table)) for name in table.head[1:]
    )
    if periods is not None:
        few = len(set(periods.places)) <= 8 and measures == 1
        return "column" if few else "line"
    return "bar" if measures < 2 else "grouped"


# --- columns --------------------------------------------------------------------------------------


def _known(name: str, table: DataTable, request: ChartRequest, key: str) -> str:
    if name in table.head:
        return name
    alike = [column for column in table.head if column.casefold() == name.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    hint = spelling_hint(name, [column for column in table.head if column], what="columns")
    raise DataError(request.at(key, table), f"No column {quoted(name)} in {table.path}", hint)


def _first_column(table: DataTable, request: ChartRequest) -> str:
    return next(name for name in table.head if name not in (*request.y, request.series))


def _measures(request: ChartRequest, table: DataTable, x: str) -> list[str]:
    """Return the numeric columns: the requested ones, or all that hold numbers."""
    if request.y:
        return [_known(name, table, request, "y") for name in request.y]
    others = [name for name in table.head if name and name not in (x, request.series)]
    measures = [name for name in others if _all_numbers(name, table)]
    if not measures and others:
        _numbers(others[0], table)  # raises at the first cell that is not a number
    if not measures:
        where = table.place(-1, 0)
        raise DataError(where, "No column holds numbers", "Add a column of values.")
    return measures[:1] if request.series or request.kind == "bar" else measures


def _all_numbers(name: str, table: DataTable) -> NumberColumn | None:
    column = read_numbers(table.column(name), table.delimiter)
    return column if column.is_numeric else None


def _numbers(name: str, table: DataTable) -> NumberColumn:
    column = read_numbers(table.column(name), table.delimiter)
    if not column.bad:
        return column
    row = column.bad[0]
    cell = table.rows[row][table.head.index(name)]
    more = f", and {len(column.bad) - 1:,} more" if len(column.bad) > 1 else ""
    message = f"Expected a number in {table.cell_name(row, name)}, found {_short(cell)}{more}"
    hint = "Write a number, or leave the cell empty where there is none."
    if cell.startswith("="):
        hint = "Save the file with the values instead of the formulas."
    raise DataError(table.place(row, name), message, hint)


def _short(cell: str) -> str:
    return quoted(cell if len(cell) <= 40 else f"{cell[:39]}…")


def _refuse_strays(periods: PeriodColumn, x: str, table: DataTable) -> None:
    """Raise for cells whose period length differs from the rest, e.g. a year among months."""
    for row, place in enumerate(periods.places):
        if place is None:
            cell = table.rows[row][table.head.index(x)]
            message = (
                f"Expected a {periods.step} in {table.cell_name(row, x)}, found {_short(cell)}"
            )
            hint = (
                "Write all dates of the column in one format, such as 2026-03-01, 2026-03 or 2026."
            )
            raise DataError(table.place(row, x), message, hint)


def _keys(table: DataTable, x: str, periods: PeriodColumn | None) -> list[int | str]:
    if periods:
        return [place for place in periods.places if place is not None]
    cells = table.column(x)
    for row, cell in enumerate(cells):
        if not cell:
            hint = "Name what the row's values stand for."
            raise DataError(table.place(row, x), f"No name in column {quoted(x)}", hint)
    return list(cells)


def _pivoted(
    request: ChartRequest, grid: _Grid, columns: Mapping[str, NumberColumn]
) -> list[_Measure]:
    """Return a series per column, or per name in the column `series`."""
    table = grid.table
    if request.series is None:
        return [
            _measure(name, grid, column.values, range(len(grid.keys)))
            for name, column in columns.items()
        ]
    by = _known(request.series, table, request, "series")
    ((_, column),) = columns.items() if len(columns) == 1 else _one_only(request, table)
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(table.column(by)):
        rows.setdefault(name, []).append(row)
    return [_measure(name, grid, column.values, of_name) for name, of_name in rows.items()]


def _one_only(request: ChartRequest, table: DataTable) -> Sequence[tuple[str, NumberColumn]]:
    hint = "Name one column in `y`, or leave out `series`."
    raise DataError(request.at("y", table), "More than one column of values with `series`", hint)


def _measure(
    name: str,
    grid: _Grid,
    values: Sequence[Decimal | None],
    rows: Sequence[int],
) -> _Measure:
    table, x, keys = grid.table, grid.x, grid.keys
    first_rows: dict[int | str, int] = {}
    for row in rows:
        key = keys[row]
        if key in first_rows:
            cell = table.rows[row][table.head.index(x)]
            message = f"Repeated {_short(cell)}, first in line {table.lines[first_rows[key]]}"
            hint = "Add the rows up, or name the column that tells them apart in `series`."
            raise DataError(table.place(row, x), message, hint)
        first_rows[key] = row
    places = [first_rows.get(key) for key in grid.order]
    return _Measure(
        name, tuple(None if row is None else values[row] for row in places), tuple(rows)
    )


def _axis(
    x: str, order: Sequence[int | str], periods: PeriodColumn | None, language: str
) -> ChartAxis:
    if periods is None:
        return ChartAxis(x, tuple(map(str, order)))
    places = tuple(place for place in order if isinstance(place, int))
    labels = tuple(print_period(place, periods.step, language) for place in places)
    return ChartAxis(x, labels, periods.step, places)


def _scatter(
    request: ChartRequest,
    table: DataTable,
    language: str,
    x: str,
    *,
    numbers: NumberColumn,
    columns: Mapping[str, NumberColumn],
    unit: str,
) -> ChartPlan:
    """Return the plan of a scatter chart; the first text column names the dots."""
    name, column = next(iter(columns.items()))
    if len(columns) > 1:
        hint = "Name one column in `y`."
        raise DataError(
            request.at("y", table), "More than one column of values for dots on two axes", hint
        )
    pairs = [
        (row, across, up)
        for row, (across, up) in enumerate(zip(numbers.values, column.values, strict=True))
        if across is not None and up is not None
    ]
    names = next((c for c in table.head if c != x and not _all_numbers(c, table)), x)
    if request.series:
        names = _known(request.series, table, request, "series")
    labels = table.column(names)
    return ChartPlan(
        kind="dot",
        axis=ChartAxis(
            x, tuple(labels[row] for row, _, _ in pairs), numbers=tuple(a for _, a, _ in pairs)
        ),
        series=(ChartSeries(name, tuple(up for _, _, up in pairs)),),
        language=language,
        direction=direction(language),
        measure=request.deck or name,
        unit=unit,
        decimals=printed_decimals([up for _, _, up in pairs], column.decimals),
        highlight=request.highlight,
        total=len(pairs),
        title=request.title,
        deck=request.deck,
    )


# --- order and limits -----------------------------------------------------------------------------


def _ordered(plan: ChartPlan, request: ChartRequest, table: DataTable) -> ChartPlan:
    """Sort and limit categories; time series keep their order."""
    if plan.axis.is_time or plan.kind not in (*RANKED, "slope"):
        return plan
    count = len(plan.axis.labels)
    order = list(range(count))
    sorting = request.sort or ("none" if plan.kind == "slope" else "descending")
    if sorting == "label":
        order.sort(key=lambda index: plan.axis.labels[index].casefold())
    elif sorting != "none":
        order.sort(key=lambda index: _weight(plan, index), reverse=sorting == "descending")
    limit = request.limit or MAX_BARS
    if limit < count and (highlighted := set(plan.highlight)):
        named = [index for index in order if plan.axis.labels[index] in highlighted][:limit]
        others = [index for index in order if index not in named][: limit - len(named)]
        order = [index for index in order if index in {*named, *others}]
    order = order[:limit]
    axis = ChartAxis(plan.axis.name, tuple(plan.axis.labels[index] for index in order))
    series = tuple(
        ChartSeries(series.name, tuple(series.values[index] for index in order))
        for series in plan.series
    )
    return _replaced(plan, axis=axis, series=series)


def _weight(plan: ChartPlan, index: int) -> Decimal:
    """Return the rank value of a category.

    The sum in a stack, the last column of a range, otherwise the first column.
    """
    values = [series.values[index] for series in plan.series]
    known = [value for value in values if value is not None]
    if not known:
        return Decimal("-Infinity")
    if plan.kind == "stacked":
        return sum(known, Decimal(0))
    if plan.kind in ("range", "dot"):
        return max(known)
    return values[0] if values[0] is not None else Decimal("-Infinity")

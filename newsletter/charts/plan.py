"""A table and what an author asks of it -> the plan of a chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from newsletter.charts.fonts import FontSet
from newsletter.charts.numerals import NumberColumn, printed_decimals, read_numbers
from newsletter.charts.periods import PeriodColumn, print_period, read_period, read_periods
from newsletter.charts.table import DataError, DataTable
from newsletter.files.yaml_reader import did_you_mean
from newsletter.languages import direction
from newsletter.model import Location
from newsletter.model.chart import (
    ChartAnnotation,
    ChartAxis,
    ChartKind,
    ChartPlan,
    ChartSeries,
)

MAX_BARS = 12  # categories; more are ranked and the rest left out, which is stated
MAX_COLUMNS = 40  # periods of a column chart: 12 pixels each
MAX_SERIES = 6  # told apart by colour
MAX_LINES = 40  # with those in the background
MAX_PANELS = 6

RANKED: frozenset[ChartKind] = frozenset(("bar", "column", "grouped", "stacked", "dot", "range"))
Sorting = Literal["descending", "ascending", "label", "none"]


class AnnotationRequest(Struct, frozen=True):
    """A value, a date or a band that an author marks, as it is typed."""

    label: str
    at: str | None = None
    until: str | None = None
    where: Location | None = None


class ChartRequest(Struct, frozen=True):
    """What an author asks for; `places` tells where each key is typed."""

    kind: ChartKind
    x: str | None = None
    y: tuple[str, ...] = ()
    series: str | None = None
    highlight: tuple[str, ...] = ()
    sort: Sorting | None = None
    limit: int | None = None
    unit: str = ""
    decimals: int | None = None
    multiples: bool = False
    annotations: tuple[AnnotationRequest, ...] = ()
    title: str = ""
    deck: str = ""
    places: Mapping[str, Location] = {}

    def at(self, key: str, table: DataTable) -> Location:
        """Return where a key is typed, or else the top of the file."""
        return self.places.get(key) or Location(table.path, 1, 1)


class _Grid(Struct, frozen=True):
    """Rows by what they stand for: the key of each row, and the keys in the order of the axis."""

    table: DataTable
    x: str
    keys: list[int | str]
    order: list[int | str]


class _Measure(Struct, frozen=True):
    """A column of numbers on its way to a series."""

    name: str
    values: tuple[Decimal | None, ...]
    rows: tuple[int, ...]  # of the table, for messages


def make_plan(request: ChartRequest, table: DataTable, language: str) -> ChartPlan:
    """Return the plan of a chart. Raises `DataError` at the cell, the column's head or the key that is wrong."""
    x = _known(request.x, table, request, "x") if request.x else _first_column(table, request)
    names = _measures(request, table, x)
    columns = {name: _numbers(name, table) for name in names}
    unit = request.unit or ("%" if all(column.percent for column in columns.values()) else "")
    periods = None if request.kind == "slope" else read_periods(table.column(x), language)
    if request.kind == "dot" and not periods and (numbers := _all_numbers(x, table)):
        return _scatter(request, table, language, x, numbers, columns, unit)
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
        raise DataError(where, f"column {names[0]!r} has no numbers", "Check the column's cells.")
    decimals = request.decimals
    if decimals is None:
        decimals = printed_decimals(values, written)
    plan = _replaced(plan, decimals=decimals)
    plan = _replaced(plan, annotations=_annotations(request, plan, table))
    _check(plan, request, table)
    return plan


def _replaced(plan: ChartPlan, **changes: object) -> ChartPlan:
    from msgspec.structs import replace

    return replace(plan, **changes)


def guess_kind(table: DataTable, language: str, asked: int = 0) -> ChartKind:
    """Return the kind that suits a table best: lines over time, columns for few dates, bars for categories.

    `asked` is the number of columns that are to be shown, where they are named.
    """
    periods = read_periods(table.column(table.head[0]), language)
    measures = asked or sum(bool(name and _all_numbers(name, table)) for name in table.head[1:])
    if periods is not None:
        few = len(set(periods.places)) <= 8 and measures == 1
        return "column" if few else "line"
    return "bar" if measures < 2 else "grouped"


# --- columns ---------------------------------------------------------------------------------------------


def _known(name: str, table: DataTable, request: ChartRequest, key: str) -> str:
    if name in table.head:
        return name
    alike = [column for column in table.head if column.casefold() == name.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    hint = did_you_mean(name, [column for column in table.head if column], what="Columns:")
    raise DataError(request.at(key, table), f"{table.path} has no column {name!r}", hint)


def _first_column(table: DataTable, request: ChartRequest) -> str:
    return next(name for name in table.head if name not in (*request.y, request.series))


def _measures(request: ChartRequest, table: DataTable, x: str) -> list[str]:
    """Return the columns of numbers: those asked for, or else every other column that holds numbers."""
    if request.y:
        return [_known(name, table, request, "y") for name in request.y]
    others = [name for name in table.head if name and name not in (x, request.series)]
    found = [name for name in others if _all_numbers(name, table)]
    if not found and others:
        _numbers(others[0], table)  # raises at the first cell that is no number
    if not found:
        where = table.place(-1, 0)
        raise DataError(where, "no column holds numbers", "Add a column of values.")
    return found[:1] if request.series or request.kind == "bar" else found


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
    message = f"expected a number in {table.cell_name(row, name)}, found {_short(cell)}{more}"
    hint = "Write a number, or leave the cell empty where there is none."
    if cell.startswith("="):
        hint = "Save the file with the values instead of the formulas."
    raise DataError(table.place(row, name), message, hint)


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else f"{cell[:39]}…")


def _refuse_strays(periods: PeriodColumn, x: str, table: DataTable) -> None:
    """Raise for cells that are not of the same length as the rest: a year among months."""
    for row, place in enumerate(periods.places):
        if place is None:
            cell = table.rows[row][table.head.index(x)]
            message = (
                f"expected a {periods.step} in {table.cell_name(row, x)}, found {_short(cell)}"
            )
            hint = "Write every date of the column alike, such as 2026-03-01, 2026-03 or 2026."
            raise DataError(table.place(row, x), message, hint)


def _keys(table: DataTable, x: str, periods: PeriodColumn | None) -> list[int | str]:
    if periods:
        return [place for place in periods.places if place is not None]
    cells = table.column(x)
    for row, cell in enumerate(cells):
        if not cell:
            hint = "Name what the row's values stand for."
            raise DataError(table.place(row, x), f"no name in column {x!r}", hint)
    return list(cells)


def _pivoted(
    request: ChartRequest, grid: _Grid, columns: Mapping[str, NumberColumn]
) -> list[_Measure]:
    """Return a series for each column, or for each name in the column `series`."""
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
    raise DataError(request.at("y", table), "`series` goes with one column of values", hint)


def _measure(
    name: str,
    grid: _Grid,
    values: Sequence[Decimal | None],
    rows: Sequence[int],
) -> _Measure:
    table, x, keys = grid.table, grid.x, grid.keys
    seen: dict[int | str, int] = {}
    for row in rows:
        key = keys[row]
        if key in seen:
            cell = table.rows[row][table.head.index(x)]
            message = f"{_short(cell)} stands twice; first in line {table.lines[seen[key]]}"
            hint = "Add the rows up, or name the column that tells them apart in `series`."
            raise DataError(table.place(row, x), message, hint)
        seen[key] = row
    places = [seen.get(key) for key in grid.order]
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
    numbers: NumberColumn,
    columns: Mapping[str, NumberColumn],
    unit: str,
) -> ChartPlan:
    """Return the plan of dots on two axes of numbers; the first column of words names them."""
    name, column = next(iter(columns.items()))
    if len(columns) > 1:
        hint = "Name one column in `y`."
        raise DataError(request.at("y", table), "dots on two axes show one column", hint)
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


# --- order and limits ------------------------------------------------------------------------------------


def _ordered(plan: ChartPlan, request: ChartRequest, table: DataTable) -> ChartPlan:
    """Sort and limit categories; time keeps its order."""
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
    if limit < count and (kept := set(plan.highlight)):
        named = [index for index in order if plan.axis.labels[index] in kept][:limit]
        others = [index for index in order if index not in named][: limit - len(named)]
        order = [index for index in order if index in {*named, *others}]
    order = order[:limit]
    axis = ChartAxis(plan.axis.name, tuple(plan.axis.labels[index] for index in order))
    series = tuple(
        ChartSeries(one.name, tuple(one.values[index] for index in order)) for one in plan.series
    )
    return _replaced(plan, axis=axis, series=series)


def _weight(plan: ChartPlan, index: int) -> Decimal:
    """Return what a category is ranked by: its sum in a stack, the last column of a range, else the first."""
    values = [series.values[index] for series in plan.series]
    known = [value for value in values if value is not None]
    if not known:
        return Decimal("-Infinity")
    if plan.kind == "stacked":
        return sum(known, Decimal(0))
    if plan.kind in ("range", "dot"):
        return max(known)
    return values[0] if values[0] is not None else Decimal("-Infinity")


# --- what a chart cannot be -------------------------------------------------------------------------------


def _check(plan: ChartPlan, request: ChartRequest, table: DataTable) -> None:
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


def _annotations(
    request: ChartRequest, plan: ChartPlan, table: DataTable
) -> tuple[ChartAnnotation, ...]:
    made = []
    for asked in request.annotations:
        start = _on_axis(asked.at, plan)
        end = _on_axis(asked.until, plan)
        kinds = {type(point) for point in (start, end) if point is not None}
        if start is None or (asked.until and end is None) or len(kinds) > 1:
            where = asked.where or request.at("annotations", table)
            message = f"annotation {asked.label!r} is neither a value nor a date of the chart"
            hint = "Write a number such as `value: 40`, or a date in the same length as the axis."
            raise DataError(where, message, hint)
        if isinstance(start, Decimal):
            until = end if isinstance(end, Decimal) else None
            made.append(ChartAnnotation(asked.label, value=start, until=until))
        else:
            last = end if isinstance(end, int) else None
            made.append(ChartAnnotation(asked.label, place=start, until_place=last))
    return tuple(made)


def _on_axis(typed: str | None, plan: ChartPlan) -> Decimal | int | None:
    """Return a value, or the place of a period; a year on an axis of months is its first month."""
    if typed is None:
        return None
    how, _, bare = typed.partition(":")
    if how == "date":
        return _place(bare, plan)
    if how == "span":
        typed = bare
        if plan.axis.is_time and (place := _place(bare, plan)) is not None:
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

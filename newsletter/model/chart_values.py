"""The content of a chart before rendering: categories, series, annotations and texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from newsletter.model.findings import Direction

ChartKind = Literal["bar", "column", "grouped", "stacked", "line", "area", "dot", "slope", "range"]
PeriodStep = Literal["year", "quarter", "month", "day"]


class ChartSeries(Struct, frozen=True):
    """One data series: a value for each position on the axis, `None` where missing."""

    name: str
    values: tuple[Decimal | None, ...]


class ChartAxis(Struct, frozen=True):
    """The axis of a chart: categories, periods of time, or numbers."""

    name: str
    labels: tuple[str, ...]  # in the language of the issue
    step: PeriodStep | None = None  # of a time axis
    places: tuple[int, ...] = ()  # of a time axis: in steps, so that a missing month is a gap
    numbers: tuple[Decimal, ...] = ()  # of a scatter plot

    @property
    def is_time(self) -> bool:
        return self.step is not None


class ChartAnnotation(Struct, frozen=True):
    """A line or a band with its label; values are on the value axis, places on the time axis."""

    label: str
    value: Decimal | None = None
    until: Decimal | None = None
    place: int | None = None
    until_place: int | None = None


class ChartPlan(Struct, frozen=True):
    """A chart as a value: equal plans give equal drawings and texts."""

    kind: ChartKind
    axis: ChartAxis
    series: tuple[ChartSeries, ...]
    language: str
    direction: Direction
    measure: str = ""  # what is measured: the deck, or the column's name
    unit: str = ""
    decimals: int = 0  # digits printed after the decimal point
    highlight: tuple[str, ...] = ()
    annotations: tuple[ChartAnnotation, ...] = ()
    multiples: bool = False
    total: int = 0  # number of categories in the data, including those not shown
    title: str = ""
    deck: str = ""
    foot: str = ""  # source, note and credit, for a stand-alone drawing

    @property
    def scatter(self) -> bool:
        return bool(self.axis.numbers)

    def values(self) -> list[Decimal]:
        """Return all values shown."""
        return [value for series in self.series for value in series.values if value is not None]

"""What a chart shows, before anything is drawn: categories, series and what is said about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from newsletter.model.findings import Direction

ChartKind = Literal["bar", "column", "grouped", "stacked", "line", "area", "dot", "slope", "range"]
PeriodStep = Literal["year", "quarter", "month", "day"]


class ChartSeries(Struct, frozen=True):
    """One measure: a value for each place of the axis, `None` where there is none."""

    name: str
    values: tuple[Decimal | None, ...]


class ChartAxis(Struct, frozen=True):
    """What values stand for: categories, periods of time, or numbers."""

    name: str
    labels: tuple[str, ...]  # in the language of the issue
    step: PeriodStep | None = None  # of time
    places: tuple[int, ...] = ()  # of time: counted in steps, so that a missing month is a gap
    numbers: tuple[Decimal, ...] = ()  # of a scatter plot

    @property
    def is_time(self) -> bool:
        return self.step is not None


class ChartAnnotation(Struct, frozen=True):
    """A line or a band, with its label. Values are on the value axis, places on that of time."""

    label: str
    value: Decimal | None = None
    until: Decimal | None = None
    place: int | None = None
    until_place: int | None = None


class ChartPlan(Struct, frozen=True):
    """A chart as a value: the same plan gives the same drawing and the same words."""

    kind: ChartKind
    axis: ChartAxis
    series: tuple[ChartSeries, ...]
    language: str
    direction: Direction
    measure: str = ""  # what the values are: the deck, or the column's name
    unit: str = ""
    decimals: int = 0  # printed
    highlight: tuple[str, ...] = ()
    annotations: tuple[ChartAnnotation, ...] = ()
    multiples: bool = False
    total: int = 0  # categories in the data, of which some may not be shown
    title: str = ""
    deck: str = ""
    foot: str = ""  # source, note and credit, for a drawing that stands alone

    @property
    def scatter(self) -> bool:
        return bool(self.axis.numbers)

    def values(self) -> list[Decimal]:
        """Return every value that is shown."""
        return [value for series in self.series for value in series.values if value is not None]

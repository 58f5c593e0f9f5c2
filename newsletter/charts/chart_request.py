"""What an author asks of a chart, and how much a chart can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from newsletter.charts.data_table import DataTable
from newsletter.model import Location
from newsletter.model.chart_values import ChartKind

MAX_BARS = 12  # categories; more are ranked and the rest left out, which is stated
MAX_COLUMNS = 40  # periods of a column chart: 12 pixels each
MAX_SERIES = 6  # told apart by color
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

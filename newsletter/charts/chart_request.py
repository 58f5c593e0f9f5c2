"""Chart options set by an author, and the limits of what a chart can show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from newsletter.charts.data_table import DataTable
from newsletter.model import Location
from newsletter.model.chart_values import ChartKind

MAX_BARS = 12  # categories; more are ranked and the rest left out, with a note
MAX_COLUMNS = 40  # periods of a column chart: 12 pixels each
MAX_SERIES = 6  # distinguished by color
MAX_LINES = 40  # including those in the background
MAX_PANELS = 6

RANKED: frozenset[ChartKind] = frozenset(("bar", "column", "grouped", "stacked", "dot", "range"))
Sorting = Literal["descending", "ascending", "label", "none"]


class AnnotationRequest(Struct, frozen=True):
    """A value, date or band that an author highlights, as written in the source."""

    label: str
    at: str | None = None
    until: str | None = None
    where: Location | None = None


class ChartRequest(Struct, frozen=True):
    """The options an author set; `places` maps each key to its source location."""

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
        """Return the location of a key, or the top of the file if it is not set."""
        return self.places.get(key) or Location(table.path, 1, 1)

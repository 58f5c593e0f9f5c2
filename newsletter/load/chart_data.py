"""Convert a `::: chart` block to its node: read the data, plan the chart, write its texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.charts.chart_request import AnnotationRequest, ChartRequest
from newsletter.charts.data_table import DataError, DataTable
from newsletter.charts.draw import deck_line
from newsletter.charts.fonts import FontSet, font_set
from newsletter.charts.limits import check_labels
from newsletter.charts.numerals import decimals_of
from newsletter.charts.plan import make_plan
from newsletter.charts.words import TABLE_ROWS, alternative_text, shown_note, table_cells
from newsletter.diagnostics import BROKEN_CHART, Report
from newsletter.errors import NewsletterError
from newsletter.files.yaml_reader import PositionMap
from newsletter.languages import long_date
from newsletter.load.tables import read_data
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.chart import Chart, TableMode
from newsletter.markup.directives import Line
from newsletter.markup.facts import FactLookup, fill_facts
from newsletter.markup.inline import Text
from newsletter.markup.table import Cell, Table
from newsletter.model import Location
from newsletter.model.chart_values import ChartPlan
from newsletter.schema.block_tables import AnnotationEntry, ChartBlock

ROWS_BELOW = 12  # of a table in the email; a longer table is linked instead


class ChartReader(Struct, frozen=True):
    """Everything needed to read the charts of an issue."""

    files: WorkspaceReader
    folder: Path
    language: str
    phrases: Mapping[str, str]

    def read(
        self,
        entry: ChartBlock,
        where: Location,
        places: PositionMap,
        line: Line,
        *,
        source: str | None,
    ) -> Chart | None:
        """Return a chart, or `None` after reporting what is wrong with it."""
        report = self.files.report
        table = read_data(
            self.files,
            self.folder,
            entry.data or "",
            places.value("data"),
            sheet=entry.sheet,
            cells=entry.cells,
        )
        fonts = self.fonts(report)
        if table is None or fonts is None:
            return None
        request = request_of(entry, places)
        try:
            plan = make_plan(request, table, self.language)
            check_labels(plan, fonts, request, table)
            numbers = numbers_plan(plan, request, table)
        except DataError as error:
            report.add(BROKEN_CHART, error.where, error.message, error.hint)
            return None
        note = line(entry.note, places.value("note")) if entry.note else ()
        return Chart(
            where=where,
            plan=plan,
            alt=entry.alt or alternative_text(plan, self.phrases),
            alt_at=places.value("alt") if entry.alt else places.value("data"),
            anchor=f"chart-{Path(where.path).stem}-{where.line}",
            table=text_table(numbers, places.value("data")),
            table_mode=entry.table or _usual_mode(numbers),
            deck=deck_line(plan),
            shown=shown_note(plan, self.phrases),
            note=note,
            source=source,
            as_of=long_date(entry.as_of, self.language) if entry.as_of else None,
            credit=entry.credit,
            own_alt=entry.alt is not None,
            as_of_date=entry.as_of,
            max_age=self.files.workspace.charts.max_age,
        )

    def fonts(self, report: Report) -> FontSet | None:
        """Return the packaged fonts and the workspace's own."""
        workspace = self.files.workspace
        try:
            return font_set([workspace.root / name for name in workspace.charts.fonts])
        except NewsletterError as error:
            where = workspace.place(workspace.settings)
            report.add(BROKEN_CHART, where, f"[charts] fonts: {error.message}", error.hint)
            return None


def request_of(entry: ChartBlock, places: PositionMap) -> ChartRequest:
    """Return a block's chart request, with the location of each key."""
    assert entry.kind is not None
    return ChartRequest(
        kind=entry.kind,
        x=entry.x,
        y=_several(entry.y),
        series=entry.series,
        highlight=_several(entry.highlight),
        sort=entry.sort,
        limit=entry.limit,
        unit=entry.unit or "",
        decimals=entry.decimals,
        multiples=entry.multiples,
        annotations=tuple(
            _annotation(annotation, places.value("annotations", index))
            for index, annotation in enumerate(entry.annotations)
        ),
        title=entry.title or "",
        deck=entry.deck or "",
        places=places.top(),
    )


def filled(entry: ChartBlock, places: PositionMap, lookup: FactLookup) -> ChartBlock:
    """Return a block with the figures of facts.yaml in its title, deck and alternative text."""
    changes = {
        key: fill_facts(words, places.value(key), lookup)
        for key in ("title", "deck", "alt")
        if (words := getattr(entry, key))
    }
    return replace(entry, **changes)


def _several(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _annotation(entry: AnnotationEntry, where: Location) -> AnnotationRequest:
    if entry.date is not None:
        return AnnotationRequest(entry.label, f"date:{entry.date}", where=where)
    if entry.value is not None:
        return AnnotationRequest(entry.label, entry.value, where=where)
    start = f"span:{entry.start}" if entry.start is not None else None
    end = f"span:{entry.end}" if entry.end is not None else None
    return AnnotationRequest(entry.label, start, end, where)


def numbers_plan(plan: ChartPlan, request: ChartRequest, table: DataTable) -> ChartPlan:
    """Return the plan of the table, with all categories if they are few enough to read."""
    if plan.total > len(plan.axis.labels) and plan.total <= TABLE_ROWS:
        full_plan = make_plan(replace(request, limit=TABLE_ROWS), table, plan.language)
        return replace(full_plan, unit=plan.unit)
    return plan


def _usual_mode(plan: ChartPlan) -> TableMode:
    return "below" if len(plan.axis.labels) <= ROWS_BELOW else "link"


def text_table(plan: ChartPlan, at: Location) -> Table:
    """Return the numbers of a chart as a table, with the decimals of the data."""
    decimals = max((decimals_of(value) for value in plan.values()), default=0)
    head, rows = table_cells(plan, min(decimals, 6))
    return Table(
        at, _cells(head, at, head=True), tuple(_cells(row, at, head=False) for row in rows)
    )


def _cells(row: Sequence[str], at: Location, *, head: bool) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            at,
            (Text(at, text),) if text else (),
            "right" if index else None,
            head or index == 0,
        )
        for index, text in enumerate(row)
    )

"""Figures stored in a cell of a data file, so that each number has a single source."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, field

from newsletter.charts.data_table import DataTable
from newsletter.diagnostics import UNKNOWN_FACT
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.load.tables import read_data
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.model import Location
from newsletter.schema.documents import FactEntry


class CellReader(Struct, frozen=True):
    """Reads cells named `file#row/column`, by the row's first cell and the column's header."""

    files: WorkspaceReader
    folder: Path
    language: str
    tables: dict[str, DataTable | None] = field(default_factory=dict)

    def value(self, id: str, entry: FactEntry, places: PositionMap) -> str | None:
        """Return a fact's figure as printed, or `None` after reporting why it is unavailable."""
        if (entry.value is None) == (entry.cell is None):
            message = f"Expected either `value` or `cell` in {quoted(id)}"
            hint = "Write the figure, or the cell it is in, such as data/ports.csv#Sines/2025."
            self.files.report.add(UNKNOWN_FACT, places.value(id), message, hint)
            return None
        if entry.cell is None:
            return entry.value
        return self._read(entry.cell, entry.unit or "", places.value(id, "cell"))

    def _read(self, cell: str, unit: str, where: Location) -> str | None:
        report = self.files.report
        name, _, place = cell.partition("#")
        row_name, slash, column = place.rpartition("/")
        if not name or not slash or not row_name:
            hint = "Write it as file#row/column, such as data/ports.csv#Sines/2025."
            report.add(UNKNOWN_FACT, where, f"Not the address of a cell: {quoted(cell)}", hint)
            return None
        if name not in self.tables:
            self.tables[name] = read_data(self.files, self.folder, name, where)
        table = self.tables[name]
        if table is None:
            return None
        if column not in table.head[1:]:
            hint = spelling_hint(column, table.head[1:], what="columns")
            report.add(UNKNOWN_FACT, where, f"No column {quoted(column)} in {name}", hint)
            return None
        rows = [index for index, row in enumerate(table.rows) if row[0] == row_name]
        if len(rows) != 1:
            problem = f"{len(rows)} rows named" if rows else "No row"
            known = [row[0] for row in table.rows[:40]]
            hint = spelling_hint(row_name, known, what="rows")
            report.add(UNKNOWN_FACT, where, f"{problem} {quoted(row_name)} in {name}", hint)
            return None
        return self._printed(table, rows[0], column, unit)

    def _printed(self, table: DataTable, row: int, column: str, unit: str) -> str | None:
        """Return the cell's number in the issue's language, with its decimals and percent sign."""
        from newsletter.charts.numerals import decimals_of, print_number, read_numbers

        numbers = read_numbers(table.column(column), table.delimiter)
        number = numbers.values[row]
        cell = table.rows[row][table.head.index(column)]
        if number is None:
            message = (
                f"Expected a number in {table.cell_name(row, column)}, found {quoted(cell[:40])}"
            )
            self.files.report.add(UNKNOWN_FACT, table.place(row, column), message)
            return None
        sign = "%" if cell.rstrip().endswith("%") else ""
        return print_number(number, self.language, decimals_of(number), sign)

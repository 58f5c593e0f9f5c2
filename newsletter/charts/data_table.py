"""Rows of a data file, with the source location of every cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from newsletter.files.quotation import quoted
from newsletter.model import Location


class DataError(Exception):
    """A data file that cannot be read: location, problem and hint."""

    def __init__(self, where: Location, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.where, self.message, self.hint = where, message, hint


class DataTable(Struct, frozen=True):
    """A table with a header row; blank rows are dropped and every row has the header's length."""

    path: str  # for display
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]  # line numbers in the file; row numbers in a sheet
    delimiter: str = ","  # empty for a sheet
    text: str = ""  # of the file, to locate a cell's column
    first_column: int = 0  # of a sheet

    def column(self, name: str) -> list[str]:
        """Return the cells of a column. Raises `ValueError` without one of that name."""
        index = self.head.index(name)
        return [row[index] for row in self.rows]

    def place(self, row: int, column: str | int) -> Location:
        """Return the location of a cell; `row` -1 is the header."""
        index = self.head.index(column) if isinstance(column, str) else column
        line = self.lines[row] if row >= 0 else 1
        if not self.delimiter:
            return Location(self.path, line, self.first_column + index + 1)
        lines = self.text.split("\n", line)
        return Location(self.path, line, _offset(lines[line - 1], index, self.delimiter) + 1)

    def find(self, label: str, character: str) -> Location | None:
        """Return the location of the first cell with a character that a label contains."""
        for row, cells in enumerate((self.head, *self.rows), -1):
            for index, cell in enumerate(cells):
                if character in cell and (cell in label or label.rstrip("…") in cell):
                    return self.place(row, index)
        return None

    def cell_name(self, row: int, column: str) -> str:
        """Return a readable name of a cell: `B7` in a sheet, otherwise its column and line."""
        line = self.lines[row]
        if self.delimiter:
            return f"column {quoted(column)}"
        return f"cell {column_letters(self.first_column + self.head.index(column))}{line}"


def column_letters(index: int) -> str:
    """Return the letters of a sheet's column, counting from 0: A to Z, then AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _offset(line: str, index: int, delimiter: str) -> int:
    """Return the offset of a cell in its line, ignoring delimiters inside quotes."""
    quoted, cell = False, 0
    for offset, character in enumerate(line):
        if cell == index:
            return offset
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            cell += 1
    return len(line) if cell == index else 0


def parse_delimited(text: str, path: str) -> DataTable:
    """Read CSV or TSV; the first line decides between commas, semicolons and tabs.

    Spaces around cells and blank rows are dropped. Raises `DataError` if a row has a different
    number of cells than the header.
    """
    text = text.removeprefix("\ufeff")
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    start = 1
    try:
        for written in reader:
            row = tuple(cell.strip() for cell in written)
            if any(row):
                rows.append(row)
                lines.append(start)
                if len(row) != len(rows[0]):
                    cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
                    message = f"Row with {cells} below a header with {len(rows[0])}"
                    hint = (
                        f"Add or remove cells; put one that contains {quoted(delimiter)} in quotes."
                    )
                    raise DataError(Location(path, start, 1), message, hint)
            start = reader.line_num + 1
    except csv.Error as error:
        where = Location(path, reader.line_num, 1)
        raise DataError(
            where, f"Invalid CSV: {error}", "Check the quotation marks in this row."
        ) from error
    return _table(path, rows, lines, delimiter, text=text)


def of_cells(
    path: str, cells: Sequence[Sequence[str]], first: int = 1, first_column: int = 0
) -> DataTable:
    """Return a table of a sheet's cells; its first row and column are given by number.

    Raises `DataError`.
    """
    rows = [tuple(cell.strip() for cell in row) for row in cells]
    filled = [(first + index, row) for index, row in enumerate(rows) if any(row)]
    table = _table(path, [row for _, row in filled], [line for line, _ in filled], "", text="")
    return replace(table, first_column=first_column)


def _table(
    path: str, rows: list[tuple[str, ...]], lines: list[int], delimiter: str, *, text: str
) -> DataTable:
    if not rows:
        raise DataError(
            Location(path, 1, 1), "Empty file", "Write a header row and at least one row of data."
        )
    head = rows[0]
    table = DataTable(path, head, tuple(rows[1:]), tuple(lines[1:]), delimiter, text)
    if not table.rows:
        raise DataError(
            Location(path, lines[0], 1), "Header row without data", "Add at least one row."
        )
    for index, name in enumerate(head):
        if name and name in head[:index]:
            where = table.place(-1, index)
            raise DataError(where, f"Repeated column name: {quoted(name)}", "Rename one of them.")
    return table

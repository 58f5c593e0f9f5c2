"""Data files behind tables and charts."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from msgspec import Struct

from newsletter.charts.data_table import DataError, DataTable, of_cells, parse_delimited
from newsletter.diagnostics import BROKEN_TABLE, UNREADABLE, Report
from newsletter.files.extra_command import install_command
from newsletter.files.find import find_file, real_path
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.text import read_text
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.model import Location

LIMIT = 2 * 1024 * 1024  # bytes; a larger table is a download, not part of an email
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


def read_csv(
    files: WorkspaceReader, folder: Path, name: str, where: Location
) -> list[list[str]] | None:
    """Return the rows of a data file in the issue's folder, or `None` after reporting why not."""
    table = read_data(files, folder, name, where)
    return [list(table.head), *map(list, table.rows)] if table else None


def read_data(
    files: WorkspaceReader,
    folder: Path,
    name: str,
    where: Location,
    *,
    sheet: str | None = None,
    cells: str | None = None,
) -> DataTable | None:
    """Return a CSV, TSV or XLSX file of the issue's folder, or `None` after reporting why not.

    The separator (comma, semicolon or tab) is detected from the first line. `where` is the location
    that refers to the file.
    """
    path = _find(files, folder, name, where)
    if path is None:
        return None
    request = SheetRequest(where, sheet, cells)
    shown = files.workspace.display_path(path)
    return read_table(path, shown, files.report, request, root=files.workspace.root)


class SheetRequest(Struct, frozen=True):
    """A range of spreadsheet cells; `where` is the location of the request."""

    where: Location
    sheet: str | None = None
    cells: str | None = None


def read_table(
    path: Path, shown: str, report: Report, request: SheetRequest, *, root: Path | None = None
) -> DataTable | None:
    """Return the table in a file, or `None` after reporting why not.

    `shown` is the path to display.
    """
    try:
        if path.suffix.lower() in (".xlsx", ".ods"):
            return _read_sheet(path, shown, request)
        text = read_text(path, shown, report, limit=LIMIT, root=root)
        return None if text is None else parse_delimited(text, shown)
    except DataError as error:
        report.add(BROKEN_TABLE, error.where, error.message, error.hint)
        return None


def _find(files: WorkspaceReader, folder: Path, name: str, where: Location) -> Path | None:
    path, report = folder / name, files.report
    try:
        inside = real_path(path).is_relative_to(real_path(folder))
    except (OSError, ValueError):
        inside = False
    if not inside:
        report.add(
            UNREADABLE,
            where,
            f"File outside the issue's folder: {quoted(name)}",
            "Copy the file into data/.",
        )
        return None
    existing = find_file(folder, name)
    if existing is None and path.is_symlink():
        hint = "Replace the link with the file itself."
        report.add(UNREADABLE, where, f"Broken symbolic link: {quoted(name)}", hint)
        return None
    if existing is None:
        near = [
            file.relative_to(folder).as_posix()
            for file in sorted((folder / "data").glob("*"))
            if file.suffix in (".csv", ".tsv", ".xlsx", ".ods")
        ]
        report.add(
            UNREADABLE,
            where,
            f"File not found: {quoted(name)}",
            spelling_hint(name, near, what="available files"),
        )
        return None
    return existing


def _read_sheet(path: Path, shown: str, request: SheetRequest) -> DataTable:
    """Read a sheet with its values as Excel saved them. Raises `DataError`."""
    where, sheet, cells = request.where, request.sheet, request.cells
    try:
        from python_calamine import CalamineWorkbook
    except ImportError as error:
        hint = f"Run `{install_command('sheets')}`, or save the sheet as CSV."
        raise DataError(where, "Reading .xlsx needs the extra `sheets`", hint) from error
    if path.stat().st_size > LIMIT:
        raise DataError(Location(shown), "File larger than 2 MB", "Save the sheet as CSV.")
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = book.sheet_names
            if sheet is not None and sheet not in names:
                hint = spelling_hint(sheet, names, what="sheets")
                raise DataError(where, f"No sheet {quoted(sheet)} in {shown}", hint)
            rows = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except DataError:
        raise
    except Exception as error:  # the reader's error types are not exported
        message = f"Not a readable spreadsheet: {error}"
        raise DataError(Location(shown), message, "Save it again, or as CSV.") from error
    left, top, right, bottom = _corners(cells, where) if cells else (0, 0, None, None)
    chosen = [[_printed(cell) for cell in row[left:right]] for row in rows[top:bottom]]
    return of_cells(shown, chosen, first=top + 1, first_column=left)


def _corners(cells: str, where: Location) -> tuple[int, int, int, int]:
    match = _RANGE.fullmatch(cells.strip().upper())
    if match is None:
        raise DataError(where, f"Not a range of cells: {quoted(cells)}", "Write it as B2:E14.")
    return _index(match[1]), int(match[2]) - 1, _index(match[3]) + 1, int(match[4])


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _printed(cell: object) -> str:
    """Return a cell as typed by hand: dates as 2026-03-01, whole numbers without a point."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell)

"""CSV files behind tables."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from newsletter.diagnostics import BROKEN_TABLE, UNREADABLE
from newsletter.files.find import find_file
from newsletter.files.suggest import did_you_mean
from newsletter.load.files import WorkspaceReader
from newsletter.model import Location

LIMIT = 2 * 1024 * 1024  # bytes; a longer table is a download, not part of an email


def read_csv(
    files: WorkspaceReader, folder: Path, name: str, where: Location
) -> list[list[str]] | None:
    """Return the rows of a CSV file in the issue's folder, or `None` after reporting.

    The first line decides between commas, semicolons and tabs. `where` is the place that names the file.
    """
    path, report = folder / name, files.report
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        report.add(
            UNREADABLE,
            where,
            f"File outside the issue's folder: {name!r}",
            "Copy the file into data/.",
        )
        return None
    existing = find_file(folder, name)
    if existing is None:
        near = [
            file.relative_to(folder).as_posix() for file in sorted((folder / "data").glob("*.csv"))
        ]
        report.add(
            UNREADABLE,
            where,
            f"File not found: {name!r}",
            did_you_mean(name, near, what="Available files"),
        )
        return None
    path = existing
    text = files.text(path, limit=LIMIT)
    if text is None:
        return None
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            rows.append(cells)
            if len(cells) != len(rows[0]):
                message = f"Row with {len(cells)} cells below a head with {len(rows[0])}"
                report.add(
                    BROKEN_TABLE,
                    files.place(path)._replace(line=reader.line_num, column=1),
                    message,
                )
    except csv.Error as error:
        at = files.place(path)._replace(line=reader.line_num, column=1)
        report.add(
            BROKEN_TABLE, at, f"Invalid CSV: {error}", "Check the quotation marks in this row."
        )
        return None
    return rows if all(len(row) == len(rows[0]) for row in rows) else None

"""Distinguishes HTML tables that contain data from those used for layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newsletter.importers.html.elements import element_text

LONG = 400  # characters in a cell; a longer one is an article, not a value
MANY = 10_000  # cells; a table that claims to span more is an attack
_ARTICLE = ("h1", "h2", "h3", "h4", "h5", "h6", "table", "hr", "blockquote", "figure", "pre")


def rows_of(table: Any) -> list[list[Any]]:
    """Return rows of cells, with `None` where a cell spans from the left or from above."""
    rows: list[list[Any]] = []
    reaching: dict[tuple[int, int], bool] = {}
    for number, row in enumerate(_own_rows(table)):
        cells: list[Any] = []
        for cell in row.iterchildren("td", "th"):
            while reaching.get((number, len(cells))):
                cells.append(None)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            if len(reaching) + wide * high < MANY:
                reaching.update(
                    {
                        (number + down, len(cells) + across): True
                        for down in range(1, high)
                        for across in range(wide)
                    }
                )
            cells += [cell, *[None] * (wide - 1)]
        while reaching.get((number, len(cells))):
            cells.append(None)
        rows.append(cells)
    return [row for row in rows if row]


def _own_rows(table: Any) -> list[Any]:
    rows = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in ("thead", "tbody", "tfoot"):
            rows += child.iterchildren("tr")
    return rows


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 100) if value.isdecimal() and len(value) < 9 else 1


def is_layout(table: Any, rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether a table is only used for layout, as in most emails."""
    if table.get("role") in ("presentation", "none") or max(map(len, rows), default=0) < 2:
        return True
    if any(
        child.tag not in ("tr", "thead", "tbody", "tfoot", "caption", "colgroup", "col")
        for child in table
    ):
        return True
    if any(
        child.tag not in ("td", "th")
        for row in _own_rows(table)
        for child in row
        if isinstance(child.tag, str)
    ):
        return True  # text between cells, which is only preserved by walking over all elements
    if next(table.iter("th"), None) is not None and len(rows) > 1:
        return next((element for element in table.iterdescendants("table")), None) is not None
    cells = [cell for row in rows for cell in row if cell is not None]
    return len(rows) < 2 or any(
        next(cell.iter(*_ARTICLE), None) is not None or len(element_text(cell)) > LONG
        for cell in cells
    )

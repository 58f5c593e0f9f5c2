"""Compare two data tables cell by cell: columns by header, rows by their first cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from newsletter.review.reader_document import TableContent
from newsletter.review.word_diff import RedlineRun, compare_texts

ALIKE_ROW = 0.5  # share of other cells a row must keep if its first cell changes


class CellChange(Struct, frozen=True):
    """A cell whose text changed."""

    row: str  # the first cell of its current row
    column: str  # the current column header, or the column's number without one
    runs: tuple[RedlineRun, ...]


class TableChange(Struct, frozen=True):
    """What changed in a table."""

    cells: tuple[CellChange, ...] = ()
    rows_added: tuple[tuple[str, ...], ...] = ()
    rows_removed: tuple[tuple[str, ...], ...] = ()
    rows_moved: tuple[str, ...] = ()  # by first cell
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    columns_renamed: tuple[tuple[str, str], ...] = ()


def compare_tables(before: TableContent, after: TableContent) -> TableChange:
    """Return the changes between two tables."""
    columns = dict(_columns(before, after))
    rows = _rows(before.rows, after.rows, columns)
    old_width, new_width = _width(before), _width(after)
    removed = [index for index in range(old_width) if index not in columns]
    added = [index for index in range(new_width) if index not in columns.values()]
    renamed = [
        (_head(before, old), _head(after, new))
        for old, new in columns.items()
        if _head(before, old) != _head(after, new) and before.head and after.head
    ]
    paired_new = {new for _, new in rows}
    paired_old = {old for old, _ in rows}
    return TableChange(
        tuple(_cells(before, after, rows, columns)),
        tuple(row for index, row in enumerate(after.rows) if index not in paired_new),
        tuple(row for index, row in enumerate(before.rows) if index not in paired_old),
        _moved(rows, after.rows),
        tuple(_head(after, index) for index in added),
        tuple(_head(before, index) for index in removed),
        tuple(renamed),
    )


def _width(table: TableContent) -> int:
    return max(map(len, (table.head, *table.rows)), default=0)


def _head(table: TableContent, index: int) -> str:
    return table.head[index] if index < len(table.head) else f"column {index + 1}"


def _columns(before: TableContent, after: TableContent) -> Iterator[tuple[int, int]]:
    """Yield old column -> new column; a different header in the same position is a rename."""
    if not before.head or not after.head:
        for index in range(min(_width(before), _width(after))):
            yield index, index
        return
    left, right = list(range(len(before.head))), list(range(len(after.head)))
    for new, name in enumerate(after.head):
        old = next((index for index in left if before.head[index] == name), None)
        if old is not None:
            left.remove(old)
            right.remove(new)
            yield old, new
    for new in right:
        shares = [(_same_cells(before, after, old, new), -old) for old in left]
        best, place = max(shares, default=(0.0, 0))
        if best >= ALIKE_ROW:
            left.remove(-place)
            yield -place, new


def _same_cells(before: TableContent, after: TableContent, old: int, new: int) -> float:
    """Return how many cells two columns have in common, row by row."""
    pairs = list(zip(before.rows, after.rows, strict=False))
    same = sum(row[old : old + 1] == other[new : new + 1] for row, other in pairs)
    return same / len(pairs) if pairs else 0.0


def _rows(
    before: Sequence[tuple[str, ...]], after: Sequence[tuple[str, ...]], columns: dict[int, int]
) -> list[tuple[int, int]]:
    """Return pairs of rows with the same first cell, or else with most other cells the same."""
    left, right = list(range(len(before))), list(range(len(after)))
    pairs = []
    for new in tuple(right):
        old = next((i for i in left if before[i][:1] == after[new][:1]), None)
        if old is not None:
            pairs.append((old, new))
            left.remove(old)
            right.remove(new)
    for new in right:
        scores = [(_same_share(before[old], after[new], columns), -old) for old in left]
        best, place = max(scores, default=(0.0, 0))
        if best >= ALIKE_ROW:
            pairs.append((-place, new))
            left.remove(-place)
    return sorted(pairs, key=lambda pair: pair[1])


def _same_share(old: Sequence[str], new: Sequence[str], columns: dict[int, int]) -> float:
    others = [(a, b) for a, b in columns.items() if a and b and a < len(old) and b < len(new)]
    same = sum(old[a] == new[b] for a, b in others)
    return same / len(others) if others else 0.0


def _cells(
    before: TableContent,
    after: TableContent,
    rows: Sequence[tuple[int, int]],
    columns: dict[int, int],
) -> Iterator[CellChange]:
    for old, new in rows:
        for a, b in sorted(columns.items(), key=lambda pair: pair[1]):
            removed = before.rows[old][a] if a < len(before.rows[old]) else ""
            added = after.rows[new][b] if b < len(after.rows[new]) else ""
            if removed != added:
                row = after.rows[new][0] if after.rows[new] else ""
                yield CellChange(row, _head(after, b), compare_texts(removed, added))


def _moved(pairs: Sequence[tuple[int, int]], after: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    olds = [old for old, _ in pairs]
    matcher = SequenceMatcher(None, sorted(olds), olds, autojunk=False)
    still = {
        olds[b + offset] for _, b, size in matcher.get_matching_blocks() for offset in range(size)
    }
    return tuple(after[new][0] for old, new in pairs if old not in still and after[new])

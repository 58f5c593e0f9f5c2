"""Tables, written in Markdown or read from CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from markupsafe import Markup
from msgspec import Struct

from newsletter.markup.inline import html_of, text_of
from newsletter.markup.page import HtmlWriter, TextWriter, wrap
from newsletter.markup.width import display_width
from newsletter.model import Location, Node

Align = Literal["left", "center", "right"]
GAP = 2  # columns between columns


class Cell(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]
    align: Align | None = None
    header: bool = False

    def html(self, page: HtmlWriter) -> str:
        return html_of(self.children, page)

    def text(self, page: TextWriter) -> str:
        return text_of(self.children, page).replace("\n", " ")


Row = tuple[Cell, ...]


class Table(Struct, frozen=True):
    where: Location
    head: Row
    rows: tuple[Row, ...]
    caption: tuple[Node, ...] = ()
    source: str | None = None
    source_at: Location | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        return (*self.caption, *self.head, *(cell for row in self.rows for cell in row))

    def html(self, page: HtmlWriter) -> str:
        head = _printed(self.head, page)
        rows = [_printed(row, page) for row in self.rows]
        return page.partial(
            "table",
            head=head,
            rows=rows,
            longest=[_longest(column, page) for column in zip(head, *rows, strict=True)],
            caption=html_of(self.caption, page) or None,
            source=self.source,
        )

    def text(self, page: TextWriter) -> str:
        parts = []
        if self.caption:
            parts.append(page.wrap(text_of(self.caption, page)))
        head = [cell.text(page) for cell in self.head]
        rows = [[cell.text(page) for cell in row] for row in self.rows]
        aligns = [cell.align for cell in self.head]
        parts.append(drawn(head, rows, aligns, page.width) or listed(head, rows, page))
        if self.source:
            parts.append(
                page.wrap(
                    f"{page.phrases['source']}{page.phrases['colon']}{page.words(self.source)}"
                )
            )
        return "\n\n".join(parts)


class PrintedCell(Struct, frozen=True):
    """A cell as templates print it."""

    html: str
    align: Align | None
    header: bool
    apart: bool  # from the cell before it, which is aligned differently


def _printed(row: Row, page: HtmlWriter) -> list[PrintedCell]:
    start = "left" if page.direction == "ltr" else "right"
    aligns = [cell.align or start for cell in row]
    return [
        PrintedCell(cell.html(page), cell.align, cell.header, align != before)
        for cell, align, before in zip(row, aligns, [*aligns[:1], *aligns], strict=False)
    ]


def _longest(column: Iterable[PrintedCell], page: HtmlWriter) -> int:
    """Return the length of the longest word of a column; figures are not broken, except in the head."""
    end = "right" if page.direction == "ltr" else "left"
    lengths = [0]
    for index, cell in enumerate(column):
        text = str(Markup(cell.html).striptags())
        words = [text] if index and cell.align == end else text.split()
        lengths.extend(map(len, words))
    return max(lengths)


def drawn(
    head: list[str], rows: list[list[str]], aligns: Sequence[Align | None], width: int
) -> str | None:
    """Return a table drawn with a rule below the header, or `None` if the page is too narrow."""
    columns = list(zip(head, *rows, strict=True))
    widest = [max(map(display_width, column)) for column in columns]
    longest_word = [
        max(display_width(word) for cell in column for word in cell.split() or [""])
        for column in columns
    ]
    widths = _fit(widest, longest_word, width - GAP * (len(columns) - 1))
    if widths is None:
        return None
    # Wrapped cells are narrower than the room they were given.
    widths = [
        max(display_width(line) for cell in column for line in wrap(cell, size).split("\n"))
        for column, size in zip(columns, widths, strict=True)
    ]
    ruler = (" " * GAP).join("-" * size for size in widths)
    body = [_row(row, widths, aligns) for row in rows]
    # Without a gap, a wrapped cell would run into the next row.
    between = "\n\n" if any("\n" in row for row in body) else "\n"
    lines = ([_row(head, widths, aligns)] if any(head) else []) + [ruler, between.join(body), ruler]
    return "\n".join(filter(None, lines))


def _fit(widest: list[int], least: list[int], room: int) -> list[int] | None:
    if sum(widest) <= room:
        return widest
    if sum(least) > room:
        return None
    # Every column gets its longest word; the remaining width is shared in proportion to demand.
    spare, missing = room - sum(least), sum(widest) - sum(least)
    return [low + (high - low) * spare // missing for low, high in zip(least, widest, strict=True)]


def _row(cells: list[str], widths: list[int], aligns: Sequence[Align | None]) -> str:
    broken = [wrap(cell, size).split("\n") for cell, size in zip(cells, widths, strict=True)]
    lines = []
    for index in range(max(map(len, broken))):
        parts = []
        for column, size, align in zip(broken, widths, aligns, strict=True):
            parts.append(_pad(column[index] if index < len(column) else "", size, align))
        lines.append((" " * GAP).join(parts).rstrip())
    return "\n".join(lines)


def _pad(text: str, size: int, align: Align | None) -> str:
    space = size - display_width(text)
    if align == "right":
        return " " * space + text
    if align == "center":
        return " " * (space // 2) + text + " " * (space - space // 2)
    return text + " " * space


def listed(head: list[str], rows: list[list[str]], page: TextWriter) -> str:
    """Return a table that is too wide to draw as one short list per row."""
    groups = []
    for row in rows:
        lines = [
            page.wrap(f"{name}: {cell}" if name else cell, "- " if not index else "  ", "    ")
            for index, (name, cell) in enumerate(zip(head, row, strict=True))
        ]
        groups.append("\n".join(lines))
    if not rows:
        groups.append(page.wrap(" / ".join(head)))
    return "\n\n".join(groups)

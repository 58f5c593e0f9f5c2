"""Convert `:::` blocks to nodes."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import BROKEN_BLOCK, BROKEN_CHART, BROKEN_TABLE, MARKUP_IN_TITLE, Report
from newsletter.files.quotation import quoted
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap, read_yaml
from newsletter.markup.button import Button
from newsletter.markup.callout import Callout
from newsletter.markup.facts import FactLookup, fill_facts
from newsletter.markup.fences import Fence
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage, Text
from newsletter.markup.pullquote import PullQuote
from newsletter.markup.source import SourceText
from newsletter.markup.table import Align, Cell, Table
from newsletter.markup.urls import check_url
from newsletter.model import Location, Node
from newsletter.schema.block_tables import ButtonBlock, ChartBlock, FigureBlock, TableBlock

Line = Callable[[str, Location], tuple[Node, ...]]


class BlockContext(Struct, frozen=True):
    """What blocks look up in the issue by name: data files, sources and charts."""

    csv: Callable[[str, Location], list[list[str]] | None] = lambda name, where: None
    cite: Callable[[str, Location], str | None] = lambda name, where: None
    fact: FactLookup = lambda name, where: None
    chart: Callable[[ChartBlock, Location, PositionMap, Line], Node | None] = (
        lambda entry, where, places, line: None
    )
    # (words, where, what they are): reports Markdown in words that are printed as typed
    plain: Callable[[str, Location, str], None] = lambda words, where, what: None


# The keys of blocks that are printed as typed, and what a finding calls them.
PLAIN_KEYS = {
    "label": "a label",
    "title": "a title",
    "deck": "a title",
    "alt": "an alternative text",
    "credit": "a name",
    "licence": "a licence",
    "source": "a source",
    "unit": "a unit",
}
# What an author takes for a key of a prose block, which has none: `title: Why it matters`.
_KEY = re.compile(r"(title|by|name|author|source|label)[ \t]*:[ \t]*\S")


# Blocks with Markdown inside: each has a title, or the name of a person.
_PROSE: dict[str, Callable[[Location, tuple[Node, ...], str | None], Node]] = {
    "callout": Callout,
    "pullquote": PullQuote,
}


def prose_block(
    fence: Fence,
    where: Location,
    children: tuple[Node, ...],
    context: BlockContext,
    *,
    report: Report,
) -> Node:
    """Return a block with Markdown inside."""
    opening = f"::: {fence.kind}"
    if not children:
        report.add(
            BROKEN_BLOCK,
            where,
            f"Empty `{opening}` block",
            "Write its text before the closing `:::`.",
        )
    words = fence.rest.strip() or None
    if words:
        context.plain(words, where, "a title" if fence.kind == "callout" else "a name")
    elif key := _KEY.match(fence.body.lstrip()):
        lines = len(fence.body) - len(fence.body.lstrip("\n"))
        line = replace(where, line=(where.line or 0) + max(lines, 1), column=1)
        hint = f"Write it on the opening line: `{opening} …`."
        report.add(MARKUP_IN_TITLE, line, f"Key printed as text: {key[1]}", hint)
    make = _PROSE.get(fence.kind, Callout)  # an unknown block was reported and is read as prose
    return make(where, children, words)


def data_block(
    fence: Fence, source: SourceText, line: Line, context: BlockContext, *, report: Report
) -> Node | None:
    """Return a block with YAML inside, or `None` after reporting what is wrong with it."""
    where = source.at(fence.start)
    if fence.rest:
        hint = "Move it to the next line, as `key: value`."
        report.add(
            BROKEN_BLOCK, where, f"Unexpected {quoted(fence.rest)} after `::: {fence.kind}`", hint
        )
    schema, make = _DATA[fence.kind]
    read = read_yaml(fence.body.lstrip("\n"), source.path, report, first_line=(where.line or 0) + 1)
    if read is None:
        return None
    value, places = read
    entry = convert({} if value is None else value, schema, places, report)
    if entry is None:
        return None
    for key, what in PLAIN_KEYS.items():
        if words := getattr(entry, key, None):
            context.plain(words, places.value(key), what)
    return make(entry, where, places, line, context=context, report=report)


def _figure(
    entry: FigureBlock,
    where: Location,
    places: PositionMap,
    line: Line,
    *,
    context: BlockContext,
    report: Report,
) -> Node:
    image = InlineImage(
        places.value("src"),
        entry.src,
        fill_facts(entry.alt, places.value("alt"), context.fact),
        width=entry.width,
        at=places.value("src"),
        alt_at=places.value("alt"),
    )
    caption = line(entry.caption, places.value("caption")) if entry.caption else ()
    at = places.value("link")
    link = check_url(entry.link, at, report) if entry.link else None
    return Figure(
        where,
        image,
        caption,
        entry.credit,
        entry.licence,
        link,
        at,
        credit_at=places.value("credit"),
    )


def _button(
    entry: ButtonBlock,
    where: Location,
    places: PositionMap,
    line: Line,
    *,
    context: BlockContext,
    report: Report,
) -> Node:
    at = places.value("url")
    url = check_url(entry.url, at, report)
    return Button(where, entry.label, url, at, places.value("label"))


_NUMBER = re.compile(r"[+\-−–]?[.,]?\d[\d.,\u00a0\u202f '’]*[%‰]?|[–—-]|n/?a|")


def _table(
    entry: TableBlock,
    where: Location,
    places: PositionMap,
    line: Line,
    *,
    context: BlockContext,
    report: Report,
) -> Node | None:
    at = places.value("src")
    rows = context.csv(entry.src, at)
    caption = line(entry.caption, places.value("caption")) if entry.caption else ()
    source = context.cite(entry.source, places.value("source")) if entry.source else None
    if rows is None:
        return None
    if len(rows) < 2:
        report.add(
            BROKEN_TABLE, at, f"{entry.src}: expected a header row and at least one row of data"
        )
        return None
    for cell in [cell for row in rows for cell in row]:
        context.plain(cell, at, "a CSV file")
    columns = list(zip(*rows[1:], strict=True))
    aligns: list[Align | None] = [
        "right" if all(map(_NUMBER.fullmatch, column)) else None for column in columns
    ]

    def cells(row: list[str], *, head: bool) -> tuple[Cell, ...]:
        return tuple(
            Cell(
                at,
                (Text(at, text),) if text else (),
                aligns[index],
                head or (index == 0 and len(row) > 1),
            )
            for index, text in enumerate(row)
        )

    head, *body = rows
    return Table(
        where,
        cells(head, head=True),
        tuple(cells(row, head=False) for row in body),
        caption,
        source,
        places.value("source"),
    )


def _chart(
    entry: ChartBlock,
    where: Location,
    places: PositionMap,
    line: Line,
    *,
    context: BlockContext,
    report: Report,
) -> Node | None:
    if fault := _chart_fault(entry):
        report.add(BROKEN_CHART, where, *fault)
        return None
    if entry.src is None:
        return context.chart(entry, where, places, line)
    at = places.value("src")
    caption = line(entry.note, places.value("note")) if entry.note else ()
    return Figure(where, InlineImage(at, entry.src, entry.alt or "", at=at), caption, entry.credit)


def _chart_fault(entry: ChartBlock) -> tuple[str, str] | None:
    if (entry.data is None) == (entry.src is None):
        return "Expected either `data` or `src` in a chart", "Name the file in `data`."
    if entry.src is not None and not entry.src.endswith(".json"):
        hint = "Show a finished image with `::: figure`."
        return f"Not a Vega-Lite file (.vl.json): {quoted(entry.src)}", hint
    if entry.src is not None and not entry.alt:
        return "Vega-Lite chart without `alt`", "Write what it shows, with its numbers."
    if entry.data is not None and entry.kind is None:
        kinds = "bar, column, grouped, stacked, line, area, dot, slope or range"
        return "Chart without `kind`", f"Choose {kinds}."
    return None


_DATA: dict[str, tuple[type, Callable[..., Node | None]]] = {
    "figure": (FigureBlock, _figure),
    "button": (ButtonBlock, _button),
    "table": (TableBlock, _table),
    "chart": (ChartBlock, _chart),
}

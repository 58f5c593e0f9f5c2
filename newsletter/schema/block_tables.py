"""Types of the `:::` blocks that contain YAML."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, field

from newsletter.model.chart_values import ChartKind
from newsletter.schema.base import Document, Text


class FigureBlock(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`::: figure`."""

    src: Annotated[
        Text,
        Meta(
            description="An image in the issue's images/ folder, or an https address with `width`."
        ),
    ]
    alt: Annotated[
        str,
        Meta(description="Alternative text: what the image shows; empty if it is decoration."),
    ]
    caption: Annotated[Text | None, Meta(description="Printed below; inline Markdown.")] = None
    credit: Annotated[Text | None, Meta(description="Name of the photographer or artist.")] = None
    licence: Annotated[Text | None, Meta(description="Licence under which it is used.")] = None
    link: Annotated[Text | None, Meta(description="Address the image links to.")] = None
    width: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Width in CSS pixels; never more than the image has."),
    ] = None


class ButtonBlock(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`::: button`."""

    label: Annotated[Text, Meta(description="The words on the button.")]
    url: Annotated[Text, Meta(description="Address the button links to.")]


class TableBlock(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`::: table`."""

    src: Annotated[
        Text,
        Meta(description="A CSV file in the issue's data/ folder; its first line is the header."),
    ]
    caption: Annotated[Text | None, Meta(description="Printed above; inline Markdown.")] = None
    source: Annotated[
        Text | None, Meta(description="Printed below: an id of sources.yaml, or plain words.")
    ] = None


class AnnotationEntry(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One mark on a chart: a value, a date, or a band from one to another."""

    label: Annotated[Text, Meta(description="Label of the mark.")]
    value: Annotated[Text | None, Meta(description="A value, marked by a line.")] = None
    date: Annotated[
        Text | None, Meta(description="A date, month, quarter or year, marked by a line.")
    ] = None
    start: Annotated[Text | None, Meta(description="Where a band starts: a date, or a value.")] = (
        field(name="from", default=None)
    )
    end: Annotated[Text | None, Meta(description="Where a band ends.")] = field(
        name="to", default=None
    )


class ChartBlock(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`::: chart`."""

    data: Annotated[
        Text | None, Meta(description="A CSV, TSV or XLSX file in the issue's data/ folder.")
    ] = None
    src: Annotated[
        Text | None,
        Meta(description="Instead of `data`: a Vega-Lite file (.vl.json), which needs `alt`."),
    ] = None
    kind: Annotated[
        ChartKind | None,
        Meta(
            description="bar, column, grouped, stacked, line, area, dot, slope or range; needed with `data`."
        ),
    ] = None
    x: Annotated[
        Text | None, Meta(description="Column of categories or dates; the first by default.")
    ] = None
    # Not `Text | list[Text]`: msgspec 0.22 frees the pattern twice if a type occurs both in a union
    # and in its list.
    y: Annotated[
        str | list[str] | None,
        Meta(
            description="Column of values, or a list of them; every column of numbers by default."
        ),
    ] = None
    series: Annotated[
        Text | None, Meta(description="Column that names the series, where rows are long data.")
    ] = None
    highlight: Annotated[
        str | list[str] | None,
        Meta(description="Categories or series in color; the others are gray."),
    ] = None
    sort: Annotated[
        Literal["descending", "ascending", "label", "none"] | None,
        Meta(description="Order of categories; `descending` by default. Time keeps its order."),
    ] = None
    limit: Annotated[
        Annotated[int, Meta(ge=1, le=12)] | None,
        Meta(description="Categories shown, at most 12; how many there are is printed."),
    ] = None
    title: Annotated[Text | None, Meta(description="The finding, printed above.")] = None
    deck: Annotated[Text | None, Meta(description="The measure, printed below the title.")] = None
    unit: Annotated[
        Text | None,
        Meta(description="Unit of the values; %, $, € and £ are printed with every number."),
    ] = None
    decimals: Annotated[
        Annotated[int, Meta(ge=0, le=6)] | None,
        Meta(description="Decimals printed; as many as readers can compare by default."),
    ] = None
    source: Annotated[
        Text | None, Meta(description="Printed below: an id of sources.yaml, or plain words.")
    ] = None
    as_of: Annotated[dt.date | None, Meta(description="The day to which the data refers.")] = None
    note: Annotated[Text | None, Meta(description="Printed below; inline Markdown.")] = None
    credit: Annotated[Text | None, Meta(description="Who made the chart.")] = None
    alt: Annotated[
        Text | None, Meta(description="What the chart shows; written from the data by default.")
    ] = None
    table: Annotated[
        Literal["below", "link", "none"] | None,
        Meta(
            description="The numbers in the email: below the chart (default up to 12 rows), behind a link, or not. "
            "The text part always has them."
        ),
    ] = None
    annotations: Annotated[
        list[AnnotationEntry], Meta(description="Values, dates and bands to mark.")
    ] = field(default_factory=list)
    multiples: Annotated[
        bool, Meta(description="A small chart for each of up to six series, on one scale.")
    ] = False
    sheet: Annotated[
        Text | None, Meta(description="Sheet of an XLSX file; the first by default.")
    ] = None
    cells: Annotated[
        Text | None, Meta(description="Cells of that sheet, such as B2:E14; all by default.")
    ] = field(name="range", default=None)

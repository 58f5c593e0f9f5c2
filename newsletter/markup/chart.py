"""A chart: an image in the email, a drawing on the web page, and its numbers in both parts."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from markupsafe import Markup
from msgspec import Struct

from newsletter.markup.inline import html_of, text_of
from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.markup.table import Table
from newsletter.model import Location, Node
from newsletter.model.chart_values import ChartPlan

TableMode = Literal["below", "link", "none"]
# The drawings of a chart: size, scheme, pixels per CSS pixel. `src` refers to the first one; a mail
# client that supports `<picture>` chooses among the others.
VARIANTS: tuple[tuple[str, str, int], ...] = (
    ("wide", "light", 2),
    ("wide", "light", 1),
    ("wide", "dark", 2),
    ("wide", "dark", 1),
    ("phone", "light", 2),
    ("phone", "dark", 2),
)


class Chart(Struct, frozen=True):
    where: Location
    plan: ChartPlan
    alt: str
    alt_at: Location  # where it is written; where the data is, if generated from the data
    anchor: str  # unique in the issue
    table: Table
    table_mode: TableMode = "below"
    deck: str = ""  # with the unit
    shown: str = ""  # how many of all categories are shown
    note: tuple[Node, ...] = ()
    source: str | None = None
    as_of: str | None = None  # as printed
    credit: str | None = None
    own_alt: bool = False
    as_of_date: dt.date | None = None
    max_age: int = 400  # days, from the settings

    @property
    def children(self) -> tuple[Node, ...]:
        return (*self.note, self.table)

    def key(self, size: str, scheme: str, density: int) -> str:
        """Return the key of one of the chart's drawings among the issue's images."""
        return f"{self.anchor}/{size}-{scheme}-{density}"

    def html(self, page: HtmlWriter) -> str:
        images = {}
        if page.medium == "email":
            for size, scheme, density in VARIANTS:
                image = page.image(self.key(size, scheme, density))
                images[f"{size}_{scheme}_{density}"] = {
                    "src": page.image_url(image),
                    "width": image.width,
                }
        table = Markup(self.table.html(page)) if self._table_stands(page.medium) else None
        return page.partial(
            "chart",
            anchor=self.anchor,
            title=self.plan.title,
            deck=self.deck,
            alt=self.alt,
            pictures=images,
            drawing=page.drawing(self.plan, self.anchor, self.alt) if not images else None,
            shown=self.shown,
            note=html_of(self.note, page) or None,
            source=self.source,
            as_of=self.as_of,
            credit=self.credit,
            table=table,
            link=self.table_mode == "link",
        )

    def _table_stands(self, medium: str) -> bool:
        """Return whether the HTML includes the table, below or, on the web page, collapsed."""
        return self.table_mode == "below" or (medium == "web" and self.table_mode == "link")

    def text(self, page: TextWriter) -> str:
        phrases = page.phrases
        head = "\n".join(
            page.wrap(page.words(line)) for line in (self.plan.title, self.deck) if line
        )
        alt = page.wrap(f"[{phrases['chart']}{phrases['colon']}{page.words(self.alt)}]")
        foot = [page.words(self.shown), text_of(self.note, page)]
        if self.source:
            foot.append(f"{phrases['source']}{phrases['colon']}{page.words(self.source)}")
        if self.as_of:
            foot.append(phrases["as_of"].format(date=self.as_of))
        if self.credit:
            foot.append(phrases["chart_credit"].format(name=page.words(self.credit)))
        lines = "\n".join(page.wrap(line) for line in foot if line)
        return "\n\n".join(filter(None, (head, alt, lines, self.table.text(page))))

"""`::: callout`: a box set apart from the main text."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.blocks import blocks_html, blocks_text
from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.model import Location, Node


class Callout(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]
    title: str | None = None

    def html(self, page: HtmlWriter) -> str:
        return page.partial("callout", body=blocks_html(self.children, page), title=self.title)

    def text(self, page: TextWriter) -> str:
        narrow = page.narrow(2)
        parts = [narrow.wrap(page.words(self.title)), ""] if self.title else []
        parts.append(blocks_text(self.children, narrow))
        return indent("\n".join(parts), "| ", "| ")

"""`::: pullquote`: a sentence from the text, set large."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.blocks import blocks_html, blocks_text
from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.model import Location, Node


class PullQuote(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]
    by: str | None = None

    def html(self, page: HtmlWriter) -> str:
        return page.partial("pullquote", body=blocks_html(self.children, page), by=self.by)

    def text(self, page: TextWriter) -> str:
        narrow = page.narrow(8)
        quote = blocks_text(self.children, narrow)
        if self.by:
            quote += "\n" + narrow.wrap(page.words(self.by), "— ", "  ")
        return indent(quote, "    ", "    ")

"""Quotations set apart."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.blocks import blocks_html, blocks_text
from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.model import Location, Node


class Quote(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]

    def html(self, page: HtmlWriter) -> str:
        return f"<blockquote>{blocks_html(self.children, page)}</blockquote>"

    def text(self, page: TextWriter) -> str:
        return indent(blocks_text(self.children, page.narrow(2)), "> ", "> ")

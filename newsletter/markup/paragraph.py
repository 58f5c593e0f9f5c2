"""Paragraphs."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.inline import html_of, text_of
from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


class Paragraph(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]
    tight: bool = False  # an item of a list without blank lines: no <p> around it

    def html(self, page: HtmlWriter) -> str:
        inside = html_of(self.children, page)
        return inside if self.tight else f"<p>{inside}</p>"

    def text(self, page: TextWriter) -> str:
        return page.wrap(text_of(self.children, page))

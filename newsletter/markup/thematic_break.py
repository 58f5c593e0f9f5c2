"""Thematic breaks."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


class ThematicBreak(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return "<hr />"

    def text(self, page: TextWriter) -> str:
        return "* * *".center(page.width).rstrip()

"""An HTML comment: never printed, but rules may read it."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


class Comment(Struct, frozen=True):
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return ""

    def text(self, page: TextWriter) -> str:
        return ""

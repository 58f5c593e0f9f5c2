"""Code, printed verbatim."""

from __future__ import annotations

from html import escape

from msgspec import Struct

from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.model import Location, Node


class CodeBlock(Struct, frozen=True):
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return f"<pre>{escape(self.words, quote=False)}</pre>"

    def text(self, page: TextWriter) -> str:
        return indent(self.words, "    ", "    ")

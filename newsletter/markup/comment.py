"""An author's note to colleagues: it never leaves the folder, but rules may read it."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


@dataclass(frozen=True, slots=True)
class Comment:
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return ""

    def text(self, page: TextWriter) -> str:
        return ""

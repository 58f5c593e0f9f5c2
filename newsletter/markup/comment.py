"""An author's note to colleagues: it never leaves the folder, but rules may read it."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.markup.page import HtmlPage, TextPage
from newsletter.model import Location, Node


@dataclass(frozen=True, slots=True)
class Comment:
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlPage) -> str:
        return ""

    def text(self, page: TextPage) -> str:
        return ""

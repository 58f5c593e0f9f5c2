"""A break between thoughts."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


@dataclass(frozen=True, slots=True)
class ThematicBreak:
    where: Location
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return "<hr />"

    def text(self, page: TextWriter) -> str:
        return "* * *".center(page.width).rstrip()

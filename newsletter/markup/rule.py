"""A break between thoughts."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.markup.page import HtmlPage, TextPage
from newsletter.model import Location, Node


@dataclass(frozen=True, slots=True)
class Rule:
    where: Location
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlPage) -> str:
        return "<hr />"

    def text(self, page: TextPage) -> str:
        return "* * *".center(page.width).rstrip()

"""Bulleted and numbered lists."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.blocks import blocks_html, blocks_text
from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.markup.paragraph import Paragraph
from newsletter.model import Location, Node


class Item(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]

    def html(self, page: HtmlWriter) -> str:
        return f"<li>{blocks_html(self.children, page)}</li>"

    def text(self, page: TextWriter) -> str:
        tight = all(
            isinstance(child, List) or (isinstance(child, Paragraph) and child.tight)
            for child in self.children
        )
        return blocks_text(self.children, page, gap="\n" if tight else "\n\n")


class List(Struct, frozen=True):
    where: Location
    start: int | None  # first number; None for bullets
    children: tuple[Node, ...]  # items

    def html(self, page: HtmlWriter) -> str:
        items = blocks_html(self.children, page)
        if self.start is None:
            return f"<ul>{items}</ul>"
        start = f' start="{self.start}"' if self.start != 1 else ""
        return f"<ol{start}>{items}</ol>"

    def text(self, page: TextWriter) -> str:
        width = len(str((self.start or 0) + len(self.children) - 1)) + 2
        parts = []
        for index, item in enumerate(self.children):
            mark = "- " if self.start is None else f"{self.start + index}.".ljust(width)
            parts.append(indent(item.text(page.narrow(len(mark))), mark, " " * len(mark)))
        loose = any("\n\n" in part for part in parts)
        return ("\n\n" if loose else "\n").join(parts)

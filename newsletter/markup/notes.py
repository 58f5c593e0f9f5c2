"""A section's footnotes, as a numbered list at its end."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.blocks import blocks_html, blocks_text
from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.model import Location, Node


class Note(Struct, frozen=True):
    where: Location
    label: str
    children: tuple[Node, ...]

    def html(self, page: HtmlWriter) -> str:
        return blocks_html(self.children, page)

    def text(self, page: TextWriter) -> str:
        return blocks_text(self.children, page)


class Notes(Struct, frozen=True):
    where: Location
    children: tuple[Node, ...]  # notes, in the order they are referred to

    def html(self, page: HtmlWriter) -> str:
        return page.partial("notes", items=[note.html(page) for note in self.children])

    def text(self, page: TextWriter) -> str:
        width = len(str(len(self.children))) + 2
        lines = [page.phrases["notes"]]
        for number, note in enumerate(self.children, 1):
            mark = f"{number}.".ljust(width)
            lines.append(indent(note.text(page.narrow(width)), mark, " " * width))
        return "\n".join(lines)

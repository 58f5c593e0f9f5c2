"""`::: button`: a call to action."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Location, Node


class Button(Struct, frozen=True):
    where: Location
    label: str
    url: str
    at: Location | None = None  # where the URL is written
    label_at: Location | None = None
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        return page.partial("button", label=self.label, url=self.url)

    def text(self, page: TextWriter) -> str:
        return page.wrap(f"[ {page.words(self.label)} ]") + f"\n{self.url}"

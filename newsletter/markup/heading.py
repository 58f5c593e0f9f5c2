"""Sub-headings. The issue's title is the one h1 and section titles are h2, so `##` is an h3."""

from __future__ import annotations

from msgspec import Struct

from newsletter.markup.headline import hold_last_word
from newsletter.markup.inline import html_of, text_of
from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.markup.width import display_width
from newsletter.model import Location, Node


class Heading(Struct, frozen=True):
    where: Location
    level: int  # as written: the number of `#`
    children: tuple[Node, ...]

    def html(self, page: HtmlWriter) -> str:
        tag = f"h{min(self.level + 1, 6)}"
        return f"<{tag}>{hold_last_word(html_of(self.children, page))}</{tag}>"

    def text(self, page: TextWriter) -> str:
        return underlined(page.wrap(text_of(self.children, page)), "=" if self.level == 1 else "-")


def underlined(text: str, mark: str) -> str:
    """Return a heading with a line of marks as long as its longest line."""
    return f"{text}\n{mark * max(map(display_width, text.split(chr(10))))}"

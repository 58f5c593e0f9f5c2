"""The HTML and plain-text writers that nodes use to render themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from newsletter.languages import against, isolate_text, opposite, runs
from newsletter.markup.line_breaks import pieces
from newsletter.markup.width import display_width, is_narrow
from newsletter.model import Direction, Image
from newsletter.model.chart_values import ChartPlan

COLUMNS = 72


class HtmlWriter(Struct, frozen=True):
    """Writes an email or a web page."""

    medium: str  # "email" or "web"
    direction: Direction
    partial: Callable[..., str]  # (block name, values) -> HTML, from the theme
    image: Callable[[str], Image]  # name as the author wrote it -> prepared image
    image_url: Callable[[Image], str]
    # (plan, a name unique on the page, text for screen readers) -> drawings for a web page
    drawing: Callable[[ChartPlan, str, str], str] = lambda plan, name, alt: ""

    def srcset(self, image: Image) -> str | None:
        """Return both files of an image, for `srcset`; clients without it show the denser one."""
        if image.ordinary is None:
            return None
        ordinary = self.image_url(replace(image, name=image.ordinary))
        return f"{ordinary} 1x, {self.image_url(image)} {image.density}"

    def words(self, text: str) -> str:
        """Return plain text as HTML, with runs of the opposite direction isolated."""
        return isolate_html(text, self.direction)


def isolate_html(text: str, base: Direction) -> str:
    """Escape text; runs against the base direction get `dir`, which also isolates them in HTML."""
    if not against(base).search(text):
        return escape(text, quote=False)
    other = opposite(base)
    return "".join(
        f'<span dir="{other}">{escape(piece, quote=False)}</span>'
        if foreign
        else escape(piece, quote=False)
        for piece, foreign in runs(text, base)
    )


class TextWriter(Struct, frozen=True):
    """Writes the text part of one section and collects its links in `links`."""

    direction: Direction
    phrases: Mapping[str, str]
    links: list[str]  # numbered from 1
    width: int = COLUMNS

    def narrow(self, columns: int) -> TextWriter:
        return replace(self, width=max(self.width - columns, 16))

    def words(self, text: str) -> str:
        return isolate_text(text, self.direction)

    def link(self, url: str) -> int:
        """Return the number of a link; equal URLs share a number."""
        if url not in self.links:
            self.links.append(url)
        return self.links.index(url) + 1

    def wrap(self, text: str, first: str = "", rest: str = "") -> str:
        """Return text wrapped to `width` columns; `first` and `rest` are prefixes of the lines."""
        return wrap(text, self.width, first, rest)


def wrap(text: str, width: int = COLUMNS, first: str = "", rest: str = "") -> str:
    """Wrap text by display width; words longer than a line, such as URLs, are never broken."""
    if is_narrow(text.replace("\n", "")) and "%%" not in text:
        return _wrap_narrow(text, width, first, rest)
    return _wrap_words(text, width, first, rest)


def _wrap_narrow(text: str, width: int, first: str, rest: str) -> str:
    """Wrap text of one column a character and without merge fields, by cutting lines off."""
    lines: list[str] = []
    prefix, room, later = first, width - display_width(first), width - display_width(rest)
    for paragraph in text.split("\n"):
        line = " ".join(filter(None, paragraph.split(" ")))
        while len(line) > room:
            cut = line.rfind(" ", 0, max(room + 1, 0))
            if cut < 0 and (cut := line.find(" ")) < 0:
                break
            lines.append((prefix + line[:cut]).rstrip())
            line, prefix, room = line[cut + 1 :], rest, later
        lines.append((prefix + line).rstrip())
        prefix, room = rest, later
    return "\n".join(lines)


def _wrap_words(text: str, width: int, first: str, rest: str) -> str:
    """Wrap any text, word by word."""
    lines: list[str] = []
    line, used, prefix = "", 0, first
    room = width - display_width(first)
    measure = len if is_narrow(text) else display_width
    for word, spaced in pieces(text):
        if word == "\n":
            lines.append((prefix + line).rstrip())
            line, used, prefix, room = "", 0, rest, width - display_width(rest)
            continue
        size = measure(word)
        gap = 1 if spaced and line else 0
        if line and used + gap + size > room:
            lines.append((prefix + line).rstrip())
            line, used, prefix, room, gap = "", 0, rest, width - display_width(rest), 0
        line += " " * gap + word
        used += gap + size
    lines.append((prefix + line).rstrip())
    return "\n".join(lines)


def indent(text: str, first: str, rest: str) -> str:
    """Prefix the first line with `first` and the others with `rest`."""
    return "\n".join(
        ((rest if index else first) + line).rstrip() for index, line in enumerate(text.split("\n"))
    )

"""The HTML and plain-text writers that nodes use to render themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from newsletter.languages import against, isolate_text, opposite, runs
from newsletter.markup.width import display_width, is_narrow
from newsletter.model import Direction, Image
from newsletter.model.chart_values import ChartPlan

# A merge field is never wrapped: services do not recognise one that is broken over two lines.
_WORD = re.compile(r"(?:%%\w+\|[^%\n]*%%|[^ \n])+|\n")
COLUMNS = 72


class HtmlWriter(Struct, frozen=True):
    """Writes an email or a web page."""

    medium: str  # "email" or "web"
    direction: Direction
    partial: Callable[..., str]  # (block name, values) -> HTML, from the theme
    picture: Callable[[str], Image]  # name as the author wrote it -> prepared image
    picture_url: Callable[[Image], str]
    # (plan, a name unique on the page, text for screen readers) -> drawings for a web page
    drawing: Callable[[ChartPlan, str, str], str] = lambda plan, name, alt: ""

    def srcset(self, picture: Image) -> str | None:
        """Return both files of an image, for `srcset`; clients without it show the denser one."""
        if picture.ordinary is None:
            return None
        ordinary = self.picture_url(replace(picture, name=picture.ordinary))
        return f"{ordinary} 1x, {self.picture_url(picture)} {picture.density}"

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
    lines: list[str] = []
    line, used, prefix = "", 0, first
    room = width - display_width(first)
    measure = len if is_narrow(text) else display_width
    for word, spaced in _pieces(text):
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


@cache
def _wide_piece() -> re.Pattern[str]:
    """Return the pattern of a piece after which a line may end.

    East Asian text has no spaces: a line may end after any wide character, but not before closing
    punctuation. Compiled on first use, because that takes 4 ms and Latin text never needs it.
    """
    return re.compile(
        "[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef][、。，．）」』】〉》！？：；ー々\u200d\ufe0f]*"
    )


def _pieces(text: str) -> list[tuple[str, bool]]:
    """Return words, each with whether a space precedes it."""
    if is_narrow(text):
        return [(word, True) for word in _WORD.findall(text)]
    wide_piece = _wide_piece()
    pieces = []
    for word in _WORD.findall(text):
        start = 0
        for match in wide_piece.finditer(word):
            if match.start() > start:
                pieces.append((word[start : match.start()], start == 0))
            pieces.append((match[0], match.start() == 0))
            start = match.end()
        if start < len(word):
            pieces.append((word[start:], start == 0))
    return pieces


def indent(text: str, first: str, rest: str) -> str:
    """Prefix the first line with `first` and the others with `rest`."""
    return "\n".join(
        ((rest if index else first) + line).rstrip() for index, line in enumerate(text.split("\n"))
    )

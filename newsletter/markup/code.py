"""Code, printed verbatim."""

from __future__ import annotations

from html import escape

from msgspec import Struct

from newsletter.markup.page import HtmlWriter, TextWriter, indent
from newsletter.model import Location, Node

PHONE = 30  # characters of code that fit a phone of 320 pixels
SIGN = 8  # pixels: the width of a character of 14-pixel code
HANG = 2  # characters by which a wrapped line is indented below its first part
DEEPEST = 16  # characters of indentation; a deeper one would leave no room on a phone


class CodeBlock(Struct, frozen=True):
    where: Location
    words: str
    children: tuple[Node, ...] = ()

    def html(self, page: HtmlWriter) -> str:
        lines = self.words.split("\n")
        return f"<pre>{''.join(map(_line, lines[:-1]))}{_line(lines[-1], end='')}</pre>"

    def text(self, page: TextWriter) -> str:
        return indent(self.words, "    ", "    ")


def _line(line: str, end: str = "\n") -> str:
    """Return a line of code as HTML; an indented one that a phone must wrap keeps its indentation.

    The line break is inside the block, where it adds no empty line, for clients that know no
    `display`, such as Word.
    """
    html = escape(line, quote=False) + end
    wide = line.expandtabs(8)
    depth = len(wide) - len(wide.lstrip())
    if not depth or len(wide.rstrip()) <= PHONE:
        return html
    hang = (min(depth, DEEPEST) + HANG) * SIGN
    return f'<span style="display:block;padding-left:{hang}px;text-indent:-{hang}px">{html}</span>'

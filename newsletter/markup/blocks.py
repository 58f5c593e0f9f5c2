"""Render sequences of blocks."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Node


def blocks_html(nodes: Sequence[Node], page: HtmlWriter) -> Markup:
    """Return the blocks as HTML, safe to print in a theme's partial."""
    return Markup("".join([node.html(page) for node in nodes]))


def blocks_text(nodes: Sequence[Node], page: TextWriter, gap: str = "\n\n") -> str:
    """Return the blocks as text with `gap` between them, without the empty ones."""
    return gap.join(filter(None, [node.text(page) for node in nodes]))

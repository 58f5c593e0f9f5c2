"""Blocks one after another."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from newsletter.markup.page import HtmlWriter, TextWriter
from newsletter.model import Node


def blocks_html(nodes: Sequence[Node], page: HtmlWriter) -> Markup:
    """Return the blocks as HTML that a theme's partial prints as it is."""
    return Markup("".join([node.html(page) for node in nodes]))


def blocks_text(nodes: Sequence[Node], page: TextWriter, gap: str = "\n\n") -> str:
    """Return the blocks with `gap` between them; those that say nothing in text leave no hole."""
    return gap.join(filter(None, [node.text(page) for node in nodes]))

"""What the handlers of HTML elements need of the reader that calls them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from newsletter.importers.draft import DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.html.inline_style import InlineStyle
from newsletter.importers.markdown.block_writer import BlockPlace
from newsletter.importers.markdown.spans import TextSpan


class BlockReader(Protocol):
    """Reads elements on behalf of a handler; the state of the walk stays with the reader."""

    collector: DraftCollector

    @property
    def place(self) -> BlockPlace:
        """Line and style of the current block."""

    @property
    def in_cell(self) -> bool:
        """Whether the current element is inside a table cell or a caption, which is one line."""

    @property
    def nesting_depth(self) -> int:
        """Number of enclosing lists and quotations."""

    @property
    def in_heading(self) -> bool:
        """Whether the current element is inside a heading."""

    def add(self, *blocks: DraftBlock) -> None:
        """Append blocks."""

    def add_list(self, items: Sequence[Sequence[DraftBlock]], start: int | None, line: int) -> None:
        """Append a list; `start` is its first number, `None` if it is not numbered."""

    def words(self, text: str | None, inline: InlineStyle) -> None:
        """Read text."""

    def children(self, element: Any, inline: InlineStyle) -> None:
        """Read the content of an element in place."""

    def heading(self, element: Any, level: int, inline: InlineStyle) -> None:
        """Read the content of an element as a heading."""

    def inner(self, element: Any, inline: InlineStyle) -> list[DraftBlock]:
        """Return the blocks of an element's content."""

    def with_tail(self, element: Any, inline: InlineStyle) -> list[DraftBlock]:
        """Return the blocks of an element itself and of the text after it."""

    def one_line(self, element: Any, inline: InlineStyle) -> tuple[TextSpan, ...]:
        """Return the content of an element as one line, with breaks between its blocks."""

    def nested(self) -> AbstractContextManager[None]:
        """Enter a list or quotation."""

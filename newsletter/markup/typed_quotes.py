"""The parser's events -> the marks for the straight quotes of a section, by offset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from newsletter.markup.smart import QuotedText, StraightQuote, marks

QUOTES = frozenset("“”‘’")  # what the parser reports for straight quotes
# Tags that a quotation may contain or cross; all others end a paragraph.
_INLINE = frozenset(
    ("Emphasis", "Strong", "Strikethrough", "Link", "Image", "Superscript", "Subscript")
)


def quotation_marks(events: Iterable[Any], markdown: str, language: str) -> Mapping[int, str]:
    """Return byte offset in the Markdown -> mark, for every straight quote in its prose."""
    if "'" not in markdown and '"' not in markdown:
        return {}
    pieces = _Pieces()
    for event, range_ in events:
        if isinstance(event, str):
            pieces.add_gap(event)
            continue
        ((name, value),) = event.items()
        if name == "Text":
            if range_["end"] - range_["start"] == 1 and value in QUOTES:
                pieces.add_quote(value, range_["start"])
            else:
                pieces.add_text(value)
        elif name in ("Start", "End"):
            tag = value if isinstance(value, str) else next(iter(value))
            if tag not in _INLINE:
                pieces.end_paragraph()
                if tag != "Paragraph":
                    pieces.end_run()
        elif name == "Code":
            pieces.add_text(value)
        elif name == "InlineHtml" and value[:3].lower() == "<br":
            pieces.add_text(" ")
    pieces.end_paragraph()
    return pieces.marks(language)


class _Pieces:
    """Collects the texts of paragraphs that contain straight quotes."""

    def __init__(self) -> None:
        self.paragraphs: list[QuotedText] = []
        self.offsets: list[list[int]] = []
        self._texts: list[str] = []
        self._length = 0
        self._quotes: list[StraightQuote] = []
        self._starts: list[int] = []

    def add_text(self, text: str) -> None:
        self._texts.append(text)
        self._length += len(text)

    def add_gap(self, event: str) -> None:
        if event in ("SoftBreak", "HardBreak"):
            self.add_text(" ")

    def add_quote(self, parsed: str, start: int) -> None:
        self._quotes.append(StraightQuote(self._length, parsed))
        self._starts.append(start)
        self.add_text('"' if parsed in "“”" else "'")

    def end_paragraph(self) -> None:
        if self._quotes:
            self.paragraphs.append(QuotedText("".join(self._texts), self._quotes))
            self.offsets.append(self._starts)
            self._quotes, self._starts = [], []
        elif self._length:
            self.end_run()
        self._texts, self._length = [], 0

    def end_run(self) -> None:
        """Separate what follows, such as a list item: a quotation does not go on into it."""
        if self.paragraphs and self.paragraphs[-1].quotes:
            self.paragraphs.append(QuotedText(""))
            self.offsets.append([])

    def marks(self, language: str) -> Mapping[int, str]:
        found = zip(self.offsets, marks(self.paragraphs, language), strict=True)
        return {
            offset: mark
            for offsets, signs in found
            for offset, mark in zip(offsets, signs, strict=True)
        }

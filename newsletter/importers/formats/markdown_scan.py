"""Scans Markdown once: finds top-level blocks, and the edits that they need."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import pyromark
from msgspec import Struct, field

from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.markdown.inline_writer import OPTIONS, destination
from newsletter.markup.rawhtml import ALLOWED
from newsletter.markup.source import SourceText

_KINDS = {
    "Paragraph": "paragraph",
    "Heading": "heading",
    "List": "list",
    "BlockQuote": "quote",
    "CodeBlock": "code",
    "Table": "table",
    "FootnoteDefinition": "note",
    "HtmlBlock": "html",
}
_ENDS_LINE = frozenset(("Paragraph", "Heading", "Item", "TableRow", "TableHead", "CodeBlock"))
_BARE_TAG = re.compile(rf"</?(?:{'|'.join(ALLOWED)})\s*/?>|<!--.*?-->", re.IGNORECASE | re.DOTALL)


class ScannedBlock(Struct):
    """A top-level block, as far as it has been read."""

    kind: str
    start: int
    end: int = 0
    level: int = 0
    label: str = ""
    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    inside: tuple[int, int] = (-1, -1)  # for a heading, the range of its text
    html: bool = False
    image: tuple[str, str, str] | None = None  # name, alt text and title of its only image
    besides: bool = False  # whether it contains anything besides that image
    plain: bool = False  # contains text that is not bold
    upright: bool = False  # contains text that is not italic


class OpenElement(Struct):
    """An element that has not been closed yet."""

    tag: str
    detail: Any
    start: int
    inner: int  # end of the last thing inside it
    words: int  # number of text pieces before it


class MarkdownScanner:
    """Reads the parser's events once.

    `blocks` are the blocks, `broken` the places where links have no target.
    """

    def __init__(
        self, source: SourceText, masked: bytes, collector: DraftCollector, first_line: int
    ) -> None:
        """`masked` is the source with our own blocks masked out, with the same length in bytes."""
        self.collector, self.first_line = collector, first_line
        self.data, self.starts = source.data, source.lines
        self.used: set[str] = set()
        self.broken: list[int] = []
        self.stack: list[OpenElement] = []
        self.blocks: list[ScannedBlock] = []
        self.strong = self.italic = 0
        text = masked.decode()
        for event, span in pyromark.events_with_range(
            text, options=OPTIONS, broken_link_callback=self.note_broken
        ):
            self.event(event, span["start"], span["end"])
        if "]:" in text:
            self.definitions(text)

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset) + self.first_line - 1

    def definitions(self, text: str) -> None:
        """Note unused link definitions: those without a link, and duplicates of a name."""
        used: list[tuple[int, int]] = []
        for label, definition in pyromark.reference_definitions(text, options=OPTIONS).items():
            start, end = definition["span"]["start"], definition["span"]["end"]
            used += [(start, end)] if label.casefold() in self.used else []
            for block in self.blocks:
                if block.start <= start < block.end and block.kind != "paragraph":
                    block.edits.append(
                        (start, end, "")
                    )  # in a list or quotation it would be copied into the issue
                    if label.casefold() not in self.used:
                        self.unused(start, end)
        position = 0
        for start, end in sorted(
            [*used, *((block.start, block.end) for block in self.blocks), (len(self.data),) * 2]
        ):
            self.unused(position, start)
            position = max(position, end)

    def unused(self, start: int, end: int) -> None:
        words = self.data[start:end].decode().strip()
        if words:
            self.collector.add_note(
                "omitted", "unused link definition", words[:2000], self.line(start)
            )

    def note_broken(self, link: Any) -> None:
        if link["link_type"] in ("Reference", "Collapsed"):
            self.broken.append(link["span"]["start"])

    # --- events ---

    def event(self, event: Any, start: int, end: int) -> None:
        if isinstance(event, str):
            self.mark(event, start, end)
            return
        ((name, value),) = event.items()
        if name == "Start":
            tag, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
            self.open(tag, detail, start, end)
        elif name == "End":
            self.close(end)
        else:
            self.leaf(name, value, start, end)

    def open(self, tag: str, detail: Any, start: int, end: int) -> None:
        if not self.stack:
            kind = _KINDS.get(tag, "paragraph")
            self.blocks.append(
                ScannedBlock(kind, start, end, label=detail if tag == "FootnoteDefinition" else "")
            )
            self.blocks[-1].html = tag == "HtmlBlock"
            if tag == "Heading":
                self.blocks[-1].level = int(detail["level"][1])
        top = self.blocks[-1]
        if tag in ("TableHead", "TableRow"):
            top.rows.append([])
        elif tag == "Image":
            top.besides = top.besides or top.image is not None
        elif tag not in ("Paragraph", "Link"):
            top.besides = True
        self.strong += tag == "Strong"
        self.italic += tag == "Emphasis"
        self.stack.append(OpenElement(tag, detail, start, -1, len(top.words)))

    def close(self, end: int) -> None:
        frame, top = self.stack.pop(), self.blocks[-1]
        self.strong -= frame.tag == "Strong"
        self.italic -= frame.tag == "Emphasis"
        if frame.tag == "Link":
            self.link(frame, end, top)
        elif frame.tag == "Image":
            self.image(frame, end, top)
        elif frame.tag == "TableCell":
            top.rows[-1].append("".join(top.words[frame.words :]).strip())
            top.words.append("\t")
        elif frame.tag in _ENDS_LINE:
            top.words.append("\n")
        elif frame.tag == "HtmlBlock" and self.stack:
            top.html = True
        if frame.tag == "Heading" and not self.stack:
            top.inside = (top.inside[0], frame.inner)
        if self.stack:
            self.stack[-1].inner = end
        else:
            top.end = end

    def leaf(self, name: str, value: str, start: int, end: int) -> None:
        top = self.blocks[-1]
        if self.stack:
            frame = self.stack[-1]
            frame.inner = end
            if top.kind == "heading" and top.inside[0] < 0:
                top.inside = (self.stack[1].start if len(self.stack) > 1 else start, -1)
        if name == "FootnoteReference":
            top.notes.append(value)
            top.besides = True
            return
        if name in ("InlineHtml", "Html"):
            top.besides = True
            if name == "InlineHtml" and not _BARE_TAG.fullmatch(value):
                top.html = True
            elif value.lower().startswith("<br"):
                top.words.append("\n")
            return
        top.words.append(value)
        if value.strip():
            top.plain = top.plain or not self.strong
            top.upright = top.upright or not self.italic
            if not any(frame.tag == "Image" for frame in self.stack):
                top.besides = True
            if name == "Text" and "<!--" in value and top.kind != "code":
                raw = self.data[start:end]
                top.edits += [
                    (start + match.start(), start + match.start(), "\\")
                    for match in re.finditer(rb"(?<!\\)<!--", raw)
                ]

    def mark(self, event: str, start: int, end: int) -> None:
        if event == "Rule" and not self.stack:
            self.blocks.append(ScannedBlock("rule", start, end))
            return
        if self.stack:
            self.stack[-1].inner = end
        self.blocks[-1].words.append("\n" if event == "HardBreak" else " ")

    # --- links and images ---

    def link(self, frame: OpenElement, end: int, top: ScannedBlock) -> None:
        detail = frame.detail
        self.used.add(detail["id"].casefold())
        url, kind = detail["dest_url"], detail["link_type"]
        if kind == "Email":
            top.links.append(f"mailto:{url.removeprefix('mailto:')}")
            return
        target = self.collector.link(url, "", self.line(frame.start))
        if target:
            top.links.append(target)
        if kind == "Autolink":
            if target != url:
                top.edits.append(
                    (
                        frame.start,
                        end,
                        f"<{target}>" if target else f"\\{self.data[frame.start : end].decode()}",
                    )
                )
        elif target != url or kind != "Inline":
            self.target(frame, end, target, detail["title"], top=top)

    def image(self, frame: OpenElement, end: int, top: ScannedBlock) -> None:
        detail = frame.detail
        self.used.add(detail["id"].casefold())
        name = self.collector.image(detail["dest_url"], self.line(frame.start), wish=_named(detail))
        title = " ".join(detail["title"].split())
        if name is None:
            top.edits.append((frame.start, frame.start + 1, ""))
            self.target(frame, end, "", title, top=top)
            top.besides = True
            return
        top.image = (name, "".join(top.words[frame.words :]), title)
        top.words.append(f"\n{title}" if title else "")
        self.target(frame, end, f"images/{name}", title, top=top)

    def target(
        self, frame: OpenElement, end: int, url: str, title: str, *, top: ScannedBlock
    ) -> None:
        """Replace the end of a link or image, `](…)`; without an address, only its text remains."""
        bracket = frame.start + (frame.tag == "Image")
        inner = frame.inner if frame.inner >= 0 else bracket + 1
        if not url:
            top.edits += [
                (bracket, bracket + 1, ""),
                (inner, end, f" ({title})" if title and frame.inner >= 0 else ""),
            ]
            return
        quoted = re.sub(r'[\\"]|&(?=#?\w+;)', lambda match: f"\\{match[0]}", title)
        top.edits.append(
            (inner, end, f"]({destination(url)}{f' {chr(34)}{quoted}{chr(34)}' if title else ''})")
        )

    def text(self, block: ScannedBlock, start: int, end: int) -> str:
        """Return a range of the source with its edits applied."""
        edits = [edit for edit in block.edits if start <= edit[0] and edit[1] <= end]
        edits += [
            (offset, offset, "\\")
            for offset in self.broken
            if start <= offset < end and block.kind != "code"
        ]
        parts, position = [], start
        for first, last, words in sorted(edits):
            if first >= position:
                parts += [self.data[position:first].decode(), words]
                position = last
        return "".join([*parts, self.data[position:end].decode()])


def _named(detail: Mapping[str, str]) -> str:
    """Return a name for an image that only has a label, as in exports of Google Docs."""
    return detail["id"] if detail["dest_url"].startswith("data:") else ""

"""Build nodes from elements whose end the parser has reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from newsletter.diagnostics import BROKEN_TABLE, Report
from newsletter.languages import against
from newsletter.markup.alerts import Alert, without_mark
from newsletter.markup.callout import Callout
from newsletter.markup.code import CodeBlock
from newsletter.markup.comment import Comment
from newsletter.markup.figure import Figure
from newsletter.markup.heading import Heading
from newsletter.markup.inline import (
    Break,
    Code,
    Emphasis,
    InlineImage,
    Link,
    MergeField,
    NoteRef,
    Tag,
    Text,
    isolate,
    plain,
)
from newsletter.markup.lists import Item, List
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.pullquote import PullQuote
from newsletter.markup.quote import Quote
from newsletter.markup.rawhtml import read_block
from newsletter.markup.references import References
from newsletter.markup.source import SourceText
from newsletter.markup.table import Align, Cell, Row, Table
from newsletter.markup.urls import check_url
from newsletter.model import Direction, Location, Node

ALIGN: dict[str, Align | None] = {
    "None": None,
    "Left": "left",
    "Center": "center",
    "Right": "right",
}
INLINE = (Text, Code, Emphasis, Link, InlineImage, Break, NoteRef, Tag, MergeField)


class OpenNode(Struct):
    """An element whose end has not been reached yet."""

    name: str  # the parser's name, or "tag" and "fence" for our own
    detail: Any
    start: int  # byte offset
    inner: int = 0  # byte offset of the end of its contents
    children: list[Node] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)  # of a table


class NodeBuilder:
    """Builds nodes from open nodes."""

    def __init__(
        self, source: SourceText, direction: Direction, references: References, report: Report
    ) -> None:
        self.source, self.direction, self.references, self.report = (
            source,
            direction,
            references,
            report,
        )
        self.alerts: Mapping[int, Alert] = {}
        self.foreign = bool(against(direction).search(source.data.decode()))

    def make(self, frame: OpenNode, outer: list[OpenNode], end: int) -> Node | None:
        """Return the node; `None` if it is stored elsewhere (notes, rows) or was rejected."""
        where = self.source.at(frame.start)
        if frame.name in _MAKERS:
            return _MAKERS[frame.name](self, frame, where)
        if frame.name == "HtmlBlock":
            return read_block(self.source, frame.start, end, self.report)
        if frame.name == "TableCell":
            return self.cell(frame, where, row=outer[-1], columns=outer[-2].detail, end=end)
        assert frame.name in ("TableHead", "TableRow"), f"Unsupported Markdown element {frame.name}"
        self.row(frame, outer[-1], end)
        return None

    # --- lines ---

    def isolated(self, children: list[Node]) -> tuple[Node, ...]:
        return isolate(children, self.direction) if self.foreign else tuple(children)

    def paragraph(self, children: list[Node], where: Location, *, tight: bool = False) -> Node:
        """Return a paragraph, or a figure if an image is its only content."""
        content = [node for node in children if not isinstance(node, Comment)]
        only = content[0] if len(content) == 1 else None
        if isinstance(only, InlineImage):
            return _figure(only)
        if (
            isinstance(only, Link)
            and len(only.children) == 1
            and isinstance(only.children[0], InlineImage)
        ):
            return _figure(only.children[0], only)
        return Paragraph(where, self.isolated(children), tight)

    def grouped(self, children: list[Node]) -> tuple[Node, ...]:
        """Return blocks; inline text in a tight list item is wrapped in a paragraph."""
        result: list[Node] = []
        line: list[Node] = []
        for node in [*children, None]:
            if isinstance(node, INLINE) or (line and isinstance(node, Comment)):
                line.append(node)
                continue
            if line:
                result.append(self.paragraph(line, line[0].where, tight=True))
                line = []
            if node is not None:
                result.append(node)
        return tuple(result)

    def quote(self, frame: OpenNode, where: Location) -> Node:
        """Return a quotation, or the call-out or pull quote that its first line makes of it."""
        children = self.grouped(frame.children)
        alert = self.alerts.get(self.source.line_start(frame.start))
        if alert is None:
            return Quote(where, children)
        children = without_mark(children)
        if alert.kind == "pullquote":
            return PullQuote(where, children, alert.title)
        return Callout(where, children, alert.title)

    def link(self, frame: OpenNode, where: Location) -> Node:
        detail, url = frame.detail, frame.detail["dest_url"]
        if detail["link_type"] == "Email" and not url.startswith("mailto:"):
            url = f"mailto:{url}"
        self.references.use(detail["id"])
        url, at = (
            check_url(url, where, self.report),
            self.references.address(detail, frame.start, frame.inner),
        )
        return Link(where, url, one_line(detail["title"]), tuple(frame.children), at)

    def image(self, frame: OpenNode, where: Location) -> Node:
        detail = frame.detail
        self.references.use(detail["id"])
        at = self.references.address(detail, frame.start, frame.inner)
        return InlineImage(
            where, detail["dest_url"], plain(frame.children), one_line(detail["title"]), at=at
        )

    # --- tables ---

    def cell(
        self, frame: OpenNode, where: Location, *, row: OpenNode, columns: tuple[str, ...], end: int
    ) -> Cell:
        header = row.name == "TableHead" or (not row.children and len(columns) > 1)
        row.detail = end
        return Cell(where, self.isolated(frame.children), ALIGN[columns[len(row.children)]], header)

    def row(self, frame: OpenNode, table: OpenNode, end: int) -> None:
        """Add a row to its table, and report cells beyond the header, which the parser drops."""
        left = self.source.data[frame.detail or frame.start : end]
        if frame.name == "TableRow" and left.strip(b"| \t\n"):
            at = self.source.at(end - len(left.lstrip(b"| \t")))
            hint = "Add cells to the header, or write \\| for a bar inside a cell."
            self.report.add(BROKEN_TABLE, at, "Row with more cells than the header", hint)
        table.rows.append(tuple(child for child in frame.children if isinstance(child, Cell)))


def _figure(image: InlineImage, link: Link | None = None) -> Figure:
    titles = " — ".join(filter(None, (image.title, link.title if link else "")))
    caption = (Text(image.where, titles),) if titles else ()
    untitled = InlineImage(image.where, image.src, image.alt, at=image.at)
    url, at = (link.url, link.at) if link else (None, None)
    return Figure(image.where, untitled, caption, link=url, link_at=at)


def one_line(title: str) -> str:
    """Return the title of a link or image on one line, as an attribute value."""
    return " ".join(title.split())


_MAKERS: dict[str, Callable[[NodeBuilder, OpenNode, Location], Node | None]] = {
    "Paragraph": lambda ends, frame, where: ends.paragraph(frame.children, where),
    "Heading": lambda ends, frame, where: Heading(
        where, int(frame.detail["level"][1]), ends.isolated(frame.children)
    ),
    "Item": lambda ends, frame, where: Item(where, ends.grouped(frame.children)),
    "List": lambda ends, frame, where: List(where, frame.detail, tuple(frame.children)),
    "BlockQuote": NodeBuilder.quote,
    "CodeBlock": lambda ends, frame, where: CodeBlock(where, plain(frame.children).rstrip("\n")),
    "Table": lambda ends, frame, where: Table(where, frame.rows[0], tuple(frame.rows[1:])),
    "FootnoteDefinition": lambda ends, frame, where: ends.references.define(
        frame.detail, where, ends.grouped(frame.children)
    ),
    "Emphasis": lambda ends, frame, where: Emphasis(where, "em", tuple(frame.children)),
    "Strong": lambda ends, frame, where: Emphasis(where, "strong", tuple(frame.children)),
    "Strikethrough": lambda ends, frame, where: Emphasis(where, "del", tuple(frame.children)),
    "Link": NodeBuilder.link,
    "Image": NodeBuilder.image,
}

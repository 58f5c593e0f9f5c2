"""The text that the HTML and text parts of an issue must contain, word by word and in order.

Derived from the issue and not from the renderers, so that a mistake in a renderer is detected here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape, unescape
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct, field
from msgspec.structs import replace

from newsletter.check.prose.alignment import TextRun
from newsletter.languages import join, long_date
from newsletter.markup.button import Button
from newsletter.markup.callout import Callout
from newsletter.markup.chart import Chart
from newsletter.markup.code import CodeBlock
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
    plain,
)
from newsletter.markup.lists import List
from newsletter.markup.notes import Notes
from newsletter.markup.pullquote import PullQuote
from newsletter.markup.table import GAP, Cell, Table
from newsletter.markup.width import display_width
from newsletter.model import Issue, Location, Node, Publication, Section, Source
from newsletter.render.credits import credit_lines
from newsletter.render.merge import spell
from newsletter.theme.theme import Theme

Part = Literal["HTML", "text part"]
NARROW = 48  # columns; only wider tables may be broken or listed in the text part

MARK = 2  # columns taken by emphasis, brackets and the like


class ExpectedText(Struct):
    """The expected text of one part: pieces in order; `links` are listed at a section's end.

    In the text part the list of a section numbers these links.
    """

    part: Part
    issue: Issue
    publication: Publication
    phrases: Mapping[str, str]
    pieces: list[TextRun] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tables: int = 0  # number of wide tables

    @property
    def html(self) -> bool:
        return self.part == "HTML"

    def put(self, text: str, kind: str, where: Location) -> None:
        """Add text that continues the preceding text."""
        if "%%" in text or "{" in text or "*|" in text:
            text = self._spelled(text)
        self.pieces.append(TextRun(text, kind, where))

    def apart(self, text: str | None, kind: str, where: Location) -> None:
        """Add text that is separate from the text before and after it."""
        if text:
            self.put(f" {text} ", kind, where)

    def _spelled(self, text: str) -> str:
        url = self.publication.web_url(self.issue.slug)
        if self.html:
            return unescape(spell(escape(text, quote=False), self.publication, url, html=True))
        return spell(text, self.publication, url, html=False)

    def address(self, url: str, where: Location) -> None:
        """Add a link address: after the link text in HTML, as a number in the text part."""
        if self.html:
            self.apart(unquote(url), "link", where)
            return
        if url not in self.links:
            self.links.append(url)
        self.apart(str(self.links.index(url) + 1), "link", where)


def expected_text(part: Part, issue: Issue, publication: Publication, theme: Theme) -> ExpectedText:
    """Return the complete expected text of one part, in order."""
    page = ExpectedText(part, issue, publication, theme.phrases_for(issue.language))
    for key in ("title", "preheader"):
        page.apart(
            getattr(issue, key),
            "heading" if key == "title" else "words",
            issue.places.get(key, issue.where),
        )
    for section in issue.sections:
        _section(section, page)
    for line in credit_lines(issue.credits, issue.language, page.phrases):
        where = next(
            (credit.where for credit in issue.credits.roles if credit.role.id in line.roles), None
        )
        page.apart(line.text, "credit", where or issue.credits.where)
    return page


def _section(section: Section, page: ExpectedText) -> None:
    page.links.clear()
    page.apart(section.title, "heading", section.places.get("title", section.where))
    by = section.places.get("by", section.where)
    page.apart(join([holder.name for holder in section.by], page.issue.language), "credit", by)
    _blocks(section.blocks, page, "words")
    for number, url in enumerate(page.links, 1):
        page.apart(f"{number} {url}", "link", _of_link(section.blocks, url) or section.where)
    for source in section.sources:
        _source(source, section.places.get("source", section.where), page)


def _source(source: Source, where: Location, page: ExpectedText) -> None:
    date = f" ({long_date(source.date, page.issue.language)})" if source.date else ""
    page.apart(source.words + date, "source", where)
    if source.url and (page.html or source.url != source.words + date):
        page.apart(unquote(source.url) if page.html else source.url, "source", where)


def _of_link(nodes: Iterable[Node], url: str) -> Location | None:
    for node in nodes:
        if getattr(node, "url", None) == url or getattr(node, "link", None) == url:
            return node.where
        if where := _of_link(node.children, url):
            return where
    return None


# --- blocks ---------------------------------------------------------------------------------------


def _blocks(nodes: Sequence[Node], page: ExpectedText, kind: str) -> None:
    for node in nodes:
        page.apart(" ", kind, node.where)
        _block(node, page, kind)
        page.apart(" ", kind, node.where)


def _block(node: Node, page: ExpectedText, kind: str) -> None:
    match node:
        case Heading():
            _line(node.children, page, "heading")
        case CodeBlock():
            page.put(node.words, kind, node.where)
        case List():
            _list(node, page, kind)
        case Figure():
            _figure(node, page)
        case PullQuote():
            _blocks(node.children, page, kind)
            page.apart(node.by, "credit", node.where)
        case Callout():
            page.apart(node.title, "heading", node.where)
            _blocks(node.children, page, kind)
        case Chart():
            _chart(node, page)
        case Button():
            page.apart(node.label, "link", node.where)
            page.apart(unquote(node.url) if page.html else node.url, "link", node.where)
        case Table():
            _table(node, page)
        case Notes():
            _notes(node, page)
        case _ if _is_line(node):
            _line(node.children, page, kind)
        case _:
            _blocks(node.children, page, kind)


_INLINE = (Text, Code, Emphasis, Link, InlineImage, Break, NoteRef, Tag, MergeField)


def _is_line(node: Node) -> bool:
    return any(isinstance(child, _INLINE) for child in node.children)


def _list(node: List, page: ExpectedText, kind: str) -> None:
    for index, item in enumerate(node.children):
        if node.start is not None and not page.html:
            page.apart(str(node.start + index), "number", item.where)
        _blocks(item.children, page, kind)


def _figure(node: Figure, page: ExpectedText) -> None:
    page.apart(node.image.alt, "figure", node.image.where)
    if node.link and page.html:
        page.address(node.link, node.where)
    page.apart(" ", "figure", node.where)
    _line(node.caption, page, "figure")
    if node.credit_line:
        page.apart(node.credit_line, "credit", node.where)
    else:
        page.apart(node.credit, "credit", node.where)
        page.apart(node.licence, "credit", node.where)
    if node.link and not page.html:
        page.address(node.link, node.where)


def _chart(node: Chart, page: ExpectedText) -> None:
    page.apart(node.plan.title, "words", node.where)
    page.apart(node.deck, "words", node.where)
    if not page.html:
        page.apart(page.phrases["chart"], "figure", node.where)
    page.apart(node.alt, "figure", node.alt_at)
    page.apart(node.shown, "words", node.where)
    _line(node.note, page, "words")
    if node.source:
        page.apart(page.phrases["source"], "source", node.where)
        page.apart(node.source, "source", node.where)
    if node.as_of:
        page.apart(page.phrases["as_of"].format(date=node.as_of), "words", node.where)
    if node.credit:
        page.apart(page.phrases["chart_credit"].format(name=node.credit), "credit", node.where)
    if page.html and node.table_mode == "link":
        page.apart(page.phrases["chart_data"], "link", node.where)
    if not page.html or node.table_mode == "below":
        _table(node.table, page)


def _table(node: Table, page: ExpectedText) -> None:
    _line(node.caption, page, "table")
    start = len(page.pieces)
    head = [_cell(cell, page) for cell in node.head]
    body = len(page.pieces)
    rows = [[_cell(cell, page) for cell in row] for row in node.rows]
    if not page.html and sum(max(column) for column in zip(head, *rows, strict=True)) > NARROW:
        _mark_reorderable(page, start, body, len(rows))
    page.apart(node.source, "source", node.where)


def _cell(cell: Cell, page: ExpectedText) -> int:
    """Add a table cell, and return its maximum width in columns."""
    start = len(page.pieces)
    page.apart(" ", "table", cell.where)
    _line(cell.children, page, "table")
    page.apart(" ", "table", cell.where)
    return (
        sum(display_width(piece.text) + MARK for piece in page.pieces[start:] if piece.text != " ")
        + GAP
    )


def _mark_reorderable(page: ExpectedText, start: int, body: int, rows: int) -> None:
    """Mark the words of a wide table, which the text part may reorder or list with column names."""
    page.tables += 1
    for index, piece in enumerate(page.pieces[start:], start):
        times = rows if index < body and rows else 1
        page.pieces[index] = replace(piece, table=page.tables, times=times)


def _notes(node: Notes, page: ExpectedText) -> None:
    for number, note in enumerate(node.children, 1):
        if not page.html:
            page.apart(str(number), "note", note.where)
        _blocks(note.children, page, "note")


# --- lines ----------------------------------------------------------------------------------------


def _line(nodes: Sequence[Node], page: ExpectedText, kind: str) -> None:
    for node in nodes:
        match node:
            case Text() | Code() | MergeField():
                page.put(node.words, kind, node.where)
            case Link():
                _link(node, page, kind)
            case InlineImage():
                _named(page, "figure", node.where, node.alt or node.title)
                page.apart(node.alt, "figure", node.where)
                page.apart(node.title, "figure", node.where)
            case Break():
                page.put(" ", kind, node.where)
            case NoteRef():
                _named(page, "note", node.where)
                page.apart(str(node.number), "note", node.where)
            case Tag():
                _tag(node, page, kind)
            case _:
                _line(node.children, page, kind)


def _named(
    page: ExpectedText, kind: Literal["figure", "note"], where: Location, words: str | None = "-"
) -> None:
    """Add the label of the element that follows, which only the text part needs."""
    if words and not page.html:
        page.apart(page.phrases[kind], kind, where)


def _link(node: Link, page: ExpectedText, kind: str) -> None:
    _line(node.children, page, kind)
    page.apart(node.title, kind, node.where)
    same_text = plain(node.children) in (node.url, node.url.removeprefix("mailto:"))
    if page.html or not same_text:
        page.address(node.url, node.where)


def _tag(node: Tag, page: ExpectedText, kind: str) -> None:
    if node.name == "sup":
        page.put(" ", kind, node.where)
    _line(node.children, page, kind)
    if node.name == "sup" and page.html:
        page.put(" ", kind, node.where)
    page.apart(dict(node.attributes).get("title"), kind, node.where)

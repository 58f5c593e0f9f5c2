"""Which source line each element of the email comes from.

The finished HTML does not mention files, and nothing may be added to it, because its bytes are what
is sent. But an email contains all its author's text in the original order, so the two are aligned
block by block.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from functools import cached_property
from html import escape, unescape
from itertools import accumulate

from msgspec import Struct

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.size import html_offsets
from newsletter.markup.button import Button
from newsletter.markup.callout import Callout
from newsletter.markup.code import CodeBlock
from newsletter.markup.figure import Figure
from newsletter.markup.heading import Heading
from newsletter.markup.inline import (
    Code,
    Emphasis,
    InlineImage,
    Link,
    MergeField,
    NoteRef,
    Tag,
    Text,
)
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.pullquote import PullQuote
from newsletter.markup.table import Table
from newsletter.model import Issue, Location, Node, Section, walk
from newsletter.render.context import lines_of
from newsletter.render.merge import spell

MASTHEAD = "credits.yaml"  # at the top of the workspace; the credits print it
SHORT = 24  # characters up to which a text may occur in many places
NEAR, NEXT = (
    400,
    60,
)  # characters within which such a text is searched: a block, and a piece of a line
_INLINE = (Code, Emphasis, InlineImage, Link, MergeField, NoteRef, Tag)
# What a block prints before its children, and after them.
_BEFORE: dict[type, str] = {Button: "label", Callout: "title"}
_AFTER: dict[type, str] = {PullQuote: "by", Figure: "credit", Table: "source"}


class SourceMark(Struct, frozen=True):
    """An element, and the range of a file that it prints."""

    at: Location
    end: tuple[int, int]  # line and column up to which an inline element goes; (0, 0) for a block


class PrintedElsewhere(Struct, frozen=True):
    """Content of one file that is marked with a location in another."""

    pattern: str  # of paths
    line: int  # from which on
    printed: Location


class MarkedHtml(Struct, frozen=True, dict=True):
    """HTML with `data-at` on its elements, and these marks."""

    html: str
    marks: tuple[SourceMark, ...]
    elsewhere: tuple[PrintedElsewhere, ...] = ()

    def target(self, where: Location) -> str | None:
        """Return the `data-at` of the element that prints a location, or `None` if none does.

        The innermost inline element around it, or else the block that was opened last before it.
        """
        where = self._printed(where)
        own = self._by_path.get(where.path)
        if not own:
            return None
        place = (where.line or 1, where.column or 1)
        before = [(start, mark) for start, mark in own if start <= place]
        around = [(start, mark) for start, mark in before if place <= mark.end]
        blocks = [(start, mark) for start, mark in before if mark.end == (0, 0)]
        return str(max(around or blocks or own[:1], key=lambda pair: pair[0])[1].at)

    @cached_property
    def _by_path(self) -> Mapping[str, Sequence[tuple[tuple[int, int], SourceMark]]]:
        """Return the marks of each file, with their line and column."""
        marks: dict[str, list[tuple[tuple[int, int], SourceMark]]] = {}
        for mark in self.marks:
            marks.setdefault(mark.at.path, []).append((_start(mark), mark))
        return marks

    def _printed(self, where: Location) -> Location:
        """Return the location that marks the printed content, if it differs from `where`."""
        line = where.line or 1
        before = [other for other in self._printed_from(where.path) if other.line <= line]
        return max(before, key=lambda other: other.line).printed if before else where

    def _printed_from(self, path: str) -> Sequence[PrintedElsewhere]:
        """Return what a file prints that is marked with a location in another."""
        if path not in self._elsewhere:
            matching = (other for other in self.elsewhere if fnmatch(path, other.pattern))
            self._elsewhere[path] = tuple(matching)
        return self._elsewhere[path]

    @cached_property
    def _elsewhere(self) -> dict[str, Sequence[PrintedElsewhere]]:
        return {}


def _with_position(where: Location) -> Location:
    return Location(where.path, where.line or 1, where.column or 1)


def _start(mark: SourceMark) -> tuple[int, int]:
    return (mark.at.line or 1, mark.at.column or 1)


def mark_sources(checked_email: CheckedEmail, html: str) -> MarkedHtml:
    """Return an issue's email or web page with source locations on its elements."""
    reader = _Reader(checked_email, html)
    reader.read()
    pieces, last = [], 0
    marked = sorted(reader.marked.items(), key=lambda item: reader.outline.spans[item[0]].start)
    for index, mark in marked:
        span = reader.outline.spans[index]
        end = span.start + 1 + len(span.tag)
        pieces += [html[last:end], f' data-at="{escape(str(mark.at))}"']
        last = end
    marks = tuple(mark for _, mark in marked)
    return MarkedHtml(
        "".join([*pieces, html[last:]]), marks, tuple(_elsewhere(checked_email.issue))
    )


# The theme's parts, by what they print: the title, the credits, or sections.
_PARTS = {
    "title": (
        "masthead*",
        "name.*",
        "lead.*",
        "*head.*",
        "email.*",
        "items.*",
        "*.css.j2",
        "*.toml",
    ),
    "credits": ("credits.*", "foot*"),
    "section": ("section.*", "sections/*", "blocks/*"),
}


def _elsewhere(issue: Issue) -> Iterator[PrintedElsewhere]:
    """Yield where the masthead, the sources and the theme's parts are printed."""
    credits = Location(issue.credits.where.path, 1, 1)
    yield PrintedElsewhere(MASTHEAD, 1, credits)
    for section in issue.sections:
        for source in section.sources:
            where = section.places.get("source")
            if where and source.where and source.where.path != where.path:
                yield PrintedElsewhere(source.where.path, source.where.line or 1, where)
    title = issue.places.get("title", issue.where)
    first = issue.sections[0].where.path if issue.sections else issue.where.path
    printed = {"title": title, "credits": credits, "section": Location(first, 1, 1)}
    for part, names in _PARTS.items():
        for name in names:
            yield PrintedElsewhere(f"templates/*/{name}", 1, printed[part])


class _Reader:
    """Aligns the source with the email, ignoring white space, which wrapping changes."""

    def __init__(self, checked_email: CheckedEmail, html: str) -> None:
        self.checked_email, self.html = checked_email, html
        self.outline = html_offsets(html)
        body = html.find("<body")
        self.runs = [run for run in self.outline.runs if run > body]
        texts = ["".join(self.outline.texts[run][0].split()) for run in self.runs]
        self.starts = [0, *accumulate(map(len, texts))]  # of each run in `text`
        self.text = "".join(texts)
        self.cursor = self.certain = 0
        self.marked: dict[int, SourceMark] = {}  # by index of the element
        self.printed: dict[int, str] = {}  # what nodes print, by identity

    def read(self) -> None:
        issue = self.checked_email.issue
        self.head(issue)
        for section in issue.sections:
            self.section(section)
        self.images(issue)
        self.credits(issue)

    def head(self, issue: Issue) -> None:
        """Find the title and both copies of the deck: hidden above it for the inbox, and below."""
        title, deck = _compact(issue.title), _compact(issue.preheader)
        if (at := self.heading(issue.title)) is not None:
            self.mark(at, len(title), issue.places.get("title", issue.where))
            if (hidden := self.text.find(deck, 0, at)) >= 0:
                self.mark(hidden, len(deck), issue.places.get("preheader", issue.where))
        if (below := self.text.find(deck, self.cursor, self.cursor + len(deck) + NEAR)) >= 0:
            self.mark(below, len(deck), issue.places.get("preheader", issue.where))
            self.cursor = below + len(deck)

    def section(self, section: Section) -> None:
        first = self.heading(section.title)
        if first is not None:
            self.mark(
                first,
                len(_compact(section.title or "")),
                section.places.get("title", section.where),
            )
        starts = [first, *(self.block(block) for block in section.blocks)]
        for source in section.sources:
            where = section.places.get("source") or source.where
            if where and (at := self.words(source.words)) is not None:
                self.mark(at, len(_compact(source.words)), where)
        known = [start for start in starts if start is not None]
        if known:  # last, so that an element of its own is kept for the blocks' lines
            self.mark(min(known), self.cursor - min(known), Location(section.where.path, 1, 1))

    def credits(self, issue: Issue) -> None:
        start = None
        for line in lines_of(issue, self.checked_email.theme):
            places = (
                credit.where for credit in issue.credits.roles if credit.role.id in line.roles
            )
            if (at := self.words(line.text)) is not None:
                self.mark(at, len(_compact(line.text)), next(places, issue.credits.where))
                start = at if start is None else start
        if start is not None:
            self.mark(start, self.cursor - start, Location(issue.credits.where.path, 1, 1))

    # --- blocks ---

    def block(self, node: Node, near: int = NEAR) -> int | None:
        """Find a block after the cursor, whole or by its parts; return its start in `text`."""
        around = (
            getattr(node, _BEFORE.get(type(node), ""), None),
            getattr(node, _AFTER.get(type(node), ""), None),
        )
        if not any(around) and (at := self.find(self.prints(node), near)) is not None:
            self.place(node, at)
            return at
        near = NEXT if isinstance(node, Paragraph | Heading) else near
        starts = [self.words(around[0]), *(self.block(child, near) for child in node.children)]
        end = self.cursor
        known = [at for at in (*starts, self.words(around[1])) if at is not None]
        if not known:
            return None
        # Text printed below a table is not part of it.
        end = end if isinstance(node, Table) else self.cursor
        self.mark(min(known), end - min(known), node.where, self.end(node))
        return min(known)

    def place(self, node: Node, at: int) -> None:
        """Mark the elements of a block found whole at a position in `text`."""
        size = len(self.prints(node))
        if size and not isinstance(node, Text):
            self.mark(at, size, node.where, self.end(node))
        for child in node.children:
            self.place(child, at)
            at += len(self.prints(child))

    def prints(self, node: Node) -> str:
        """Return what a node and its children print, without white space."""
        printed = self.printed.get(id(node))
        if printed is None:
            printed = self.own_words(node) + "".join(map(self.prints, node.children))
            self.printed[id(node)] = printed
        return printed

    def own_words(self, node: Node) -> str:
        if isinstance(node, MergeField):
            publication = self.checked_email.publication
            spelled = spell(
                node.words,
                publication,
                publication.web_url(self.checked_email.issue.slug),
                html=True,
            )
            return _compact(unescape(spelled))
        if isinstance(node, Text | Code | CodeBlock):
            return _compact(node.words)
        return str(node.number) if isinstance(node, NoteRef) else ""

    def end(self, node: Node) -> tuple[int, int]:
        if not isinstance(node, _INLINE):
            return (0, 0)
        *_, last = walk([node])
        line, column = last.where.line or 1, last.where.column or 1
        return (line, column + len(getattr(last, "words", "")))

    # --- texts ---

    def words(self, text: str | None) -> int | None:
        return self.find(_compact(text)) if text else None

    def heading(self, text: str | None) -> int | None:
        """Return where a text occurs next in a heading, or else anywhere.

        Headings come first because small print above them may contain the text too.
        """
        start, first = self.cursor, None
        while (at := self.words(text)) is not None:
            if self.outline.in_heading(self.run(at)):
                return at
            first = (at, self.cursor) if first is None else first
        self.cursor = first[1] if first else start
        return first[0] if first else None

    def run(self, at: int) -> int:
        """Return the run that a position in `text` belongs to."""
        return self.runs[bisect_right(self.starts, at) - 1]

    def find(self, text: str, near: int = NEAR) -> int | None:
        """Return where a text occurs next, and move past it. A short one is only searched nearby.

        After short texts were found too far down (for a merge field, a page prints other text than
        an email), a longer text returns to the right position.
        """
        certain = len(text) > SHORT
        at = self.text.find(
            text, self.cursor, len(self.text) if certain else self.cursor + len(text) + near
        )
        at = self.text.find(text, self.certain) if at < 0 and certain else at
        if at < 0 or not text:
            return None
        self.cursor = at + len(text)
        self.certain = self.cursor if certain else self.certain
        return at

    def mark(self, at: int, size: int, where: Location, end: tuple[int, int] = (0, 0)) -> None:
        """Mark the smallest element around a range of `text`, unless it has a mark already."""
        first, last = self.run(at), self.run(at + size - 1)
        spans = self.outline.spans
        index = self.outline.texts[first][1]
        while index and spans[index].end < last:
            index = spans[index].parent
        if index and spans[index].tag not in ("html", "body"):
            self.marked.setdefault(index, SourceMark(_with_position(where), end))

    def images(self, issue: Issue) -> None:
        """Mark the images, those of a figure as its block."""
        elements = self.image_elements()
        for node in (node for section in issue.sections for node in walk(section.blocks)):
            image = node.image if isinstance(node, Figure) else node
            if isinstance(image, InlineImage) and (indexes := elements.get(image.src)):
                end = (0, 0) if image is not node else self.end(image)
                self.marked.setdefault(indexes[0], SourceMark(_with_position(node.where), end))
                if image is node:
                    indexes.popleft()

    def image_elements(self) -> dict[str, deque[int]]:
        """Return source as written -> the elements that show it."""
        elements: dict[str, deque[int]] = {}
        names = {image.name: image.src for image in self.checked_email.email.images}
        for index, span in enumerate(self.outline.spans):
            if span.tag == "img" and (match := _SRC.search(self.html, span.start)):
                src = unescape(match[1])
                elements.setdefault(
                    names.get(src, names.get(src.rpartition("/")[2], src)), deque()
                ).append(index)
        return elements


_SRC = re.compile(r'\bsrc="([^"]*)"')


def _compact(text: str) -> str:
    return "".join(text.split())

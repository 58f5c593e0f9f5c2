"""Which source line each element of the email comes from.

The finished HTML does not mention files, and nothing may be added to it, because its bytes are what
is sent. But an email contains all its author's text in the original order, so the two are aligned
block by block.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from html import escape, unescape
from itertools import accumulate

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.size import html_offsets
from newsletter.files.yaml_reader import PositionMap
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
from newsletter.preview.marked_html import FileLine, MarkedHtml, SourceMark
from newsletter.preview.printed_elsewhere import (
    FOOT,
    NOWHERE,
    printed_elsewhere,
)
from newsletter.render.context import lines_of
from newsletter.render.merge import spell

SHORT = 24  # characters up to which a text may occur in many places
NEAR, NEXT = (
    400,
    60,
)  # characters within which such a text is searched: a block, and a piece of a line
_INLINE = (Code, Emphasis, InlineImage, Link, MergeField, NoteRef, Tag)
# What a block prints before its children, and after them.
_BEFORE: dict[type, str] = {Button: "label", Callout: "title"}
_AFTER: dict[type, str] = {PullQuote: "by", Figure: "credit", Table: "source"}


def _with_position(where: Location) -> Location:
    return Location(where.path, where.line or 1, where.column or 1)


def mark_sources(
    checked_email: CheckedEmail, html: str, settings: PositionMap = NOWHERE
) -> MarkedHtml:
    """Return an issue's email or web page with source locations on its elements.

    `settings` are the positions in the settings file, of which the foot prints some.
    """
    reader = _Reader(checked_email, html)
    reader.read()
    lines = reader.foot(settings) | reader.definitions()
    pieces, last = [], 0
    marked = sorted(reader.marked.items(), key=lambda item: reader.outline.spans[item[0]].start)
    for index, mark in marked:
        span = reader.outline.spans[index]
        end = span.start + 1 + len(span.tag)
        pieces += [html[last:end], f' data-at="{escape(str(mark.at))}"']
        last = end
    marks = tuple(mark for _, mark in marked if mark.at.path != settings.file.path)
    elsewhere = tuple(printed_elsewhere(checked_email.issue))
    return MarkedHtml("".join([*pieces, html[last:]]), marks, elsewhere, lines)


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
        issue = checked_email.issue
        self.lines = {one.where.path: one.text.split("\n") for one in issue.sections}

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

    def foot(self, settings: PositionMap) -> dict[FileLine, str]:
        """Mark the foot and its link to unsubscribe; return the lines of settings they print."""
        publication = self.checked_email.publication
        words = _compact(publication.postal_address or publication.name)
        at = self.text.rfind(words)
        printed = {key: settings.keys[(key,)] for key in FOOT if (key,) in settings.keys}
        where = printed.get("postal_address" if publication.postal_address else "name")
        if where is None or at < 0:
            return {}
        self.mark(at, len(words), where)
        lines = {(key.path, key.line): str(where) for key in printed.values()}
        leave = printed.get("unsubscribe_url")
        if leave and self.mark_link(publication.unsubscribe_url, leave):
            lines[leave.path, leave.line] = str(leave)
        return lines

    def mark_link(self, url: str | None, where: Location) -> bool:
        """Mark the last link to an address, and return whether there is one."""
        for index, span in reversed(list(enumerate(self.outline.spans))):
            match = _HREF.match(self.html, span.start) if span.tag == "a" else None
            if match and unescape(match[1]) == url:
                self.marked.setdefault(index, SourceMark(where, (0, 0)))
                return True
        return False

    def definitions(self) -> dict[FileLine, str]:
        """Return the lines that define addresses of links (`[log]: https://…`), and those links."""
        marked = {str(mark.at) for mark in self.marked.values()}
        lines: dict[FileLine, str] = {}
        for section in self.checked_email.issue.sections:
            for node in walk(section.blocks):
                if isinstance(node, Link) and node.at and self.is_defined_below(node):
                    lines.setdefault((node.at.path, node.at.line), str(node.where))
        return {line: at for line, at in lines.items() if at in marked}

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
        """Return up to where an inline element goes, with the address behind its words."""
        if not isinstance(node, _INLINE):
            return (0, 0)
        if isinstance(node, Link | InlineImage) and node.at and not self.is_defined_below(node):
            url = node.url if isinstance(node, Link) else node.src
            return (node.at.line or 1, (node.at.column or 1) + len(url))
        *_, last = walk([node])
        if last is not node and isinstance(last, _INLINE):
            return self.end(last)
        line, column = last.where.line or 1, last.where.column or 1
        return (line, column + len(getattr(last, "words", "")))

    def is_defined_below(self, node: Link | InlineImage) -> bool:
        """Return whether an address is not written behind the words but in a definition."""
        if node.at is None or node.at.path not in self.lines:
            return False
        line = self.lines[node.at.path][(node.at.line or 1) - 1]
        return bool(_DEFINITION.match(line[: (node.at.column or 1) - 1]))

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
_HREF = re.compile(r'<a\b[^>]*\bhref="([^"]*)"', re.IGNORECASE)
_DEFINITION = re.compile(r"[ >*+-]*\[[^\]]+\]:\s*<?$")


def _compact(text: str) -> str:
    return "".join(text.split())

"""Which line of the author's an element of the mail was written on.

The finished HTML says nothing of files, and nothing may be put into it to say so: the bytes are what is sent. But a
mail carries all its author's words in the order they were written, so the two are read side by side, block by block.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from itertools import accumulate
from typing import NamedTuple

from newsletter.check.mail import Mail
from newsletter.check.size import Outline
from newsletter.context import lines_of
from newsletter.markup.code import CodeBlock
from newsletter.markup.inline import Code, Emphasis, Image, Link, MergeField, NoteRef, Tag, Text
from newsletter.markup.table import Table
from newsletter.merge import spell
from newsletter.model import Issue, Location, Node, Section, walk

SHORT = 12  # characters of a text that may stand anywhere
NEAR = 400  # characters within which such a text is looked for
_INLINE = (Code, Emphasis, Image, Link, MergeField, NoteRef, Tag)
_BEFORE, _AFTER = ("label", "title"), ("by", "credit", "source")  # what a block prints around its children


class Mark(NamedTuple):
    """An element, and the stretch of a file that it prints."""

    at: Location
    end: tuple[int, int]  # line and column up to which an inline element goes; (0, 0) for a block


@dataclass(frozen=True, slots=True)
class Marked:
    """HTML with `data-at` on its elements, and the marks that stand there."""

    html: str
    marks: tuple[Mark, ...]

    def target(self, where: Location) -> str | None:
        """Return the `data-at` of the element that prints a place; `None` for what is not printed.

        The innermost inline element around it, or else the block that was opened last before it.
        """
        own = [mark for mark in self.marks if mark.at.path == where.path]
        if not own:
            return None
        place = (where.line or 1, where.column or 1)
        before = [mark for mark in own if _start(mark) <= place]
        around = [mark for mark in before if place <= mark.end]
        blocks = [mark for mark in before if mark.end == (0, 0)]
        return str(max(around or blocks or own[:1], key=_start).at)


def _whole(where: Location) -> Location:
    return Location(where.path, where.line or 1, where.column or 1)


def _start(mark: Mark) -> tuple[int, int]:
    return (mark.at.line or 1, mark.at.column or 1)


def marked(mail: Mail, html: str) -> Marked:
    """Return HTML of an issue, its mail or its web page, with the author's places on its elements."""
    reader = _Reader(mail, html)
    reader.read()
    pieces, last = [], 0
    found = sorted(reader.found.items(), key=lambda item: reader.outline.spans[item[0]].start)
    for index, mark in found:
        span = reader.outline.spans[index]
        end = span.start + 1 + len(span.tag)
        pieces += [html[last:end], f' data-at="{escape(str(mark.at))}"']
        last = end
    return Marked("".join([*pieces, html[last:]]), tuple(mark for _, mark in found))


class _Reader:
    """Reads author and mail side by side. Texts are compared without white space, which wrapping changes."""

    def __init__(self, mail: Mail, html: str) -> None:
        self.mail, self.html = mail, html
        self.outline = Outline(html)
        body = html.find("<body")
        self.runs = [run for run in self.outline.runs if run > body]
        texts = ["".join(self.outline.texts[run][0].split()) for run in self.runs]
        self.starts = [0, *accumulate(map(len, texts))]  # of each run in `said`
        self.said = "".join(texts)
        self.cursor = 0
        self.found: dict[int, Mark] = {}  # by index of the element

    def read(self) -> None:
        issue = self.mail.issue
        self.head(issue)
        pictures = self.pictures()
        for section in issue.sections:
            self.section(section)
            for image in (node for node in walk(section.blocks) if isinstance(node, Image)):
                if (index := next(pictures.get(image.src, iter(())), None)) is not None:
                    self.found.setdefault(index, Mark(_whole(image.where), (0, 0)))
        self.credits(issue)

    def head(self, issue: Issue) -> None:
        for key in ("preheader", "title", "preheader"):
            if (at := self.words(getattr(issue, key))) is not None:
                self.mark(at, len(_bare(getattr(issue, key))), issue.places.get(key, issue.where))

    def section(self, section: Section) -> None:
        first = self.words(section.title) if section.title else None
        if first is not None:
            self.mark(first, len(_bare(section.title or "")), section.places.get("title", section.where))
        starts = [first, *(self.block(block) for block in section.blocks)]
        for source in section.sources:
            where = section.places.get("source") or source.where
            if where and (at := self.words(source.words)) is not None:
                self.mark(at, len(_bare(source.words)), where)
        known = [start for start in starts if start is not None]
        if known:  # last, so that an element of its own is told for the blocks' lines
            self.mark(min(known), self.cursor - min(known), Location(section.where.path, 1, 1))

    def credits(self, issue: Issue) -> None:
        start = None
        for line in lines_of(issue, self.mail.theme):
            held = (credit.where for credit in issue.credits.roles if credit.role.id in line.roles)
            if (at := self.words(line.text)) is not None:
                self.mark(at, len(_bare(line.text)), next(held, issue.credits.where))
                start = at if start is None else start
        if start is not None:
            self.mark(start, self.cursor - start, Location(issue.credits.where.path, 1, 1))

    # --- blocks ---

    def block(self, node: Node) -> int | None:
        """Find a block from the cursor on, whole or by its parts; return where in `said` it starts."""
        text = "".join(self.parts(node))
        if not any(getattr(node, name, None) for name in (*_BEFORE, *_AFTER)) and (at := self.find(text)) is not None:
            self.place(node, at)
            return at
        cursor = self.cursor
        before = [self.words(_text(node, name)) for name in _BEFORE]
        starts = [*before, *(self.block(child) for child in node.children)]
        end = self.cursor
        after = [self.words(_text(node, name)) for name in _AFTER]
        known = [at for at in (*starts, *after) if at is not None]
        if not known:
            self.cursor = cursor
            return None
        # What is printed below a table is no part of it.
        end = end if isinstance(node, Table) else self.cursor
        self.mark(min(known), end - min(known), node.where, self.end(node))
        return min(known)

    def place(self, node: Node, at: int) -> None:
        """Mark the elements of a block that stands whole at a place in `said`."""
        size = sum(map(len, self.parts(node)))
        if size and not isinstance(node, Text):
            self.mark(at, size, node.where, self.end(node))
        for child in node.children:
            self.place(child, at)
            at += sum(map(len, self.parts(child)))

    def parts(self, node: Node) -> Iterator[str]:
        """Yield what a node and those in it print, without white space."""
        if isinstance(node, MergeField):
            publication = self.mail.publication
            spelled = spell(node.words, publication, publication.web_url(self.mail.issue.slug), html=True)
            yield _bare(unescape(spelled))
        elif isinstance(node, Text | Code | CodeBlock):
            yield _bare(node.words)
        elif isinstance(node, NoteRef):
            yield str(node.number)
        for child in node.children:
            yield from self.parts(child)

    def end(self, node: Node) -> tuple[int, int]:
        if not isinstance(node, _INLINE):
            return (0, 0)
        *_, last = walk([node])
        line, column = last.where.line or 1, last.where.column or 1
        return (line, column + len(getattr(last, "words", "")))

    # --- texts ---

    def words(self, text: str | None) -> int | None:
        return self.find(_bare(text)) if text else None

    def find(self, text: str) -> int | None:
        """Return where a text stands next, and go past it; a short one is not looked for far away."""
        limit = len(self.said) if len(text) > SHORT else self.cursor + NEAR
        at = self.said.find(text, self.cursor, limit) if text else -1
        if at < 0:
            return None
        self.cursor = at + len(text)
        return at

    def mark(self, at: int, size: int, where: Location, end: tuple[int, int] = (0, 0)) -> None:
        """Mark the smallest element around a stretch of `said`, unless it has a mark already."""
        first = self.runs[bisect_right(self.starts, at) - 1]
        last = self.runs[bisect_right(self.starts, at + size - 1) - 1]
        spans = self.outline.spans
        index = self.outline.texts[first][1]
        while index and spans[index].end < last:
            index = spans[index].parent
        if index and spans[index].tag not in ("html", "body"):
            self.found.setdefault(index, Mark(_whole(where), end))

    def pictures(self) -> dict[str, Iterator[int]]:
        """Return by source, as authors write it, the elements that show it."""
        elements: dict[str, list[int]] = {}
        names = {picture.name: picture.src for picture in self.mail.email.images}
        for index, span in enumerate(self.outline.spans):
            if span.tag == "img" and (match := _SRC.search(self.html, span.start)):
                src = unescape(match[1])
                elements.setdefault(names.get(src, names.get(src.rpartition("/")[2], src)), []).append(index)
        return {src: iter(indexes) for src, indexes in elements.items()}


_SRC = re.compile(r'\bsrc="([^"]*)"')


def _bare(text: str) -> str:
    return "".join(text.split())


def _text(node: Node, name: str) -> str | None:
    value = getattr(node, name, None)
    return value if isinstance(value, str) else None

"""An issue's prose: passages and sentences across the nodes of a line, with source locations.

Text that is not in the section's language or not prose (code, merge fields, runs marked with
`lang`) is replaced by one placeholder per character, so that rules skip it and offsets stay valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from newsletter.check.object_cache import cached_for_object
from newsletter.check.prose.abbreviations import ends_sentence
from newsletter.check.prose.figures import Quantity, figures
from newsletter.markup.button import Button
from newsletter.markup.callout import Callout
from newsletter.markup.chart import Chart
from newsletter.markup.figure import Figure
from newsletter.markup.heading import Heading
from newsletter.markup.inline import Break, Code, InlineImage, Link, MergeField, NoteRef, Tag, Text
from newsletter.markup.notes import Note
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.pullquote import PullQuote
from newsletter.markup.quote import Quote
from newsletter.markup.table import Cell, Table
from newsletter.model import Issue, Location, Node, Section, walk

UNREAD = "\ufffc"  # object replacement character: placeholder for text that rules skip


class PassageNode(Struct, frozen=True):
    """One node of a line, with its range in the words of the passage."""

    node: Node
    start: int
    end: int
    around: tuple[Node, ...]  # emphasis, links and tags around it, outermost first


class Passage(Struct, frozen=True, dict=True):
    """A paragraph, heading, caption or cell: a continuous piece of text."""

    section: Section
    block: Node
    inside: tuple[Node, ...]  # quotations, lists, notes … around the block, outermost first
    language: str
    words: str
    pieces: tuple[PassageNode, ...]

    @property
    def heading(self) -> bool:
        return isinstance(self.block, Heading)

    @property
    def cell(self) -> bool:
        return isinstance(self.block, Cell)

    @property
    def caption(self) -> bool:
        return isinstance(self.block, Figure | Table)

    @property
    def running(self) -> bool:
        """Return whether the passage consists of full sentences by the author."""
        return isinstance(self.block, Paragraph) and not self.quoted

    @property
    def quoted(self) -> bool:
        return any(isinstance(node, Quote | PullQuote) for node in self.inside)

    @property
    def note(self) -> bool:
        return any(isinstance(node, Note) for node in self.inside)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(Sentence(self, start, end) for start, end in split(self.words, self.language))

    @cached_property
    def figures(self) -> tuple[Quantity, ...]:
        return tuple(figures(self.words, self.language))

    def at(self, offset: int, words: str = "") -> Location:
        """Return the location in the file of the character at an offset.

        The column of its piece is only approximate, because ellipses, escapes and entities are
        shorter in the passage than as typed. If `words` (the text that starts at the offset) is
        given, it is searched for in the line.
        """
        piece = next((piece for piece in self.pieces if piece.start <= offset < piece.end), None)
        if piece is None:
            return self.pieces[-1].node.where if self.pieces else self.block.where
        where = piece.node.where
        if not isinstance(piece.node, Text) or where.column is None or where.line is None:
            return where
        line = lines(self.section)[where.line - 1]
        near = where.column - 1 + offset - piece.start
        position = line.find(words, near) if words else near
        return replace(where, column=(position if position >= 0 else min(near, len(line))) + 1)

    def touching(self, start: int, end: int) -> Iterator[PassageNode]:
        """Yield the pieces that overlap a range."""
        return (
            piece
            for piece in self.pieces
            if piece.start < end and (piece.end > start or piece.start >= start)
        )


class Sentence(Struct, frozen=True):
    """A range of a passage from the first letter of a sentence to its full stop."""

    passage: Passage
    start: int
    end: int

    @property
    def words(self) -> str:
        return self.passage.words[self.start : self.end]

    @property
    def where(self) -> Location:
        return self.at(0)

    @property
    def figures(self) -> Iterator[Quantity]:
        """Return the figures of the sentence, each with its offset in it."""
        own = (figure for figure in self.passage.figures if self.start <= figure.start < self.end)
        return (replace(figure, start=figure.start - self.start) for figure in own)

    @property
    def linked(self) -> bool:
        """Return whether the sentence contains a link or a note."""
        pieces = self.passage.touching(self.start, self.end)
        return any(
            isinstance(node, Link | NoteRef)
            for piece in pieces
            for node in (piece.node, *piece.around)
        )

    def at(self, offset: int, words: str = "") -> Location:
        return self.passage.at(self.start + offset, words)


@cached_for_object
def lines(section: Section) -> list[str]:
    """Return a section's file as typed, line by line."""
    return section.text.split("\n")


@cached_for_object
def passages(issue: Issue) -> tuple[Passage, ...]:
    """Return all passages of an issue in reading order."""
    return tuple(
        passage
        for section in issue.sections
        for passage in _passages(section, section.blocks, (), issue.language)
    )


@cached_for_object
def sentences(issue: Issue) -> tuple[Sentence, ...]:
    """Return the sentences of all passages."""
    return tuple(sentence for passage in passages(issue) for sentence in passage.sentences)


def asides(issue: Issue) -> Iterator[tuple[str, Location]]:
    """Yield text outside passages, each with its location: titles, alternative texts, labels."""
    for key in ("title", "subject", "preheader"):
        if where := issue.places.get(key):
            yield getattr(issue, key), where
    for section in issue.sections:
        if section.title:
            yield section.title, section.places.get("title", section.where)
        for node in walk(section.blocks):
            where = _place_of_aside(node)
            for words in _asides(node):
                yield words, where


def _place_of_aside(node: Node) -> Location:
    """Return the line of a node's own words: the alternative text of an image, a button's label."""
    if isinstance(node, InlineImage):
        return node.alt_at or node.where
    return (node.label_at if isinstance(node, Button) else None) or node.where


def _asides(node: Node) -> Iterator[str]:
    words: tuple[str | None, ...] = ()
    if isinstance(node, InlineImage):
        words = (node.alt,)
    elif isinstance(node, Chart):
        words = (node.plan.title, node.plan.deck, node.alt if node.own_alt else None)
    elif isinstance(node, Button):
        words = (node.label,)
    elif isinstance(node, Callout):
        words = (node.title,)
    elif isinstance(node, PullQuote):
        words = (node.by,)
    yield from filter(None, words)


def within_quotation(before: str) -> bool:
    """Return whether a text ends inside an open quotation."""
    return any(
        before.count(opening) > before.count(closing) for opening, closing in ("“”", "«»", "„“")
    )


_LINES = (Paragraph, Heading, Cell, Figure, Table)


def _passages(
    section: Section, nodes: tuple[Node, ...], inside: tuple[Node, ...], language: str
) -> Iterator[Passage]:
    for node in nodes:
        if isinstance(node, _LINES):
            own = node.caption if isinstance(node, Figure | Table) else node.children
            if own:
                words, pieces = _flat(own)
                yield Passage(section, node, inside, language, words, pieces)
            if isinstance(node, Table):
                cells = (*node.head, *(cell for row in node.rows for cell in row))
                yield from _passages(section, cells, (*inside, node), language)
        else:
            yield from _passages(section, node.children, (*inside, node), language)


def _flat(nodes: tuple[Node, ...]) -> tuple[str, tuple[PassageNode, ...]]:
    parts: list[str] = []
    pieces: list[PassageNode] = []
    length = 0

    def add(node: Node, around: tuple[Node, ...], hidden: bool) -> None:
        nonlocal length
        if node.children:
            foreign = hidden or (
                isinstance(node, Tag) and any(key == "lang" for key, _ in node.attributes)
            )
            for child in node.children:
                add(child, (*around, node), foreign)
            return
        words = _words(node)
        parts.append(UNREAD * len(words) if hidden else words)
        pieces.append(PassageNode(node, length, length + len(words), around))
        length += len(words)

    for node in nodes:
        add(node, (), False)
    return "".join(parts), tuple(pieces)


def _words(node: Node) -> str:
    if isinstance(node, Text):
        return node.words
    if isinstance(node, Code | MergeField):
        return UNREAD * len(node.words)
    if isinstance(node, InlineImage):
        return UNREAD
    return " " if isinstance(node, Break) else ""


# --- sentences ------------------------------------------------------------------------------------

# A stop, closing marks, and the following space; scripts without capitals have their own stops.
_STOP = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？؟۔।]+[”’」』）]*")


def split(words: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of sentences.

    Abbreviations, initials, decimals and quoted stops do not end a sentence.
    """
    start = 0
    for match in _STOP.finditer(words):
        end = match.end()
        rest = words[end:].lstrip()
        if rest and not ends_sentence(words[start:end], match[0], rest, language):
            continue
        if words[start:end].strip():
            yield _trimmed(words, start, end)
        start = end
    if words[start:].strip():
        yield _trimmed(words, start, len(words))


def _trimmed(words: str, start: int, end: int) -> tuple[int, int]:
    piece = words[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))

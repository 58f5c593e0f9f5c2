"""One issue: its sections, sources and facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from newsletter.model.findings import Direction, Location, RuleSelection
from newsletter.model.people import Credits, Holder, Masthead, Person


class Source(Struct, frozen=True, eq=False):
    """The source of a piece of news or a figure; compares equal regardless of location."""

    title: str
    url: str | None = None
    publisher: str | None = None
    date: dt.date | None = None
    accessed: dt.date | None = None
    id: str | None = None
    where: Location | None = None
    at: Location | None = None  # location of its address
    title_at: Location | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.title, self.url, self.publisher, self.date, self.accessed, self.id)

    @property
    def words(self) -> str:
        return ", ".join(filter(None, (self.publisher, self.title)))


class Fact(Struct, frozen=True):
    """A figure as printed, with its source."""

    id: str
    value: str
    unit: str | None
    source: str | None
    as_of: dt.date | None
    where: Location
    cell: str | None = None  # where its value is stored: file#row/column


class ImageRights(Struct, frozen=True):
    """The rights in an image, from images.yaml."""

    name: str  # path relative to the issue's folder, or a file name
    where: Location
    credit: str | None = None
    credit_line: str | None = None
    licence: str | None = None
    source: str | None = None
    expires: dt.date | None = None
    allowed: tuple[str, ...] = ("email", "web")
    uses: int | None = None
    unwilling: tuple[str, ...] = ()  # people shown without their consent
    shared: bool = False  # from the workspace's images.yaml


class Term(Struct, frozen=True):
    """A term of the lexicon."""

    prefer: str
    avoid: tuple[str, ...]
    because: str | None
    where: Location


class Correction(Struct, frozen=True):
    """A dated note about something published that was wrong, unclear or has changed."""

    date: dt.date
    kind: Literal["correction", "clarification", "update", "retraction"]
    note: str  # as shown to readers
    section: str | None  # file name of the section concerned
    was: str | None
    now: str | None
    by: Person | None
    where: Location


class Node(Protocol):
    """A piece of a section that renders itself as HTML and as text, so neither part can omit it."""

    @property
    def where(self) -> Location: ...
    @property
    def children(self) -> tuple[Node, ...]: ...
    def html(self, page: Any) -> str: ...
    def text(self, page: Any) -> str: ...


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield nodes and all their descendants, in reading order."""
    pending = [*nodes][::-1]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(node.children))


class Section(Struct, frozen=True):
    """One file of an issue."""

    where: Location
    kind: str
    blocks: tuple[Node, ...]
    title: str | None = None
    by: tuple[Holder, ...] = ()
    tags: tuple[str, ...] = ()
    teaser: str | None = None  # for the archive
    date: dt.date | None = None
    sources: tuple[Source, ...] = ()
    order: int | None = None  # the number the file name starts with
    places: Mapping[str, Location] = field(default_factory=dict)  # front matter key -> its value
    broken: bool = False  # could not be read completely: missing values may be in the unread part
    text: str = ""  # the whole file as typed


class Issue(Struct, frozen=True):
    """One folder, read and resolved."""

    slug: str
    folder: Path
    where: Location  # issue.yaml
    title: str
    subject: str
    preheader: str
    date: dt.date
    language: str
    direction: Direction
    theme: str
    sections: tuple[Section, ...]
    credits: Credits
    masthead: Masthead
    number: int | None = None
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    facts: tuple[Fact, ...] = ()
    lexicon: tuple[Term, ...] = ()
    images: tuple[ImageRights, ...] = ()
    corrections: tuple[Correction, ...] = ()  # from corrections.yaml, in file order
    corrects: str | None = None  # slug of the issue that this issue corrects
    archive: bool | Literal["unlisted"] = True
    formerly: tuple[str, ...] = ()  # former slugs, oldest first
    choice: RuleSelection = field(default_factory=RuleSelection)  # rule selection
    places: Mapping[str, Location] = field(
        default_factory=dict
    )  # issue.yaml key -> location of its value

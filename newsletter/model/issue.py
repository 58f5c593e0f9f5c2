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
    """Where a piece of news or a figure came from; equal wherever it is written."""

    title: str
    url: str | None = None
    publisher: str | None = None
    date: dt.date | None = None
    accessed: dt.date | None = None
    id: str | None = None
    where: Location | None = None
    at: Location | None = None  # the place of its address

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
    cell: str | None = None  # where its value lives: file#row/column


class ImageRights(Struct, frozen=True):
    """What is known of the rights in an image, from images.yaml."""

    name: str  # path below the issue's folder, or a file name
    where: Location
    credit: str | None = None
    credit_line: str | None = None
    licence: str | None = None
    source: str | None = None
    expires: dt.date | None = None
    allowed: tuple[str, ...] = ("email", "web")
    uses: int | None = None
    unwilling: tuple[str, ...] = ()  # people shown without their consent
    shared: bool = False  # of the workspace's images.yaml


class Term(Struct, frozen=True):
    """A term of the house lexicon."""

    prefer: str
    avoid: tuple[str, ...]
    because: str | None
    where: Location


class Correction(Struct, frozen=True):
    """A dated note about something published that was wrong, unclear or has changed."""

    date: dt.date
    kind: Literal["correction", "clarification", "update", "retraction"]
    note: str  # as readers see it
    section: str | None  # file name of the section it is about
    was: str | None
    now: str | None
    by: Person | None
    where: Location


class Node(Protocol):
    """A piece of a section that renders itself as HTML and as text, so neither part can lack it."""

    @property
    def where(self) -> Location: ...
    @property
    def children(self) -> tuple[Node, ...]: ...
    def html(self, page: Any) -> str: ...
    def text(self, page: Any) -> str: ...


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield nodes and all their descendants, in reading order."""
    for node in nodes:
        yield node
        yield from walk(node.children)


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
    broken: bool = False  # could not be read whole: what seems missing may stand in the unread part
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
    corrections: tuple[Correction, ...] = ()  # of corrections.yaml, as written there
    corrects: str | None = None  # slug of the issue that this one corrects
    archive: bool | Literal["unlisted"] = True
    formerly: tuple[str, ...] = ()  # earlier slugs, the oldest first
    choice: RuleSelection = field(default_factory=RuleSelection)  # of rules
    places: Mapping[str, Location] = field(
        default_factory=dict
    )  # issue.yaml key -> its value's place

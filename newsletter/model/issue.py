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
    at: Location | None = None  # where its address is typed

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
    """A figure as it is printed, with where it came from."""

    id: str
    value: str
    unit: str | None
    source: str | None
    as_of: dt.date | None
    where: Location


class Term(Struct, frozen=True):
    """How the house writes something."""

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
    """A piece of a section: says itself in HTML and in plain text, so neither part can lack it."""

    @property
    def where(self) -> Location: ...
    @property
    def children(self) -> tuple[Node, ...]: ...
    def html(self, page: Any) -> str: ...
    def text(self, page: Any) -> str: ...


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield nodes and everything in them, in reading order."""
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
    date: dt.date | None = None
    sources: tuple[Source, ...] = ()
    order: int | None = None  # the number the file name starts with
    places: Mapping[str, Location] = field(default_factory=dict)  # front matter key -> its value
    broken: bool = False  # could not be read whole: what seems missing may stand in the unread part
    text: str = ""  # the whole file as it was typed, for rules about just that


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
    corrections: tuple[Correction, ...] = ()  # of corrections.yaml, as written there
    choice: RuleSelection = field(default_factory=RuleSelection)  # of rules
    places: Mapping[str, Location] = field(
        default_factory=dict
    )  # issue.yaml key -> its value's place

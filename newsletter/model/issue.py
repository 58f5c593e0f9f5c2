"""One issue: its sections, sources and facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from newsletter.model.findings import Direction, Location, RuleSelection
from newsletter.model.people import Credits, Holder, Masthead


@dataclass(frozen=True, slots=True)
class Source:
    """Where a piece of news or a figure came from."""

    title: str
    url: str | None = None
    publisher: str | None = None
    date: dt.date | None = None
    accessed: dt.date | None = None
    id: str | None = None
    where: Location | None = field(default=None, compare=False)
    at: Location | None = field(default=None, compare=False)  # where its address is typed

    @property
    def words(self) -> str:
        return ", ".join(filter(None, (self.publisher, self.title)))


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure as it is printed, with where it came from."""

    id: str
    value: str
    unit: str | None
    source: str | None
    as_of: dt.date | None
    where: Location


@dataclass(frozen=True, slots=True)
class Term:
    """How the house writes something."""

    prefer: str
    avoid: tuple[str, ...]
    because: str | None
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


@dataclass(frozen=True, slots=True)
class Section:
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
    places: Mapping[str, Location] = field(
        default_factory=dict
    )  # front matter key -> its value's place
    broken: bool = (
        False  # could not be read whole: what it seems to lack may stand in the part that was not
    )
    text: str = field(
        default="", repr=False
    )  # the whole file as it was typed, for rules about just that


@dataclass(frozen=True, slots=True)
class Issue:
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
    choice: RuleSelection = field(default_factory=RuleSelection)  # of rules
    places: Mapping[str, Location] = field(
        default_factory=dict
    )  # issue.yaml key -> its value's place

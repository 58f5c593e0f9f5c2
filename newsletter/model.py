"""The values every room shares: frozen, filled once, never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

Severity = Literal["error", "warning", "information"]
Direction = Literal["ltr", "rtl"]


class Location(NamedTuple):
    """A place in an author's file; lines and columns count from 1, columns in characters."""

    path: str  # relative to the workspace, with forward slashes
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in self if part is not None)


class Fault(NamedTuple):
    """A kind of problem: the code people select by and the name they remember it by."""

    code: str
    name: str
    why: str  # in one sentence
    severity: Severity = "error"

    def finding(self, where: Location, message: str, hint: str | None = None) -> Finding:
        return Finding(self.code, self.name, self.severity, where, message, hint)


@dataclass(frozen=True, slots=True)
class Edit:
    """A safe mend: at `where`, `old` becomes `new`. Nothing is done where `old` does not stand there any more."""

    where: Location
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem at one place: data, never an exception."""

    code: str
    name: str
    severity: Severity
    where: Location
    message: str
    hint: str | None = None
    edit: Edit | None = None

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.where.path, self.where.line or 0, self.where.column or 0, self.code)

    def moved(self, where: Location) -> Finding:
        """Return the same finding at another place."""
        return replace(self, where=where)

    def rated(self, severity: Severity) -> Finding:
        """Return the same finding, more or less bad."""
        return self if severity == self.severity else replace(self, severity=severity)

    def __str__(self) -> str:
        text = f"{self.where}: {self.severity} {self.code} {self.name}: {self.message}"
        return f"{text}\n    hint: {self.hint}" if self.hint else text


# --- the masthead and who is credited --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    id: str | None  # None for somebody named inline, outside the masthead
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    url: str | None = None
    members: tuple[Person, ...] = ()


Holder = Person | Team


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    label: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Masthead:
    """The publication's people and the roles they can hold; the order of roles is the order in print."""

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    roles: tuple[Role, ...]

    def holder(self, id: str) -> Holder | None:
        return self.people.get(id) or self.teams.get(id)


@dataclass(frozen=True, slots=True)
class Credit:
    """Who held one role in one issue."""

    role: Role
    holders: tuple[Holder, ...]
    where: Location


@dataclass(frozen=True, slots=True)
class Credits:
    """Everything the credits block says, before it is put into words."""

    roles: tuple[Credit, ...]  # in masthead order
    produced_by: tuple[Holder, ...]
    location: str | None
    where: Location  # the file, for what is missing from it
    broken: bool = False  # as in `Section`


@dataclass(frozen=True, slots=True)
class Choice:
    """What one place (settings, an issue, the command line) says of rules, by their codes or the start of them."""

    select: tuple[str, ...] = ()  # these and no others; empty: as other places say
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)


# --- an issue ---------------------------------------------------------------------------------------


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
    places: Mapping[str, Location] = field(default_factory=dict)  # front matter key -> its value's place
    broken: bool = False  # could not be read whole: what it seems to lack may stand in the part that was not
    text: str = field(default="", repr=False)  # the whole file as it was typed, for rules about just that


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
    choice: Choice = Choice()  # of rules
    places: Mapping[str, Location] = field(default_factory=dict)  # issue.yaml key -> its value's place


# --- the publication --------------------------------------------------------------------------------

MergeStyle = Literal["plain", "listmonk", "mailchimp", "buttondown", "ghost"]


@dataclass(frozen=True, slots=True)
class Publication:
    """The settings file, with every default filled in."""

    name: str
    url: str  # without a trailing slash
    language: str = "en"
    theme: str = "default"
    sender_name: str | None = None
    sender_email: str | None = None
    list_id: str | None = None
    unsubscribe_url: str | None = None
    postal_address: str | None = None
    merge: MergeStyle = "plain"
    images_url: str | None = None  # where the pictures are served from, when not beside the web page
    inline_images: bool = False  # carry pictures inside message.eml (CID) instead of linking to them
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def web_url(self, slug: str) -> str:
        return f"{self.url}/{slug}/"

    def image_url(self, slug: str, name: str) -> str:
        return f"{self.images_url or self.url}/{slug}/images/{name}"


# --- what comes out ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready for mail: `data` is `None` for one that already lives on the web."""

    src: str  # as the author wrote it
    name: str  # file name in images/, with a digest of its bytes
    width: int  # CSS pixels on the page; the file itself has up to twice as many
    height: int | None
    type: str  # MIME subtype: jpeg, png, gif
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Email:
    """An issue as mail; everything the writing end needs and nothing it has to compute."""

    slug: str
    subject: str
    html: str
    text: str
    web: str
    message: bytes
    manifest: bytes
    images: tuple[Picture, ...]

    def with_manifest(self, manifest: bytes) -> Email:
        return replace(self, manifest=manifest)

    def files(self) -> dict[str, bytes]:
        """Path below `dist/<slug>/` -> bytes."""
        return {
            "email.html": self.html.encode(),
            "email.txt": self.text.encode(),
            "message.eml": self.message,
            "web.html": self.web.encode(),
            "manifest.json": self.manifest,
            **{f"images/{picture.name}": picture.data for picture in self.images if picture.data is not None},
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What a target would do, found out without touching the network; printed by `--dry-run`."""

    target: str
    steps: tuple[str, ...]
    changes: bool = True  # False when the target already holds these very bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a target did."""

    target: str
    type: str
    digest: str  # SHA-256 over all delivered files
    place: str  # where a person finds it: a folder relative to the workspace, a URL, an id

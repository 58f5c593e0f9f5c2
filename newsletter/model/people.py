"""The masthead, and who is credited with what."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from newsletter.model.findings import Location


class Person(Struct, frozen=True, eq=False):
    """A credited person; equal wherever the address is typed."""

    id: str | None  # None for a person named inline, outside the masthead
    name: str
    url: str | None = None
    at: Location | None = None  # the place of the address
    email: str | None = None  # the address they commit with; never printed
    approves: tuple[str, ...] = ()  # roles of `[approval]` they may approve in

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.id, self.name, self.url)


class Team(Struct, frozen=True, eq=False):
    """A team credited as one; equal wherever the address is typed."""

    id: str
    name: str
    url: str | None = None
    members: tuple[Person, ...] = ()
    at: Location | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Team) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.id, self.name, self.url, self.members)


Holder = Person | Team


class Role(Struct, frozen=True):
    id: str
    label: str
    required: bool = False


class Masthead(Struct, frozen=True):
    """The publication's people and the roles they can hold; the order of roles is the order in print."""

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    roles: tuple[Role, ...]

    def holder(self, id: str) -> Holder | None:
        return self.people.get(id) or self.teams.get(id)


class Credit(Struct, frozen=True):
    """Who held one role in one issue."""

    role: Role
    holders: tuple[Holder, ...]
    where: Location


class Credits(Struct, frozen=True):
    """The contents of the credits block, before it is put into words."""

    roles: tuple[Credit, ...]  # in masthead order
    produced_by: tuple[Holder, ...]
    location: str | None
    where: Location  # the file, for what is missing from it
    broken: bool = False  # as in `Section`

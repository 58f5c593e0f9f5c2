"""The masthead and the credits of an issue."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from newsletter.model.findings import Location


class Person(Struct, frozen=True, eq=False):
    """A credited person; compares equal regardless of where the address was entered."""

    id: str | None  # None for a person named inline and not in the masthead
    name: str
    url: str | None = None
    at: Location | None = None  # location of the address
    email: str | None = None  # address used in git commits; never printed
    approves: tuple[str, ...] = ()  # roles in `[approval]` in which they may approve

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Person) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return (self.id, self.name, self.url)


class Team(Struct, frozen=True, eq=False):
    """A team credited as a unit; compares equal regardless of where the address was entered."""

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
    """The publication's people and roles; roles are in printing order."""

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    roles: tuple[Role, ...]

    def holder(self, id: str) -> Holder | None:
        return self.people.get(id) or self.teams.get(id)


class Credit(Struct, frozen=True):
    """The holders of one role in one issue."""

    role: Role
    holders: tuple[Holder, ...]
    where: Location


class Credits(Struct, frozen=True):
    """The data of the credits block, before it is formatted as text."""

    roles: tuple[Credit, ...]  # in masthead order
    produced_by: tuple[Holder, ...]
    location: str | None
    where: Location  # the file, for findings about missing entries
    broken: bool = False  # as in `Section`
    location_at: Location | None = None

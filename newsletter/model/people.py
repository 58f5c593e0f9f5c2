"""The masthead, and who is credited with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from newsletter.model.findings import Location


@dataclass(frozen=True, slots=True)
class Person:
    id: str | None  # None for somebody named inline, outside the masthead
    name: str
    url: str | None = None
    at: Location | None = field(default=None, compare=False)  # where the address is typed


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    url: str | None = None
    members: tuple[Person, ...] = ()
    at: Location | None = field(default=None, compare=False)


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

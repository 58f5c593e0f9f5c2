"""Resolves the names in a draft to people and teams: known ones, new ones, and near matches."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from newsletter.check.prose.names import same_person
from newsletter.model import Holder, Masthead, Role

NEAR = 0.85  # share of letters in common above which one name may be a misspelling of the other


class ResolvedPeople(Struct, frozen=True):
    """The people and roles of a draft, resolved against the masthead."""

    ids: Mapping[str, str] = field(
        default_factory=dict
    )  # name as written -> id; names without an id are written out
    people: tuple[tuple[str, str], ...] = ()  # new to the masthead: id, name
    teams: tuple[tuple[str, str], ...] = ()
    roles: tuple[tuple[str, str], ...] = ()  # id, label
    of_labels: Mapping[str, str] = field(default_factory=dict)  # role label as written -> id
    near: tuple[tuple[str, str, str], ...] = ()  # name as written, similar known name, its id

    @property
    def is_new(self) -> bool:
        return bool(self.people or self.teams or self.roles)


def resolve_people(
    people: Iterable[str], teams: Iterable[str], labels: Iterable[str], masthead: Masthead
) -> ResolvedPeople:
    """Look up names and role labels.

    A name that is similar to a known one gets no id, because it may be a different person.
    """
    holders: dict[str, Holder] = {**masthead.people, **masthead.teams}
    known = {_same(holder.name): id for id, holder in holders.items()} | {id: id for id in holders}
    ids: dict[str, str] = {}
    near: list[tuple[str, str, str]] = []
    new: dict[bool, list[tuple[str, str]]] = {False: [], True: []}
    taken = set(holders)
    for is_team, name in [*((False, name) for name in people), *((True, name) for name in teams)]:
        if name in ids or any(name == entry[0] for entry in near):
            continue
        if id := known.get(_same(name)) or known.get(name):
            ids[name] = id
        elif twin := _near(name, (holder.name for holder in holders.values())):
            near.append((name, twin, known[_same(twin)]))
        else:
            ids[name] = known[_same(name)] = id = _id(name, taken)
            taken.add(id)
            new[is_team].append((id, " ".join(name.split())))
    of_labels, roles = _roles(labels, masthead.roles)
    return ResolvedPeople(ids, tuple(new[False]), tuple(new[True]), roles, of_labels, tuple(near))


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def _near(name: str, known: Iterable[str]) -> str | None:
    for other in known:
        close = difflib.SequenceMatcher(None, _same(name), _same(other)).ratio() >= NEAR
        if same_person(name, other) or (close and len(name) >= 6):
            return other
    return None


def _id(name: str, taken: Iterable[str]) -> str:
    """Return an id: the first name in lower-case Latin letters, more of the name if it is taken."""
    plain = unicodedata.normalize(
        "NFKD", name.lower().replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    )
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode()) or ["person"]
    words = words[1:] if words[0] == "the" and len(words) > 1 else words
    # An id that YAML reads as a number or boolean would have to be quoted everywhere.
    tries = ["-".join(words[:count]) for count in range(1, len(words) + 1)]
    tries += [f"{tries[-1]}-{number}" for number in range(2, 1000)]
    free = (id for id in tries if id not in taken and not id[0].isdigit() and id not in _WORDS)
    return next(free, f"person-{len(list(taken)) + 1}")


_WORDS = frozenset("null true false yes no on off y n".split())


def _roles(
    labels: Iterable[str], roles: tuple[Role, ...]
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return the role of each label, and the roles that are new to the masthead."""
    known = {_singular(role.label): role.id for role in reversed(roles)}
    known |= {
        _singular(role.id): role.id for role in reversed(roles) if _singular(role.id) not in known
    }
    result: dict[str, str] = {}
    new: list[tuple[str, str]] = []
    taken = {role.id for role in roles} | {"produced_by", "location"}
    for label in labels:
        id = known.get(_singular(label))
        if id is None:
            id = known[_singular(label)] = _id(label, taken)
            taken.add(id)
            new.append((id, label))
        result[label] = id
    return result, tuple(new)


def _singular(label: str) -> str:
    return _same(label).removesuffix("s")

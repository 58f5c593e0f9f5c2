"""The masthead and an issue's credits, with ids resolved to people and teams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter.diagnostics import (
    MISSING_PHRASES,
    UNKNOWN_PERSON,
    UNKNOWN_ROLE,
    WRONG_VALUE,
    Report,
)
from newsletter.files.quotation import quoted
from newsletter.files.suggest import closest_hint, nearest, spelling_hint
from newsletter.files.yaml_reader import PositionMap
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.plain_title import report_markup
from newsletter.markup.urls import check_url
from newsletter.model import Credit, Credits, Holder, Location, Masthead, Person, Role, Team
from newsletter.schema.documents import Holders, InlineHolder, MastheadFile, PersonEntry

OTHER_KEYS = ("produced_by", "location")  # keys of credits.yaml besides the roles


class MastheadReader(Struct, frozen=True):
    """The masthead with its defaults; resolves ids to people."""

    masthead: Masthead
    defaults: Mapping[str, Any]
    places: PositionMap
    report: Report
    broken: bool = False

    def holders(
        self, value: Any, places: PositionMap, path: tuple[str | int, ...]
    ) -> tuple[Holder, ...]:
        """Return the people and teams referred to by an id, an inline entry, or a list of them."""
        holders: list[Holder] = []
        several = isinstance(value, list)
        for index, element in enumerate(value if several else [value]):
            where = places.value(*path, index) if several else places.value(*path)
            if isinstance(element, InlineHolder):
                at = places.typed(*path, *((index,) if several else ()), "url")
                url = check_url(element.url, at, self.report) if element.url else None
                report_markup(element.name, places.value(*path), self.report, "a name")
                holders.append(Person(None, element.name, url, at))
            elif holder := self.masthead.holder(element):
                holders.append(holder)
            elif not self.broken:
                unknown(
                    element, {**self.masthead.people, **self.masthead.teams}, where, self.report
                )
        return tuple(holders)


def read_masthead(files: WorkspaceReader, language: str | None = None) -> MastheadReader:
    """Read `credits.yaml` at the top of the workspace.

    Labels of roles are those of `language`, or of the publication's language.
    """
    path, report = files.workspace.masthead, files.report
    read = files.shared_yaml(path, MastheadFile)
    if read is None:
        return MastheadReader(
            Masthead({}, {}, ()), {}, PositionMap(files.place(path)), report, broken=True
        )
    entry, places = read
    people = {
        id: _person(id, person, places.typed("people", id, "url"), report)
        for id, person in entry.people.items()
    }
    _check_emails(people, places, report)
    teams = {}
    for id, team in entry.teams.items():
        for index, member in enumerate(team.members):
            if member not in people:
                unknown(member, people, places.value("teams", id, "members", index), report)
        members = tuple(people[member] for member in team.members if member in people)
        at = places.typed("teams", id, "url")
        url = check_url(team.url, at, report) if team.url else None
        teams[id] = Team(id, team.name, url, members, at)
        if id in people:
            where = places.key("teams", id)
            report.add(
                WRONG_VALUE,
                where,
                f"The id {quoted(id)} is used for a person and a team",
                "Choose another id for one of them.",
            )
    _report_markup(entry, places, report)
    labels = files.workspace.look.labels
    _check_labels(labels, entry.roles, files.workspace.look_places, report)
    own = _labels(entry, places, language or files.workspace.publication.language, report)
    roles = tuple(
        Role(id, labels.get(id, own[id]), role.required) for id, role in entry.roles.items()
    )
    _check_roles(entry.defaults, roles, places, ("defaults",), report=report)
    return MastheadReader(Masthead(people, teams, roles), entry.defaults, places, report)


def _report_markup(entry: MastheadFile, places: PositionMap, report: Report) -> None:
    for id, person in entry.people.items():
        report_markup(person.name, places.value("people", id, "name"), report, "a name")
    for id, team in entry.teams.items():
        report_markup(team.name, places.value("teams", id, "name"), report, "a name")


def _labels(
    entry: MastheadFile, places: PositionMap, language: str, report: Report
) -> dict[str, str]:
    """Return the label of each role in a language; the first one given if it has none."""
    result = {}
    for id, role in entry.roles.items():
        where = places.value("roles", id, "label")
        labels = {language: role.label} if isinstance(role.label, str) else role.label
        label = labels.get(language) or labels.get(language.split("-")[0])
        if label is None and labels:
            label = next(iter(labels.values()))
            hint = f"Add {language}: …; {quoted(label)} is printed until then."
            report.add(
                MISSING_PHRASES,
                where,
                f"No label in {quoted(language)} for the role {quoted(id)}",
                hint,
            )
        if not (label or "").strip():
            report.add(
                WRONG_VALUE,
                where,
                f"Empty label of the role {quoted(id)}",
                "Write a word, such as Essay.",
            )
        report_markup(label or "", where, report, "a label")
        result[id] = label or id
    return result


def _check_labels(
    labels: Iterable[str], roles: Iterable[str], places: PositionMap, report: Report
) -> None:
    """Report labels of `[theme.labels]` for roles that the masthead does not have."""
    known = [*roles]
    for id in labels:
        if id not in known:
            hint = spelling_hint(id, known, what="roles")
            report.add(UNKNOWN_ROLE, places.key("labels", id), f"Unknown role {quoted(id)}", hint)


def _check_emails(people: Mapping[str, Person], places: PositionMap, report: Report) -> None:
    """Report an email address shared by two people: an approval could not be attributed."""
    owners: dict[str, str] = {}
    for id, person in people.items():
        if person.email is None:
            continue
        owner = owners.setdefault(person.email.casefold(), id)
        if owner != id:
            message = f"{quoted(owner)} and {quoted(id)} have the same email address"
            where = places.value("people", id, "email")
            report.add(WRONG_VALUE, where, message, "Give each person their own address.")


def _person(id: str, entry: PersonEntry, at: Location, report: Report) -> Person:
    url = check_url(entry.url, at, report) if entry.url else None
    return Person(id, entry.name, url, at, entry.email, tuple(entry.approves))


def read_credits(files: WorkspaceReader, path: Path, masthead_reader: MastheadReader) -> Credits:
    """Read an issue's `credits.yaml`, completed by the masthead's defaults."""
    before = files.report.errors
    read = files.yaml(path, dict[str, Holders])
    entered, places = read or ({}, PositionMap(files.place(path)))
    roles = masthead_reader.masthead.roles
    if not masthead_reader.broken:
        _check_roles(entered, roles, places, (), report=files.report)
    entries = {
        key: (value, masthead_reader.places, ("defaults", key))
        for key, value in masthead_reader.defaults.items()
    }
    entries |= {key: (value, places, (key,)) for key, value in entered.items()}

    def holders(key: str) -> tuple[Holder, ...]:
        return masthead_reader.holders(*entries[key]) if key in entries else ()

    filled = [
        Credit(role, holders(role.id), entries[role.id][1].value(*entries[role.id][2]))
        for role in roles
        if role.id in entries
    ]
    location, location_at = None, None
    if "location" in entries:
        location = _location(*entries["location"], files.report)
        location_at = entries["location"][1].value(*entries["location"][2])
    return Credits(
        tuple(filled),
        holders("produced_by"),
        location,
        places.file,
        files.report.errors > before,
        location_at,
    )


def _location(
    value: Any, places: PositionMap, path: tuple[str | int, ...], report: Report
) -> str | None:
    if isinstance(value, str) and value.strip():
        report_markup(value, places.value(*path), report, "a location")
        return value
    report.add(
        WRONG_VALUE,
        places.value(*path),
        "location: expected text",
        "Write a place, such as Lisbon, Portugal.",
    )
    return None


def _check_roles(
    entered: Mapping[str, Any],
    roles: tuple[Role, ...],
    places: PositionMap,
    path: tuple[str, ...],
    *,
    report: Report,
) -> None:
    known = [*(role.id for role in roles), *OTHER_KEYS]
    for key in entered:
        if key not in known:
            hint = spelling_hint(key, known)
            report.add(UNKNOWN_ROLE, places.key(*path, key), f"Unknown role {quoted(key)}", hint)


def unknown(id: str, known: Mapping[str, Holder], where: Location, report: Report) -> None:
    """Report an unknown id, with the nearest id or name."""
    names = {holder.name: key for key, holder in known.items()}
    if id in names:
        hint = f"Write the id instead of the name: {names[id]}."
    elif close := nearest(id, known) or names.get(nearest(id, names) or ""):
        hint = closest_hint(close)
    else:
        hint = f"Add {quoted(id)} to people in the masthead, or write {{name: …}}."
    report.add(UNKNOWN_PERSON, where, f"Unknown person {quoted(id)}", hint)

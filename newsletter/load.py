"""Folder -> Issue, every problem of it told at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.faults import (
    BROKEN_TABLE,
    BROKEN_THEME,
    UNKNOWN_KIND,
    UNKNOWN_PERSON,
    UNKNOWN_ROLE,
    UNKNOWN_SOURCE,
    UNREADABLE,
    WRONG_VALUE,
    Report,
)
from newsletter.languages import direction, known
from newsletter.markup.directives import Desk
from newsletter.markup.heading import Heading
from newsletter.markup.parse import parse
from newsletter.markup.source import Source as SourceText
from newsletter.markup.urls import check_url
from newsletter.model import (
    Credit,
    Credits,
    Fact,
    Finding,
    Holder,
    Issue,
    Location,
    Masthead,
    Person,
    Role,
    Section,
    Source,
    Team,
)
from newsletter.schema import (
    FactEntry,
    FrontMatter,
    Holders,
    InlineHolder,
    IssueFile,
    MastheadFile,
    SourceEntry,
)
from newsletter.textfile import read_text
from newsletter.theme import Theme, open_theme
from newsletter.workspace import Workspace
from newsletter.yamlfile import Places, convert, did_you_mean, nearest, read_yaml

DATA_LIMIT = 2 * 1024 * 1024  # bytes of a CSV file


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a folder says, and everything wrong with it. Without `issue` nothing can be made of it."""

    issue: Issue | None
    theme: Theme | None
    findings: tuple[Finding, ...]


def load(workspace: Workspace, folder: Path) -> Loaded:
    """Read an issue folder."""
    report = Report()
    reader = _Reader(workspace, folder, report)
    read = reader.yaml(folder / "issue.yaml", IssueFile)
    masthead = reader.masthead()
    entry, places = read or (None, None)
    theme = reader.theme(entry.theme if entry else None, places)
    language = (entry.language if entry else None) or workspace.publication.language
    if places and not known(language):
        report.add(
            WRONG_VALUE,
            places.value("language"),
            f"no language is tagged {language!r}",
            "Use a tag such as pt or en-GB.",
        )
    sources = reader.sources()
    facts = reader.facts()
    credits = reader.credits(masthead)
    sections = reader.sections(masthead, theme, language, sources)
    if places:
        for key in ("title", "subject", "preheader"):
            text = getattr(entry, key)
            if text and "\n" in text.strip():
                report.add(
                    WRONG_VALUE, places.value(key), f"{key} has more than one line", "A header of a mail is one line."
                )
    issue = None
    if entry and places:
        issue = Issue(
            slug=folder.name,
            folder=folder,
            title=entry.title.strip(),
            subject=(entry.subject or entry.title).strip(),
            preheader=entry.preheader.strip(),
            date=entry.date,
            language=language,
            direction=direction(language),
            theme=theme.name if theme else "",
            sections=sections,
            credits=credits,
            masthead=masthead,
            number=entry.number,
            tags=tuple(entry.tags),
            sources=tuple(sources.values()),
            facts=facts,
            places=places.top(),
        )
    return Loaded(issue, theme, tuple(report.findings))


class _Reader:
    """Reads the files of one folder, reporting into one list."""

    def __init__(self, workspace: Workspace, folder: Path, report: Report) -> None:
        self.workspace, self.folder, self.report = workspace, folder, report

    def yaml(self, path: Path, type_: Any, *, optional: bool = False) -> tuple[Any, Places] | None:
        if optional and not path.exists():
            return None
        shown = self.workspace.shown(path)
        text = read_text(path, shown, self.report)
        if text is None or (read := read_yaml(text, shown, self.report)) is None:
            return None
        value, places = read
        entry = convert({} if value is None else value, type_, places, self.report)
        return None if entry is None else (entry, places)

    def theme(self, name: str | None, places: Places | None) -> Theme | None:
        where = places.value("theme") if places and name else Location(self.workspace.shown(self.workspace.settings))
        try:
            return open_theme(self.workspace, name or self.workspace.publication.theme, where)
        except NewsletterError as error:
            if findings := getattr(error, "findings", ()):
                self.report.findings.extend(findings)
            else:
                self.report.add(BROKEN_THEME, error.where or where, error.message, error.hint)
            return None

    # --- the masthead and the credits ---

    def masthead(self) -> _Masthead:
        read = self.yaml(self.workspace.masthead, MastheadFile)
        if read is None:
            return _Masthead(
                {}, {}, (), {}, Places(Location(self.workspace.shown(self.workspace.masthead))), broken=True
            )
        entry, places = read
        people = {id: Person(id, person.name, person.url) for id, person in entry.people.items()}
        teams = {}
        for id, team in entry.teams.items():
            for index, member in enumerate(team.members):
                if member not in people:
                    where = places.value("teams", id, "members", index)
                    self.unknown(member, people, where)
            members = tuple(people[member] for member in team.members if member in people)
            teams[id] = Team(id, team.name, team.url, members)
            if id in people:
                where = places.key("teams", id)
                self.report.add(WRONG_VALUE, where, f"{id!r} names a person and a team", "Give one of them another id.")
        roles = tuple(Role(id, role.label, role.required) for id, role in entry.roles.items())
        return _Masthead(people, teams, roles, entry.defaults, places)

    def credits(self, masthead: _Masthead) -> Credits:
        path = self.folder / "credits.yaml"
        where = Location(self.workspace.shown(path))
        read = self.yaml(path, dict[str, Holders])
        given, places = read or ({}, Places(where))
        known = ["produced_by", "location", *(role.id for role in masthead.roles)]
        for key in given:
            if key not in known and not masthead.broken:
                self.report.add(
                    UNKNOWN_ROLE, places.key(key), f"the masthead has no role {key!r}", did_you_mean(key, known)
                )
        entries = {key: (value, "defaults", masthead.places) for key, value in masthead.defaults.items()}
        entries |= {key: (value, None, places) for key, value in given.items()}

        def held(key: str) -> tuple[tuple[Holder, ...], Location]:
            if key not in entries:
                return (), where
            value, table, at = entries[key]
            path = (table, key) if table else (key,)
            return self.holders(value, masthead, at, path), at.value(*path)

        roles = [Credit(role, *held(role.id)) for role in masthead.roles if role.id in entries]
        location = entries["location"][0] if "location" in entries else None
        if location is not None and not isinstance(location, str):
            self.report.add(
                WRONG_VALUE, places.value("location"), "location: expected text", "Such as Lisbon, Portugal."
            )
            location = None
        return Credits(tuple(roles), held("produced_by")[0], location, where)

    def holders(
        self, value: Any, masthead: Masthead, places: Places, path: tuple[str | int, ...]
    ) -> tuple[Holder, ...]:
        """Return the people and teams meant by ids, inline entries, or a list of them."""
        found: list[Holder] = []
        several = isinstance(value, list)
        for index, one in enumerate(value if several else [value]):
            where = places.value(*path, index) if several else places.value(*path)
            if isinstance(one, InlineHolder):
                found.append(Person(None, one.name, one.url))
            elif holder := masthead.holder(one):
                found.append(holder)
            else:
                self.unknown(one, {**masthead.people, **masthead.teams}, where)
        return tuple(found)

    def unknown(self, id: str, known: Mapping[str, Holder], where: Location) -> None:
        names = {holder.name: key for key, holder in known.items()}
        if id in names:
            hint = f"Write the id: {names[id]}."
        elif (close := nearest(id, known) or names.get(nearest(id, names) or "")) is not None:
            hint = f"Did you mean {close!r}?"
        else:
            hint = f"Add {id!r} to people in credits.yaml at the top, or write {{name: …}}."
        self.report.add(UNKNOWN_PERSON, where, f"nobody in the masthead has the id {id!r}", hint)

    # --- sources and facts ---

    def sources(self) -> dict[str, Source]:
        read = self.yaml(self.folder / "sources.yaml", dict[str, SourceEntry], optional=True)
        if read is None:
            return {}
        entries, places = read
        return {id: self.source(entry, places, (id,), id) for id, entry in entries.items()}

    def source(self, entry: SourceEntry, places: Places, path: tuple[str | int, ...], id: str | None = None) -> Source:
        url = check_url(entry.url, places.value(*path, "url"), self.report) if entry.url else None
        return Source(entry.title, url, entry.publisher, entry.date, entry.accessed, id)

    def facts(self) -> tuple[Fact, ...]:
        read = self.yaml(self.folder / "facts.yaml", dict[str, FactEntry], optional=True)
        if read is None:
            return ()
        entries, places = read
        return tuple(
            Fact(id, fact.value, fact.unit, fact.source, fact.as_of, places.value(id)) for id, fact in entries.items()
        )

    def cited(
        self, value: Any, known: Mapping[str, Source], places: Places, path: tuple[str | int, ...]
    ) -> Iterator[Source]:
        several = isinstance(value, list)
        for index, one in enumerate(value if several else [value]):
            at = (*path, index) if several else path
            if isinstance(one, SourceEntry):
                yield self.source(one, places, at)
            elif one in known:
                yield known[one]
            elif re.match(r"https?://", one):
                yield Source(title=one, url=check_url(one, places.value(*at), self.report))
            else:
                hint = did_you_mean(one, known, what="sources.yaml has")
                self.report.add(UNKNOWN_SOURCE, places.value(*at), f"no source has the id {one!r}", hint)

    # --- sections ---

    def sections(
        self, masthead: Masthead, theme: Theme | None, language: str, sources: Mapping[str, Source]
    ) -> tuple[Section, ...]:
        try:
            files = sorted(path for path in self.folder.iterdir() if path.suffix == ".md")
        except OSError as error:
            self.report.add(
                UNREADABLE, Location(self.workspace.shown(self.folder)), f"cannot be read: {error.strerror}"
            )
            return ()
        found = [self.section(path, masthead, theme, language, sources) for path in files]
        return tuple(section for section in found if section is not None)

    def section(
        self, path: Path, masthead: Masthead, theme: Theme | None, language: str, sources: Mapping[str, Source]
    ) -> Section | None:
        shown = self.workspace.shown(path)
        text = read_text(path, shown, self.report)
        if text is None:
            return None
        front, body = _split(text)
        if front is None:
            hint = "Begin the file with three lines: ---, kind: essay, ---."
            self.report.add(UNREADABLE, Location(shown, 1, 1), "the section has no front matter", hint)
            front, body = "", 0
        read = read_yaml(front, shown, self.report, first_line=2)
        value, places = read or (None, Places(Location(shown, 1, 1)))
        entry = convert({} if value is None else value, FrontMatter, places, self.report) if body and read else None
        if entry and theme and entry.kind not in theme.kinds:
            hint = did_you_mean(entry.kind, sorted(theme.kinds))
            self.report.add(UNKNOWN_KIND, places.value("kind"), f"the theme has no kind {entry.kind!r}", hint)

        def cite(words: str, where: Location) -> str | None:
            """Return a source as printed below a table: an id of sources.yaml, or plain words."""
            if " " in words and words not in sources:
                return words
            found = next(self.cited(words, sources, Places(where), ()), None)
            return found.words if found else None

        blocks = parse(
            SourceText.of(shown, text, body), language, direction(language), Desk(self.table, cite), self.report
        )
        if entry is None:
            return None
        title = entry.title
        if title is None and blocks and isinstance(blocks[0], Heading) and blocks[0].level == 1:
            from newsletter.markup.inline import plain

            title, blocks = plain(blocks[0].children), blocks[1:]
        order = re.match(r"\d+", path.name)
        return Section(
            where=Location(shown, text.count("\n", 0, body) + 1, 1),
            kind=entry.kind,
            blocks=blocks,
            title=title.strip() if title else None,
            by=self.holders(entry.by, masthead, places, ("by",)) if entry.by is not None else (),
            tags=tuple(entry.tags),
            date=entry.date,
            sources=tuple(self.cited(entry.source, sources, places, ("source",))) if entry.source is not None else (),
            order=int(order[0]) if order else None,
            places=places.top(),
        )

    def table(self, name: str, where: Location) -> list[list[str]] | None:
        """Return the rows of a CSV file in the issue's folder."""
        path = self.folder / name
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, ValueError):
            inside = False
        if not inside:
            self.report.add(
                UNREADABLE, where, f"{name!r} is not inside the issue's folder", "Copy the file into data/."
            )
            return None
        if not path.is_file():
            near = [file.relative_to(self.folder).as_posix() for file in (self.folder / "data").glob("*.csv")]
            self.report.add(UNREADABLE, where, f"there is no file {name!r}", did_you_mean(name, near, what="There are"))
            return None
        text = read_text(path, self.workspace.shown(path), self.report, limit=DATA_LIMIT)
        if text is None:
            return None
        delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
        try:
            rows = [
                [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)
            ]
        except csv.Error as error:
            self.report.add(BROKEN_TABLE, Location(self.workspace.shown(path)), f"not valid CSV: {error}")
            return None
        for number, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                message = f"the row has {len(row)} cells, the head has {len(rows[0])}"
                self.report.add(BROKEN_TABLE, Location(self.workspace.shown(path), number, 1), message)
                return None
        return rows


@dataclass(frozen=True, slots=True)
class _Masthead(Masthead):
    """The masthead as read: with its defaults and their places."""

    defaults: Mapping[str, Any]
    places: Places
    broken: bool = False


def _split(text: str) -> tuple[str | None, int]:
    """Return the front matter and the offset, in characters, at which the body starts."""
    match = re.match(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", text, re.DOTALL)
    return (match[1], match.end()) if match else (None, 0)

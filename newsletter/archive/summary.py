"""What lists, feeds and records need of an issue; small enough to hold thousands in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from newsletter.archive.permalinks import path_word
from newsletter.model import Direction, Holder, Issue, Location, Section, Team
from newsletter.render.context import count_words
from newsletter.schema.site import ArchiveSettings

WORDS_PER_MINUTE = 238  # as in newsletter/render/context.py


class TopicName(Struct, frozen=True):
    """A topic as written in a source; spellings with the same key are the same topic."""

    key: str
    label: str


class Contributor(Struct, frozen=True):
    """A credited person or team; `key` is their path segment."""

    key: str
    name: str
    url: str | None = None
    team: bool = False
    members: tuple[str, ...] = ()  # keys


class Contribution(Struct, frozen=True):
    """A contribution to one issue: titles written and role labels."""

    key: str
    titles: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class SectionSummary(Struct, frozen=True):
    """A section with a title; `slug` is set if it has a page of its own."""

    anchor: str
    title: str
    slug: str | None = None
    teaser: str = ""
    by: tuple[str, ...] = ()  # keys of contributors
    topics: tuple[TopicName, ...] = ()
    date: dt.date | None = None
    words: int = 0


class DatedNote(Struct, frozen=True):
    """A correction as readers see it."""

    date: dt.date
    kind: str
    note: str


class IssueSummary(Struct, frozen=True, kw_only=True):
    """One issue of the site."""

    slug: str
    title: str
    deck: str
    date: dt.date
    language: str
    direction: Direction
    theme: str
    number: int | None
    topics: tuple[TopicName, ...]  # the issue's and its sections', without duplicates
    sections: tuple[SectionSummary, ...]
    contributors: tuple[Contributor, ...]
    contributions: tuple[Contribution, ...]
    corrections: tuple[DatedNote, ...]
    words: int
    minutes: int
    archived: bool  # whether the issue has a page
    unlisted: bool
    draft: bool
    formerly: tuple[str, ...]
    where: tuple[str, int, int]  # location of the title, for findings
    digest: str = ""  # of the parts that make up pages and feeds
    row: str = ""  # digest of what lists show
    receipts: tuple[str, ...] = ()  # digests of what was delivered, latest last

    @property
    def updated(self) -> dt.date:
        """Return the day of the latest correction, or of publication."""
        return max([self.date, *(note.date for note in self.corrections)])

    @property
    def digest_shape(self) -> bool:
        """Return whether the issue is a digest of articles with pages of their own."""
        return any(section.slug for section in self.sections)


def topic_name(label: str, settings: ArchiveSettings) -> TopicName:
    """Return a topic under the name `[archive.topics]` maps it to, or its own."""
    aliases = {path_word(other): topic for other, topic in settings.topics.items()}
    label = aliases.get(path_word(label), label)
    return TopicName(path_word(label), label)


def summarize(issue: Issue, settings: ArchiveSettings, phrases: dict[str, str]) -> IssueSummary:
    """Return the summary of an issue; `draft`, `digest` and `receipts` are set later."""
    sections = _sections(issue, settings)
    labels = [*issue.tags, *(tag for section in issue.sections for tag in section.tags)]
    topics = {topic.key: topic for topic in (topic_name(label, settings) for label in labels)}
    words = sum(map(count_words, issue.sections))
    where = issue.places.get("title", issue.where)
    return _with_row(
        IssueSummary(
            slug=issue.slug,
            title=issue.title,
            deck=issue.preheader,
            date=issue.date,
            language=issue.language,
            direction=issue.direction,
            theme=issue.theme,
            number=issue.number,
            topics=tuple(topics.values()),
            sections=sections,
            contributors=tuple(_contributors(issue)),
            contributions=tuple(_contributions(issue, phrases)),
            corrections=tuple(
                DatedNote(note.date, note.kind, note.note)
                for note in sorted(issue.corrections, key=lambda note: note.date)
            ),
            words=words,
            minutes=max(round(words / WORDS_PER_MINUTE), 1),
            archived=issue.archive is not False,
            unlisted=issue.archive == "unlisted",
            draft=False,
            formerly=issue.formerly,
            where=(where.path, where.line or 1, where.column or 1),
        )
    )


def _with_row(summary: IssueSummary) -> IssueSummary:
    data = msgspec.msgpack.encode(replace(summary, where=("", 0, 0)))
    return replace(summary, row=hashlib.sha256(data).hexdigest()[:16])


# --- sections and articles ------------------------------------------------------------------------


def is_article(section: Section) -> bool:
    """Return whether a section may be an article of a digest.

    It needs a title, a byline, and its own date or topics.
    """
    return bool(section.title and section.by and (section.date or section.tags))


def is_digest(issue: Issue) -> bool:
    """Return whether an issue is a digest: two or more of its articles have their own dates.

    A letter consisting of an essay and briefs is a single text and is not split up.
    """
    return sum(is_article(section) and bool(section.date) for section in issue.sections) > 1


def _sections(issue: Issue, settings: ArchiveSettings) -> tuple[SectionSummary, ...]:
    slugs = _slugs([section for section in issue.sections if is_article(section)], issue)
    summaries = []
    for section, anchor in zip(issue.sections, heading_anchors(issue), strict=True):
        name = section.where.path
        summaries.append(
            SectionSummary(
                anchor=anchor,
                title=section.title or "",
                slug=slugs.get(name),
                by=tuple(person_key(holder, issue) for holder in section.by),
                topics=tuple(topic_name(tag, settings) for tag in section.tags),
                date=section.date,
                words=count_words(section),
            )
        )
    return tuple(summaries)


def heading_anchors(issue: Issue) -> tuple[str, ...]:
    """Return a unique id per section: its title as a path segment, or its kind."""
    taken: set[str] = set()
    words = (path_word(section.title or section.kind) for section in issue.sections)
    return tuple([_unique(word, taken) for word in words])


def _slugs(articles: list[Section], issue: Issue) -> dict[str, str]:
    """Return file -> slug of a digest's articles.

    The slug is the file name without its number, which survives a corrected title. Files named by
    kind (`20-brief.md`) use their title instead.
    """
    taken: set[str] = {"images"}
    slugs: dict[str, str] = {}
    if not is_digest(issue):
        return slugs
    for section in articles:
        stem = section.where.path.rpartition("/")[2].removesuffix(".md").lstrip("0123456789-_")
        word = stem if stem and stem != section.kind else section.title or section.kind
        slugs[section.where.path] = _unique(path_word(word), taken)
    return slugs


def _unique(word: str, taken: set[str]) -> str:
    number, result = 1, word
    while result in taken:
        number += 1
        result = f"{word}-{number}"
    taken.add(result)
    return result


# --- people ---------------------------------------------------------------------------------------


def person_key(holder: Holder, issue: Issue) -> str:
    """Return a person's path segment: the masthead id, or the name as a segment."""
    if holder.id is not None:
        return path_word(holder.id)
    known = {person.name: id for id, person in issue.masthead.people.items()}
    return path_word(known.get(holder.name, holder.name))


def _holders(issue: Issue) -> Iterator[Holder]:
    for section in issue.sections:
        yield from section.by
    for credit in issue.credits.roles:
        yield from credit.holders
    yield from issue.credits.produced_by


def _contributors(issue: Issue) -> Iterator[Contributor]:
    seen = set()
    for holder in _holders(issue):
        key = person_key(holder, issue)
        if key in seen:
            continue
        seen.add(key)
        team = isinstance(holder, Team)
        members = holder.members if isinstance(holder, Team) else ()
        keys = tuple(person_key(member, issue) for member in members)
        yield Contributor(key, holder.name, holder.url, team, keys)


def _contributions(issue: Issue, phrases: dict[str, str]) -> Iterator[Contribution]:
    done: dict[str, Contribution] = {}

    def add(holder: Holder, *, title: str = "", role: str = "") -> None:
        key = person_key(holder, issue)
        contribution = done.get(key, Contribution(key))
        titles = contribution.titles + (
            (title,) if title and title not in contribution.titles else ()
        )
        roles = contribution.roles + ((role,) if role and role not in contribution.roles else ())
        done[key] = replace(contribution, titles=titles, roles=roles)

    for section in issue.sections:
        for holder in section.by:
            add(holder, title=section.title or phrases.get(section.kind, section.kind))
    for credit in issue.credits.roles:
        for holder in credit.holders:
            add(holder, role=credit.role.label)
    for holder in issue.credits.produced_by:
        add(holder, role=phrases["archive_production"])
    yield from done.values()


def place_of(summary: IssueSummary) -> Location:
    """Return the location of an issue's title, for findings."""
    return Location(*summary.where)

"""All texts of an issue that readers see.

Passages, titles, subject, alternative texts, credits and sources.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from newsletter.check.object_cache import cached_for_object
from newsletter.check.prose.passages import Passage, asides, passages
from newsletter.markup.figure import Figure
from newsletter.markup.table import Table
from newsletter.model import Issue, Location, Section, walk


class IssueText(Struct, frozen=True):
    """A text with its location: a passage, or other text with one location for the whole."""

    words: str
    where: Location
    passage: Passage | None = None

    @property
    def section(self) -> Section | None:
        return self.passage.section if self.passage else None

    def at(self, offset: int, words: str = "") -> Location:
        """Return the location of the character at an offset, as exactly as it is known."""
        return self.passage.at(offset, words) if self.passage else self.where


@cached_for_object
def texts(issue: Issue) -> tuple[IssueText, ...]:
    """Return all texts of an issue, each once; those outside the sections come first."""
    read = [IssueText(words, where) for words, where in (*asides(issue), *_other_texts(issue))]
    read += [IssueText(passage.words, passage.at(0), passage) for passage in passages(issue)]
    unique = {(text.words, text.where): text for text in read if text.words}
    return tuple(unique.values())


def _other_texts(issue: Issue) -> Iterator[tuple[str, Location]]:
    """Yield text that is neither prose nor a title: credits, sources, tags."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Figure):
                where = node.credit_at or node.where
                yield from ((words, where) for words in (node.credit, node.licence) if words)
            elif isinstance(node, Table) and node.source:
                yield node.source, node.source_at or node.where
        for source in section.sources:
            yield source.words, source.title_at or source.where or section.where
        for holder in section.by:
            yield holder.name, holder.at or section.places.get("by", section.where)
    for source in issue.sources:
        yield source.words, source.title_at or source.where or issue.where
    for credit in issue.credits.roles:
        for holder in credit.holders:
            yield holder.name, holder.at or credit.where
    for holder in issue.credits.produced_by:
        yield holder.name, holder.at or issue.credits.where
    if issue.credits.location:
        yield issue.credits.location, issue.credits.location_at or issue.credits.where
    for tag in issue.tags:
        yield tag, issue.places.get("tags", issue.where)

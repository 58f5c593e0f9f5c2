"""Data model of an issue assembled from a draft; no lookups, no writing."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from newsletter.importers.draft import DraftBlock, DraftImage, ImportNote


class Reference(Struct, frozen=True):
    """The source of an article, from its `[Reference: …]` line."""

    title: str | None
    url: str | None


class ImportedSection(Struct, frozen=True):
    """One section, with people by name."""

    kind: str
    title: str | None
    by: tuple[str, ...]
    tags: tuple[str, ...]
    date: dt.date | None
    sources: tuple[Reference, ...]
    blocks: tuple[DraftBlock, ...]  # blocks of the section; its notes come last


class ImportedIssue(Struct, frozen=True):
    """Everything needed to write an issue folder."""

    origin: str
    title: str | None
    deck: str | None
    date: dt.date | None
    slug: str | None
    number: int | None
    subject: str | None
    language: str | None
    tags: tuple[str, ...]
    sections: tuple[ImportedSection, ...]
    credits: tuple[tuple[str, tuple[str, ...]], ...]  # role label -> names
    produced_by: tuple[str, ...]
    location: str | None
    images: tuple[DraftImage, ...]
    notes: tuple[ImportNote, ...]  # notes for the author, sorted by line

    @property
    def people(self) -> tuple[str, ...]:
        """Return everyone named in bylines and credits, without duplicates.

        Those who produced the issue are left out.
        """
        given = [name for text in self.sections for name in text.by]
        return tuple(dict.fromkeys([*given, *(name for _, held in self.credits for name in held)]))

"""Footnotes and link references of one section: what refers to what, and what would be lost because nothing does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyromark

from newsletter.faults import BROKEN_LINK, BROKEN_NOTE, LOST_TEXT, Report
from newsletter.markup.notes import Note, Notes
from newsletter.markup.source import Source
from newsletter.model import Location, Node


class References:
    """Filled while a section is read."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source, self.report = source, report
        self.numbers: dict[str, int] = {}  # note label -> number, in the order they are referred to
        self.notes: dict[str, Note] = {}
        self.used: set[str] = set()

    def number(self, label: str) -> int:
        """Return the number of a note; the first one referred to is 1."""
        return self.numbers.setdefault(label, len(self.numbers) + 1)

    def define(self, label: str, where: Location, children: tuple[Node, ...]) -> None:
        if label in self.notes:
            first = self.notes[label].where.line
            self.report.add(BROKEN_NOTE, where, f"note [^{label}] is written twice; the first is on line {first}")
        self.notes[label] = Note(where, label, children)

    def missing(self, label: str, where: Location) -> None:
        """Report a note's mark, `^label`, without its note; the parser leaves it as words and tells nobody."""
        self.report.add(BROKEN_NOTE, where, f"note [{label}] is nowhere", f"Add a line `[{label}]: …`.")

    def use(self, label: str) -> None:
        self.used.add(label.casefold())

    def notes_block(self) -> Iterator[Notes]:
        """Yield the section's notes as one block, if it has any."""
        for label, note in self.notes.items():
            if label not in self.numbers:
                hint = f"Put [^{label}] where it belongs, or delete the note."
                self.report.add(BROKEN_NOTE, note.where, f"nothing refers to note [^{label}]", hint)
        ordered = [self.notes[label] for label in self.numbers if label in self.notes]
        if ordered:
            yield Notes(ordered[0].where, tuple(ordered))

    def broken(self, link: Any) -> None:
        """Report `[text][missing]`; a lone `[word]` is prose."""
        where = self.source.at(self.source.body + link["span"]["start"])
        label = link["reference"]
        if link["link_type"] in ("Reference", "Collapsed"):
            hint = f"Add a line `[{label}]: https://…`."
            self.report.add(BROKEN_LINK, where, f"reference [{label}] is nowhere", hint)

    def find_unused(self, markdown: str, options: pyromark.Options) -> None:
        """Report definitions that no link uses: their addresses would be in neither part."""
        if "]:" not in markdown:
            return
        for label, definition in pyromark.reference_definitions(markdown, options=options).items():
            if label.casefold() not in self.used:
                where = self.source.at(self.source.body + definition["span"]["start"])
                self.report.add(LOST_TEXT, where, f"no link uses the reference [{label}]", "Use it or delete it.")

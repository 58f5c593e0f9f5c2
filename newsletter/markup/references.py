"""Footnotes and link references of one section; reports missing and unused ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import pyromark

from newsletter.diagnostics import BROKEN_LINK, BROKEN_NOTE, LOST_TEXT, Report
from newsletter.markup.notes import Note, Notes
from newsletter.markup.source import SourceText
from newsletter.model import Location, Node

# What precedes a URL: the end of a link's text, and the label of a definition. In a quotation,
# each line begins with `>`.
_WORDS = re.compile(rb"\]\([ \t]*(?:\n[ \t>]*)?<?")
_LABEL = re.compile(rb"\[(?:\\.|[^\\\[\]])*+\]:[ \t]*(?:\n[ \t>]*)?<?", re.DOTALL)


class References:
    """The references of a section, collected while it is parsed."""

    def __init__(
        self, source: SourceText, markdown: str, options: pyromark.Options, report: Report
    ) -> None:
        self.source, self.markdown, self.options, self.report = source, markdown, options, report
        self.numbers: dict[str, int] = {}  # note label -> number, in the order they are referred to
        self.notes: dict[str, Note] = {}
        self.used: set[str] = set()

    def number(self, label: str) -> int:
        """Return the number of a note, counted from 1 in the order of references."""
        return self.numbers.setdefault(label, len(self.numbers) + 1)

    def define(self, label: str, where: Location, children: tuple[Node, ...]) -> None:
        if label in self.notes:
            first = self.notes[label].where.line
            self.report.add(
                BROKEN_NOTE,
                where,
                f"Repeated note [^{label}]; first written on line {first}",
            )
        self.notes[label] = Note(where, label, children)

    def missing(self, label: str, where: Location) -> None:
        """Report a reference `^label` to a missing note; the parser silently leaves it as text."""
        self.report.add(
            BROKEN_NOTE, where, f"Missing note [{label}]", f"Add a line `[{label}]: …`."
        )

    def use(self, label: str) -> None:
        self.used.add(_folded(label))

    @cached_property
    def definitions(self) -> Mapping[str, tuple[str, int]]:
        """Map case-folded labels to the label as written and the byte offset of `[label]: url`."""
        if "]:" not in self.markdown:
            return {}
        definitions = pyromark.reference_definitions(self.markdown, options=self.options)
        return {
            _folded(label): (label, self.source.body + definition["span"]["start"])
            for label, definition in definitions.items()
        }

    def address(self, detail: dict[str, str], start: int, inner: int) -> Location | None:
        """Return the location of a link's or image's URL; `inner` is the end of the text before it.

        Returns `None` if it is unknown: a caption has a single location for all its text.
        """
        if self.source.fixed:
            return None
        if detail["link_type"] in ("Autolink", "Email"):
            return self.source.at(start + 1)
        if detail["link_type"] == "Inline":
            before = _WORDS.search(self.source.data, inner)
        else:
            _, at = self.definitions.get(_folded(detail["id"]), ("", start))
            before = _LABEL.match(self.source.data, at)
        return self.source.at(before.end()) if before else None

    def notes_block(self) -> Iterator[Notes]:
        """Yield the section's notes as one block, if it has any."""
        for label, note in self.notes.items():
            if label not in self.numbers:
                hint = f"Write [^{label}] where it belongs, or delete the note."
                self.report.add(BROKEN_NOTE, note.where, f"Unused note [^{label}]", hint)
        ordered = [self.notes[label] for label in self.numbers if label in self.notes]
        if ordered:
            yield Notes(ordered[0].where, tuple(ordered))

    def broken(self, link: Any) -> None:
        """Report `[text][missing]`; a lone `[word]` is prose."""
        where = self.source.at(self.source.body + link["span"]["start"])
        label = link["reference"]
        if link["link_type"] in ("Reference", "Collapsed"):
            hint = f"Add a line `[{label}]: https://…`."
            self.report.add(BROKEN_LINK, where, f"Missing reference [{label}]", hint)

    def find_repeated(self) -> None:
        """Report later definitions of a label: the first one wins, and their URLs would be lost."""
        hint = "Delete one of the two, or give it a label of its own."
        for folded, (label, start) in self.definitions.items():
            if len(_labelled(folded, self.markdown)) < 2:
                continue
            # Rename the first one, letter by letter so that offsets stay, and see which is next.
            data = bytearray(self.markdown.encode())
            first = start - self.source.body
            for index in range(first + 1, first + data[first:].index(b"]")):
                data[index] = ord("q") if data[index] != ord("q") else ord("x")
            definitions = pyromark.reference_definitions(data.decode(), options=self.options)
            for other, definition in definitions.items():
                if _folded(other) == folded:
                    where = self.source.at(self.source.body + definition["span"]["start"])
                    self.report.add(LOST_TEXT, where, f"Repeated reference [{label}]", hint)

    def find_unused(self) -> None:
        """Report definitions that no link uses: their URLs would appear in neither part."""
        for folded, (label, start) in self.definitions.items():
            if folded not in self.used:
                where = self.source.at(start)
                self.report.add(
                    LOST_TEXT,
                    where,
                    f"Unused reference [{label}]",
                    "Use the reference, or delete it.",
                )


def _folded(label: str) -> str:
    """Return a label as labels are compared: without case, and with single spaces."""
    return " ".join(label.split()).casefold()


def _labelled(folded: str, markdown: str) -> list[str]:
    """Return the lines that look like definitions of a label."""
    starts = re.findall(r"^[ >]*\[([^\[\]\n]+)\]:", markdown, re.MULTILINE)
    return [label for label in starts if _folded(label) == folded]

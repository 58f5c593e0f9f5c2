"""Section files: front matter and Markdown."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.diagnostics import UNKNOWN_KIND, UNREADABLE
from newsletter.files.yaml_reader import PositionMap, convert, did_you_mean, read_yaml
from newsletter.load.files import WorkspaceReader
from newsletter.load.masthead import MastheadReader
from newsletter.load.sources import cited
from newsletter.load.tables import read_csv
from newsletter.markup.directives import BlockContext
from newsletter.markup.heading import Heading
from newsletter.markup.inline import plain
from newsletter.markup.parse import parse
from newsletter.markup.source import SourceText
from newsletter.model import Direction, Location, Node, Section, Source
from newsletter.schema.documents import FrontMatter

_FRONT = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


class SectionReader(Struct, frozen=True):
    """What a section's file is read against."""

    files: WorkspaceReader
    folder: Path
    crew: MastheadReader
    kinds: frozenset[str] | None  # None where the theme is broken: then no kind is wrong
    language: str
    direction: Direction
    sources: Mapping[str, Source]

    def read_all(self) -> tuple[Section, ...]:
        """Return the sections in the order of their numbers."""
        try:
            paths = sorted(
                (path for path in self.folder.iterdir() if path.suffix == ".md"), key=_order
            )
        except OSError as error:
            self.files.report.add(
                UNREADABLE, self.files.place(self.folder), f"cannot be read: {error.strerror}"
            )
            return ()
        return tuple(self.read(path) for path in paths)

    def read(self, path: Path) -> Section:
        """Return a section; `kind` is empty where its front matter cannot be read."""
        report, start = self.files.report, self.files.place(path)._replace(line=1, column=1)
        before = report.errors
        digits = re.match(r"\d+", path.name)
        order = int(digits[0]) if digits else None
        text = self.files.text(path)
        if text is None:
            return Section(start, "", (), order=order, broken=True)
        front = _FRONT.match(text)
        body = front.end() if front else 0
        entry, places = self.front_matter(front[1], start) if front else (None, PositionMap(start))
        if not front:
            if text.startswith("---\n"):
                report.add(
                    UNREADABLE, start, "the front matter never ends", "Close it with a line of ---."
                )
            else:
                hint = "Begin the file with three lines: ---, kind: essay, ---."
                report.add(UNREADABLE, start, "the section has no front matter", hint)
        # Read the body whatever the front matter says, so that its faults are told in the same run.
        desk = BlockContext(self.csv, self.cite)
        blocks = parse(
            SourceText.of(start.path, text, body), self.language, self.direction, desk, report
        )
        if entry is None:
            return Section(start, "", blocks, order=order, broken=True, text=text)
        title, blocks = _titled(entry.title, blocks)
        return Section(
            where=start._replace(line=text.count("\n", 0, body) + 1),
            kind=entry.kind,
            blocks=blocks,
            title=title,
            by=self.crew.holders(entry.by, places, ("by",)) if entry.by is not None else (),
            tags=tuple(entry.tags),
            teaser=entry.teaser,
            date=entry.date,
            sources=tuple(cited(entry.source, self.sources, places, ("source",), report))
            if entry.source
            else (),
            order=order,
            places=places.top(),
            broken=report.errors > before,
            text=text,
        )

    def front_matter(self, text: str, start: Location) -> tuple[FrontMatter | None, PositionMap]:
        read = read_yaml(text, start.path, self.files.report, first_line=2)
        if read is None:
            return None, PositionMap(start)
        value, places = read
        entry: FrontMatter | None = convert(
            {} if value is None else value, FrontMatter, places, self.files.report
        )
        if entry and self.kinds is not None and entry.kind not in self.kinds:
            hint = did_you_mean(entry.kind, sorted(self.kinds))
            self.files.report.add(
                UNKNOWN_KIND, places.value("kind"), f"the theme has no kind {entry.kind!r}", hint
            )
        return entry, places

    def csv(self, name: str, where: Location) -> list[list[str]] | None:
        return read_csv(self.files, self.folder, name, where)

    def cite(self, words: str, where: Location) -> str | None:
        """Return a source as printed below a table: an id of sources.yaml, or plain words."""
        if " " in words and words not in self.sources:
            return words
        found = next(cited(words, self.sources, PositionMap(where), (), self.files.report), None)
        return found.words if found else None


def _order(path: Path) -> tuple[float, str]:
    """Return where a section stands: by the number its name starts with, those without one last."""
    number = re.match(r"\d{1,9}", path.name)
    return (int(number[0]) if number else math.inf, path.name)


def _titled(title: str | None, blocks: tuple[Node, ...]) -> tuple[str | None, tuple[Node, ...]]:
    """Return a section's title and the rest: a `#` heading at the top is the title where none is given."""
    if title is None and blocks and isinstance(blocks[0], Heading) and blocks[0].level == 1:
        return plain(blocks[0].children).strip(), blocks[1:]
    return title.strip() if title else None, blocks

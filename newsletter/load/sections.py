"""Section files: front matter and Markdown."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import UNKNOWN_FACT, UNKNOWN_KIND, UNREADABLE
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.text import leads_out
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap, read_yaml
from newsletter.load.masthead import MastheadReader
from newsletter.load.rights import with_rights
from newsletter.load.sources import cited
from newsletter.load.tables import read_csv
from newsletter.load.unread import is_scratch
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.directives import BlockContext, Line
from newsletter.markup.facts import fill_facts
from newsletter.markup.heading import Heading
from newsletter.markup.inline import plain
from newsletter.markup.parse import parse
from newsletter.markup.plain_title import dropped_from_title, report_markup
from newsletter.markup.source import SourceText
from newsletter.model import Direction, Location, Node, Section, Source, walk
from newsletter.model.issue import ImageRights
from newsletter.schema.block_tables import ChartBlock
from newsletter.schema.documents import FrontMatter

_FRONT = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)


class SectionReader(Struct, frozen=True):
    """Reads section files, with everything they are validated against."""

    files: WorkspaceReader
    folder: Path
    masthead_reader: MastheadReader
    kinds: frozenset[str] | None  # None if the theme is broken; then every kind is accepted
    language: str
    direction: Direction
    sources: Mapping[str, Source]
    phrases: Mapping[str, str] | None = None  # for charts; None if the theme is broken
    facts: Mapping[str, str] = {}  # id -> figure as printed
    rights: tuple[ImageRights, ...] = ()
    on_file: Callable[[], None] = lambda: None  # called when a section reads another file

    @property
    def inputs(self) -> tuple[object, ...]:
        """Return everything that a section is read with, besides its own file and others."""
        masthead = (self.masthead_reader.masthead, self.masthead_reader.broken)
        values = (self.kinds, self.language, self.direction, self.phrases)
        return (
            self.files.workspace,
            self.folder,
            *masthead,
            *values,
            self.sources,
            self.facts,
            self.rights,
        )

    def read_all(self) -> tuple[Section, ...]:
        """Return the sections in the order of their numbers."""
        return tuple(map(self.read, self.paths()))

    def paths(self) -> tuple[Path, ...]:
        """Return the files of the sections in the order of their numbers."""
        try:
            paths = sorted(
                (
                    path
                    for path in self.folder.iterdir()
                    if path.suffix == ".md" and not is_scratch(path.name)
                ),
                key=_order,
            )
        except OSError as error:
            self.files.report.add(
                UNREADABLE, self.files.place(self.folder), f"Cannot read the file: {error.strerror}"
            )
            return ()
        return tuple(paths)

    def read(self, path: Path) -> Section:
        """Return a section; `kind` is empty if its front matter cannot be read."""
        report, start = self.files.report, replace(self.files.place(path), line=1, column=1)
        before = report.errors
        digits = re.match(r"\d+", path.name)
        order = int(digits[0]) if digits else None
        text = self.text(path)
        if text is None:
            return Section(start, "", (), order=order, broken=True)
        entry, places, body = self.front_matter(text, start)
        # Read the body even if the front matter is broken, so that one run reports all errors.
        blocks = self.body(SourceText.of(start.path, text, body))
        if entry is None:
            return Section(start, "", blocks, order=order, broken=True, text=text)
        title, blocks = self.titled(self.title(entry, places), places, blocks)
        for index, tag in enumerate(entry.tags):
            report_markup(tag, places.value("tags", index), report, "a tag")
        return Section(
            where=replace(start, line=text.count("\n", 0, body) + 1),
            kind=entry.kind,
            blocks=blocks,
            title=title,
            by=self.masthead_reader.holders(entry.by, places, ("by",))
            if entry.by is not None
            else (),
            tags=tuple(entry.tags),
            teaser=entry.teaser,
            date=entry.date,
            sources=tuple(cited(entry.source, self.sources, places, ("source",), report=report))
            if entry.source
            else (),
            order=order,
            places=places.top(),
            broken=report.errors > before,
            text=text,
        )

    def text(self, path: Path) -> str | None:
        """Return a section's text, or `None` after reporting."""
        if path.is_symlink() and leads_out(path, self.folder):
            place, hint = self.files.place(path), "Replace the link with the file itself."
            self.files.report.add(UNREADABLE, place, "Symbolic link points outside the issue", hint)
            return None
        return self.files.text(path)

    def front_matter(
        self, text: str, start: Location
    ) -> tuple[FrontMatter | None, PositionMap, int]:
        """Return the front matter with its positions, and the offset at which the body begins."""
        report, front = self.files.report, _FRONT.match(text)
        if front is None and text.startswith("---\n"):
            hint = "Close it with a line that contains only ---."
            report.add(UNREADABLE, start, "Unclosed front matter", hint)
        elif front is None:
            hint = "Begin the file with three lines: ---, kind: essay, ---."
            report.add(UNREADABLE, start, "Missing front matter", hint)
        if front is None:
            return None, PositionMap(start), 0
        read = read_yaml(front[1], start.path, report, first_line=2)
        if read is None:
            return None, PositionMap(start), front.end()
        value, places = read
        entry: FrontMatter | None = convert(
            {} if value is None else value, FrontMatter, places, report
        )
        if entry and self.kinds is not None and entry.kind not in self.kinds:
            hint = spelling_hint(entry.kind, sorted(self.kinds))
            report.add(
                UNKNOWN_KIND,
                places.value("kind"),
                f"Unknown section kind {quoted(entry.kind)}",
                hint,
            )
        return entry, places, front.end()

    def body(self, source: SourceText) -> tuple[Node, ...]:
        """Return the blocks of a section; its images know their rights."""
        context = BlockContext(self.csv, self.cite, self.fact, self.chart, self.plain)
        blocks = parse(source, self.language, self.direction, context, report=self.files.report)
        return with_rights(blocks, self.rights)

    def titled(
        self, title: str | None, places: PositionMap, blocks: tuple[Node, ...]
    ) -> tuple[str | None, tuple[Node, ...]]:
        """Return a section's title, which may be a `#` heading at the top, and its other blocks."""
        if title is not None:
            where = places.value("title")
            report_markup(title.strip(), where, self.files.report)
            return title.strip(), blocks
        heading = blocks[0] if blocks else None
        if not isinstance(heading, Heading) or heading.level != 1:
            return None, blocks
        for node in walk(heading.children):
            self.files.report.findings += dropped_from_title(node)
        return plain(heading.children).strip(), blocks[1:]

    def csv(self, name: str, where: Location) -> list[list[str]] | None:
        self.on_file()
        return read_csv(self.files, self.folder, name, where)

    def plain(self, words: str, where: Location, what: str) -> None:
        """Report Markdown in words of a block that are printed as typed."""
        report_markup(words, where, self.files.report, what)

    def fact(self, id: str, where: Location) -> str | None:
        """Return a figure of facts.yaml as printed, or `None` after reporting an unknown id."""
        if id not in self.facts:
            hint = spelling_hint(id, self.facts, what="facts")
            self.files.report.add(UNKNOWN_FACT, where, f"Unknown fact {quoted(id)}", hint)
        return self.facts.get(id)

    def title(self, entry: FrontMatter, places: PositionMap) -> str | None:
        return fill_facts(entry.title, places.value("title"), self.fact) if entry.title else None

    def chart(
        self, entry: ChartBlock, where: Location, places: PositionMap, line: Line
    ) -> Node | None:
        """Return a chart; `None` if the theme, which provides its phrases and colors, is broken."""
        from newsletter.load.chart_data import ChartReader, filled  # a tenth of a cold build

        if self.phrases is None:
            return None
        self.on_file()
        charts = ChartReader(self.files, self.folder, self.language, self.phrases)
        source = self.cite(entry.source, places.value("source")) if entry.source else None
        return charts.read(filled(entry, places, self.fact), where, places, line, source=source)

    def cite(self, words: str, where: Location) -> str | None:
        """Return a source as printed below a table, from an id of sources.yaml or plain text."""
        if " " in words and words not in self.sources:
            return words
        source = next(
            cited(words, self.sources, PositionMap(where), (), report=self.files.report), None
        )
        return source.words if source else None


def _order(path: Path) -> tuple[float, str]:
    """Return the sort key of a section: the number its name starts with; unnumbered ones last."""
    number = re.match(r"\d{1,9}", path.name)
    return (int(number[0]) if number else math.inf, path.name)

"""A section's Markdown -> nodes, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyromark

from newsletter.faults import (
    BROKEN_BLOCK,
    BROKEN_LINK,
    BROKEN_NOTE,
    BROKEN_TABLE,
    LOST_TEXT,
    RAW_HTML,
    TOO_DEEP,
    UNKNOWN_FIELD,
    UNREADABLE,
    Report,
)
from newsletter.languages import against
from newsletter.markup.code import CodeBlock
from newsletter.markup.comment import Comment
from newsletter.markup.directives import Desk, data_block, prose_block
from newsletter.markup.fences import DATA, Fence, find_fences
from newsletter.markup.figure import Figure
from newsletter.markup.heading import Heading
from newsletter.markup.html import ALLOWED, HINT, read_tag
from newsletter.markup.inline import Break, Code, Emphasis, Image, Link, MergeField, NoteRef, Tag, Text, isolate, plain
from newsletter.markup.lists import Item, List
from newsletter.markup.notes import Note, Notes
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.quote import Quote
from newsletter.markup.rule import Rule
from newsletter.markup.smart import Quotes
from newsletter.markup.source import Source
from newsletter.markup.table import Align, Cell, Table
from newsletter.markup.urls import check_url
from newsletter.merge import FIELD, FIELDS
from newsletter.model import Direction, Location, Node
from newsletter.textfile import UNPRINTABLE
from newsletter.yamlfile import did_you_mean

OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_SMART_PUNCTUATION
)
# Lists in quotes in lists: past a dozen no reader follows, past thirty mail clients give up.
MAX_DEPTH = 30
EMPHASIS = {"Emphasis": "em", "Strong": "strong", "Strikethrough": "del"}
ALIGN: dict[str, Align | None] = {"None": None, "Left": "left", "Center": "center", "Right": "right"}
# Atomic: a comment ends at its first `-->`, and words after the last one are found without trying every other reading.
COMMENTS = re.compile(r"\s*(?>(?:<!--.*?-->\s*)+)", re.DOTALL)
INLINE = (Text, Code, Emphasis, Link, Image, Break, NoteRef, Tag, MergeField)


def parse(source: Source, language: str, direction: Direction, desk: Desk, report: Report) -> tuple[Node, ...]:
    """Return the blocks of a section, its notes last; whatever would be lost or break a mail is reported."""
    data, fences = find_fences(source, report)
    return _Builder(source, language, direction, desk, report).blocks(data[source.body :].decode(), fences)


def parse_line(words: str, where: Location, language: str, direction: Direction, report: Report) -> tuple[Node, ...]:
    """Return the inline nodes of a caption; every node gets the caption's place."""
    source = Source.of(where.path, words)
    own = Report()
    builder = _Builder(source, language, direction, Desk(), own)
    nodes = builder.blocks(words, ())
    report.findings.extend(finding.moved(where) for finding in own.findings)
    if len(nodes) == 1 and isinstance(nodes[0], Paragraph):
        return nodes[0].children
    if nodes:
        report.add(BROKEN_BLOCK, where, "a caption is one paragraph", "Put lists and headings into the section.")
    return ()


@dataclass(slots=True)
class _Frame:
    """A node whose end has not been met yet."""

    name: str
    detail: Any
    start: int
    children: list[Node] = field(default_factory=list)


class _Builder:
    """Reads the parser's events once, front to back."""

    def __init__(self, source: Source, language: str, direction: Direction, desk: Desk, report: Report) -> None:
        self.source, self.direction, self.desk, self.report = source, direction, desk, report
        self.language = language
        self.quotes = Quotes(language)
        self.foreign = bool(against(direction).search(source.data.decode()))
        self.stack = [_Frame("Section", None, source.body)]
        self.words: list[str] = []
        self.words_start = 0
        self.numbers: dict[str, int] = {}  # note label -> number, in the order they are referred to
        self.notes: dict[str, Note] = {}
        self.used: set[str] = set()  # reference definitions that a link uses

    # --- the loop ---

    def blocks(self, markdown: str, fences: tuple[Fence, ...]) -> tuple[Node, ...]:
        marks = {fence.start: (fence, True) for fence in fences} | {fence.end: (fence, False) for fence in fences}
        base = self.source.body
        events = pyromark.events_with_range(markdown, options=OPTIONS, broken_link_callback=self.broken_reference)
        for event, range_ in events:
            start = base + range_["start"]
            name: str
            value: Any
            ((name, value),) = ((event, None),) if isinstance(event, str) else event.items()
            if name == "Text":
                self.text(value, start, base + range_["end"])
                continue
            if name == "SoftBreak":
                self.words.append(" ")
                self.flush()
                continue
            self.flush()
            if name == "Start":
                if len(self.stack) > MAX_DEPTH:
                    hint = "Use fewer levels of lists and quotes."
                    self.report.add(TOO_DEEP, self.source.at(start), f"more than {MAX_DEPTH} levels deep", hint)
                    return ()
                tag, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
                self.stack.append(_Frame(tag, detail, start))
            elif name == "End":
                self.end(base + range_["end"])
            elif name == "Rule" and start in marks:
                self.mark(*marks.pop(start))
            else:
                self.leaf(name, value, start)
        self.flush()
        while len(self.stack) > 1:
            self.unclosed_tag()
        for fence, opening in marks.values():
            if opening:
                self.report.add(BROKEN_BLOCK, self.source.at(fence.start), f"`::: {fence.kind}` cannot stand here")
        self.unused_references(markdown)
        return (*self.grouped(self.stack[0].children), *self.notes_block())

    def mark(self, fence: Fence, opening: bool) -> None:
        if opening and fence.kind not in DATA:
            self.stack.append(_Frame("fence", fence, fence.start))
            return
        if opening:
            node = data_block(fence, self.source, self.line, self.desk, self.report)
        elif fence.kind not in DATA and self.stack[-1].name == "fence":
            frame = self.stack.pop()
            node = prose_block(fence, self.source.at(fence.start), self.grouped(frame.children), self.report)
        else:
            return
        if node is not None:
            self.stack[-1].children.append(node)

    def line(self, words: str, where: Location) -> tuple[Node, ...]:
        return parse_line(words, where, self.language, self.direction, self.report)

    # --- leaves ---

    def text(self, value: str, start: int, end: int) -> None:
        if self.stack[-1].name == "HtmlBlock":
            return
        if not self.words:
            self.words_start = start
        data = self.source.data
        if end - start == 1 and value in "“”‘’" and self.stack[-1].name != "CodeBlock":
            before = data[max(start - 4, 0) : start].decode(errors="ignore")[-1:]
            value = self.quotes.sign(value, before, data[end : end + 4].decode(errors="ignore")[:1])
        elif "<!--" in value and data[start - 1 : start] != b"\\" and self.stack[-1].name != "CodeBlock":
            self.report.add(
                RAW_HTML, self.source.at(start), "a comment is opened and never closed", "Close it with -->."
            )
        if bad := UNPRINTABLE.search(value):
            message = f"character U+{ord(bad[0]):04X} cannot stand in a mail"
            self.report.add(UNREADABLE, self.source.at(start), message, "Delete it.")
        self.words.append(value)

    def flush(self) -> None:
        """Turn the words met since the last node into nodes, merge fields apart."""
        if not self.words:
            return
        words = "".join(self.words)
        self.words.clear()
        where = self.source.at(self.words_start)
        children = self.stack[-1].children
        if "%%" not in words:
            children.append(Text(where, words))
            return
        end = 0
        for match in FIELD.finditer(words):
            if match.start() > end:
                children.append(Text(where, words[end : match.start()]))
            if match[1] not in FIELDS:
                hint = did_you_mean(match[1], FIELDS)
                self.report.add(UNKNOWN_FIELD, where, f"no merge field is called {match[1]!r}", hint)
            children.append(MergeField(where, match[1], match[2] or ""))
            end = match.end()
        if end < len(words):
            children.append(Text(where, words[end:]))

    def leaf(self, name: str, value: Any, start: int) -> None:
        where, children = self.source.at(start), self.stack[-1].children
        if name == "Code":
            children.append(Code(where, value))
        elif name == "HardBreak":
            children.append(Break(where))
        elif name == "Rule":
            children.append(Rule(where))
        elif name == "FootnoteReference":
            children.append(NoteRef(where, value, self.numbers.setdefault(value, len(self.numbers) + 1)))
        elif name == "InlineHtml":
            self.inline_html(value, where, start)

    def inline_html(self, html: str, where: Location, start: int) -> None:
        if html.startswith("<!--"):
            self.stack[-1].children.append(Comment(where, html[4:-3].strip()))
            return
        tag = read_tag(html, where, self.report)
        if tag is None:
            return
        if tag.name == "br":
            self.stack[-1].children.append(Break(where))
        elif not tag.closing:
            self.stack.append(_Frame("tag", tag, start))
        elif self.stack[-1].name == "tag" and self.stack[-1].detail.name == tag.name:
            frame = self.stack.pop()
            node = Tag(self.source.at(frame.start), tag.name, frame.detail.attributes, tuple(frame.children))
            self.stack[-1].children.append(node)
        else:
            self.report.add(RAW_HTML, where, f"</{tag.name}> closes nothing that was opened here", HINT)

    def unclosed_tag(self) -> None:
        frame = self.stack.pop()
        if frame.name == "tag":
            name = frame.detail.name
            message = f"<{name}> is not closed inside the piece it opens in"
            self.report.add(RAW_HTML, self.source.at(frame.start), message, f"Add </{name}>.")
        self.stack[-1].children.extend(frame.children)

    # --- ends ---

    def end(self, end: int) -> None:
        while self.stack[-1].name == "tag":
            self.unclosed_tag()
        frame = self.stack.pop()
        node = self.node(frame, self.source.at(frame.start), end)
        if node is not None:
            self.stack[-1].children.append(node)

    def node(self, frame: _Frame, where: Location, end: int) -> Node | None:
        name, children, detail = frame.name, frame.children, frame.detail
        if name in EMPHASIS:
            return Emphasis(where, EMPHASIS[name], tuple(children))
        if name == "Paragraph":
            return self.paragraph(children, where)
        if name == "Link":
            return self.link(detail, tuple(children), where)
        if name == "Image":
            return Image(where, detail["dest_url"], plain(children), detail["title"])
        if name == "Heading":
            return Heading(where, int(detail["level"][1]), self.isolated(children))
        if name == "Item":
            return Item(where, self.grouped(children))
        if name == "List":
            return List(where, detail, tuple(children))
        if name == "BlockQuote":
            return Quote(where, self.grouped(children))
        if name == "CodeBlock":
            return CodeBlock(where, plain(children).rstrip("\n"))
        if name == "HtmlBlock":
            return self.html_block(frame.start, end, where)
        if name == "FootnoteDefinition":
            self.note(detail, where, self.grouped(children))
            return None
        return self.table_part(frame, where, end)

    def table_part(self, frame: _Frame, where: Location, end: int) -> Node | None:
        if frame.name == "TableCell":
            table = next(outer for outer in reversed(self.stack) if outer.name == "Table")
            row = self.stack[-1]
            align = ALIGN[table.detail[min(len(row.children), len(table.detail) - 1)]]
            header = row.name == "TableHead" or (not row.children and len(table.detail) > 1)
            row.detail = end
            return Cell(where, self.isolated(frame.children), align, header)
        if frame.name in ("TableHead", "TableRow"):
            left = self.source.data[frame.detail or frame.start : end]
            if frame.name == "TableRow" and left.strip(b"| \t\n"):
                at = self.source.at(end - len(left.lstrip(b"| \t")))
                hint = "Give the head as many cells, or write \\| for a bar inside a cell."
                self.report.add(BROKEN_TABLE, at, "the row has more cells than the head", hint)
            self.stack[-1].children.append(_Row(where, tuple(frame.children)))
            return None
        if frame.name == "Table":
            head, *rows = [row.children for row in frame.children if isinstance(row, _Row)]
            return Table(where, head, tuple(rows))  # type: ignore[arg-type]  # rows hold cells only
        raise AssertionError(f"unknown Markdown element {frame.name}")

    def isolated(self, children: list[Node]) -> tuple[Node, ...]:
        return isolate(children, self.direction) if self.foreign else tuple(children)

    def paragraph(self, children: list[Node], where: Location, *, tight: bool = False) -> Node:
        """Return a paragraph, or the figure that a picture standing alone is."""
        told = [node for node in children if not isinstance(node, Comment)]
        if len(told) == 1 and isinstance(only := told[0], Image):
            return self.figure(only, None)
        if (
            len(told) == 1
            and isinstance(only, Link)
            and len(only.children) == 1
            and isinstance(only.children[0], Image)
        ):
            return self.figure(only.children[0], only.url)
        return Paragraph(where, self.isolated(children), tight)

    def figure(self, image: Image, link: str | None) -> Figure:
        caption = (Text(image.where, image.title),) if image.title else ()
        return Figure(image.where, Image(image.where, image.src, image.alt), caption, link=link)

    def grouped(self, children: list[Node]) -> tuple[Node, ...]:
        """Return blocks; words that stand in a tight list item without a paragraph get one."""
        result: list[Node] = []
        line: list[Node] = []
        for node in [*children, None]:
            if isinstance(node, INLINE):
                line.append(node)
                continue
            if line:
                result.append(self.paragraph(line, line[0].where, tight=True))
                line = []
            if node is not None:
                result.append(node)
        return tuple(result)

    def link(self, detail: dict[str, str], children: tuple[Node, ...], where: Location) -> Node:
        url = detail["dest_url"]
        if detail["link_type"] == "Email" and not url.startswith("mailto:"):
            url = f"mailto:{url}"
        self.used.add(detail["id"].casefold())
        return Link(where, check_url(url, where, self.report), detail["title"], children)

    def html_block(self, start: int, end: int, where: Location) -> Node | None:
        html = self.source.data[start:end].decode()
        if COMMENTS.fullmatch(html):
            return Comment(where, html.strip()[4:-3].strip())
        if html.lstrip().startswith("<!--"):
            closing = html.find("-->")
            if closing < 0:
                self.report.add(RAW_HTML, where, "a comment is opened and never closed", "Close it with -->.")
            else:
                at = self.source.at(start + len(html[: closing + 3].encode()))
                self.report.add(LOST_TEXT, at, "text after a comment is lost", "Put it on a line of its own.")
            return None
        tag = re.match(r"\s*</?([A-Za-z][\w-]*)", html)
        name = f"<{tag[1]}>" if tag else "this HTML"
        inline = tag is not None and tag[1].lower() in ALLOWED
        hint = "Put it on one line with the words it belongs to." if inline else HINT
        self.report.add(RAW_HTML, where, f"{name} cannot stand here", hint)
        return None

    # --- notes and references ---

    def note(self, label: str, where: Location, children: tuple[Node, ...]) -> None:
        if label in self.notes:
            first = self.notes[label].where.line
            self.report.add(BROKEN_NOTE, where, f"note [^{label}] is written twice; the first is on line {first}")
        self.notes[label] = Note(where, label, children)

    def notes_block(self) -> Iterator[Notes]:
        for label, note in self.notes.items():
            if label not in self.numbers:
                hint = f"Put [^{label}] where it belongs, or delete the note."
                self.report.add(BROKEN_NOTE, note.where, f"nothing refers to note [^{label}]", hint)
        ordered = [self.notes[label] for label in self.numbers if label in self.notes]
        if ordered:
            yield Notes(ordered[0].where, tuple(ordered))

    def broken_reference(self, link: Any) -> None:
        """Report `[text][missing]`; a lone `[word]` is prose."""
        where = self.source.at(self.source.body + link["span"]["start"])
        label = link["reference"]
        if label.startswith("^"):
            self.report.add(BROKEN_NOTE, where, f"note [{label}] is nowhere", f"Add a line `[{label}]: …`.")
        elif link["link_type"] in ("Reference", "Collapsed"):
            hint = f"Add a line `[{label}]: https://…`."
            self.report.add(BROKEN_LINK, where, f"reference [{label}] is nowhere", hint)

    def unused_references(self, markdown: str) -> None:
        if "]:" not in markdown:
            return
        for label, definition in pyromark.reference_definitions(markdown, options=OPTIONS).items():
            if label.casefold() not in self.used:
                where = self.source.at(self.source.body + definition["span"]["start"])
                self.report.add(LOST_TEXT, where, f"no link uses the reference [{label}]", "Use it or delete it.")


@dataclass(frozen=True, slots=True)
class _Row:
    """Cells of one row, until the table they belong to ends."""

    where: Location
    children: tuple[Node, ...]

    def html(self, page: Any) -> str:
        raise NotImplementedError

    text = html

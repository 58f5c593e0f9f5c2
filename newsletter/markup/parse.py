"""A section's Markdown -> nodes with their locations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pyromark

from newsletter.diagnostics import (
    BROKEN_BLOCK,
    RAW_HTML,
    TOO_DEEP,
    UNKNOWN_FIELD,
    UNREADABLE,
    Report,
)
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.files.text import unprintable
from newsletter.markup.alerts import mask_alerts
from newsletter.markup.builder import NodeBuilder, OpenNode
from newsletter.markup.comment import Comment
from newsletter.markup.directives import BlockContext, data_block, prose_block
from newsletter.markup.facts import FACT
from newsletter.markup.fences import DATA, Fence, find_fences
from newsletter.markup.inline import Break, Code, MergeField, NoteRef, Tag, Text
from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.rawhtml import HINT, UNCLOSED_COMMENT, read_tag
from newsletter.markup.references import References
from newsletter.markup.source import SourceText
from newsletter.markup.thematic_break import ThematicBreak
from newsletter.markup.typed_quotes import QUOTES, quotation_marks
from newsletter.model import Direction, Location, Node

OPTIONS = (
    pyromark.Options.ENABLE_TABLES
    | pyromark.Options.ENABLE_FOOTNOTES
    | pyromark.Options.ENABLE_STRIKETHROUGH
    | pyromark.Options.ENABLE_SMART_PUNCTUATION
)
# Nested lists and quotations: beyond a dozen levels they are unreadable, and beyond thirty mail
# clients fail.
MAX_DEPTH = 30
# A footnote reference that the parser left as text, because the note does not exist.
NOTE = re.compile(
    rb"(?<!\\)\[(\^[^\[\]\s]++)\]"
)  # labels exclude brackets, otherwise a run of n `[^` takes n² steps
_FILLED = re.compile(f"{FIELD.pattern}|{FACT.pattern}")
BEFORE_BLOCKS = (
    b" \t>-*+.)0123456789"  # characters before the text of a line in a list or a quotation
)
AT_START = "Move the block to the left edge, outside lists and quotations."


def parse(
    source: SourceText,
    language: str,
    direction: Direction,
    context: BlockContext,
    *,
    report: Report,
) -> tuple[Node, ...]:
    """Return the blocks of a section, notes last; report anything that would be lost."""
    without_fences, fences = find_fences(source, report)
    masked, alerts = mask_alerts(without_fences, source.body)
    markdown = masked[source.body :].decode()
    builder = _Builder(source, markdown, language, direction, context=context, report=report)
    builder.nodes.alerts = alerts
    return builder.blocks(fences)


def parse_line(
    words: str,
    where: Location,
    language: str,
    direction: Direction,
    *,
    report: Report,
    context: BlockContext | None = None,
) -> tuple[Node, ...]:
    """Return the inline nodes of a caption; every node gets the caption's location."""
    source = SourceText.of(where.path, words, fixed=where)
    nodes = _Builder(
        source, words, language, direction, context=context or BlockContext(), report=report
    ).blocks(())
    if len(nodes) == 1 and isinstance(nodes[0], Paragraph):
        return nodes[0].children
    if nodes:
        report.add(
            BROKEN_BLOCK,
            where,
            "Caption of more than one paragraph",
            "Move lists and headings into the section.",
        )
    return ()


class _TooDeep(Exception):
    """Nesting exceeds the limit; the rest is not parsed."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class _Builder:
    """Builds nodes in a single pass over the parser's events."""

    def __init__(
        self,
        source: SourceText,
        markdown: str,
        language: str,
        direction: Direction,
        *,
        context: BlockContext,
        report: Report,
    ) -> None:
        self.source, self.markdown, self.context, self.report = source, markdown, context, report
        self.language, self.direction = language, direction
        self.quotes: Mapping[int, str] = {}  # offset of a straight quote -> its mark
        self.references = References(source, markdown, OPTIONS, report)
        self.nodes = NodeBuilder(source, direction, self.references, report)
        self.stack = [OpenNode("Section", None, source.body)]
        self.refused: set[str] = set()  # tags that were reported and omitted
        self.words: list[str] = []
        self.words_start = 0
        self.has_entities = b"&" in source.data  # such as &#7;: the file has no such character

    # --- the loop ---

    def blocks(self, fences: tuple[Fence, ...]) -> tuple[Node, ...]:
        marks = {fence.start: (fence, True) for fence in fences} | {
            fence.end: (fence, False) for fence in fences
        }
        try:
            self.events(marks)
        except _TooDeep as deep:
            hint = "Use fewer levels of lists, quotes, emphasis and tags."
            self.report.add(
                TOO_DEEP,
                self.source.at(deep.offset),
                f"Nesting deeper than {MAX_DEPTH} levels",
                hint,
            )
            return ()
        self.flush()
        while len(self.stack) > 1:
            self.unclosed_tag()
        for fence, opening in marks.values():
            if opening:
                self.report.add(
                    BROKEN_BLOCK,
                    self.source.at(fence.start),
                    f"`::: {fence.kind}` inside a list or quotation",
                )
        self.references.find_repeated()
        self.references.find_unused()
        return (*self.nodes.grouped(self.stack[0].children), *self.references.notes_block())

    def events(self, marks: dict[int, tuple[Fence, bool]]) -> None:
        base = reached = self.source.body
        on_broken = self.references.broken
        events = list(
            pyromark.events_with_range(
                self.markdown, options=OPTIONS, broken_link_callback=on_broken
            )
        )
        self.quotes = quotation_marks(events, self.markdown, self.language)
        for event, range_ in events:
            start, end = base + range_["start"], base + range_["end"]
            before, reached = reached, end
            name: str
            value: Any
            ((name, value),) = ((event, None),) if isinstance(event, str) else event.items()
            if name == "Text":
                self.text(value, start, end)
                continue
            if name == "SoftBreak":
                self.words.append(" ")
                self.flush()
                continue
            self.flush()
            if name == "Start":
                tag, detail = (value, None) if isinstance(value, str) else next(iter(value.items()))
                self.push(OpenNode(tag, detail, start))
                reached = start
            elif name == "End":
                self.end(end, before)
            elif name == "Rule" and start in marks:
                self.mark(*marks.pop(start))
            else:
                self.leaf(name, value, start)

    def push(self, frame: OpenNode) -> None:
        if len(self.stack) > MAX_DEPTH:
            raise _TooDeep(frame.start)
        self.stack.append(frame)

    def mark(self, fence: Fence, opening: bool) -> None:
        if opening and fence.kind not in DATA:
            self.push(OpenNode("fence", fence, fence.start))
            return
        if opening:
            node = data_block(fence, self.source, self.line, self.context, report=self.report)
        elif fence.kind not in DATA and self.stack[-1].name == "fence":
            frame = self.stack.pop()
            node = prose_block(
                fence,
                self.source.at(fence.start),
                self.nodes.grouped(frame.children),
                self.context,
                report=self.report,
            )
        else:
            return
        if node is not None:
            self.stack[-1].children.append(node)

    def line(self, words: str, where: Location) -> tuple[Node, ...]:
        context = BlockContext(fact=self.context.fact)
        return parse_line(
            words, where, self.language, self.direction, report=self.report, context=context
        )

    # --- leaves ---

    def text(self, value: str, start: int, end: int) -> None:
        if self.stack[-1].name == "HtmlBlock":
            return
        if not self.words:
            self.words_start = start
        if self.stack[-1].name != "CodeBlock":
            self.not_understood(start)
            if end - start == 1 and value in QUOTES:
                value = self.quotes[start - self.source.body]
        if self.has_entities and (bad := unprintable(value)):
            message = f"Character U+{ord(bad[0]):04X} is not allowed in an email"
            self.report.add(UNREADABLE, self.source.at(start), message, "Delete it.")
        self.words.append(value)

    def not_understood(self, start: int) -> None:
        """Report text that looks like markup but would be printed literally."""
        data = self.source.data
        if data[start] not in b"<:" and data[start - 1 : start] != b"[":
            return
        if data.startswith(b"<!--", start) and data[start - 1 : start] != b"\\":
            self.report.add(RAW_HTML, self.source.at(start), *UNCLOSED_COMMENT)
        elif data.startswith(b":::", start) and not data[
            self.source.line_start(start) : start
        ].strip(BEFORE_BLOCKS):
            self.report.add(
                BROKEN_BLOCK,
                self.source.at(start),
                "`:::` in the middle of a line",
                AT_START,
            )
        elif match := NOTE.match(data, max(start - 1, 0)):
            self.references.missing(match[1].decode(), self.source.at(start - 1))

    def flush(self) -> None:
        """Convert the text since the last node to nodes, separating merge fields and facts."""
        if not self.words:
            return
        words = "".join(self.words)
        self.words.clear()
        where = self.source.at(self.words_start)
        children = self.stack[-1].children
        filled = "%%" in words or "{fact:" in words
        if not filled or self.stack[-1].name == "CodeBlock":
            children.append(Text(where, words))
            return
        end, offset = 0, self.words_start
        for match in _FILLED.finditer(words):
            if match.start() > end:
                children.append(Text(where, words[end : match.start()]))
            sign = f"%%{match[1]}" if match[1] else "{fact:"
            offset = max(self.source.data.find(sign.encode(), offset), offset)
            where = self.source.at(offset)
            if match[3]:
                children.append(Text(where, self.context.fact(match[3], where) or match[0]))
            else:
                children.append(self.merge_field(where, match[1], match[2] or ""))
            end, offset = match.end(), offset + 1
        if end < len(words):
            children.append(Text(where, words[end:]))

    def merge_field(self, where: Location, name: str, fallback: str) -> MergeField:
        if name not in FIELDS:
            hint = spelling_hint(name, FIELDS)
            self.report.add(UNKNOWN_FIELD, where, f"Unknown merge field {quoted(name)}", hint)
        return MergeField(where, name, fallback)

    def leaf(self, name: str, value: Any, start: int) -> None:
        where, children = self.source.at(start), self.stack[-1].children
        if name == "Code":
            children.append(Code(where, value))
        elif name == "HardBreak":
            children.append(Break(where))
        elif name == "Rule":
            children.append(ThematicBreak(where))
        elif name == "FootnoteReference":
            children.append(NoteRef(where, value, self.references.number(value)))
        elif name == "InlineHtml":
            self.inline_html(value, where, start)

    def inline_html(self, html: str, where: Location, start: int) -> None:
        if html.startswith("<!--"):
            self.stack[-1].children.append(Comment(where, html[4:-3].strip()))
            return
        tag = read_tag(html, where, self.refused, self.report)
        if tag is None:
            return
        if tag.name == "br":
            self.stack[-1].children.append(Break(where))
        elif not tag.closing:
            self.push(OpenNode("tag", tag, start))
        elif self.stack[-1].name == "tag" and self.stack[-1].detail.name == tag.name:
            frame = self.stack.pop()
            node = Tag(
                self.source.at(frame.start),
                tag.name,
                frame.detail.attributes,
                tuple(frame.children),
            )
            self.stack[-1].children.append(node)
        else:
            self.report.add(
                RAW_HTML, where, f"Closing </{tag.name}> without an opening tag here", HINT
            )

    def unclosed_tag(self) -> None:
        frame = self.stack.pop()
        if frame.name == "tag":
            name = frame.detail.name
            message = f"Unclosed <{name}>"
            self.report.add(RAW_HTML, self.source.at(frame.start), message, f"Add </{name}>.")
        self.stack[-1].children.extend(frame.children)

    def end(self, end: int, inner: int) -> None:
        while self.stack[-1].name == "tag":
            self.unclosed_tag()
        frame = self.stack.pop()
        frame.inner = inner
        node = self.nodes.make(frame, self.stack, end)
        if node is not None:
            self.stack[-1].children.append(node)

"""Converts Markdown of any origin to our dialect; syntax shared by both is copied verbatim.

Reference links, remote images and tracking addresses are fixed in place. Blocks that contain HTML
go through the HTML reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.diagnostics import Report
from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.decoding import decode_draft, printable
from newsletter.importers.formats.footnote_marks import attach_footnotes
from newsletter.importers.formats.frontmatter import split_front
from newsletter.importers.formats.markdown_scan import MarkdownScanner, ScannedBlock
from newsletter.importers.formats.obsidian import is_obsidian, plain_markdown
from newsletter.importers.markdown import block_writer as make
from newsletter.importers.markdown.escape import escape_heading
from newsletter.markup.fences import Fence, find_fences
from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.markup.source import SourceText

_COMMENTS = re.compile(r"\s*(?>(?:<!--.*?-->\s*)+)", re.DOTALL)
_OPEN = re.compile(
    r"<(/?)(div|section|article|figure|center|table|details|blockquote|ul|ol|aside|iframe|video)\b[^>]*?(/?)>",
    re.IGNORECASE,
)
_MARKDOWN_INSIDE = re.compile(r"<(\w+)\b[^<>]*\smarkdown=[\"']?(?:1|block|span)[\"']?[^<>]*>")
_TEMPLATE = re.compile(
    r"\{%.*?%\}|\{\{.*?\}\}|\{:[^}\n]*\}", re.DOTALL
)  # Jekyll, Hugo, Buttondown, kramdown
_DEFINITION = re.compile(
    r"\[[^\[\]^][^\[\]]*\]:[ \t]*\S+[ \t]+[\"'(]([^\n]*)[\"')][ \t]*$", re.MULTILINE
)
_COLONS = re.compile(r"^([ \t>*+.)0-9-]*):::", re.MULTILINE)
_NOTE = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\]")
_UNCLOSED = re.compile(r"(?<!\\)<!--(?!.*?-->)", re.DOTALL)
_HEADING_ID = re.compile(r"\s*\{[#.:][^{}\n]*\}\s*$")


def read_markdown_file(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in a Markdown file, as a tuple of one."""
    return (read_markdown(data, name, files),)


def read_markdown(data: bytes, name: str, files: Mapping[str, bytes] | None = None) -> Draft:
    """Return the draft in a Markdown file."""
    text, encoding = decode_draft(data, name)
    collector = DraftCollector(files)
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        collector.add_note("review", f"not UTF-8; read as {encoding}", "")
    printed = printable(text)
    body = printed.lstrip("\n")
    front = split_front(body, collector)
    first_line = len(printed) - len(body) + front.lines + 1
    meta = dict(front.meta)
    title = meta.pop("title", None)
    rest = front.rest
    if is_obsidian(rest, files):
        rest = plain_markdown(rest, collector, first_line)
    blocks = markdown_blocks(rest, collector, first_line)
    return Draft(
        name,
        "markdown",
        blocks,
        title,
        meta,
        tuple(collector.images.values()),
        collector.sorted_notes(),
    )


def markdown_blocks(
    text: str, collector: DraftCollector, first_line: int = 1
) -> tuple[DraftBlock, ...]:
    """Return the blocks of Markdown that starts at a given line of its file."""
    source = SourceText.of("", text)
    masked, fences = _our_blocks(source) if ":::" in text else (source.data, ())
    scan = MarkdownScanner(source, masked, collector, first_line)
    blocks = _Reader(scan, fences, collector).written()
    if "]:" in text:
        _note_definitions(text, blocks, collector)
    return attach_footnotes(blocks)


def _note_definitions(text: str, blocks: list[DraftBlock], collector: DraftCollector) -> None:
    """Note titles of link definitions that no link shows, wherever they are."""
    written = "\n".join(block.markdown for block in blocks)
    known = written + "\n".join(note.words for note in collector.notes)
    for match in _DEFINITION.finditer(text):
        if match[1] not in known:
            collector.add_note("omitted", "unused link definition", match[0])


class _Reader:
    """Converts scanned blocks to draft blocks."""

    def __init__(
        self, scan: MarkdownScanner, fences: tuple[Fence, ...], collector: DraftCollector
    ) -> None:
        self.scan, self.fences, self.collector, self.data = scan, fences, collector, scan.data
        self.closed = _closed(scan)

    def written(self) -> list[DraftBlock]:
        result: list[DraftBlock] = []
        marks = {fence.start: fence for fence in self.fences}
        position = 0
        while position < len(self.scan.blocks):
            scanned = self.scan.blocks[position]
            if scanned.kind == "rule" and scanned.start in marks:
                position = self.directive(marks[scanned.start], position, result)
                continue
            if scanned.html:
                position = self.through_html(position, result)
                continue
            result.append(self.block(scanned))
            position += 1
        return result

    def block(self, scanned: ScannedBlock) -> DraftBlock:
        text = self.text(scanned).strip("\n").rstrip()
        words = "".join(scanned.words).replace("\t\n", "\n").strip("\n").rstrip()
        last = self.scan.line(max(scanned.end - 1, scanned.start))
        block = DraftBlock(
            scanned.kind,  # type: ignore[arg-type]
            text,
            words,
            self.scan.line(scanned.start),
            last,
            links=tuple(dict.fromkeys(scanned.links)),
            notes=tuple(dict.fromkeys(scanned.notes)),
            bold=bool(words) and not scanned.plain and scanned.kind == "paragraph",
            italic=bool(words) and not scanned.upright and scanned.kind == "paragraph",
        )
        if scanned.kind != "code" and "{" in words:
            for match in _TEMPLATE.finditer(words):
                self.collector.add_note(
                    "review",
                    "template tag kept as text",
                    match[0],
                    block.line,
                )
        if scanned.kind == "heading":
            return self.heading(scanned, block)
        if scanned.kind == "rule":
            return replace(block, markdown="---")
        if scanned.kind == "note":
            return replace(block, label=scanned.label)
        if scanned.kind == "table":
            return replace(block, rows=tuple(map(tuple, scanned.rows)))
        if scanned.kind == "code":
            return replace(block, markdown=_undented(text))
        if scanned.kind == "paragraph" and scanned.image and not scanned.besides:
            name, alt, title = scanned.image
            return replace(
                block,
                kind="image",
                image=name,
                alt=alt,
                caption=title,
                bold=False,
                italic=False,
            )
        return block

    def heading(self, scanned: ScannedBlock, block: DraftBlock) -> DraftBlock:
        start, end = scanned.inside
        text = self.text(scanned, start, end) if 0 <= start < end else ""
        text = _HEADING_ID.sub("", " ".join(text.split()))
        if re.fullmatch(r"\*\*(?:[^*\\]|\\.)+\*\*", text):
            text = text[2:-2].strip()
        words = _HEADING_ID.sub("", block.words.replace("\n", " "))
        return replace(
            block,
            level=scanned.level,
            markdown=f"{'#' * scanned.level} {escape_heading(text)}",
            words=words,
        )

    def directive(self, fence: Fence, position: int, result: list[DraftBlock]) -> int:
        """Append one of our own directive blocks verbatim; return where to continue."""
        end = self.data.find(b"\n", fence.end)
        end = len(self.data) if end < 0 else end
        inside = position
        while inside < len(self.scan.blocks) and self.scan.blocks[inside].start < end:
            inside += 1
        text = self.data[fence.start : end].decode()
        words = " ".join(re.sub(r"^:::.*|^\w+:\s", " ", fence.body, flags=re.MULTILINE).split())
        notes = tuple(label for block in self.scan.blocks[position:inside] for label in block.notes)
        result.append(
            DraftBlock(
                "directive",
                text,
                words,
                self.scan.line(fence.start),
                self.scan.line(end - 1),
                style=fence.kind,
                notes=notes,
            )
        )
        return inside

    def through_html(self, position: int, result: list[DraftBlock]) -> int:
        """Append the blocks of a passage that contains HTML; return where to continue."""
        scanned = self.scan.blocks[position]
        last = self.closed.get(position, position)
        group = self.scan.blocks[position : last + 1]
        raw = self.data[scanned.start : scanned.end].decode()
        if last == position and scanned.kind == "html" and _COMMENTS.fullmatch(raw):
            words = re.sub(r"<!--|-->", " ", raw)
            result.append(
                DraftBlock(
                    "comment",
                    raw.strip(),
                    " ".join(words.split()),
                    self.scan.line(scanned.start),
                    self.scan.line(scanned.end - 1),
                )
            )
            return last + 1
        text = _parted("\n\n".join(self.text(part) for part in group))
        labels = dict.fromkeys(label for part in group for label in part.notes)
        first = self.scan.line(scanned.start)
        last_line = self.scan.line(max(group[-1].end - 1, scanned.start))
        from newsletter.importers.formats.markdown_html import (
            html_blocks,  # imports lxml, which most Markdown does not need
        )

        result += html_blocks(text, tuple(labels), self.collector, first=first, last=last_line)
        return last + 1

    def text(self, scanned: ScannedBlock, start: int = -1, end: int = -1) -> str:
        """Return the Markdown of a block, or of part of it, in our dialect."""
        text = self.scan.text(
            scanned, scanned.start if start < 0 else start, scanned.end if end < 0 else end
        )
        return text if scanned.kind == "code" else _safe(text, set(scanned.notes))


def _our_blocks(source: SourceText) -> tuple[bytes, tuple[Fence, ...]]:
    """Return the text with our `:::` blocks masked if all of them are valid; else they are text."""
    report = Report()
    masked, fences = find_fences(source, report)
    return (source.data, ()) if report.findings else (masked, fences)


def _safe(text: str, known: set[str]) -> str:
    """Escape characters that are syntax in our dialect but were not in the draft."""
    if ":::" in text:
        text = _COLONS.sub(r"\1\\:::", text)
    if "<!--" in text:
        text = _UNCLOSED.sub(r"\\<!--", text)
    if "[^" in text:
        text = _NOTE.sub(
            lambda match: (
                match[0] if match[1] in known or _defines(text, match) else f"\\{match[0]}"
            ),
            text,
        )
    if "%%" in text:
        text = FIELD.sub(
            lambda match: match[0] if match[1] in FIELDS else f"%<!-- -->{match[0][1:]}", text
        )
    return text


def _defines(text: str, match: re.Match[str]) -> bool:
    return match.start() == 0 and text[match.end() : match.end() + 1] == ":"


def _parted(text: str) -> str:
    """Return HTML with blank lines around content declared as Markdown (`markdown="1"`)."""
    if not (tags := set(_MARKDOWN_INSIDE.findall(text))):
        return text
    text = _MARKDOWN_INSIDE.sub(lambda match: f"{match[0]}\n\n", text)
    return re.sub(rf"\s*(</(?:{'|'.join(tags)})>)", r"\n\n\1", text)


def _undented(text: str) -> str:
    """Return code as a fenced block, because indented code changes meaning when it is moved."""
    if re.match(r" {0,3}(?:`{3}|~{3})", text):
        return text
    return make.code_block(
        "\n".join(
            line[4:] if line[:4] == "    " else line.lstrip("\t") for line in text.split("\n")
        ),
        0,
    ).markdown


def _closed(scan: MarkdownScanner) -> dict[int, int]:
    """Map each block that opens HTML elements to the block that closes the last of them."""
    closed: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []  # block index, depth before the block
    depth = 0
    for index, block in enumerate(scan.blocks):
        before = depth
        if block.html:
            for match in _OPEN.finditer(scan.data[block.start : block.end].decode()):
                if not match[3]:
                    depth += -1 if match[1] else 1
        while waiting and depth <= waiting[-1][1]:
            closed[waiting.pop()[0]] = index
        if depth > before:
            waiting.append((index, before))
    return closed

"""Markdown of any house -> our dialect: what is the same in both is taken over letter by letter.

Reference links, pictures elsewhere and addresses with trackers are mended in place. A block with HTML in it goes
through the reader of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.diagnostics import Report
from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.frontmatter import split_front
from newsletter.importers.formats.markdown_scan import MarkdownScanner, ScannedBlock
from newsletter.importers.formats.notes import settled
from newsletter.importers.formats.plaintext import decode, printable
from newsletter.importers.markdown import blocks as make
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
_COLONS = re.compile(r"^([ \t>*+.)0-9-]*):::", re.MULTILINE)
_NOTE = re.compile(r"(?<!\\)\[\^([^\[\]\s]+)\]")
_HEADING_ID = re.compile(r"\s*\{[#.:][^{}\n]*\}\s*$")


def read_markdown(data: bytes, name: str, files: Mapping[str, bytes] | None = None) -> Draft:
    """Return what a Markdown file says."""
    text, encoding = decode(data, name)
    tray = DraftCollector(files)
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        tray.tell("look", f"the file is not UTF-8; it was read as {encoding}", "")
    front = split_front(
        printable(text).lstrip("\n") if text.startswith("\n") else printable(text), tray
    )
    meta = dict(front.meta)
    title = meta.pop("title", None)
    blocks = markdown_blocks(front.rest, tray, front.lines + 1)
    return Draft(
        name, "markdown", blocks, title, meta, tuple(tray.pictures.values()), tray.all_told()
    )


def markdown_blocks(text: str, tray: DraftCollector, first_line: int = 1) -> tuple[DraftBlock, ...]:
    """Return the blocks of Markdown that starts at a line of its file."""
    source = SourceText.of("", text)
    masked, fences = _our_blocks(source) if ":::" in text else (source.data, ())
    return settled(
        _Reader(MarkdownScanner(source, masked, tray, first_line), fences, tray).written()
    )


class _Reader:
    """Makes blocks of what was found."""

    def __init__(
        self, scan: MarkdownScanner, fences: tuple[Fence, ...], tray: DraftCollector
    ) -> None:
        self.scan, self.fences, self.tray, self.data = scan, fences, tray, scan.data
        self.closed = _closed(scan)

    def written(self) -> list[DraftBlock]:
        result: list[DraftBlock] = []
        marks = {fence.start: fence for fence in self.fences}
        position = 0
        while position < len(self.scan.found):
            one = self.scan.found[position]
            if one.kind == "rule" and one.start in marks:
                position = self.directive(marks[one.start], position, result)
                continue
            if one.html:
                position = self.through_html(position, result)
                continue
            result.append(self.block(one))
            position += 1
        return result

    def block(self, one: ScannedBlock) -> DraftBlock:
        text = self.text(one).strip("\n").rstrip()
        words = "".join(one.words).replace("\t\n", "\n").strip("\n").rstrip()
        last = self.scan.line(max(one.end - 1, one.start))
        block = DraftBlock(
            one.kind,  # type: ignore[arg-type]
            text,
            words,
            self.scan.line(one.start),
            last,
            links=tuple(dict.fromkeys(one.links)),
            notes=tuple(dict.fromkeys(one.notes)),
            bold=bool(words) and not one.plain and one.kind == "paragraph",
            italic=bool(words) and not one.upright and one.kind == "paragraph",
        )
        if one.kind != "code" and "{" in words:
            for match in _TEMPLATE.finditer(words):
                self.tray.tell(
                    "look",
                    "a tag of another program stands in the text as words",
                    match[0],
                    block.line,
                )
        if one.kind == "heading":
            return self.heading(one, block)
        if one.kind == "rule":
            return replace(block, markdown="---")
        if one.kind == "note":
            return replace(block, label=one.label)
        if one.kind == "table":
            return replace(block, rows=tuple(map(tuple, one.rows)))
        if one.kind == "code":
            return replace(block, markdown=_undented(text))
        if one.kind == "paragraph" and one.picture and not one.besides:
            name, alt, title = one.picture
            return replace(
                block,
                kind="picture",
                picture=name,
                alt=alt,
                caption=title,
                bold=False,
                italic=False,
            )
        return block

    def heading(self, one: ScannedBlock, block: DraftBlock) -> DraftBlock:
        start, end = one.inside
        text = self.text(one, start, end) if 0 <= start < end else ""
        text = _HEADING_ID.sub("", " ".join(text.split()))
        if re.fullmatch(r"\*\*(?:[^*\\]|\\.)+\*\*", text):
            text = text[2:-2].strip()
        words = _HEADING_ID.sub("", block.words.replace("\n", " "))
        return replace(
            block,
            level=one.level,
            markdown=f"{'#' * one.level} {escape_heading(text)}",
            words=words,
        )

    def directive(self, fence: Fence, position: int, result: list[DraftBlock]) -> int:
        """Add a block of our own, letter by letter; return where reading goes on."""
        end = self.data.find(b"\n", fence.end)
        end = len(self.data) if end < 0 else end
        inside = position
        while inside < len(self.scan.found) and self.scan.found[inside].start < end:
            inside += 1
        text = self.data[fence.start : end].decode()
        words = " ".join(re.sub(r"^:::.*|^\w+:\s", " ", fence.body, flags=re.MULTILINE).split())
        notes = tuple(label for one in self.scan.found[position:inside] for label in one.notes)
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
        """Add blocks for a piece with HTML in it; return where reading goes on."""
        one = self.scan.found[position]
        last = self.closed.get(position, position)
        group = self.scan.found[position : last + 1]
        raw = self.data[one.start : one.end].decode()
        if last == position and one.kind == "html" and _COMMENTS.fullmatch(raw):
            words = re.sub(r"<!--|-->", " ", raw)
            result.append(
                DraftBlock(
                    "comment",
                    raw.strip(),
                    " ".join(words.split()),
                    self.scan.line(one.start),
                    self.scan.line(one.end - 1),
                )
            )
            return last + 1
        text = _parted("\n\n".join(self.text(part) for part in group))
        labels = dict.fromkeys(label for part in group for label in part.notes)
        lines = (self.scan.line(one.start), self.scan.line(max(group[-1].end - 1, one.start)))
        from newsletter.importers.formats.markdown_html import (
            html_blocks,  # with lxml, which most Markdown does not need
        )

        result += html_blocks(text, tuple(labels), self.tray, *lines)
        return last + 1

    def text(self, one: ScannedBlock, start: int = -1, end: int = -1) -> str:
        """Return a block's Markdown as our dialect has it, or a piece of it."""
        text = self.scan.text(one, one.start if start < 0 else start, one.end if end < 0 else end)
        return text if one.kind == "code" else _safe(text, set(one.notes))


def _our_blocks(source: SourceText) -> tuple[bytes, tuple[Fence, ...]]:
    """Return the text with our own `:::` blocks cut out, where all of them are sound; others are only words."""
    report = Report()
    masked, fences = find_fences(source, report)
    return (source.data, ()) if report.findings else (masked, fences)


def _safe(text: str, known: set[str]) -> str:
    """Escape what is a mark in our dialect and was none in the draft."""
    if ":::" in text:
        text = _COLONS.sub(r"\1\\:::", text)
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
    """Return HTML whose content is Markdown by its own account (`markdown="1"`) with the empty lines that say so."""
    if not (tags := set(_MARKDOWN_INSIDE.findall(text))):
        return text
    text = _MARKDOWN_INSIDE.sub(lambda match: f"{match[0]}\n\n", text)
    return re.sub(rf"\s*(</(?:{'|'.join(tags)})>)", r"\n\n\1", text)


def _undented(text: str) -> str:
    """Return code between fences, which stays code wherever it is put; indented code would not."""
    if re.match(r" {0,3}(?:`{3}|~{3})", text):
        return text
    return make.code_block(
        "\n".join(
            line[4:] if line[:4] == "    " else line.lstrip("\t") for line in text.split("\n")
        ),
        0,
    ).markdown


def _closed(scan: MarkdownScanner) -> dict[int, int]:
    """Return for each block that opens HTML elements the block in which the last of them is closed."""
    closed: dict[int, int] = {}
    waiting: list[tuple[int, int]] = []  # block, depth before it
    depth = 0
    for index, one in enumerate(scan.found):
        before = depth
        if one.html:
            for match in _OPEN.finditer(scan.data[one.start : one.end].decode()):
                depth += 0 if match[3] else -1 if match[1] else 1
        while waiting and depth <= waiting[-1][1]:
            closed[waiting.pop()[0]] = index
        if depth > before:
            waiting.append((index, before))
    return closed

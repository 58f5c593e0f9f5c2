"""Find the `:::` blocks of a section before Markdown is parsed.

Each `:::` line is replaced by a thematic break and YAML by blanks, byte for byte, so that every
offset still points into the author's file and references work across blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec import Struct

from newsletter.diagnostics import BROKEN_BLOCK, Report
from newsletter.files.suggest import did_you_mean
from newsletter.markup.source import SourceText

PROSE = ("pullquote", "callout")  # Markdown inside
DATA = ("figure", "button", "table", "chart")  # YAML inside
KINDS = tuple(sorted(PROSE + DATA))

# Code fences, also in a list or a quotation. No backticks may follow opening backticks on the line,
# or it is a code span (CommonMark §4.5).
_FENCE = re.compile(rb"((?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*)(?:(`{3,})[^`]*|(~{3,}).*)")
_CLOSING = re.compile(rb"[ \t>]*(`{3,}|~{3,})[ \t]*")
_MARK = re.compile(rb":::+[ \t]*([^\n]*)")
EXAMPLE = "Open a block with a line such as `::: figure`; close it with a line of `:::`."


class Fence(Struct, frozen=True):
    """One `:::` block: byte offsets of its opening and closing lines, and the opening words."""

    kind: str
    rest: str
    start: int
    end: int  # offset of the closing line
    body: str


class FenceLine(NamedTuple):
    """A `:::` line with its offsets and words; a line without words closes a block."""

    start: int
    end: int
    words: Sequence[str]

    @property
    def kind(self) -> str:
        return self.words[0]

    @property
    def rest(self) -> str:
        return self.words[1] if len(self.words) > 1 and self.kind in KINDS else ""


def find_fences(source: SourceText, report: Report) -> tuple[bytes, tuple[Fence, ...]]:
    """Return the masked text for the Markdown parser, and the blocks found in it."""
    masked = bytearray(source.data)
    fences: list[Fence] = []
    opened: FenceLine | None = None
    for mark in _marks(source):
        where = source.at(mark.start)
        if not mark.words and opened is None:
            report.add(BROKEN_BLOCK, where, "Closing `:::` without an open block", EXAMPLE)
        elif not mark.words and opened is not None:
            body = source.data[opened.end : mark.start].decode()
            fences.append(Fence(opened.kind, opened.rest, opened.start, mark.start, body))
            _cut(masked, opened, mark)
            opened = None
        elif opened is not None:
            message = f"`::: {mark.kind}` inside the `::: {opened.kind}` block of line {source.at(opened.start).line}"
            report.add(
                BROKEN_BLOCK, where, message, "Close the outer block first with a line of `:::`."
            )
        else:
            opened = mark
            if mark.kind not in KINDS:
                report.add(
                    BROKEN_BLOCK,
                    where,
                    f"Unknown block {mark.kind!r}",
                    did_you_mean(mark.kind, KINDS),
                )
    if opened is not None:
        _mask(masked, opened.start, opened.end, blank=True)
        message = f"Unclosed `::: {opened.kind}` block"
        report.add(BROKEN_BLOCK, source.at(opened.start), message, "Close it with a line of `:::`.")
    return bytes(masked), tuple(fences)


def _marks(source: SourceText) -> Iterator[FenceLine]:
    """Yield the `:::` lines that open or close blocks, except those in code and comments."""
    kind: str | None = None  # of the block that is open
    code: bytes | None = None  # the fence that closes the code block that is open
    inside = False  # whether that code is in a list or a quotation
    offset = source.body
    while offset < len(source.data):
        end = source.data.find(b"\n", offset)
        end = len(source.data) if end < 0 else end
        line = source.data[offset:end]
        if code is not None and inside and line.strip() and line[:1] not in b" \t>":
            code = None  # the list or quotation around the code ends, and so does the code
        if code is not None:
            if (match := _CLOSING.fullmatch(line)) and match[1].startswith(code):
                code = None
        elif (match := _FENCE.fullmatch(line)) and kind not in DATA:
            code, inside = match[2] or match[3], bool(match[1].strip()) or len(match[1]) > 3
        elif line.lstrip().startswith(b"<!--") and b"-->" not in line:
            closing = source.data.find(b"-->", offset)
            end = end if closing < 0 else closing + 3
        elif match := _MARK.fullmatch(line.rstrip()):
            mark = FenceLine(offset, end, match[1].decode().split(None, 1))
            yield mark
            kind = (kind or mark.kind) if mark.words else None
        offset = end + 1


def _cut(masked: bytearray, opening: FenceLine, closing: FenceLine) -> None:
    """Replace a block's `:::` lines with thematic breaks, and its YAML with blanks."""
    _mask(masked, opening.start, opening.end, blank=False)
    _mask(masked, closing.start, closing.end, blank=False)
    if opening.kind in DATA:
        _mask(masked, opening.end, closing.start, blank=True)


def _mask(masked: bytearray, start: int, end: int, *, blank: bool) -> None:
    for index in range(start, end):
        if masked[index] != 0x0A:
            masked[index] = 0x20
    if not blank:
        masked[start : start + 3] = b"***"

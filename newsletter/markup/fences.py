"""Find the `:::` blocks of a section, also spelled as code blocks, before Markdown is parsed.

Each `:::` line is replaced by a thematic break and YAML by blanks, byte for byte, so that every
offset still points into the author's file and references work across blocks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from newsletter.diagnostics import BROKEN_BLOCK, Report
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.markup.folded_blocks import folded_blocks
from newsletter.markup.source import SourceText
from newsletter.model import Edit

PROSE = ("pullquote", "callout")  # Markdown inside
DATA = ("figure", "button", "table", "chart")  # YAML inside
KINDS = tuple(sorted(PROSE + DATA))

# Code fences, also in a list or a quotation. No backticks may follow opening backticks on the line,
# or it is a code span (CommonMark §4.5).
_FENCE = re.compile(rb"((?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*)(?:(`{3,})[^`]*|(~{3,}).*)")
_CLOSING = re.compile(rb"[ \t>]*(`{3,}|~{3,})[ \t]*")
_MARK = re.compile(rb":::+[ \t]*([^\n]*)")
_END = re.compile(rb" {1,3}:::+[ \t]*()")  # a closing line may be indented (CommonMark §4.5)
# The second spelling of a block of YAML: a code block that other programs show as one.
_CODE_BLOCK = re.compile(rb" {0,3}(`{3,}|~{3,})[ \t]*(figure|button|table|chart)[ \t]*")
EXAMPLE = "Open a block with a line such as `::: figure`; close it with a line of `:::`."


class Fence(Struct, frozen=True):
    """One `:::` block: byte offsets of its opening and closing lines, and the opening words."""

    kind: str
    rest: str
    start: int
    end: int  # offset of the closing line
    body: str


class FenceLine(Struct, frozen=True):
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
    folded = _report_folded(source, report)
    for start, end in folded.items():
        _mask(masked, start, end, blank=True)
    for mark in _marks(source, folded):
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
                    f"Unknown block {quoted(mark.kind)}",
                    spelling_hint(mark.kind, KINDS),
                )
    if opened is not None:
        _mask(masked, opened.start, opened.end, blank=True)
        message = f"Unclosed `::: {opened.kind}` block"
        report.add(BROKEN_BLOCK, source.at(opened.start), message, "Close it with a line of `:::`.")
    return bytes(masked), tuple(fences)


def _report_folded(source: SourceText, report: Report) -> dict[int, int]:
    """Report blocks that a formatter has folded; return start -> end of their bytes."""
    if b":::" not in source.data:
        return {}
    first = bisect_left(source.lines, source.body)
    lines = [line.decode() for line in source.data[source.body :].split(b"\n")]
    folded = {}
    for block in folded_blocks(lines):
        where = source.at(source.lines[first + block.first])
        old = "\n".join(lines[block.first : block.last + 1])
        edit = Edit(where, old, block.unfolded) if block.unfolded is not None else None
        message = f"`::: {block.kind}` block folded by a formatter, such as prettier"
        hint = _UNFOLD if edit else f"Write each key on a line of its own. {_KEEP}"
        if block.words_lost:
            hint = _UNFOLD_TITLE
        report.findings.append(replace(BROKEN_BLOCK.finding(where, message, hint), edit=edit))
        start = source.lines[first + block.first]
        folded[start] = start + len(old.encode())
    return folded


_KEEP = 'To keep it so, set "proseWrap": "preserve", or convert blocks with `newsletter fmt`.'
_UNFOLD = f"Run `newsletter check --fix`. {_KEEP}"
_UNFOLD_TITLE = f"Run `newsletter check --fix`, and move a title back to the opening line. {_KEEP}"


def _marks(source: SourceText, folded: Mapping[int, int]) -> Iterator[FenceLine]:
    """Yield the lines that open or close blocks, except those in code and comments.

    `folded` maps starts to ends of bytes to skip.
    """
    kind: str | None = None  # of the block that is open
    ticks = b":::"  # the fence that closes it
    code: bytes | None = None  # the fence that closes the code block that is open
    inside = False  # whether that code is in a list or a quotation
    offset = source.body
    while offset < len(source.data):
        end = source.data.find(b"\n", offset)
        end = len(source.data) if end < 0 else end
        line = source.data[offset:end]
        if offset in folded:
            offset = folded[offset] + 1
            continue
        if code is not None and inside and line.strip() and line[:1] not in b" \t>":
            code = None  # the list or quotation around the code ends, and so does the code
        if code is not None:
            if (match := _CLOSING.fullmatch(line)) and match[1].startswith(code):
                code = None
        elif kind in DATA and ticks != b":::":
            if (match := _CLOSING.fullmatch(line)) and match[1].startswith(ticks):
                yield FenceLine(offset, end, ())
                kind = None
        elif kind not in DATA and (match := _CODE_BLOCK.fullmatch(line)):
            yield FenceLine(offset, end, (match[2].decode(),))
            kind, ticks = kind or match[2].decode(), match[1]
        elif (match := _FENCE.fullmatch(line)) and kind not in DATA:
            code, inside = match[2] or match[3], bool(match[1].strip()) or len(match[1]) > 3
        elif line.lstrip().startswith(b"<!--") and b"-->" not in line:
            closing = source.data.find(b"-->", offset)
            end = end if closing < 0 else closing + 3
        elif match := (_END if kind and line[:1] == b" " else _MARK).fullmatch(line.rstrip()):
            mark = FenceLine(offset, end, match[1].decode().split(None, 1))
            yield mark
            kind, ticks = ((kind or mark.kind) if mark.words else None), b":::"
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

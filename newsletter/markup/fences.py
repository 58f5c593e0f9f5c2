"""Find the `:::` blocks of a section before Markdown is parsed.

Markdown sees a thematic break in place of each `:::` line and blanks in place of YAML, byte for byte, so that every
offset still points into the author's file and references work across blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.faults import BROKEN_BLOCK, Report
from newsletter.markup.source import Source
from newsletter.yamlfile import did_you_mean

PROSE = ("pullquote", "callout")  # Markdown inside
DATA = ("figure", "button", "table")  # YAML inside
KINDS = tuple(sorted(PROSE + DATA))

# Code, also in a list or a quotation. What follows backticks holds none, or it is a code span (CommonMark §4.5).
_FENCE = re.compile(rb"((?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*)(?:(`{3,})[^`]*|(~{3,}).*)")
_CLOSING = re.compile(rb"[ \t>]*(`{3,}|~{3,})[ \t]*")
_MARK = re.compile(rb":::+[ \t]*([^\n]*)")
EXAMPLE = "A block opens with a line such as `::: figure` and closes with a line of `:::`."


@dataclass(frozen=True, slots=True)
class Fence:
    """One `:::` block: byte offsets of its opening and closing lines, and what stands on the opening one."""

    kind: str
    rest: str
    start: int
    end: int  # offset of the closing line
    body: str


def find_fences(source: Source, report: Report) -> tuple[bytes, tuple[Fence, ...]]:
    """Return the text for Markdown and the blocks that were cut out of it."""
    masked = bytearray(source.data)
    fences: list[Fence] = []
    opened: tuple[int, int, str, str] | None = None  # offset, end of the line, kind, rest
    code: bytes | None = None  # the marks that closed code would have
    inside = False  # whether that code stands in a list or a quotation
    offset = source.body
    while offset < len(source.data):
        end = source.data.find(b"\n", offset)
        end = len(source.data) if end < 0 else end
        line = source.data[offset:end]
        if code is not None and inside and line.strip() and line[:1] not in b" \t>":
            code = None  # the list or quotation that holds the code ends, and the code with it
        if code is not None:
            if (match := _CLOSING.fullmatch(line)) and match[1].startswith(code):
                code = None
        elif (match := _FENCE.fullmatch(line)) and not (opened and opened[2] in DATA):
            code, inside = match[2] or match[3], bool(match[1].strip()) or len(match[1]) > 3
        elif line.lstrip().startswith(b"<!--") and b"-->" not in line:
            closing = source.data.find(b"-->", offset)
            end = end if closing < 0 else closing + 3
        elif match := _MARK.fullmatch(line.rstrip()):
            words = match[1].decode().split(None, 1)
            if not words and opened is None:
                report.add(BROKEN_BLOCK, source.at(offset), "`:::` closes nothing", EXAMPLE)
            elif not words and opened is not None:
                start, body, kind, rest = opened
                fences.append(Fence(kind, rest, start, offset, source.data[body:offset].decode()))
                _mask(masked, start, body, blank=False)
                _mask(masked, offset, end, blank=False)
                if kind in DATA:
                    _mask(masked, body, offset, blank=True)
                opened = None
            elif opened is not None:
                message = f"`::: {words[0]}` opens inside `::: {opened[2]}` of line {source.at(opened[0]).line}"
                report.add(BROKEN_BLOCK, source.at(offset), message, "Close that one first with a line of `:::`.")
            elif words[0] not in KINDS:
                report.add(
                    BROKEN_BLOCK, source.at(offset), f"no block is called {words[0]!r}", did_you_mean(words[0], KINDS)
                )
                opened = (offset, end, words[0], "")
            else:
                opened = (offset, end, words[0], words[1] if len(words) > 1 else "")
        offset = end + 1
    if opened is not None:
        _mask(masked, opened[0], opened[1], blank=True)
        report.add(
            BROKEN_BLOCK, source.at(opened[0]), f"`::: {opened[2]}` is never closed", "Add a line of `:::` after it."
        )
    return bytes(masked), tuple(fences)


def _mask(masked: bytearray, start: int, end: int, *, blank: bool) -> None:
    for index in range(start, end):
        if masked[index] != 0x0A:
            masked[index] = 0x20
    if not blank:
        masked[start : start + 3] = b"***"

"""The second spelling of call-outs and pull quotes: a quotation that starts with `[!NOTE]`.

GitHub and Obsidian show it as a box, other programs as a quotation.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.markup.inline import Text
from newsletter.markup.paragraph import Paragraph
from newsletter.model import Node

AlertKind = Literal["callout", "pullquote"]

_KINDS: dict[str, AlertKind] = {
    "note": "callout",
    "tip": "callout",
    "important": "callout",
    "warning": "callout",
    "caution": "callout",
    "callout": "callout",
    "quote": "pullquote",
    "pullquote": "pullquote",
}
_MARK = re.compile(
    rb" {0,3}>[ \t]?(\[!(note|tip|important|warning|caution|callout|quote|pullquote)\])[ \t]*([^\n]*)",
    re.IGNORECASE,
)
_QUOTED = re.compile(rb" {0,3}>")
_FENCE = re.compile(rb" {0,3}(`{3,}|~{3,})")


class Alert(Struct, frozen=True):
    """The first line of such a quotation."""

    kind: AlertKind
    title: str | None


def mask_alerts(data: bytes, body: int) -> tuple[bytes, dict[int, Alert]]:
    """Return a section without the marks of call-outs and pull quotes, and line -> what it opens.

    `body` and the lines are byte offsets.

    Words behind the mark are the title, or else the text if no text follows: then a formatter has
    joined the two lines.
    """
    if b"[!" not in data:
        return data, {}
    masked = bytearray(data)
    alerts: dict[int, Alert] = {}
    code, quoted = b"", False
    lines = data[body:].split(b"\n")
    offset = body
    for index, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence and (not code or fence[1].startswith(code)):
            code = b"" if code else fence[1]
        mark = _MARK.fullmatch(line.rstrip()) if not (code or quoted) else None
        if mark:
            follows = any(_has_text(after) for after in _quotation(lines, index + 1))
            title = mark[3].decode().strip() if follows else ""
            if follows or not mark[3]:
                length = mark.end(3) - mark.start(1)
                masked[offset + mark.start(1) : offset + mark.end(3)] = b" " * length
            kind = _KINDS[mark[2].decode().lower()]
            alerts[offset] = Alert(kind, title or None)
        quoted = bool(_QUOTED.match(line))
        offset += len(line) + 1
    return bytes(masked), alerts


def without_mark(children: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return the blocks of such a quotation without a mark that precedes words of its text."""
    first = children[0] if children else None
    if not isinstance(first, Paragraph) or not isinstance(first.children[0], Text):
        return children
    words = first.children[0]
    mark = _IN_TEXT.match(words.words)
    if mark is None:
        return children
    where = replace(words.where, column=(words.where.column or 1) + mark.end())
    rest = Text(where, words.words[mark.end() :])
    return (replace(first, children=(rest, *first.children[1:])), *children[1:])


_IN_TEXT = re.compile(rf"\[!(?:{'|'.join(_KINDS)})\] ", re.IGNORECASE)


def _quotation(lines: list[bytes], start: int) -> list[bytes]:
    """Return the lines of a quotation from a line on."""
    end = start
    while end < len(lines) and (_QUOTED.match(lines[end]) or lines[end].strip()):
        end += 1
    return lines[start:end]


def _has_text(line: bytes) -> bool:
    return bool(line.strip(b" \t>"))

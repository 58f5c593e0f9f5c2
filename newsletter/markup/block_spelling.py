"""Convert the blocks of a section between their two spellings; the email stays the same.

| | `colons` | `portable` |
| --- | --- | --- |
| figure, button, table, chart | `::: figure` … `:::` | a code block: ```` ```figure ```` … ```` ``` ```` |
| callout | `::: callout Title` … `:::` | a quotation: `> [!NOTE] Title` |
| pullquote | `::: pullquote Name` … `:::` | a quotation: `> [!QUOTE] Name` |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from newsletter.markup.fences import DATA, PROSE
from newsletter.markup.folded_blocks import folded_blocks

Spelling = Literal["portable", "colons"]

_CODE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_COLONS = re.compile(rf":::+[ \t]*({'|'.join((*DATA, *PROSE))})(?:[ \t]+(.*))?")
_CODE_BLOCK = re.compile(rf" {{0,3}}(`{{3,}}|~{{3,}})[ \t]*({'|'.join(DATA)})[ \t]*")
_ALERT = re.compile(
    r" {0,3}>[ \t]?\[!(note|tip|important|warning|caution|callout|quote|pullquote)\][ \t]*(.*)",
    re.IGNORECASE,
)
_MARKS = {"callout": "NOTE", "pullquote": "QUOTE"}


def respelled(body: str, spelling: Spelling) -> str:
    """Return the Markdown of a section with every block in one spelling.

    Blocks that a formatter folded are unfolded first. A block that is broken stays as it is.
    """
    lines = _unfolded(body.split("\n"))
    result: list[str] = []
    index, code = 0, ""
    while index < len(lines):
        line = lines[index].rstrip()
        end, block = index, None
        if not code and (match := _COLONS.fullmatch(line)):
            end, block = _from_colons(lines, index, match[1], (match[2] or "").strip())
            if spelling == "colons" and block is not None:
                block = lines[index : end + 1]
        elif not code and spelling == "colons" and (match := _CODE_BLOCK.fullmatch(line)):
            end, block = _from_code(lines, index, match[1], match[2])
        elif not (code or _in_quotation(lines, index)) and (match := _opened(line, spelling)):
            end, block = _from_quotation(lines, index, match[1].lower(), match[2].strip())
        if block is None:
            fence = _CODE.match(line)
            if fence and (not code or fence[1].startswith(code)):
                code = "" if code else fence[1]
            block = [lines[index]]
        result += block
        index = end + 1
    return "\n".join(result)


def _opened(line: str, spelling: Spelling) -> re.Match[str] | None:
    return _ALERT.fullmatch(line) if spelling == "colons" else None


def _in_quotation(lines: Sequence[str], index: int) -> bool:
    return index > 0 and lines[index - 1].lstrip().startswith(">")


def _unfolded(lines: list[str]) -> list[str]:
    result, reached = list[str](), 0
    for block in folded_blocks(lines):
        if block.unfolded is not None:
            result += [*lines[reached : block.first], *block.unfolded.split("\n")]
            reached = block.last + 1
    return [*result, *lines[reached:]]


def _from_colons(
    lines: Sequence[str], first: int, kind: str, words: str
) -> tuple[int, list[str] | None]:
    last = next((n for n in range(first + 1, len(lines)) if _is_colons(lines[n])), None)
    if last is None:
        return first, None
    if not _is_closing(lines[last]):  # a block within a block: left as it is, to its end
        end = next((n for n in range(last, len(lines)) if _is_closing(lines[n])), len(lines) - 1)
        return end, list(lines[first : end + 1])
    body = list(lines[first + 1 : last])
    if kind in DATA:
        ticks = "````" if any("```" in line for line in body) else "```"
        return last, [f"{ticks}{kind}", *body, ticks]
    quoted = [f"> {line}".rstrip() for line in _stripped(body)]
    return last, [f"> [!{_MARKS[kind]}] {words}".rstrip(), ">", *quoted]


def _from_code(
    lines: Sequence[str], first: int, ticks: str, kind: str
) -> tuple[int, list[str] | None]:
    for last in range(first + 1, len(lines)):
        closing = _CODE.fullmatch(lines[last].rstrip())
        if closing and closing[1].startswith(ticks):
            if any(_is_colons(line) for line in lines[first:last]):  # would end the block
                return last, list(lines[first : last + 1])
            return last, [f"::: {kind}", *lines[first + 1 : last], ":::"]
    return first, None


def _from_quotation(
    lines: Sequence[str], first: int, mark: str, words: str
) -> tuple[int, list[str] | None]:
    last = first
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    body = _stripped([re.sub(r"^ {0,3}> ?", "", line) for line in lines[first + 1 : last + 1]])
    if any(map(_is_colons, body)):  # would end the block
        return last, list(lines[first : last + 1])
    if not body:
        body, words = [words], ""
    kind = "pullquote" if mark in ("quote", "pullquote") else "callout"
    return last, [f"::: {kind} {words}".rstrip(), "", *body, "", ":::"]


def _is_closing(line: str) -> bool:
    return bool(re.fullmatch(r" {0,3}:::+[ \t]*", line))


def _is_colons(line: str) -> bool:
    return bool(re.match(r" {0,3}:::", line))


def _stripped(lines: Sequence[str]) -> list[str]:
    """Return lines without empty ones at the start and the end."""
    text = "\n".join(lines).strip("\n")
    return text.split("\n") if text.strip() else []

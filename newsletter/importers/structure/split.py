"""Lines that only share a paragraph: a by-line below a title, credits one under another; and lines that are drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.markdown.block_writer import thematic_break
from newsletter.importers.markdown.inline_writer import read_back
from newsletter.importers.structure.draft_dates import parse_date, parse_tag_line
from newsletter.importers.structure.lines import (
    is_read_more,
    parse_byline,
    parse_credit_line,
    parse_reference,
)

_BREAK = "\\\n"
_RULE = re.compile(r"(?:[-–—_*=~•·#⁂] ?){3,}|⁂|[—―]{2,}")  # as people type a line between two parts


def split_blocks(draft: Draft) -> Draft:
    """Return a draft whose paragraphs are parted at lines that say something of their own; drawn lines are rules."""
    blocks = tuple(
        part
        for block in map(_ruled, draft.blocks)
        for part in _split(block, lines=draft.unit == "line")
    )
    return replace(draft, blocks=blocks)


def _ruled(block: DraftBlock) -> DraftBlock:
    drawn = block.kind == "paragraph" and not block.notes and _RULE.fullmatch(block.words.strip())
    return thematic_break(block.line) if drawn else block


def _split(block: DraftBlock, *, lines: bool) -> Iterator[DraftBlock]:
    words, written = block.words.split("\n"), block.markdown.split(_BREAK)
    if block.kind != "paragraph" or len(words) < 2 or len(words) != len(written):
        yield block
        return
    apart = [is_structural_line(line, block.links) for line in words]
    if not any(apart):
        yield block
        return
    # The first line of such a paragraph is a title, where it is no by-line itself.
    kinds = [index if own or index == 0 else -1 for index, own in enumerate(apart)]
    parts = [list(group) for _, group in groupby(range(len(words)), key=lambda index: kinds[index])]
    if not all(
        _whole(_BREAK.join(written[part[0] : part[-1] + 1]), words[part[0] : part[-1] + 1])
        for part in parts
    ):
        yield block
        return
    for part in parts:
        first, last = part[0], part[-1]
        text = _BREAK.join(written[first : last + 1])
        yield replace(
            block,
            markdown=text,
            words="\n".join(words[first : last + 1]),
            line=block.line + first * lines,
            end=block.line + last * lines if lines else block.end,
            links=tuple(link for link in block.links if link in text),
            notes=tuple(label for label in block.notes if f"[^{label}]" in text),
        )


def is_structural_line(line: str, links: Iterable[str] = ()) -> bool:
    """Tell whether a line says something of its own: who wrote it, when, where it came from."""
    return bool(
        parse_byline(line)
        or parse_tag_line(line)
        or parse_date(line)
        or is_read_more(line)
        or parse_reference(line, [link for link in links if link in line])
        or parse_credit_line(line)
    )


def _whole(markdown: str, words: list[str]) -> bool:
    """Tell whether a piece of a paragraph reads alone as it did inside: no emphasis or link is cut in two."""
    read = "".join(sign for sign, _, _ in read_back(markdown) if not sign.startswith("^"))
    return read == "".join("".join(words).split())

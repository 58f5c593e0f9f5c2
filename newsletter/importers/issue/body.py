"""Converts a section's blocks for its file: consecutive heading levels, no rules at the edges."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock
from newsletter.importers.markdown.escape import escape_heading
from newsletter.importers.structure.candidates import BOLD, PLAIN
from newsletter.importers.structure.outline import Role

HIGHEST = 2  # the section's title is level 1, so `##` is the first heading within it
_SET = re.compile(r"(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1")


def body_of(rows: Sequence[tuple[DraftBlock, Role]]) -> tuple[DraftBlock, ...]:
    """Return the blocks of a section; lines that were read as headings become headings."""
    blocks = [_heading(block) if role == "heading" else block for block, role in rows]
    levels = sorted({block.level for block in blocks if block.kind == "heading"})
    steps = {level: min(HIGHEST + step, 6) for step, level in enumerate(levels)}
    blocks = [
        _at(block, steps[block.level]) if block.kind == "heading" else block for block in blocks
    ]
    while blocks and blocks[0].kind == "rule":
        blocks.pop(0)
    while blocks and blocks[-1].kind == "rule":
        blocks.pop()
    return tuple(blocks)


def _heading(block: DraftBlock) -> DraftBlock:
    """Return a bold line, or a line on its own, as a heading."""
    if block.kind != "paragraph":
        return block
    text = block.markdown.replace("\\\n", " ").replace("\n", " ")
    if (match := _SET.fullmatch(text)) and match[1] not in match[2]:
        text = match[2]
    text = re.sub(r"^\\(?=[#>+=|:-])", "", text)  # escaped at the start of a line
    level = BOLD if block.bold else PLAIN
    return replace(
        block, kind="heading", level=level, markdown=f"# {escape_heading(text)}", bold=False
    )


def _at(block: DraftBlock, level: int) -> DraftBlock:
    return replace(block, level=level, markdown="#" * level + block.markdown.lstrip("#"))

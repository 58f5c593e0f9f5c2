"""Matches footnotes with their marks."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock
from newsletter.importers.markdown.block_writer import INDENT


def attach_footnotes(blocks: Iterable[DraftBlock]) -> tuple[DraftBlock, ...]:
    """Return blocks in which every note has a mark; a note without references becomes text."""
    blocks = list(blocks)
    referred = {label for block in blocks for label in block.notes}
    text = [block for block in blocks if block.kind != "note"]
    notes = [block for block in blocks if block.kind == "note"]
    while text and text[-1].kind == "rule":
        text.pop()
    while text and text[0].kind == "rule":
        text.pop(0)
    result = list(text)
    for block in notes:
        if block.label in referred:
            result.append(block)
        else:
            text_only = block.markdown.partition(": ")[2].replace("\n" + INDENT, "\n")
            result.append(replace(block, kind="paragraph", markdown=text_only, label=""))
    return tuple(result)

"""Paragraphs split at the lines of a digest, and drawn rules: the blocks of each draft."""

from __future__ import annotations

from newsletter.importers.structure.split import split_blocks
from tests.casefile import Case
from tests.importers.draft_cases import check_cases, draft_of


def test_paragraphs_are_split_at_structural_lines(rewrite_expected: bool) -> None:
    check_cases("splits.txt", blocks_of, rewrite=rewrite_expected)


def blocks_of(case: Case) -> str:
    draft = split_blocks(draft_of(case))
    lines = []
    for block in draft.blocks:
        lines.append(f"[{block.kind} {block.line}–{block.end}] {block.markdown!r}")
        if block.words != block.markdown:
            lines.append(f"  words: {block.words!r}")
        if block.links or block.notes:
            lines.append(f"  {' '.join((*block.links, *block.notes))}")
    return "\n".join(lines)

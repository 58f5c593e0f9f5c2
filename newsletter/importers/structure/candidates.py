"""Finds possible titles: headings if there are any, else bold lines, else lines on their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock
from newsletter.importers.structure.about_lines import capital_byline, is_about_line
from newsletter.importers.structure.labels import label_kind
from newsletter.importers.structure.lines import LONG, in_title_case, is_headline, is_line, is_short
from newsletter.importers.structure.outline import Confidence, outline_words
from newsletter.importers.structure.roles import SILENT, is_data, is_roundup, role_of

BOLD, PLAIN = 7, 8  # levels below those of headings


class Candidate(Struct, frozen=True):
    """A possible title, with properties of the text up to the next one."""

    index: int
    level: int
    long: bool  # a complete headline
    kind: str | None  # section kind that the line names: Postscript
    label: bool  # the line contains only the name of a kind
    article: bool  # followed by a byline, tags or a reference
    roundup: bool
    data: bool
    bare: bool  # directly followed by the next candidate
    in_series: bool = False  # one of several numbered titles

    @property
    def confidence(self) -> Confidence:
        return "high" if self.level < BOLD else "medium"


def candidates(draft: Draft, taken: Collection[int]) -> dict[int, Candidate]:
    """Return the possible titles, keyed by block index."""
    blocks = draft.blocks
    order = [
        index
        for index, block in enumerate(blocks)
        if block.kind not in SILENT and index not in taken
    ]
    if capital_byline([blocks[index] for index in order]):
        order = order[1:]
    levels = _levels(blocks, order)
    result = {}
    marks = [index for index, block_index in enumerate(order) if block_index in levels]
    for number, index in enumerate(marks):
        end = marks[number + 1] if number + 1 < len(marks) else len(order)
        scope = [blocks[block_index] for block_index in order[index + 1 : end]]
        wide = [
            blocks[block_index] for block_index in order[index + 1 : _end(order, levels, index)]
        ]
        result[order[index]] = _candidate(
            order[index], levels[order[index]], blocks, scope, wide=wide
        )
    return _one_family(result, blocks)


_NUMBERED = re.compile(r"\s*\(?(\d{1,2})[.):]\s+\S")
_DAY = re.compile(r"[^\W\d]{3,9}\.? \d{1,2}|\d{1,2}\.? [^\W\d]{3,9}")  # Mar 1, without a year
FAMILY = 3  # minimum number of numbered titles that form a series


def _one_family(
    candidates: dict[int, Candidate], blocks: Sequence[DraftBlock]
) -> dict[int, Candidate]:
    """Return titles with a numbered series made uniform.

    All titles of the series become headlines or sub-headings, whichever most of them are.
    """
    series = [index for index in candidates if _NUMBERED.match(blocks[index].words)]
    if len(series) < FAMILY:
        return candidates
    long = sum(candidates[index].long for index in series) * 2 > len(series)
    level = min(candidates[index].level for index in series)
    return {
        index: replace(candidate, long=long, level=level, in_series=True)
        if index in series
        else candidate
        for index, candidate in candidates.items()
    }


def _is_numbered_line(blocks: Sequence[DraftBlock], order: list[int]) -> bool:
    lines = [
        blocks[index]
        for index in order
        if blocks[index].kind == "paragraph" and _NUMBERED.match(blocks[index].words)
    ]
    return sum(is_line(block.words) for block in lines) >= FAMILY


def _end(order: list[int], levels: dict[int, int], index: int) -> int:
    """Return the position of the next title of the same or a higher level."""
    own = levels[order[index]]
    return next(
        (i for i in range(index + 1, len(order)) if levels.get(order[i], 9) <= own), len(order)
    )


def _candidate(
    index: int,
    level: int,
    blocks: Sequence[DraftBlock],
    scope: list[DraftBlock],
    *,
    wide: list[DraftBlock],
) -> Candidate:
    block = blocks[index]
    kind = label_kind(block.words)
    return Candidate(
        index,
        level,
        long=outline_words(block.words) >= LONG,
        kind=kind[0] if kind else None,
        label=bool(kind and not kind[1]),
        article=bool(scope)
        and (role_of(scope[0]) in ("by", "tags") or any(role_of(b) == "source" for b in scope)),
        roundup=is_roundup(wide),
        data=is_data(scope),
        bare=not scope,
    )


def _levels(blocks: Sequence[DraftBlock], order: list[int]) -> dict[int, int]:
    real = {
        index: blocks[index].level
        for index in order
        if blocks[index].kind == "heading" and not role_of(blocks[index])
    }
    bold = {
        block_index: BOLD
        for index, block_index in enumerate(order)
        if _is_bold_line(blocks, order, index)
    }
    if real or bold:
        return real | bold
    numbered = _is_numbered_line(blocks, order)
    return {
        block_index: PLAIN
        for index, block_index in enumerate(order)
        if _is_title_line(blocks, order, index) or (numbered and _is_in_series(blocks[block_index]))
    }


def _is_in_series(block: DraftBlock) -> bool:
    is_numbered = _NUMBERED.match(block.words) is not None
    return block.kind == "paragraph" and is_numbered and is_line(block.words)


def _next(blocks: Sequence[DraftBlock], order: list[int], index: int) -> DraftBlock | None:
    return blocks[order[index + 1]] if index + 1 < len(order) else None


def _is_bold_line(blocks: Sequence[DraftBlock], order: list[int], index: int) -> bool:
    block, after = blocks[order[index]], _next(blocks, order, index)
    usable = (
        block.kind == "paragraph"
        and block.bold
        and is_line(block.words)
        and not (block.links or role_of(block) or is_about_line(block.words))
    )
    return usable and after is not None and after.kind != "list"


def _is_title_line(blocks: Sequence[DraftBlock], order: list[int], index: int) -> bool:
    block, after = blocks[order[index]], _next(blocks, order, index)
    if block.kind != "paragraph" or role_of(block) or block.links or after is None:
        return False
    if _DAY.fullmatch(block.words.strip()) or is_about_line(block.words):
        return False
    if label_kind(block.words) and is_line(block.words):
        return True
    if (
        after.kind == "paragraph"
        and not role_of(after)
        and is_line(after.words)
        and outline_words(after.words) < LONG
    ):
        return False  # two short lines in a row: verse, an address, a list without bullets
    return is_headline(block.words) or (
        is_short(block.words) and (in_title_case(block.words) or bool(role_of(after)))
    )

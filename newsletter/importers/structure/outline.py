"""The outline of a draft: its parts, and the role of each block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from newsletter.importers.draft import Draft, DraftBlock

Confidence = Literal["high", "medium", "low"]
Role = Literal[
    "title", "deck", "date", "heading", "by", "tags", "source", "more", "label", "credit", "text"
]

ISSUE, CREDITS, SKIP = "issue", "credits", "skip"  # parts that are not sections
# Part -> allowed roles of its blocks. Every other part is a section.
ROLES: dict[str, tuple[Role, ...]] = {
    ISSUE: ("title", "deck", "date", "tags"),
    CREDITS: ("credit",),
    SKIP: ("text",),
}
OF_SECTIONS: tuple[Role, ...] = (
    "title",
    "heading",
    "text",
    "by",
    "date",
    "tags",
    "source",
    "more",
    "label",
)


class OutlineRow(Struct, frozen=True):
    """One block and its role.

    `label` is a heading that only names the kind of its part; `more` is a link to the full article
    elsewhere.
    """

    block: int  # index in the draft's blocks
    role: Role


class OutlinePart(Struct, frozen=True):
    """A run of related blocks: a section, the issue's head, its credits, or skipped text."""

    kind: str
    rows: tuple[OutlineRow, ...]
    confidence: Confidence = "high"
    reason: str = ""

    @property
    def is_section(self) -> bool:
        return self.kind not in ROLES

    def of(self, role: Role) -> Iterator[int]:
        """Yield the indexes of the blocks with a role."""
        return (row.block for row in self.rows if row.role == role)


class Outline(Struct, frozen=True):
    """The parts, in the order they will have in the issue."""

    parts: tuple[OutlinePart, ...]

    @property
    def sections(self) -> tuple[OutlinePart, ...]:
        return tuple(part for part in self.parts if part.is_section)


def outline_words(words: str) -> int:
    """Return the number of words, counted like `wc -w`."""
    return len(words.split())


def part_title(part: OutlinePart, draft: Draft) -> str:
    """Return a part's title, or "" if it has none."""
    titles = [draft.blocks[index].words for index in part.of("title")]
    return " ".join(" ".join(titles[:1]).split())


def line_range(part: OutlinePart, draft: Draft) -> tuple[int, int]:
    """Return the first and last line of the draft that a part covers."""
    blocks = [draft.blocks[row.block] for row in part.rows]
    return min(block.line for block in blocks), max(last_line(block) for block in blocks)


def last_line(block: DraftBlock) -> int:
    """Return the last line of the draft that a block covers."""
    return block.end or block.line


def section_words(part: OutlinePart, draft: Draft) -> int:
    """Return the number of words in a part's text, including headings within it."""
    return sum(
        outline_words(draft.blocks[row.block].words)
        for row in part.rows
        if row.role in ("text", "heading")
    )


def outline_as_json(outline: Outline, draft: Draft) -> list[dict[str, object]]:
    """Return the parts as JSON values."""
    shown: list[dict[str, object]] = []
    for part in outline.parts:
        first, last = line_range(part, draft)
        rows = [{"line": draft.blocks[row.block].line, "role": row.role} for row in part.rows]
        shown.append(
            {
                "kind": part.kind,
                "title": part_title(part, draft) or None,
                "words": section_words(part, draft),
                draft.unit + "s": [first, last],
                "confidence": part.confidence,
                "reason": part.reason,
                "rows": rows,
            }
        )
    return shown

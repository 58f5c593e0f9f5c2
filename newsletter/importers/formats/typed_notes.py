"""Footnotes in pasted text: `[1]` or `¹` in a sentence, and at the start of a line at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from newsletter.importers.draft import DraftBlock
from newsletter.importers.markdown import block_writer as make

_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_NOTE = re.compile(r"(?:\\?\[(\d{1,3})\\?\]|([¹²³⁰⁴-⁹]{1,3}))[:.]?\s+(?=\S)")
_MARK = re.compile(r"\\?\[(\d{1,3})\\?\](?![(:\[])|([¹²³⁰⁴-⁹]{1,3})")


def with_notes(blocks: Sequence[DraftBlock]) -> list[DraftBlock]:
    """Return blocks with footnotes linked; both mark and note must exist, and notes come last."""
    notes = _last_notes(blocks)
    text = list(blocks[: len(blocks) - len(notes)])
    labels = {label for label, _ in notes}
    marked = {label for block in text for label in _marks(block)}
    if not labels or not labels <= marked:
        return list(blocks)
    result = [_with_marks(block, labels) for block in text]
    return result + [_note(label, block) for label, block in notes]


def _last_notes(blocks: Sequence[DraftBlock]) -> list[tuple[str, DraftBlock]]:
    """Return the one-line paragraphs at the end that begin with a mark, each with its label.

    Returns none if a label occurs twice.
    """
    found: list[tuple[str, DraftBlock]] = []
    for block in reversed(blocks):
        match = _NOTE.match(block.markdown)
        if block.kind != "paragraph" or match is None or "\n" in block.words:
            break
        found.insert(0, (_label(match), block))
    return found if len({label for label, _ in found}) == len(found) else []


def _label(match: re.Match[str]) -> str:
    return match[1] or match[2].translate(_SUPERSCRIPT)


def _marks(block: DraftBlock) -> list[str]:
    if block.kind not in ("paragraph", "list", "quote"):
        return []
    return [_label(match) for match in _MARK.finditer(block.markdown)]


def _with_marks(block: DraftBlock, labels: set[str]) -> DraftBlock:
    """Return a block with its marks replaced by references to notes."""
    found = [label for label in _marks(block) if label in labels]
    if not found:
        return block

    def reference(match: re.Match[str]) -> str:
        return f"[^{_label(match)}]" if _label(match) in labels else match[0]

    def gone(match: re.Match[str]) -> str:
        return "" if _label(match) in labels else match[0]

    return replace(
        block,
        markdown=_MARK.sub(reference, block.markdown),
        words=_MARK.sub(gone, block.words),
        notes=tuple(dict.fromkeys(found)),
    )


def _note(label: str, block: DraftBlock) -> DraftBlock:
    match = _NOTE.match(block.markdown)
    start = match.end() if match else 0
    words = _NOTE.sub("", block.words, count=1)
    inside = replace(block, markdown=block.markdown[start:], words=words)
    return make.footnote(label, (inside,), block.line)

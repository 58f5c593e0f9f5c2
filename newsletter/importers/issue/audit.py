"""Final audit: adds draft text that is in neither the issue nor the notes to the notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from newsletter.importers.draft import Draft, DraftBlock, ImportNote
from newsletter.importers.structure.outline import Outline

_TOKEN = re.compile(r"[^\W_]+")


def audit_issue(
    draft: Draft,
    outline: Outline,
    files: Mapping[str, bytes],
    elsewhere: Iterable[str],
    *,
    notes: tuple[ImportNote, ...],
) -> tuple[ImportNote, ...]:
    """Return the notes, extended by every word that is in neither the files nor the workspace.

    `elsewhere` is text of the workspace. Text is copied block by block, so only what became a
    key, a credit or nothing is checked. For content that was only changed, the notes list the words
    that were dropped: `Author:`, the month of a date.
    """
    written = [
        data.decode() for name, data in files.items() if name.endswith((".md", ".yaml", ".csv"))
    ]
    there = _tokens(" ".join((*written, *elsewhere)).replace("\\", ""))
    own = frozenset(draft.notes)
    remaining = [
        _trimmed(note, there) if note.kind == "changed" and note not in own else note
        for note in notes
    ]
    there |= _tokens(" ".join(note.words for note in remaining))
    remaining += [
        ImportNote("omitted", "text with no place in the issue", words, line)
        for line, text in _reported(draft, outline)
        if (words := _absent(text, there))
    ]
    return tuple(sorted(dict.fromkeys(remaining), key=lambda note: note.line))


def _reported(draft: Draft, outline: Outline) -> Iterator[tuple[int, str]]:
    """Yield the content of a draft other than section text and headings, with line numbers."""
    images = {image.name: image.url or "" for image in draft.images}
    for value in (draft.title or "", *draft.meta.values()):
        yield 0, value
    taken = {
        row.block
        for part in outline.sections
        for row in part.rows
        if row.role in ("text", "heading")
    }
    for index, block in enumerate(draft.blocks):
        if index not in taken:
            yield block.line, _words(block, images)


def _words(block: DraftBlock, images: Mapping[str, str]) -> str:
    shown = [url for name, url in images.items() if f"images/{name}" in block.markdown]
    around = block.markdown if block.kind == "directive" else ""  # and its options
    return " ".join((block.words, *block.links, *shown, around))


def _tokens(words: str) -> set[str]:
    return {token.casefold() for token in _TOKEN.findall(words)}


def _absent(words: str, there: set[str]) -> str:
    return " ".join(word for word in words.split() if not _tokens(word) <= there)


def _trimmed(note: ImportNote, there: set[str]) -> ImportNote:
    return replace(note, words=_absent(note.words, there))

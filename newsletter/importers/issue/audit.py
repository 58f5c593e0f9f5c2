"""The last look: a word of the draft that stands neither in the issue nor in the list is put into the list."""

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
    notes: tuple[ImportNote, ...],
) -> tuple[ImportNote, ...]:
    """Return the list with every word in it that neither the files have nor the workspace, which are `elsewhere`.

    Text is taken over block by block; looked at is what became a key, a credit or nothing. Of what only changed, the
    list keeps the words that are gone: `Author:`, the month of a date.
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
        for line, text in _said(draft, outline)
        if (words := _absent(text, there))
    ]
    return tuple(sorted(dict.fromkeys(remaining), key=lambda note: note.line))


def _said(draft: Draft, outline: Outline) -> Iterator[tuple[int, str]]:
    """Yield what stands in the draft beside its text, with its line."""
    pictures = {picture.name: picture.url or "" for picture in draft.pictures}
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
            yield block.line, _words(block, pictures)


def _words(block: DraftBlock, pictures: Mapping[str, str]) -> str:
    shown = [url for name, url in pictures.items() if f"images/{name}" in block.markdown]
    around = block.markdown if block.kind == "directive" else ""  # what stands beside its `:::`
    return " ".join((block.words, *block.links, *shown, around))


def _tokens(words: str) -> set[str]:
    return {token.casefold() for token in _TOKEN.findall(words)}


def _absent(words: str, there: set[str]) -> str:
    return " ".join(word for word in words.split() if not _tokens(word) <= there)


def _trimmed(note: ImportNote, there: set[str]) -> ImportNote:
    return replace(note, words=_absent(note.words, there))

"""Words in, words out: what a reader lost without knowing is found by comparing, and told."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsletter.importers.draft import DraftBlock, ImportNote

NEAR = 10_000  # letters ahead in which the next words are looked for first
_SIGNS = re.compile(r"[\W_]+")


def letters_only(words: str) -> str:
    """Return letters and digits alone: how words are set changes on the way, they do not."""
    return _SIGNS.sub("", words).casefold()


def missing_words(
    source: Iterable[tuple[str, int]], blocks: Iterable[DraftBlock], notes: Iterable[ImportNote]
) -> list[ImportNote]:
    """Return a note for each piece of the source, with its line, that neither a block nor a note has."""
    have = (
        letters_only("".join(block.words for block in blocks))
        + "\n"
        + "\n".join(letters_only(note.words) for note in notes)
    )
    result: list[ImportNote] = []
    position = 0
    for words, line in source:
        letters = letters_only(words)
        here = have.find(
            letters, position, position + len(letters) + NEAR
        )  # most stand in the same order
        here = have.find(letters) if here < 0 else here
        if here < 0:
            result.append(
                ImportNote("omitted", "text lost in conversion", " ".join(words.split()), line)
            )
        elif here >= position:
            position = here
    return result

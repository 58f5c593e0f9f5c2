"""Compares the text of a source with the text that was read, passage by passage.

The source is read a second time by something simpler than the reader (`html_text_nodes`,
`docx_text_nodes`), so that text the reader missed is found too. Every passage that was read
accounts for one passage of the source, so a missing sentence is reported even if its words occur
elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

from newsletter.importers.draft import DraftBlock, ImportNote
from newsletter.importers.link_cleanup import clean_url

NEAR = 20_000  # letters after the last match that are searched first for the next passage
TRIES = 200  # occurrences of the same letters that are examined
SHORT = 12  # letters; a shorter passage only matches at word boundaries
_SIGNS = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'”’»)\]]*\s+|\n+")
_ADDRESS = re.compile(r"https?://[^\s<>\"\]]+", re.IGNORECASE)
MESSAGE = "text lost in conversion"

Passage = Sequence[str]  # the text nodes of one paragraph, in document order


def letters_only(words: str) -> str:
    """Return letters and digits only, because spacing and punctuation change during import."""
    return _SIGNS.sub("", words).casefold()


def missing_text(
    source: Iterable[Passage], blocks: Iterable[DraftBlock], notes: Iterable[ImportNote]
) -> list[ImportNote]:
    """Return a note for each passage of the source that is in neither a block nor a note."""
    read = _ReadText(
        [(text, block.line) for block in blocks for text in (block.words, *block.links)],
        [note.words for note in notes],
    )
    result: list[ImportNote] = []
    passages = list(source)
    ends = read.take_long(passages)
    for index, passage in enumerate(passages):
        if index in ends:
            read.position = ends[index]
            continue
        texts = (" ".join(text.split()) for text in read.missing(passage))
        result += [ImportNote("omitted", MESSAGE, text, read.line) for text in texts]
    return result


def _cleaned(match: re.Match[str]) -> str:
    """Return an address as the reader writes it; the change itself is noted there."""
    return clean_url(match[0])


class _ReadText:
    """The letters of blocks and notes; each accounts for one passage."""

    def __init__(self, texts: Sequence[tuple[str, int]], notes: Sequence[str]) -> None:
        parts: list[str] = []
        self.edges: set[int] = set()  # word boundaries
        self.starts: list[int] = []  # start of each text, with its line
        self.lines: list[int] = []
        length = 0
        for words, line in (*texts, *((words, 0) for words in notes)):
            self.starts.append(length)
            self.lines.append(line)
            for token in _TOKEN.findall(words):
                letters = token.casefold()
                self.edges.add(length)
                length += len(letters)
                self.edges.add(length)
                parts.append(letters)
            parts.append("\n" if line == 0 else "")
            length += line == 0
        self.letters = "".join(parts)
        self.used = bytearray(len(self.letters))
        self.position = 0

    @property
    def line(self) -> int:
        """Return the line of the text that was matched last."""
        index = bisect_right(self.starts, max(self.position - 1, 0)) - 1
        return self.lines[index] if self.lines and index >= 0 else 0

    def take_long(self, passages: Sequence[Passage]) -> dict[int, int]:
        """Mark the long passages that are complete; return where each of them ends.

        They are nearly unique, so that a short one does not take part of a longer one's text.
        """
        ends: dict[int, int] = {}
        for index, passage in enumerate(passages):
            whole = "".join(passage)
            if len(whole) >= SHORT and self.take(whole):
                ends[index] = self.position
        self.position = 0
        return ends

    def missing(self, passage: Passage) -> list[str]:
        """Return the sentences of a passage that cannot be found; empty if all are present."""
        whole = "".join(passage)
        if self.take(whole) or self.take(_ADDRESS.sub(_cleaned, whole)):
            return []
        if len(passage) == 1:
            return self.missing_sentences(whole)
        return [text for node in passage for text in self.missing_node(node)]

    def missing_node(self, node: str) -> list[str]:
        return [] if self.take(node) else self.missing_sentences(node)

    def missing_sentences(self, text: str) -> list[str]:
        sentences = [sentence for sentence in _SENTENCE.split(text) if sentence]
        if len(sentences) == 1:
            return sentences
        return [sentence for sentence in sentences if not self.take(sentence)]

    def take(self, words: str) -> bool:
        """Mark the letters of a text as used; return whether an unused occurrence was found."""
        letters = letters_only(words)
        if not letters:
            return True
        position = self.find(letters)
        if position < 0:
            return False
        end = position + len(letters)
        self.used[position:end] = b"\x01" * len(letters)
        if position <= self.position + NEAR:
            self.position = end
        return True

    def find(self, letters: str) -> int:
        end = self.position + len(letters) + NEAR
        position = self.free(letters, self.position, end)
        return position if position >= 0 else self.free(letters, 0, len(self.letters))

    def free(self, letters: str, start: int, stop: int) -> int:
        """Return the position of an unused occurrence between `start` and `stop`, or -1."""
        position = self.letters.find(letters, start, stop)
        for _ in range(TRIES):
            if position < 0:
                return -1
            end = position + len(letters)
            if self.used.find(1, position, end) < 0 and self.fits(position, end, start):
                return position
            position = self.letters.find(letters, position + 1, stop)
        return -1

    def fits(self, position: int, end: int, start: int) -> bool:
        if end - position >= SHORT or position == start:
            return True
        if _has_no_case(self.letters[position]):
            return True  # scripts without spaces between words
        return position in self.edges and end in self.edges


def _has_no_case(letter: str) -> bool:
    return letter.isalpha() and letter.upper() == letter.lower()

"""Names of people: where they occur, and whether two spellings are the same person's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from newsletter.markup.figure import Figure
from newsletter.markup.pullquote import PullQuote
from newsletter.model import Issue, Location, walk

SHORTEST = 8  # minimum letters for a one-letter difference to be a typo: Ana and Ann are two people


class NamedPerson(Struct, frozen=True):
    """A person named outside the running text: credited, quoted, or the creator of an image."""

    name: str
    where: Location
    credited: bool = False


def named_people(issue: Issue) -> Iterator[NamedPerson]:
    """Yield the people named as free text in credits, bylines, pull quotes and images."""
    for credit in issue.credits.roles:
        for holder in credit.holders:
            if holder.id is None:
                yield NamedPerson(holder.name, holder.at or credit.where, credited=True)
    for holder in issue.credits.produced_by:
        if holder.id is None:
            yield NamedPerson(holder.name, holder.at or issue.credits.where, credited=True)
    for section in issue.sections:
        for holder in section.by:
            if holder.id is None:
                where = holder.at or section.places.get("by", section.where)
                yield NamedPerson(holder.name, where, credited=True)
        for node in walk(section.blocks):
            if isinstance(node, PullQuote) and node.by:
                yield NamedPerson(node.by, node.where)
            elif isinstance(node, Figure) and node.credit:
                yield NamedPerson(node.credit, node.credit_at or node.where)


_WORD = re.compile(r"[^\W\d_]+")


class NameFinder:
    """Finds known names of several words in running text, starting from any of their words."""

    def __init__(self, known: Iterable[str]) -> None:
        self.by_word: dict[
            str, list[tuple[int, list[str], str]]
        ] = {}  # word -> its index in a name
        for name in known:
            words = _WORD.findall(name)
            for offset, word in enumerate(words):
                if len(words) > 1 and len(word) > 2:
                    for folded in folds(word):
                        self.by_word.setdefault(folded, []).append((offset, words, name))

    def misspelled(self, text: str) -> Iterator[tuple[int, str, str]]:
        """Yield offset, spelling and correct name of each misspelled known name."""
        matches = list(_WORD.finditer(text)) if self.by_word else []
        reported = -1
        for index, match in enumerate(matches):
            known = (name for folded in _folds(match[0]) for name in self.by_word.get(folded, ()))
            for offset, words, name in known:
                window = matches[max(index - offset, 0) : index - offset + len(words)]
                if len(window) < len(words) or window[0].start() <= reported:
                    continue
                written = text[window[0].start() : window[-1].end()]
                cased = all(
                    word_match[0][0].isupper() == word[0].isupper()
                    for word_match, word in zip(window, words, strict=True)
                )
                if cased and not written.isupper() and same_person(written, name):
                    reported = window[0].start()
                    yield reported, written, name


@lru_cache(maxsize=8192)
def _folds(word: str) -> tuple[str, ...]:
    return folds(word)


_JOINTS = re.compile(r"[\s\-‐‑–'’ʼʻ`.·]+")
_PLAIN = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "ı": "i",
    }
    | {"æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"}
)
_SPELLED_OUT = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "å": "aa",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "Ø": "Oe",
        "Å": "Aa",
    }
)


def fold(name: str) -> str:
    """Return a name without accents, case, hyphens, apostrophes and stops, for comparison."""
    unaccented = "".join(
        char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char)
    )
    return _JOINTS.sub(" ", unaccented.translate(_PLAIN)).casefold().strip()


def folds(name: str) -> tuple[str, ...]:
    """Return both folded forms of a name: Müller becomes Muller and Mueller."""
    composed = unicodedata.normalize("NFC", name)
    spelled_out = composed.translate(_SPELLED_OUT)
    return (fold(name),) if spelled_out == composed else (fold(name), fold(spelled_out))


def same_person(spelling: str, other: str) -> bool:
    """Return whether two spellings are likely the same person's.

    They may differ in accents and separators, or in one letter.
    """
    if spelling == other:
        return False
    if set(folds(spelling)) & set(folds(other)):
        return True
    first, second = fold(spelling), fold(other)
    words, others = first.split(), second.split()
    return (
        len(words) == len(others) > 1
        and min(len(first), len(second)) >= SHORTEST
        and sum(map(str.__ne__, words, others)) == 1
        and all(
            one_letter(word, twin) for word, twin in zip(words, others, strict=True) if word != twin
        )
    )


def one_letter(word: str, twin: str) -> bool:
    """Return whether two long words differ by one changed, added, missing or swapped letter."""
    if min(len(word), len(twin)) < 4 or abs(len(word) - len(twin)) > 1 or word[0] != twin[0]:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(word, twin, strict=False)) if a != b),
        min(len(word), len(twin)),
    )
    left, right = word[start:], twin[start:]
    exchanged = left[:2] == right[1::-1] and left[2:] == right[2:]
    return exchanged or left[1:] == right[1:] or left[1:] == right or left == right[1:]

"""Names in running text that one issue spells in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from newsletter.check.prose.names import folds
from newsletter.check.prose.passages import Passage, passages
from newsletter.markup.inline import Link
from newsletter.model import Issue

_LETTERS = r"[^\W\d_]{2,}"
_START = r"(?<![\w@/#.’'-])"  # not inside words or after the characters of handles and addresses
# A lookahead, so that matches can start at each word: names of three parts, the last two of which
# may be syllables of one name.
_THREE = re.compile(rf"{_START}(?=(({_LETTERS}) ({_LETTERS})([ \u00a0-])({_LETTERS}))(?![\w-]))")
_TWO = re.compile(rf"{_START}(?=(({_LETTERS})[ \u00a0]({_LETTERS}))(?![\w-]))")
_ONE = re.compile(rf"{_START}[^\W\d_]{{4,}}(?![\w’'-])")
# With an inner hyphen or apostrophe, except a genitive's: Tel-Aviv, Sana'a, al-Sisi.
_JOINED = re.compile(rf"{_START}[^\W\d_]+(?:[-’'ʼʻ](?!s\b)[^\W\d_]+)+(?![\w-])")
_ARTICLE = re.compile(r"[ae]l (?=\w)")  # both transcriptions of the Arabic article
_OPENERS = frozenset(
    "The A An In On At For And But Of From With By To As When If While After Before Since Its".split()
)
_NEIGHBOR = re.compile(r"\s*-?\(?([^\W\d_])")
TITLE = 4  # minimum words of a link text that is a title, spelled as in the original


def deviating_spellings(issue: Issue) -> Iterator[tuple[Passage, int, str, str]]:
    """Yield the passage, offset and spelling of each deviating name, and its usual spelling."""
    read = [passage for passage in passages(issue) if not (passage.heading or passage.cell)]
    common = {word for passage in read for word in _COMMON.findall(passage.words)}
    names: dict[str, dict[str, list[tuple[Passage, int]]]] = {}  # key -> spelling -> uses
    for passage in read:
        for start, words in _names(passage, common, german=issue.language.startswith("de")):
            spelling = words.replace("\u00a0", " ")
            for key in _keys(words):
                names.setdefault(key, {}).setdefault(spelling, []).append((passage, start))
    reported: set[tuple[int, int]] = set()  # a typo may occur in several overlapping names
    for key in sorted(names, key=len, reverse=True):
        if len(names[key]) == 1:
            continue
        uses = names[key]
        usual = max(uses, key=lambda spelling: len(uses[spelling]))
        covered = {spelling: _characters(spelling, uses[spelling]) for spelling in uses}
        for spelling, [(passage, start), *_] in uses.items():
            if spelling == usual or _differs_in_capitals(spelling, usual):
                continue
            if not any(map(reported.intersection, covered[spelling])):
                yield passage, start, spelling, usual
                reported = reported.union(*covered[spelling], *covered[usual])


def _characters(spelling: str, uses: Iterable[tuple[Passage, int]]) -> list[set[tuple[int, int]]]:
    """Return passage and offset of each character, for each use of a spelling."""
    return [
        {(id(passage), start + offset) for offset in range(len(spelling))}
        for passage, start in uses
    ]


def _keys(name: str) -> set[str]:
    """Return keys that all spellings of a name share."""
    keys = set(folds(name))
    joined = {key.replace(" ", "") for key in keys if " " not in name.replace("\u00a0", " ")}
    return keys | joined | {_ARTICLE.sub("al ", key) for key in keys if _ARTICLE.match(key)}


def _differs_in_capitals(spelling: str, usual: str) -> bool:
    """Return whether two spellings differ only in capitals that carry no meaning.

    The MIT License is in a file MIT LICENSE; Al-Shabaab starts a sentence; a Co-founder is a
    Co-Founder in a title.
    """
    if spelling.lower() != usual.lower():
        return False
    pairs = zip(spelling.split(), usual.split(), strict=False)
    return "-" in spelling or all(
        word == usual_word or word.isupper() != usual_word.isupper() for word, usual_word in pairs
    )


_COMMON = re.compile(r"(?<![\w-])[^\W\d_A-Z][^\W\d_]*(?![\w-])")  # words in lower case


def _names(passage: Passage, common: set[str], *, german: bool) -> Iterator[tuple[int, str]]:
    """Yield names of three and two words, and long single ones, except in titles of links."""
    words = passage.words
    titles = _titles(passage)
    starts = {sentence.start for sentence in passage.sentences}
    candidates = [
        (match.start(), match[1])
        for match in _THREE.finditer(words)
        if match[2][0].isupper()
        and match[3][0].isupper()
        and _is_given_name(match[3], match[4], match[5])
    ]
    candidates += [
        (match.start(), match[1])
        for match in _TWO.finditer(words)
        if match[2][0].isupper() and match[3][0].isupper() and not match[1].isupper()
    ]
    candidates += [
        (match.start(), match[0])
        for match in _JOINED.finditer(words)
        if match.start() not in starts and _is_joined_name(match[0], common)
    ]
    if not german:  # German capitalizes every noun: Mutter, Mütter
        candidates += [
            (match.start(), match[0])
            for match in _ONE.finditer(words)
            if match.start() not in starts
            and match[0][0].isupper()
            and not match[0].isupper()
            and _is_single(words, match)
        ]
    return (
        (start, name)
        for start, name in sorted(candidates)
        if not any(start in title for title in titles)
    )


_CONTRACTED = frozenset("ll d re ve m t".split())


def _is_joined_name(words: str, common: set[str]) -> bool:
    """Return whether this is a name (Tel-Aviv, al-Sisi, Sana'a) and not a compound: AI-generated.

    The words of a compound also occur on their own.
    """
    first, *others = re.split("[-’'ʼʻ]", words)
    if "-" not in words:
        return first[0].isupper() and others[-1] not in _CONTRACTED
    if not others[-1][0].isupper():
        return False
    if not first[0].isupper() and first not in ("al", "el"):
        return False
    return not any(
        part.lower() in common or (len(part) > 1 and part.isupper()) for part in (first, *others)
    )


def _is_given_name(second: str, joint: str, third: str) -> bool:
    """Return whether two words may be syllables of one given name: Jong and un in Kim Jong-un."""
    short = max(len(second), len(third)) <= 5 and not (second.isupper() or third.isupper())
    return short and (joint == "-" or third[0].isupper())


def _is_single(words: str, match: re.Match[str]) -> bool:
    """Return whether a name has no other name next to it: two people share a Peter."""
    before = words[: match.start()].rstrip(" -").rsplit(" ", 1)[-1]
    after = _NEIGHBOR.match(words, match.end())
    return (before in _OPENERS or not before[:1].isupper()) and not (after and after[1].isupper())


def _titles(passage: Passage) -> list[range]:
    links: dict[int, tuple[int, int]] = {}
    for piece in passage.pieces:
        for node in piece.around:
            if isinstance(node, Link):
                links[id(node)] = (links.get(id(node), (piece.start, 0))[0], piece.end)
    return [
        range(*ends) for ends in links.values() if len(passage.words[slice(*ends)].split()) >= TITLE
    ]

"""Compare two texts word by word: unchanged, deleted and inserted words, and changed facts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from newsletter.review.reader_document import split_words

FactKind = Literal["", "number", "name", "quotation"]

ISLAND = 2  # unchanged words between two changes that are merged with them
BRIEF = 4  # words up to which a changed fact is shown with context
LARGE = 4_000_000  # token comparisons above which a faster, coarser method is used


class RedlineRun(Struct, frozen=True):
    """A range of text with its operation.

    `=` is in both versions, `-` only in the old one, `+` only in the new one.
    """

    op: Literal["=", "-", "+"]
    text: str
    fact: FactKind = ""


class FactChange(Struct, frozen=True):
    """A changed number, name or quotation, with the words that follow."""

    kind: FactKind
    before: str
    after: str
    follows: str = ""


def compare_texts(before: str, after: str, *, quoted: bool = False) -> tuple[RedlineRun, ...]:
    """Return the runs that make up the old text (`=` and `-`) and the new one (`=` and `+`).

    `quoted` means that the whole text is a quotation.
    """
    old, new = split_words(before), split_words(after)
    pairs = _joined(list(_pairs(old, new)))
    runs: list[RedlineRun] = []
    position = 0  # in the new text
    for same, removed, added in pairs:
        text = "".join(added)
        if same:
            runs.append(RedlineRun("=", text))
        else:
            kind = _fact("".join(removed), text, after[:position], quoted=quoted)
            if removed:
                runs.append(RedlineRun("-", "".join(removed), kind))
            if added:
                runs.append(RedlineRun("+", text, kind))
        position += len(text)
    return tuple(runs)


def facts_in(runs: Sequence[RedlineRun]) -> tuple[FactChange, ...]:
    """Return the changed facts of a text."""
    facts = []
    for index, run in enumerate(runs):
        if not run.fact or (run.op == "+" and index and runs[index - 1].op == "-"):
            continue
        pair = runs[index + 1] if run.op == "-" and index + 1 < len(runs) else None
        pair = pair if pair is not None and pair.op == "+" else None
        following = runs[index + (2 if pair else 1) :]
        removed, added = (run.text, "") if run.op == "-" else ("", run.text)
        added = pair.text if pair else added
        facts.append(_fact_change(run.fact, removed, added, _follows(following)))
    return tuple(facts)


def numbers_of(text: str) -> str:
    """Return the numbers of a text, as one line."""
    return ", ".join(_NUMBER.findall(text))


def _fact_change(kind: FactKind, removed: str, added: str, follows: str) -> FactChange:
    """Return a changed fact; long passages are reduced to their numbers."""
    if kind == "number" and max(len(removed.split()), len(added.split())) > BRIEF:
        return FactChange(kind, numbers_of(removed), numbers_of(added))
    return FactChange(kind, removed.strip(), added.strip(), follows)


def is_typographic(before: str, after: str) -> bool:
    """Return whether texts differ only in quotation marks, dashes, spaces or composed letters."""
    return before != after and _plain(before) == _plain(after)


def distinct_words(text: str) -> frozenset[str]:
    """Return the distinct words of a text in lower case."""
    return frozenset(word.casefold() for word in split_words(text) if word[0].isalnum())


# --- tokens ---------------------------------------------------------------------------------------

_Pair = tuple[bool, list[str], list[str]]  # whether equal; the old tokens; the new ones


def _pairs(old: list[str], new: list[str]) -> Iterator[_Pair]:
    coarse = len(old) * len(new) > LARGE
    matcher = SequenceMatcher(None, old, new, autojunk=coarse)
    for kind, a, b, c, d in matcher.get_opcodes():
        yield kind == "equal", old[a:b], new[c:d]


def _joined(pairs: list[_Pair]) -> list[_Pair]:
    """Merge two changes separated by a few short words, to keep the redline readable."""
    joined: list[_Pair] = []
    for index, (same, removed, added) in enumerate(pairs):
        between = same and 0 < index < len(pairs) - 1
        is_change = not same or (between and _is_island(added))
        if is_change and joined and not joined[-1][0]:
            joined[-1][1].extend(removed)
            joined[-1][2].extend(added)
        else:
            joined.append((not is_change, list(removed), list(added)))
    return joined


def _is_island(tokens: Sequence[str]) -> bool:
    words = [token for token in tokens if not token.isspace()]
    short = all(len(word) <= 4 and not any(map(str.isdigit, word)) for word in words)
    return short and len(words) <= ISLAND and not any(word in ".;:!?" for word in words)


# --- facts ----------------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+\-−]?\d+(?:[.,:/’\u00a0\u202f]\d+)*")
_ENDS_SENTENCE = re.compile(r"(?:^|[.!?:…][\"'”’)\]]*)\s*[\"'“‘«„(]*$")
_QUOTES = {"“": "”", "«": "»", "„": "“", "「": "」", "『": "』"}


def _fact(removed: str, added: str, before: str, *, quoted: bool) -> FactKind:
    """Return the kind of fact a change affects: number before name before quotation."""
    if _plain(removed).strip() == _plain(added).strip():
        return ""
    if sorted(_NUMBER.findall(removed)) != sorted(_NUMBER.findall(added)):
        return "number"
    if _names(removed, before) != _names(added, before):
        return "name"
    return "quotation" if quoted or _in_quotes(before) else ""


def _names(text: str, before: str) -> list[str]:
    """Return the capitalized words of a text, except those that begin a sentence."""
    names, so_far = [], before
    for word in split_words(text):
        if word[0].isupper() and len(word) > 1 and not _ENDS_SENTENCE.search(so_far[-12:]):
            names.append(word)
        so_far += word
    return names


def _in_quotes(before: str) -> bool:
    return any(
        before.rfind(opening) > before.rfind(closing) for opening, closing in _QUOTES.items()
    )


def _follows(runs: Sequence[RedlineRun]) -> str:
    """Return the two words after a change, which name what a number counts."""
    if not runs or runs[0].op != "=":
        return ""
    words: list[str] = []
    for token in split_words(runs[0].text):
        if token in ".,;:!?…" or len(words) == 2:
            break
        if not token.isspace():
            words.append(token)
    return " ".join(words)


_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛‹›′`", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "\u00ad": None,
        "\u200b": None,
    }
)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text.translate(_PLAIN)).split())

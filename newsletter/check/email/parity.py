"""Compare the HTML and text parts with the issue: lost, moved or one-sided text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from newsletter.check.email.checked_email import CheckedEmail
from newsletter.check.email.expected_text import Part, expected_text
from newsletter.check.email.text_tables import as_read
from newsletter.check.object_cache import cached_for_object
from newsletter.check.prose.alignment import AlignedWord, accessible_words, align, folded, tokens_of
from newsletter.files.quotation import quoted
from newsletter.model import Location

_NUMBER = re.compile(r"[\d.,]+")
CHANCE = 3  # matches of up to this many words among lost ones are treated as coincidence


class Loss(Struct, frozen=True):
    """Words of the issue that one part lacks or has in another position."""

    part: Part
    kind: str
    words: tuple[AlignedWord, ...]
    instead: str = ""  # what the part has instead

    @property
    def where(self) -> Location:
        return self.words[0].where

    @property
    def text(self) -> str:
        shown = " ".join(word.raw for word in self.words[:8])
        return quoted(f"{shown} …" if len(self.words) > 8 else shown)


class Parity(Struct, frozen=True):
    lost: tuple[Loss, ...]
    moved: tuple[Loss, ...]
    one_sided: tuple[tuple[Part, str], ...]  # words that are not in the issue and only in one part


@cached_for_object
def parity(checked: CheckedEmail) -> Parity:
    """Compare both parts with the issue, and their remaining words with each other."""
    html = _compare(checked, "HTML", accessible_words(checked.tree))
    text = _compare(checked, "text part", checked.email.text)
    # Text that a theme moves in both parts alike is moved on purpose.
    both = {loss.where for loss in html.moved} & {loss.where for loss in text.moved}
    moved = tuple(loss for loss in (*html.moved, *text.moved) if loss.where not in both)
    losses: list[Loss] = []
    one_sided: list[tuple[Part, str]] = []
    theme_texts = _theme_texts(checked)
    for compared, other in ((html, text), (text, html)):
        left = _one_sided(compared, other, theme_texts)
        for loss, gap in compared.lost:
            losses.append(
                replace(loss, instead=compared.words(index for index in left if index in gap))
            )
            left = [index for index in left if index not in gap]
        one_sided.extend((compared.part, words) for words in _stretches(compared, left))
    return Parity(tuple(losses), moved, tuple(one_sided))


class _Compared(Struct, frozen=True):
    part: Part
    lost: tuple[
        tuple[Loss, range], ...
    ]  # each with the range of actual words between its neighbors
    moved: tuple[Loss, ...]
    actual: Sequence[str]
    extra: Sequence[int]  # indices of the theme's own words in the part

    def words(self, indices: Iterable[int]) -> str:
        return " ".join(self.actual[index] for index in indices)


def _compare(checked: CheckedEmail, part: Part, part_text: str) -> _Compared:
    actual = folded(part_text)
    expected = as_read(
        tokens_of(expected_text(part, checked.issue, checked.publication, checked.theme).pieces),
        actual,
    )
    alignment = align([word.folded for word in expected], actual)
    matched, extra = list(alignment.matched), set(alignment.extra)
    _slide(expected, actual, matched, extra)
    _unmatch(matched, extra)
    lost, moved = [], []
    for start, end in _runs(matched):
        run = expected[start:end]
        loss = Loss(part, _kind(run), tuple(run))
        if indices := _moved_to(run, actual, extra):
            extra -= set(indices)
            moved.append(loss)
        else:
            lost.append((loss, _gap(matched, start, end, len(actual))))
    return _Compared(part, tuple(lost), tuple(moved), actual, sorted(extra))


def _slide(
    expected: Sequence[AlignedWord],
    actual: Sequence[str],
    matched: list[int | None],
    extra: set[int],
) -> None:
    """Match short runs of identical words next to their neighbors: "the" is everywhere."""
    for stretch in _stretches_of(matched):
        first, last = stretch[0], stretch[-1]
        after = matched[last + 1] if last + 1 < len(matched) else len(actual)
        before = matched[first - 1] if first else -1
        for start in (
            None if after is None else after - len(stretch),
            None if before is None else before + 1,
        ):
            indices = range(start or 0, (start or 0) + len(stretch))
            if (
                start is not None
                and extra.issuperset(indices)
                and _matches(expected, actual, stretch, indices)
            ):
                extra.update(
                    index for index in (matched[at] for at in stretch) if index is not None
                )
                extra.difference_update(indices)
                matched[first : last + 1] = indices
                break


def _matches(
    expected: Sequence[AlignedWord],
    actual: Sequence[str],
    stretch: Sequence[int],
    indices: Sequence[int],
) -> bool:
    return all(
        expected[at].folded == actual[index] for at, index in zip(stretch, indices, strict=True)
    )


def _unmatch(matched: list[int | None], extra: set[int]) -> None:
    """Discard matches of a few words among lost ones: theme words that happen to be identical."""
    for stretch in _stretches_of(matched):
        neighbors = [at for at in (stretch[0] - 1, stretch[-1] + 1) if 0 <= at < len(matched)]
        if neighbors and all(matched[at] is None for at in neighbors):
            extra.update(index for index in (matched[at] for at in stretch) if index is not None)
            matched[stretch[0] : stretch[-1] + 1] = [None] * len(stretch)


def _stretches_of(matched: Sequence[int | None]) -> list[list[int]]:
    """Return the short runs of matched words that are consecutive on both sides."""
    groups = groupby(range(len(matched)), key=lambda at: _diagonal(matched, at))
    stretches = [list(group) for diagonal, group in groups if diagonal is not None]
    return [stretch for stretch in stretches if len(stretch) <= CHANCE]


def _diagonal(matched: Sequence[int | None], at: int) -> int | None:
    """Return a key that is equal for matched words that are consecutive on both sides."""
    index = matched[at]
    return None if index is None else index - at


def _runs(matched: Sequence[int | None]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of unmatched words."""
    for unmatched, group in groupby(range(len(matched)), key=lambda at: matched[at] is None):
        if unmatched:
            indices = list(group)
            yield indices[0], indices[-1] + 1


def _moved_to(run: Sequence[AlignedWord], actual: Sequence[str], extra: set[int]) -> list[int]:
    """Return where the words of a run occur together among the extra words; empty if nowhere."""
    words = [word.folded for word in run]
    # A single word or number found elsewhere does not prove that it moved there.
    distinctive = len(words) > 1 and not all(map(_NUMBER.fullmatch, words))
    for start in sorted(extra) if distinctive else ():
        indices = range(start, start + len(words))
        if actual[start : start + len(words)] == words and extra.issuperset(indices):
            return list(indices)
    return []


def _gap(matched: Sequence[int | None], start: int, end: int, size: int) -> range:
    """Return the range of actual words between the neighbors of a run."""
    before = next((at for at in reversed(matched[:start]) if at is not None), -1)
    after = next((at for at in matched[end:] if at is not None), size)
    return range(before + 1, after)


def _kind(run: Sequence[AlignedWord]) -> str:
    if all(_NUMBER.fullmatch(word.folded) for word in run) and run[0].kind in ("words", "table"):
        return "number"
    return run[0].kind


# --- what is left ---------------------------------------------------------------------------------


def _theme_texts(checked: CheckedEmail) -> set[str]:
    """Return texts a theme may use in one part only: labels, and addresses behind link text."""
    texts = [*checked.theme.phrases_for(checked.issue.language).values(), checked.publication.url]
    texts += [
        checked.publication.web_url(checked.issue.slug),
        checked.publication.unsubscribe_url or "",
    ]
    texts += [link.get("href") or "" for link in checked.elements("a")]
    return set(folded("\n".join(texts)))


def _one_sided(compared: _Compared, other: _Compared, theme_texts: set[str]) -> list[int]:
    """Return indices of a part's own words that occur less often in the other part."""
    in_other = Counter(other.actual[index] for index in other.extra)
    left = []
    for index in compared.extra:
        word = compared.actual[index]
        if in_other[word] > 0:
            in_other[word] -= 1
        elif word not in theme_texts:
            left.append(index)
    return left


def _stretches(compared: _Compared, left: list[int]) -> Iterator[str]:
    """Yield the words at some indices, joined with the part's own words between them."""
    own = set(compared.extra)
    start = 0
    for at in range(1, len(left) + 1):
        if at == len(left) or not own.issuperset(range(left[at - 1], left[at])):
            yield compared.words(range(left[start], left[at - 1] + 1))
            start = at

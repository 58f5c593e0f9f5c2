"""Figures that are printed twice, and not alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from msgspec import Struct

from newsletter.check.prose.claims import Claim, claims, same_thing
from newsletter.check.prose.fact_lookup import same_unit, value_of
from newsletter.check.prose.figures import agree, figures, value
from newsletter.check.prose.prose import Passage, asides, passages, sentences
from newsletter.check.rule import Violation, rule
from newsletter.markup.lists import List
from newsletter.model import Fact, Issue, Location

_SOURCES = "berths:\n  title: Berth statistics\n  publisher: Port of Lisbon\n  date: 2026-02-02\n"
_SOURCED = "---\nkind: essay\nby: mira\nsource: berths\n---\n"
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


@rule(
    "NL403",
    severity="warning",
    hint="One of them is wrong, or needs a word on why it differs.",
    bad={
        "10-essay.md": f"{_SOURCED}The harbour handled 17.2 million tons in 2025.\n",
        "facts.yaml": 'harbour-tons: {value: "12.7", unit: million tons, source: berths, as_of: 2025-12-31}\n',
        "sources.yaml": _SOURCES,
    },
    at="10-essay.md:6:21",
    good={
        "10-essay.md": f"{_SOURCED}The harbour handled 12.7 million tons in 2025, or some 13 million tons.\n",
        "facts.yaml": 'harbour-tons: {value: "12.7", unit: million tons, source: berths, as_of: 2025-12-31}\n',
        "sources.yaml": _SOURCES,
    },
)
def disagreeing_figure(issue: Issue) -> Iterator[Violation]:
    """One figure in two versions: that of the register, a title or a caption, and that of the text.

    Rounding is agreement. A fact is held against figures of its unit where all words of its unit, or else of its id,
    stand around them; sentences, captions and alt texts against others with the same unit, noun, names and time.
    """
    told: set[Location] = set()
    for found in chain(
        _against_facts(issue), _against_titles(issue), _against_captions(issue), _each_other(issue)
    ):
        if found.where not in told:
            told.add(found.where)
            yield found


def _against_facts(issue: Issue) -> Iterator[Violation]:
    for fact in issue.facts:
        number = value_of(fact, issue.language)
        for passage in passages(issue) if number is not None else ():
            if not passage.running or not _speaks_of(passage, fact):
                continue
            same = [one for one in passage.figures if one.value and same_unit(one, passage, fact)]
            if number is None or any(agree(number, one.value) for one in same if one.value):
                continue
            for figure in same:
                if figure.value and not any(
                    _is(figure.value, other, issue.language) for other in issue.facts
                ):
                    message = (
                        f"{figure.text}, and facts.yaml has {fact.value} {fact.unit or ''}".rstrip()
                    )
                    yield Violation(passage.at(figure.start, figure.text), f"{message} ({fact.id})")


def _is(number: Decimal, fact: Fact, language: str) -> bool:
    other = value_of(fact, language)
    return other is not None and agree(number, other)


_FILLING = frozenset(
    "a an the of per year years day days month week more less than at least about in by and for to from on total over "
    "cent percent million billion trillion % prozent pour".split()
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def _stems(words: str) -> frozenset[str]:
    return frozenset(
        word.lower()[:5] for word in _WORD.findall(words) if word.lower() not in _FILLING
    )


def _speaks_of(passage: Passage, fact: Fact) -> bool:
    """Tell whether the words around say what a fact is about, and of no other year than it is."""
    asked = _subject(fact, passage.language)
    if not asked or not asked <= _stems(f"{passage.section.title or ''} {passage.words}"):
        return False
    years = {int(year) for year in _YEAR.findall(passage.words)}
    return not years or fact.as_of is None or fact.as_of.year in years


@lru_cache(maxsize=1024)  # asked of every passage
def _subject(fact: Fact, language: str) -> frozenset[str]:
    """Return the words that say what a fact is about: those of its unit that are no measure, or else of its id."""
    measure = next((figure.unit for figure in figures(f"2 {fact.unit or ''}", language)), "")
    asked = _stems(re.sub(r"\(.*?\)", "", fact.unit or "")) - _stems(measure)
    return asked or _stems(re.sub(r"[-_]", " ", fact.id)) - _stems(measure)


def _against_titles(issue: Issue) -> Iterator[Violation]:
    """Compare a title's figures with those of the text below: told where it has others of the unit, not this one."""
    for section in issue.sections:
        if section.title:
            body = [one for one in passages(issue) if one.section is section]
            yield from _missing(section.title, section.places.get("title", section.where), body)
    for key in ("title", "preheader"):
        if where := issue.places.get(key):
            yield from _missing(getattr(issue, key), where, passages(issue))


def _missing(
    title: str, where: Location, body: tuple[Passage, ...] | list[Passage]
) -> Iterator[Violation]:
    found = tuple(figures(title, body[0].language if body else "en"))
    for figure in found:
        if sum(one.unit == figure.unit for one in found) > 2:
            continue  # a story in figures: $5 → $50 → $500
        same = [one for passage in body for one in passage.figures if one.unit == figure.unit != ""]
        if (
            same
            and figure.value
            and not any(one.value and agree(figure.value, one.value) for one in same)
        ):
            yield Violation(where, f"{figure.text} is not in the text, which has {same[0].text}")


def _each_other(issue: Issue) -> Iterator[Violation]:
    """Compare what is claimed in one place with what is claimed of the same thing in another, the later told."""
    by_kind: dict[object, list[_Placed]] = {}
    for placed in _placed(issue):
        earlier = by_kind.setdefault(placed.claim.kind, [])
        same = [
            one
            for one in earlier
            if one.block is not placed.block and same_thing(one.claim, placed.claim, issue.language)
        ]
        earlier.append(placed)
        number = placed.claim.figure.value
        if not same or any(agree(one.claim.value, placed.claim.value) for one in same):
            continue
        if number is None or not any(_is(number, fact, issue.language) for fact in issue.facts):
            yield Violation(
                placed.where,
                f"{placed.claim.figure.text} here, {same[0].claim.figure.text} in {same[0].where}",
            )


class _Placed(Struct, frozen=True):
    claim: Claim
    where: Location
    block: object  # claims of one paragraph, or of one list, tell of several things


def _placed(issue: Issue) -> Iterator[_Placed]:
    """Yield the claims of the text, then of what stands beside it: captions, alt texts, titles."""
    for passage in passages(issue):
        if passage.running or passage.heading:
            block = next((node for node in passage.inside if isinstance(node, List)), passage.block)
            for sentence in passage.sentences:
                if passage.heading or _STOP.search(sentence.words):
                    for claim in claims(sentence.words, issue.language):
                        yield _Placed(
                            claim, sentence.at(claim.figure.start, claim.figure.text), block
                        )
    for words, where in _beside(issue):
        yield from (_Placed(claim, where, where) for claim in claims(words, issue.language))


_STOP = re.compile(r"[.!…][\W]*$")  # a line without is a label: `Margin: 63 %`
_DIGITS = re.compile(r"\d[\d.,]*")
ALIKE = 0.75  # of the words two sentences have between them
FEW = 5  # words below which likeness is chance


def _against_captions(issue: Issue) -> Iterator[Violation]:
    prose = [
        (sentence, _stems(sentence.words))
        for sentence in sentences(issue)
        if sentence.passage.running
    ]
    for words, where in _beside(issue):
        own_stems, numbers = _stems(words), _numbers(words, issue.language)
        for sentence, stems in prose if len(own_stems) >= FEW and numbers else ():
            if len(own_stems & stems) >= ALIKE * len(own_stems | stems):
                others = _numbers(sentence.words, issue.language)
                if len(others) == len(numbers) and sum(map(Decimal.__ne__, numbers, others)) == 1:
                    wrong, right = next(
                        pair for pair in zip(numbers, others, strict=True) if pair[0] != pair[1]
                    )
                    if not agree(wrong, right):
                        yield Violation(where, f"{wrong} here, {right} in {sentence.where}")


def _beside(issue: Issue) -> Iterator[tuple[str, Location]]:
    yield from asides(issue)
    yield from ((passage.words, passage.at(0)) for passage in passages(issue) if passage.caption)


def _numbers(words: str, language: str) -> list[Decimal]:
    return [
        number
        for match in _DIGITS.findall(words)
        if (number := value(match.rstrip(".,"), language)) is not None
    ]


RULES = (disagreeing_figure,)

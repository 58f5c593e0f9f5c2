"""Figures: where they come from, how old they are, and whether they agree."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.check.attribution import LANGUAGES, attributes, own, supposes
from newsletter.check.figures import Figure, agree, figures, value
from newsletter.check.memo import remembered
from newsletter.check.prose import Passage, Sentence, asides, passages, sentences
from newsletter.check.rule import Found, rule
from newsletter.markup.inline import Link, NoteRef
from newsletter.markup.lists import Item
from newsletter.model import Fact, Issue, Location

_SOURCES = "berths:\n  title: Berth statistics\n  publisher: Port of Lisbon\n  date: 2026-02-02\n"
_ESSAY = "---\nkind: essay\nby: mira\n---\n"
_SOURCED = "---\nkind: essay\nby: mira\nsource: berths\n---\n"


@rule(
    "NL401",
    severity="warning",
    hint="Link the source in this sentence, give the section a `source`, or enter the figure in facts.yaml.",
    bad="The harbour is old. It handled 12.7 million tons last year.",
    at="1:32",
    good="The harbour is old. It handled [12.7 million tons](https://example.org/tons) last year.",
)
def unsourced_figure(issue: Issue) -> Found:
    """A percentage, a sum, a quantity or a large count that a reader cannot look up.

    Sourced is what has a link, a note or the name of who says so in its sentence or the one beside it, stands in a
    section with a `source`, or in facts.yaml. What is supposed, reckoned, quoted, or told of
    oneself needs none.
    """
    if issue.language.split("-")[0] not in LANGUAGES:
        return
    known = [number for fact in issue.facts if (number := value_of(fact, issue.language)) is not None]
    told: set[str] = set()
    for sentence, figure in _claims(issue):
        number = figure.value
        registered = number is not None and any(agree(number, one) for one in known)
        if sentence.passage.section.sources or registered or _sourced(sentence, issue):
            told.add(figure.text)
    last: Sentence | None = None
    for sentence, figure in _claims(issue):
        if figure.text not in told and sentence is not last:
            last = sentence
            yield sentence.at(figure.start, figure.text), f"{figure.text}: who says so?"


@remembered
def _claims(issue: Issue) -> tuple[tuple[Sentence, Figure], ...]:
    """Return the figures of the author's own sentences."""
    return tuple(
        (sentence, figure)
        for sentence in sentences(issue)
        if sentence.passage.running and not sentence.passage.note and sentence.passage.section.kind != "sponsor"
        for figure in figures(sentence.words, issue.language)
        if not _idiom(figure, sentence.words)
    )


_OFFER = re.compile(
    r"\s*(?:off\b|discount|rabatt|de réduction|de descuento|de desconto|di sconto|korting)", re.IGNORECASE
)


def _idiom(figure: Figure, words: str) -> bool:
    """Tell whether a figure is a way of speaking, 100 per cent sure, or an offer: 25% off."""
    number = figure.value
    if _OFFER.match(words, figure.start + len(figure.text)):
        return True
    return number is None or (figure.unit == "%" and number in (0, 100, 110)) or (number == 1 and figure.unit != "%")


_SPOKEN = re.compile(r"[^\W\d_a-z][\w.’-]*(?: [\w.’-]+){0,3}:\s")  # a speaker's turn: `Mira Oduya: We had …`
_SUM = re.compile(r"[=×≈÷]|\d\s*[x*]\s*[\d$£€]|\b(?:times|divided by|multiplied by|equals|plus|minus)\b")


def _sourced(sentence: Sentence, issue: Issue) -> bool:
    passage, language = sentence.passage, issue.language
    if any(sentence.words.count(sign) for sign in "“«„") or sentence.words.endswith("?"):
        return True
    if _SPOKEN.match(passage.words) or _SUM.search(sentence.words):
        return True
    if attributes(sentence.words, language) or supposes(sentence.words, language) or own(sentence.words, language):
        return True
    place = passage.sentences.index(sentence)
    beside = passage.sentences[max(place - 1, 0) : place + 2]
    return any(one.linked for one in beside) or (_listed(passage) and _introduced(passage, issue))


def _listed(passage: Passage) -> bool:
    return any(isinstance(node, Item) for node in passage.inside)


def _introduced(passage: Passage, issue: Issue) -> bool:
    """Tell whether the item a passage stands in, or what leads up to its list, has a link or a note."""
    found = passages(issue)
    start = found.index(passage)
    for earlier in reversed(found[:start]):
        if earlier.section is not passage.section:
            return False
        if any(isinstance(node, Link | NoteRef) for piece in earlier.pieces for node in (piece.node, *piece.around)):
            return True
        if not _listed(earlier):
            return False
    return False


def value_of(fact: Fact, language: str) -> Decimal | None:
    """Return the number of a fact: `£3.4` is 3.4."""
    match = re.search(r"\d[\d.,'’\u00a0\u202f ]*\d|\d", fact.value)
    return value(match[0], language) if match else None


OLD = dt.timedelta(days=400)  # a year, and the month it takes to publish
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


@rule(
    "NL402",
    severity="warning",
    hint="Look for a newer one, or say in the text of when it is.",
    bad={
        "10-essay.md": f"{_ESSAY}The harbour handles 12.7 million tons a year.\n",
        "facts.yaml": 'tons: {value: "12.7", unit: million tons, source: berths, as_of: 2023-12-31}\n',
        "sources.yaml": _SOURCES,
    },
    at="facts.yaml:1:7",
    good={
        "10-essay.md": f"{_ESSAY}The harbour handled 12.7 million tons in 2023.\n",
        "facts.yaml": 'tons: {value: "12.7", unit: million tons, source: berths, as_of: 2023-12-31}\n',
        "sources.yaml": _SOURCES,
    },
)
def stale_fact(issue: Issue) -> Found:
    """A figure more than thirteen months old that the text tells as if it were of today, or one from after the issue.

    A paragraph that names a year says of when its figures are.
    """
    for fact in issue.facts:
        if fact.as_of is None:
            continue
        if fact.as_of > issue.date:
            yield fact.where, f"{fact.value} is of {fact.as_of}, after the issue"
        elif issue.date - fact.as_of > OLD and any(_undated(passage, fact) for passage in passages(issue)):
            yield fact.where, f"{fact.value} is of {fact.as_of}, and the text does not say so"


def _figures(passage: Passage) -> Iterator[Figure]:
    return figures(passage.words, passage.language)


def _undated(passage: Passage, fact: Fact) -> bool:
    number = value_of(fact, passage.language)
    if number is None or not passage.running or _YEAR.search(passage.words):
        return False
    return any(_same_unit(figure, passage, fact) and figure.value == number for figure in _figures(passage))


# --- figures that disagree -----------------------------------------------------------------------------------


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
        "10-essay.md": f"{_ESSAY}The harbour handled 12.7 million tons in 2025, or some 13 million tons.\n",
        "facts.yaml": 'harbour-tons: {value: "12.7", unit: million tons, source: berths, as_of: 2025-12-31}\n',
        "sources.yaml": _SOURCES,
    },
)
def disagreeing_figure(issue: Issue) -> Found:
    """One figure in two versions: that of the register, a title or a caption, and that of the text.

    Rounding is agreement. A fact is held against figures of its unit where all words of its unit, or else of its id,
    stand around them; captions and alt texts against sentences with the same words.
    """
    yield from _against_facts(issue)
    yield from _against_titles(issue)
    yield from _against_captions(issue)


def _against_facts(issue: Issue) -> Found:
    for fact in issue.facts:
        number = value_of(fact, issue.language)
        for passage in passages(issue) if number is not None else ():
            if not passage.running or not _speaks_of(passage, fact):
                continue
            same = [one for one in _figures(passage) if one.value and _same_unit(one, passage, fact)]
            if number is None or any(agree(number, one.value) for one in same if one.value):
                continue
            for figure in same:
                if figure.value and not any(_is(figure.value, other, issue.language) for other in issue.facts):
                    message = f"{figure.text}, and facts.yaml has {fact.value} {fact.unit or ''}".rstrip()
                    yield passage.at(figure.start, figure.text), f"{message} ({fact.id})"


def _is(number: Decimal, fact: Fact, language: str) -> bool:
    other = value_of(fact, language)
    return other is not None and agree(number, other)


_FILLING = frozenset(
    "a an the of per year years day days month week more less than at least about in by and for to from on total over "
    "cent percent million billion trillion % prozent pour".split()
)
_WORD = re.compile(r"[^\W\d_]{2,}")


def _stems(words: str) -> set[str]:
    return {word.lower()[:5] for word in _WORD.findall(words) if word.lower() not in _FILLING}


def _speaks_of(passage: Passage, fact: Fact) -> bool:
    """Tell whether the words around say what a fact is about, and of no other year than it is."""
    words = f"{passage.section.title or ''} {passage.words}"
    measure = next((figure.unit for figure in figures(f"2 {fact.unit or ''}", passage.language)), "")
    asked = _stems(re.sub(r"\(.*?\)", "", fact.unit or "")) - _stems(measure)
    asked = asked or _stems(re.sub(r"[-_]", " ", fact.id)) - _stems(measure)
    years = {int(year) for year in _YEAR.findall(passage.words)}
    of_then = not years or fact.as_of is None or fact.as_of.year in years
    return bool(asked) and asked <= _stems(words) and of_then


def _same_unit(figure: Figure, passage: Passage, fact: Fact) -> bool:
    """Tell whether a figure is in a fact's unit: the same measure, or followed by the same noun."""
    sign = re.match(r"\D*", fact.value)
    register = next(figures(f"{sign[0] if sign else ''}2 {fact.unit or ''}", passage.language), None)
    if register is not None:
        return figure.unit == register.unit
    after = passage.words[figure.start + len(figure.text) :].split()[:2]
    noun = next(iter(_WORD.findall(fact.unit or "")), None)
    return noun is not None and any(word.lower()[:5] == noun.lower()[:5] for word in after)


def _against_titles(issue: Issue) -> Found:
    """Compare a title's figures with those of the text below: told where it has others of the unit, not this one."""
    for section in issue.sections:
        if section.title:
            body = [one for one in passages(issue) if one.section is section]
            yield from _missing(section.title, section.places.get("title", section.where), body)
    for key in ("title", "preheader"):
        if where := issue.places.get(key):
            yield from _missing(getattr(issue, key), where, passages(issue))


def _missing(title: str, where: Location, body: tuple[Passage, ...] | list[Passage]) -> Found:
    for figure in figures(title, body[0].language if body else "en"):
        same = [one for passage in body for one in _figures(passage) if one.unit == figure.unit != ""]
        if same and figure.value and not any(one.value and agree(figure.value, one.value) for one in same):
            yield where, f"{figure.text} is not in the text, which has {same[0].text}"


_DIGITS = re.compile(r"\d[\d.,]*")
ALIKE = 0.75  # of the words two sentences have between them
FEW = 5  # words below which likeness is chance


def _against_captions(issue: Issue) -> Found:
    prose = [(sentence, _stems(sentence.words)) for sentence in sentences(issue) if sentence.passage.running]
    for words, where in _beside(issue):
        own_stems, numbers = _stems(words), _numbers(words, issue.language)
        for sentence, stems in prose if len(own_stems) >= FEW and numbers else ():
            if len(own_stems & stems) >= ALIKE * len(own_stems | stems):
                others = _numbers(sentence.words, issue.language)
                if len(others) == len(numbers) and sum(map(Decimal.__ne__, numbers, others)) == 1:
                    wrong, right = next(pair for pair in zip(numbers, others, strict=True) if pair[0] != pair[1])
                    if not agree(wrong, right):
                        yield where, f"{wrong} here, {right} in {sentence.where}"


def _beside(issue: Issue) -> Iterator[tuple[str, Location]]:
    yield from asides(issue)
    yield from ((passage.words, passage.at(0)) for passage in passages(issue) if passage.caption)


def _numbers(words: str, language: str) -> list[Decimal]:
    return [number for match in _DIGITS.findall(words) if (number := value(match.rstrip(".,"), language)) is not None]

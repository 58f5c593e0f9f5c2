"""Figures: their sources and their age."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from newsletter.check.object_cache import cached_for_object
from newsletter.check.prose.attribution import (
    LANGUAGES,
    is_example,
    is_hypothetical,
    is_own_calculation,
    is_personal,
    names_source,
)
from newsletter.check.prose.countries import starts_with_country
from newsletter.check.prose.fact_lookup import amount_of, same_unit
from newsletter.check.prose.figures import Quantity, agree
from newsletter.check.prose.passages import Passage, Sentence, passages, sentences
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import Emphasis, Link, NoteRef
from newsletter.markup.lists import Item
from newsletter.model import Fact, Issue, Location, Section

_SOURCES = "berths:\n  title: Berth statistics\n  publisher: Port of Lisbon\n  date: 2026-02-02\n"
_ESSAY = "---\nkind: essay\nby: mira\n---\n"
_SOURCED = "---\nkind: essay\nby: mira\nsource: berths\n---\n"


@rule(
    "NL401",
    severity="warning",
    hint="Link the source in this sentence, add `source` to the section, or record the figure in facts.yaml.",
    bad="The harbour is old. It handled 12.7 million tons last year.",
    at="1:32",
    good="The harbour is old. It handled [12.7 million tons](https://sea.example/tons) last year.",
)
def unsourced_figure(issue: Issue) -> Iterator[Violation]:
    """A percentage, a sum of money, a quantity or a large count without a source.

    A figure counts as sourced with a link, a note or an attribution in its sentence or the ones next to it, in a section
    with `source` or with research of its own, or in facts.yaml. Suppositions, quotations, figures about the author
    and lists of mere words need no source.
    """
    if issue.language.split("-")[0] not in LANGUAGES:
        return
    own_research = {section.where for section in issue.sections if _is_own_research(section, issue)}
    known = [
        number for fact in issue.facts if (number := amount_of(fact, issue.language)) is not None
    ]
    reported: set[str] = set()
    for sentence, figure in _claims(issue):
        number = figure.amount
        registered = number is not None and any(agree(number, value) for value in known)
        section = sentence.passage.section
        if (
            section.sources
            or registered
            or section.where in own_research
            or _sourced(sentence, issue)
        ):
            reported.add(figure.text)
    left: dict[Location, list[tuple[Sentence, Quantity]]] = {}
    for sentence, figure in _claims(issue):
        unsourced = left.setdefault(sentence.passage.section.where, [])
        if figure.text not in reported and not (unsourced and unsourced[-1][0] is sentence):
            reported.add(figure.text)
            unsourced.append((sentence, figure))
    for unsourced in left.values():
        for sentence, figure in unsourced[: MANY if len(unsourced) <= MANY else 1]:
            more = ""
            if len(unsourced) > MANY:
                more = f" and {len(unsourced) - 1} more figures in this section"
            message = f'No source given for "{figure.text}"{more}'
            yield Violation(sentence.at(figure.start, figure.text), message)


MANY = (
    3  # figures without a source that are reported one by one; more are one finding for the section
)


@cached_for_object
def _claims(issue: Issue) -> tuple[tuple[Sentence, Quantity], ...]:
    """Return the figures of the author's own sentences."""
    return tuple(
        (sentence, figure)
        for sentence in filter(_is_own, sentences(issue))
        for figure in sentence.figures
        if not _is_idiom(figure, sentence.words)
    )


def _is_own(sentence: Sentence) -> bool:
    """Return whether a sentence is the author's own running text."""
    passage = sentence.passage
    return passage.running and not passage.note and passage.section.kind != "sponsor"


def _is_own_research(section: Section, issue: Issue) -> bool:
    """Return whether a section is research of its own, which is the source of its figures."""
    body = (
        sentence
        for sentence in sentences(issue)
        if sentence.passage.section is section and sentence.passage.running
    )
    return any(is_own_calculation(sentence.words, issue.language) for sentence in body)


_OFFER = re.compile(
    r"\s*(?:off\b|discount|rabatt|de réduction|de descuento|de desconto|di sconto|korting)",
    re.IGNORECASE,
)


PRICE = 1_000_000  # a smaller sum of money is a price, a wage, an example
_MONEY = re.compile(
    r"[$£€¥₹₩₽]|(?:us|[acr])\$|usd|eur|gbp|chf|\w*(?:dollar|euro|pound|franc|yen|yuan|rouble|rupee|peso)"
)
# Stated before, or derived from a figure stated before: that 15 per cent; that is, 91%.
_RESTATED = re.compile(
    r"\b(?:that|those|this|these|(?:that is|that['’]s|i\.e\.|meaning|in other words|equal to|equals|which means|"
    r"works? out to|comes? to|adds? up to|amounts? to),?)\s+"
    r"(?:about |around |roughly |nearly |almost )?$",
    re.IGNORECASE,
)


def _is_idiom(figure: Quantity, words: str) -> bool:
    """Return whether a figure is an idiom, 100 per cent sure, or an offer: 25% off."""
    number = figure.value
    if _OFFER.match(words, figure.start + len(figure.text)) or _RESTATED.search(
        words, 0, figure.start
    ):
        return True
    scaled = any(scale in figure.unit for scale in ("million", "billion", "trillion"))
    small = figure.unit not in ("", "%") and not scaled and number is not None and number < PRICE
    return (
        number is None
        or number == 0
        or (small and bool(_MONEY.match(figure.unit)))
        or (figure.unit == "%" and number in (100, 110))
        or figure.text.lower() in ("one in a", "a half", "a quarter of an")
        or (number == 1 and figure.unit != "%")
    )


_STOP = re.compile(r"[.!…:]\W*$")
_SPEAKER = re.compile(
    r"[^\W\d_a-z][\w.’-]*(?: [\w.’-]+){0,3}:\s"
)  # a speaker's turn: `Mira Oduya: We had …`
_SUM = re.compile(
    r"[=×≈÷]|\d\s*[x*]\s*[\d$£€]|\b(?:times|divided by|multiplied by|equals|plus|minus)\b"
    r"|\d[^.;]* to [^.;]*\d[^;]*, an? [\w ]*\d[\d.]* ?(?:%|per ?cent)"
)


# Whom or when a claim is about: without either it explains how something works.
_ABOUT = re.compile(
    r"(?<=[\w,;:)”’%] )[\"“‘(]?[A-Z][a-z]+|\b(?:US|UK|EU|UN|GDP|CPI|NATO)\b|\bU\.S\.|(?<![\d.,$£€])[12]\d{3}(?![\d,%])|"
    r"\b(?:(?:last|this|next|that|previous|past) (?:year|month|week|quarter|decade|season|spring|summer|autumn|winter)|"
    r"today|yesterday|century|war|decades|years|country|world|government|population|national)\b"
)


def _is_about_something(sentences: Sequence[Sentence], language: str) -> bool:
    """Return whether sentences name who or when they are about; a country may be the first word."""
    return any(
        _ABOUT.search(sentence.words) or starts_with_country(sentence.words, language)
        for sentence in sentences
    )


NEAR = 2  # sentences before and after one whose link it may share


def _sourced(sentence: Sentence, issue: Issue) -> bool:
    passage, language = sentence.passage, issue.language
    if any(sentence.words.count(sign) for sign in "“«„") or sentence.words.endswith("?"):
        return True
    if all(any(isinstance(node, Emphasis) for node in piece.around) for piece in passage.pieces):
        return True  # a caption, or a remark by the editors
    if _listed(passage) and not _STOP.search(sentence.words):
        return True
    if (
        _SPEAKER.match(passage.words)
        or _SPEAKER.match(sentence.words)
        or _SUM.search(sentence.words)
    ):
        return True
    if (
        names_source(sentence.words, language)
        or is_hypothetical(sentence.words, language)
        or is_example(passage.words, language)
    ):
        return True
    index = passage.sentences.index(sentence)
    near_sentences = passage.sentences[max(index - 1, 0) : index + 2]
    if any(
        is_personal(sentence.words, language)
        or is_hypothetical(sentence.words, language)
        or _SUM.search(sentence.words)
        for sentence in near_sentences
    ):
        return True
    years = [int(year) for year in _YEAR.findall(sentence.words)]
    if sentence.words[0].islower() or any(year > issue.date.year for year in years):
        return True  # a piece of a sentence; a color scheme ahead
    if language.startswith("en") and not _is_about_something(near_sentences, language):
        return True
    near = passage.sentences[max(index - NEAR, 0) : index + NEAR + 1]
    return any(sentence.linked for sentence in near) or (
        _listed(passage) and _introduced(passage, issue)
    )


def _listed(passage: Passage) -> bool:
    return any(isinstance(node, Item) for node in passage.inside)


def _introduced(passage: Passage, issue: Issue) -> bool:
    """Return whether the item of a passage, or the text that introduces its list, has a link or a note."""
    all_passages = passages(issue)
    start = all_passages.index(passage)
    for earlier in reversed(all_passages[:start]):
        if earlier.section is not passage.section:
            return False
        if any(
            isinstance(node, Link | NoteRef)
            for piece in earlier.pieces
            for node in (piece.node, *piece.around)
        ):
            return True
        if not _listed(earlier):
            return False
    return False


OLD = dt.timedelta(days=400)  # a year, and the month it takes to publish
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


@rule(
    "NL402",
    severity="warning",
    hint="Find a newer figure, or add its date to the text.",
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
def stale_fact(issue: Issue) -> Iterator[Violation]:
    """A figure more than thirteen months old that the text presents as current, or one dated after the issue.

    A paragraph that names a year dates its figures.
    """
    for fact in issue.facts:
        if fact.as_of is None:
            continue
        if fact.as_of > issue.date:
            yield Violation(fact.where, f"Date of {fact.value} ({fact.as_of}) is after the issue")
        elif issue.date - fact.as_of > OLD and any(
            _undated(passage, fact) for passage in passages(issue)
        ):
            yield Violation(fact.where, f"Undated old figure: {fact.value} is of {fact.as_of}")


def _undated(passage: Passage, fact: Fact) -> bool:
    number = amount_of(fact, passage.language)
    if number is None or not passage.running or _YEAR.search(passage.words):
        return False
    return any(
        same_unit(figure, passage, fact) and figure.amount == number for figure in passage.figures
    )


RULES = (
    unsourced_figure,
    stale_fact,
)

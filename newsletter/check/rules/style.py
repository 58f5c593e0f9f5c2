"""House style: consistent spelling, preferred terms, readable sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.passages import asides, passages, sentences
from newsletter.check.prose.readability import ease
from newsletter.check.prose.spellings import deviating_spellings
from newsletter.check.rule import Violation, rule
from newsletter.model import Issue, Location, Section, Term


@rule(
    "NL308",
    severity="warning",
    hint="Use one spelling; record it in lexicon.yaml to enforce it.",
    bad="They met Kim Jong-un in May. In June, Kim Jong Un wrote.",
    at="1:39",
    good="They met Kim Jong-un in May. In June, Kim Jong-un wrote.",
)
def inconsistent_spelling(issue: Issue) -> Iterator[Violation]:
    """A name in two spellings looks like two people, or like carelessness: Jong-un and Jong Un, Malmö and Malmo."""
    for passage, start, spelling, usual in deviating_spellings(issue):
        yield Violation(
            passage.at(start, spelling),
            f'Two spellings: "{spelling}" here, "{usual}" elsewhere in the issue',
        )


@rule(
    "NL309",
    severity="warning",
    hint="Use the preferred term; lexicon.yaml lists them.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nThe ferry to Turkey sails at noon.\n",
        "./lexicon.yaml": "- prefer: Türkiye\n  avoid: [Turkey]\n  because: the country's own name\n",
    },
    at="10-essay.md:5:14",
    good={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nThe ferry to Türkiye sails at noon.\n",
        "./lexicon.yaml": "- prefer: Türkiye\n  avoid: [Turkey]\n  because: the country's own name\n",
    },
)
def avoided_term(issue: Issue) -> Iterator[Violation]:
    """Names and terms follow lexicon.yaml; quotations are exempt."""
    for term in issue.lexicon:
        pattern = _avoided(term)
        because = f": {term.because}" if term.because else ""
        for passage in passages(issue):
            if not passage.quoted:
                for match in pattern.finditer(passage.words):
                    yield Violation(
                        passage.at(match.start(), match[0]),
                        f'Use "{term.prefer}" instead of "{match[0]}"{because}',
                    )
        for words, where in asides(issue):
            for match in pattern.finditer(words):
                yield Violation(where, f'Use "{term.prefer}" instead of "{match[0]}"{because}')


def _avoided(term: Term) -> re.Pattern[str]:
    """Return the pattern of what a term replaces; one with capitals is looked for as it is cased."""
    words = [re.escape(word).replace(r"\ ", r"[ \u00a0]") for word in term.avoid]
    forms = [word if word != word.lower() else f"(?i:{word})" for word in words] or ["(?!)"]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])")


LONG = 45  # words; the average in good prose is under 20


@rule(
    "NL310",
    severity="info",
    hint="Split it into two sentences.",
    bad="The crane stands" + " and the box hangs" * 12 + ".",
    at="1:1",
    good="The crane stands. The box hangs.",
)
def long_sentence(issue: Issue) -> Iterator[Violation]:
    """Past 45 words most readers lose the thread, and on a phone the start of the sentence is off the screen."""
    for sentence in sentences(issue):
        if sentence.passage.running and (count := len(sentence.words.split())) > LONG:
            yield Violation(sentence.where, f"Sentence of {count} words")


HARD = 20  # of 100; law and philosophy journals score between 20 and 40
ENOUGH = 200  # words below which the measure is noise


@rule(
    "NL311",
    severity="info",
    hint="Shorten sentences first, then use shorter words.",
    bad="Organisational interoperability necessitates administrative rationalisation.\n" * 40,
    at="1:1",
    good="The crane stands still at noon. A box hangs from it. Nobody can say when it will come down.\n"
    * 12,
)
def low_readability(issue: Issue) -> Iterator[Violation]:
    """Flesch reading ease, with weights for the language; reported only far below newspaper prose."""
    for section in issue.sections:
        own = [
            sentence
            for sentence in sentences(issue)
            if sentence.passage.section is section and sentence.passage.running
        ]
        words = [word for sentence in own for word in sentence.words.split()]
        if len(words) >= ENOUGH:
            score = ease(words, len(own), issue.language)
            if score is not None and score < HARD:
                yield Violation(
                    _start(section),
                    f"Reading ease of {score:.0f} out of 100 over {len(words)} words",
                )


def _start(section: Section) -> Location:
    return section.blocks[0].where if section.blocks else section.where


RULES = (
    inconsistent_spelling,
    avoided_term,
    long_sentence,
    low_readability,
)

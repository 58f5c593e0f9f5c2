"""How the house writes: one spelling a name, its own terms, sentences that end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.names import fold
from newsletter.check.prose import Passage, asides, passages, sentences
from newsletter.check.reading import ease
from newsletter.check.rule import Found, rule
from newsletter.markup.inline import Link
from newsletter.model import Issue, Location, Section, Term

_LETTERS = r"[^\W\d_]{2,}"
# Looked ahead for, so that each word can begin one: a name of three parts whose last two may be syllables of one.
_THREE = re.compile(rf"(?<![\w-])(?=(({_LETTERS}) ({_LETTERS})([ \u00a0-])({_LETTERS}))(?![\w-]))")
_TWO = re.compile(rf"(?<![\w-])(?=(({_LETTERS})[ \u00a0]({_LETTERS}))(?![\w-]))")
_ONE = re.compile(r"(?<![\w’'-])[^\W\d_]{4,}(?![\w’'-])")
_NEIGHBOUR = re.compile(r"\s*-?\(?([^\W\d_])")
TITLE = 4  # words of a link that are somebody else's title, spelled as it is


@rule(
    "NL308",
    severity="information",
    hint="Keep to one spelling; lexicon.yaml can hold it for good.",
    bad="They met Kim Jong-un in May. In June, Kim Jong Un wrote.",
    at="1:39",
    good="They met Kim Jong-un in May. In June, Kim Jong-un wrote.",
)
def name_spelled_two_ways(issue: Issue) -> Found:
    """One name in two spellings looks like two people, or like carelessness: Jong-un and Jong Un, Malmö and Malmo."""
    spellings: dict[str, dict[str, list[tuple[Passage, int]]]] = {}
    for passage in passages(issue):
        if passage.heading or passage.cell:
            continue
        for start, words in _names(passage, german=issue.language.startswith("de")):
            spellings.setdefault(fold(words), {}).setdefault(words.replace("\u00a0", " "), []).append((passage, start))
    for ways in spellings.values():
        if len(ways) > 1:
            usual = max(ways, key=lambda way: len(ways[way]))
            for way, [(passage, start), *_] in ways.items():
                if way != usual and not _shouted(way, usual):
                    yield passage.at(start, way), f"{way!r} is {usual!r} elsewhere in the issue"


def _shouted(way: str, usual: str) -> bool:
    """Tell whether two spellings differ in whole words in capitals alone: the MIT License is in a file MIT LICENSE."""
    pairs = zip(way.split(), usual.split(), strict=False)
    return way.lower() == usual.lower() and all(
        one == other or one.isupper() != other.isupper() for one, other in pairs
    )


def _names(passage: Passage, *, german: bool) -> Iterator[tuple[int, str]]:
    """Yield names of three and two words, and single ones of many letters; titles of what is linked are left out."""
    words = passage.words
    titles = _titles(passage)
    starts = {sentence.start for sentence in passage.sentences}
    found = [
        (match.start(), match[1])
        for match in _THREE.finditer(words)
        if match[2][0].isupper() and match[3][0].isupper() and _given(match[3], match[4], match[5])
    ]
    found += [
        (match.start(), match[1])
        for match in _TWO.finditer(words)
        if match[2][0].isupper() and match[3][0].isupper() and not match[1].isupper()
    ]
    if not german:  # there every noun has a capital: Mutter, Mütter
        found += [
            (match.start(), match[0])
            for match in _ONE.finditer(words)
            if match.start() not in starts and match[0][0].isupper() and not match[0].isupper() and _alone(words, match)
        ]
    return ((start, name) for start, name in found if not any(start in title for title in titles))


def _given(second: str, joint: str, third: str) -> bool:
    """Tell whether two words may be the syllables of one given name: the Jong and un of a Kim."""
    short = max(len(second), len(third)) <= 5 and not (second.isupper() or third.isupper())
    return short and (joint == "-" or third[0].isupper())


def _alone(words: str, match: re.Match[str]) -> bool:
    """Tell whether a name stands without another beside it: two people share a Peter."""
    before = words[: match.start()].rstrip(" -").rsplit(" ", 1)[-1]
    after = _NEIGHBOUR.match(words, match.end())
    return not before[:1].isupper() and not (after and after[1].isupper())


def _titles(passage: Passage) -> list[range]:
    links: dict[int, tuple[int, int]] = {}
    for piece in passage.pieces:
        for node in piece.around:
            if isinstance(node, Link):
                links[id(node)] = (links.get(id(node), (piece.start, 0))[0], piece.end)
    return [range(*ends) for ends in links.values() if len(passage.words[slice(*ends)].split()) >= TITLE]


@rule(
    "NL309",
    severity="warning",
    hint="The house's terms stand in lexicon.yaml.",
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
def avoided_term(issue: Issue) -> Found:
    """Names and terms are written as the house has agreed; what others said is quoted as they said it."""
    for term in issue.lexicon:
        pattern = _avoided(term)
        because = f": {term.because}" if term.because else ""
        for passage in passages(issue):
            if not passage.quoted:
                for match in pattern.finditer(passage.words):
                    yield passage.at(match.start(), match[0]), f"{match[0]!r} is {term.prefer!r} here{because}"
        for words, where in asides(issue):
            for match in pattern.finditer(words):
                yield where, f"{match[0]!r} is {term.prefer!r} here{because}"


def _avoided(term: Term) -> re.Pattern[str]:
    """Return the pattern of what a term replaces; one with capitals is looked for as it is cased."""
    words = [re.escape(word).replace(r"\ ", r"[ \u00a0]") for word in term.avoid]
    forms = [word if word != word.lower() else f"(?i:{word})" for word in words] or ["(?!)"]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])")


LONG = 45  # words; the average in good prose is under 20


@rule(
    "NL310",
    severity="information",
    hint="Could it be two?",
    bad="The crane stands" + " and the box hangs" * 12 + ".",
    at="1:1",
    good="The crane stands. The box hangs.",
)
def long_sentence(issue: Issue) -> Found:
    """Past 45 words most readers go back to the start of the sentence, and on a telephone they cannot see it."""
    for sentence in sentences(issue):
        if sentence.passage.running and (count := len(sentence.words.split())) > LONG:
            yield sentence.where, f"a sentence of {count} words"


HARD = 20  # of 100; law and philosophy journals lie between 20 and 40
ENOUGH = 200  # words below which the measure is noise


@rule(
    "NL311",
    severity="information",
    hint="Shorter sentences help most, then shorter words.",
    bad="Organisational interoperability necessitates administrative rationalisation.\n" * 40,
    at="1:1",
    good="The crane stands still at noon. A box hangs from it. Nobody can say when it will come down.\n" * 12,
)
def hard_reading(issue: Issue) -> Found:
    """Flesch's reading ease, with the weights made for the language; told only far off what newspapers print."""
    for section in issue.sections:
        own = [one for one in sentences(issue) if one.passage.section is section and one.passage.running]
        words = [word for one in own for word in one.words.split()]
        if len(words) >= ENOUGH:
            score = ease(words, len(own), issue.language)
            if score is not None and score < HARD:
                yield _start(section), f"reading ease {score:.0f} of 100 over {len(words)} words"


def _start(section: Section) -> Location:
    return section.blocks[0].where if section.blocks else section.where

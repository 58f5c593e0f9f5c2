"""Extract the claims of sentences (figure, subject, names, time) and compare them.

The word lists are English; in other languages, sentences must have the same words to count as the
same claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher

from msgspec import Struct

from newsletter.check.prose.figures import Quantity, figures

_FILLING = frozenset(
    "a an the of more less than at least about in by and for to from on total over some with cent percent million "
    "billion trillion was were is are be been being it its their his her this that these those which who as has have "
    "had but or not no also just only many much most all still up out into after before between during since until "
    "while when where how what there here they them he she we our us you your will did does do done so if then very "
    "too around nearly almost roughly approximately any such both own says said go goes went come came take took make "
    "made get got put".split()
)
_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
)
_SPANS = "half|year|month|week|quarter|decade|day|hour|minute|night|season|century|morning|summer|autumn|winter"
# Time and period of a claim: `in May 2024`, `last year`, `a day`, `on average`.
_TIME = re.compile(
    rf"(?<![\d.,$€£])[12]\d{{3}}(?![\d%]|[.,]\d)(?:-\d\d)?|\b(?-i:{_MONTHS})\b|\bQ[1-4]\b"
    r"|\b(?:(?:first|second|third|fourth|fifth|last|final|this|next|previous|past|prior|current|recent|a|an|per|each|"
    r"every|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|early|late|mid|earlier|\d+|\w+ly) )?"
    rf"(?:{_SPANS})s?(?: (?:ago|earlier|before|later))?\b"
    r"|\b(?:yesterday|today|tonight|tomorrow|now|currently|(?-i:[A-Z]\w+day)s?|daily|weekly|monthly|yearly|annual|"
    r"annually|quarterly|overnight|then|ago|earlier|previously|originally|initially|later|eventually|already|each|"
    r"every|per|apiece|average|(?:last|this|next) (?:fall|spring))\b",
    re.IGNORECASE,
)
# Words that change what a figure means: forecasts, exclusions, comparisons.
_TURNS = re.compile(
    r"\b(?:would|could|may|might|can|should|expect\w*|forecast\w*|project(?:ed|s|ions?)|plan\w*|target\w*|goal|aim\w*|"
    r"hope\w*|propos\w*|estimat\w*|predict\w*|assum\w*|if|revis\w*|another|additional|extra|further|others?|else|fewer|"
    r"rival\w*|compar\w*|versus|instead|rather|unlike|whereas|except|excluding|including|without|up to|maximum|"
    r"minimum|least|once)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[\w’'-]*[^\W_])?")
_NUMBER = re.compile(r"\d[\d.,]*")
_CLAUSE_END = re.compile(r"[,;:—–()](?!\d)|\s-\s")
# The counted noun, directly after the figure: `of the world’s`, `containers`.
_NOUN = re.compile(
    r"[\s\u00a0-]*(?:of (?:(?:the|all|its|their|our|his|her) )?)?"
    r"((?!(?:in|on|by|at|to|for|from|and|or|as|an?|per|since|over|with|when|last|this|of|that|which|is|was|are|were|"
    r"more|less|higher|lower|the|off|after|before|but)\b)[^\W\d_][\w’'-]*)"
)
_ANAPHORIC = re.compile(
    r"(?:this|that|these|those|it|they|their|its|he|she|such|here)\b", re.IGNORECASE
)
_RANGE_BEFORE = re.compile(
    r"\d[\w.,%]*(?: (?:million|billion|trillion|per ?cent))?\s*(?:to|and|or|–|-|—)\s*(?:\w+ )?[$€£]?$"
)
_RANGE_BEHIND = re.compile(
    r"\s*(?:to|or|–|-|—)\s*[$€£]?\d|\s*(?:off|discount|value)\b", re.IGNORECASE
)
# Counts too small to need a source: two or three digits before a noun, except times and lengths.
_COUNT = re.compile(
    r"(?<![\w.,:/#$€£-])\d{2,3}(?=[ \u00a0](?!years|months|weeks|days|hours|minutes|seconds|"
    r"decades|times|miles|metres|meters|kilomet|degrees|cents|points|pages|words)[a-z]{3,}s\b)"
)


class Claim(Struct, frozen=True):
    figure: Quantity
    value: Decimal  # with its scale: 4,200,000
    unit: str  # without its scale: a measure, a currency, "%", or "" for a count
    noun: str  # stem of the counted noun
    time: frozenset[str]
    stems: tuple[str, ...]  # stems of the words about the sentence's subject, in order
    clause: frozenset[str]  # stems of the figure's own clause
    names: frozenset[str]
    numbers: frozenset[str]  # other numbers in the sentence
    turns: frozenset[str]

    @property
    def kind(self) -> tuple[str, str, frozenset[str], frozenset[str]]:
        """Return the attributes that two claims about the same thing must share."""
        return self.unit, self.noun, self.time, self.turns


def claims(words: str, language: str) -> Iterator[Claim]:
    """Yield the claims of a sentence: each figure that is the only one of its kind in it."""
    if words.endswith("?") or _ANAPHORIC.match(words):
        return
    quantities = [figure for figure in figures(words, language) if figure.value]
    taken = {figure.start for figure in quantities}
    if language.startswith("en"):
        counts = (
            match
            for match in _COUNT.finditer(words)
            if match.start() not in taken and not _numbered(words, match)
        )
        quantities += [Quantity(match.start(), match[0], "", Decimal(match[0])) for match in counts]
    sentence_claims = [
        _claim(words, figure) for figure in quantities if not _in_range(words, figure)
    ]
    often = Counter((claim.unit, "" if claim.unit else claim.noun) for claim in sentence_claims)
    yield from (
        claim
        for claim in sentence_claims
        if often[claim.unit, "" if claim.unit else claim.noun] == 1
    )


def _numbered(words: str, match: re.Match[str]) -> bool:
    """Return whether a number is a label or a date: `Figure 13 shows`, `On May 14 ships`."""
    before = words[: match.start()].split()
    return len(before) > 0 and before[-1][0].isupper()


def _in_range(words: str, figure: Quantity) -> bool:
    end = figure.start + len(figure.text)
    return bool(_RANGE_BEFORE.search(words, 0, figure.start) or _RANGE_BEHIND.match(words, end))


def _claim(words: str, figure: Quantity) -> Claim:
    end = figure.start + len(figure.text)
    unit = figure.measure
    noun = _NOUN.match(words, end) if unit in ("", "%", "fraction") else None
    # Blank out the figure's own letters, so that its words do not count and offsets stay valid.
    blanked = words[: figure.start] + " " * len(figure.text) + words[end:]
    times, turns = list(_TIME.finditer(blanked)), list(_TURNS.finditer(blanked))
    remaining = _without(blanked, [*times, *turns])
    bounds = [0, *(match.start() for match in _CLAUSE_END.finditer(blanked)), len(blanked)]
    start = max(bound for bound in bounds if bound <= figure.start)
    stop = min((bound for bound in bounds if bound >= end), default=len(blanked))
    return Claim(
        figure,
        figure.amount or Decimal(0),
        unit,
        _stem(noun[1]) if noun else "",
        frozenset(_period(match[0]) for match in times),
        tuple(_stems(remaining)),
        frozenset(_stems(remaining[start:stop])),
        frozenset(
            _stem(match[0]) for match in _WORD.finditer(remaining) if _is_name(match, remaining)
        ),
        frozenset(_NUMBER.findall(remaining)),
        frozenset(match[0].lower() for match in turns),
    )


_PERIODS: Mapping[str, str] = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    **dict.fromkeys(("yearly", "annual", "annually"), "year"),
}
_EACH = re.compile(r"^(?:an?|per|each|every) ")


def _period(words: str) -> str:
    """Return a time in one form: `a day`, `each day` and `daily` are all `day`."""
    words = _EACH.sub("", words.lower())
    return _PERIODS.get(words, words)


def _without(words: str, matches: Iterable[re.Match[str]]) -> str:
    """Return words with the matches replaced by blanks."""
    for match in matches:
        words = words[: match.start()] + " " * len(match[0]) + words[match.end() :]
    return words


def _is_name(match: re.Match[str], words: str) -> bool:
    """Return whether a word is capitalized for a reason other than starting a sentence."""
    return (
        match[0][0].isupper()
        and match[0].lower() not in _FILLING
        and any(map(str.isalnum, words[: match.start()]))
    )


def _stems(words: str) -> Iterator[str]:
    for match in _WORD.finditer(words):
        if match[0].lower() not in _FILLING and (
            len(match[0]) > 2 or (match[0].isupper() and len(match[0]) > 1)
        ):
            yield _stem(match[0])


def _stem(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")[:5]


NEAR = 2  # maximum ratio: numbers further apart are about two things or describe a change
CLOSE = Decimal("1.5")
MOST = 0.75  # share of the words of the shorter sentence


def same_thing(claim: Claim, other: Claim, language: str) -> bool:
    """Return whether two claims are about the same thing at the same time.

    They must share unit, noun, names and words. Parallel sentences that differ in one word (the
    rate of children, the rate of seniors) are about different things.
    """
    low, high = sorted((claim.value, other.value))
    misscaled = (
        high != low and claim.figure.value == other.figure.value
    )  # $4.2 billion, $4.2 million
    far = high > NEAR * low and not misscaled
    if claim.kind != other.kind or far or not (claim.unit or claim.noun or claim.names):
        return False
    if not (claim.numbers <= other.numbers or other.numbers <= claim.numbers):
        return False
    first, second = frozenset(claim.stems), frozenset(other.stems)
    common, fewer = first & second, min(len(first), len(second))
    named = (claim.names & second) | (other.names & first)
    unshared_names = (not claim.names <= second) + (not other.names <= first)
    needed = 2 if claim.time or named or misscaled else 3
    if unshared_names > bool(named) or len(common) < needed:
        return False
    if _parallel(claim.stems, other.stems):
        return False
    if len(common) == fewer or not language.startswith("en"):
        return len(common) == fewer
    needed_in_clause = 2 if claim.time or named else 3
    return (
        any(
            needed_in_clause <= len(a.clause) and a.clause <= b
            for a, b in ((claim, second), (other, first))
        )
        or (len(common) >= 3 and len(common) >= MOST * fewer)
        or bool(claim.time and named and common - named and (misscaled or high < CLOSE * low))
    )


def _parallel(first_stems: tuple[str, ...], second_stems: tuple[str, ...]) -> bool:
    """Return whether sentences differ only in words at the same position or in one extra word."""
    codes = SequenceMatcher(None, first_stems, second_stems, autojunk=False).get_opcodes()
    if any(code == "replace" and b - a == d - c for code, a, b, c, d in codes):
        return True
    common = frozenset(first_stems) & frozenset(second_stems)
    first, second = (
        [stem for stem in stems if stem in common] for stems in (first_stems, second_stems)
    )
    return first == second and any(code != "equal" for code, *_ in codes[1:-1])

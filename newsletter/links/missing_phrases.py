"""How clearly a short text reports a missing page, in the languages of `missing_pages.toml`."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cache, lru_cache
from itertools import product

from newsletter.links.page_phrases import Wording, missing_pages

FEW = 4  # words next to an error's number that may be nothing but "error" in some language
MANY = 30  # words of a text that is no report
LONGEST_NOUN = 4  # words
NUMBERS = ("404", "410")
# The attribute of a noun in English, which titles have and reports have not: "The Missing Page".
_TITLE = re.compile(
    r"(?:the|an?) (?:missing|deleted|removed|expired|suspended|closed|disabled|unavailable|private) \w"
)
# "Or", between two fates.
_OR = re.compile(
    r" (?:or|oder|ou|o|of|eller|tai|lub|nebo|alebo|vagy|sau|или|либо|або|чи|ή|η|veya|או|أو|او|یا|या|atau|hoac) "
)
_IN_WORDS = re.compile(r"(?<!\d)(?:404|410)(?!\d)")
_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
    "zh": re.compile(r"[\u3400-\u9fff]"),
    "ko": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}


class MissingReport(IntEnum):
    """How clearly a text reports a missing page."""

    NONE = 0
    HINT = 1  # the title of a work as well: "Not found", "Justice not found"
    LIKELY = 2  # said of what articles are about, too: "Video unavailable", "404"
    CERTAIN = 3  # "Page not found"


@lru_cache(maxsize=512)
def report_in(text: str) -> MissingReport:
    """Return how clearly a title, heading or sentence as a whole reports a missing page."""
    words = phrase_words(text)
    if len(words) > MANY or text.endswith(("?", "？", "؟")):  # "Account suspended?" asks
        return MissingReport.NONE
    has_number = any(word in NUMBERS for word in words)
    words = tuple(word for word in words if word not in NUMBERS)
    joined = " ".join(words)
    if joined in _catalogue():
        return MissingReport.CERTAIN
    if _TITLE.match(joined):
        return MissingReport.NONE
    found = [language.report(joined, number=has_number) for language in _spaced(words, has_number)]
    if not joined.isascii():
        found += _unspaced_reports("".join(words))
    return max(found, default=MissingReport.NONE)


def _unspaced_reports(text: str) -> list[MissingReport]:
    """Return the reports in a text of a script without spaces; "404" may touch its words."""
    number = bool(_IN_WORDS.search(text))
    text = _IN_WORDS.sub("", text)
    names = [name for name, script in _SCRIPTS.items() if script.search(text)]
    return [_unspaced_language(name).report(text, number=number) for name in names]


class _Language:
    """The phrases of one language that separates words by spaces."""

    def __init__(self, wording: Wording) -> None:
        fillers = sorted(alternatives(wording.fillers), key=len, reverse=True)
        self.fillers = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, fillers))})(?!\w)")
        self.nouns = self._with_short_forms(wording.nouns)
        self.certain = self._with_short_forms(wording.fates)
        self.fates = self.certain | self._with_short_forms(wording.doubtful)
        self.alone = self._with_short_forms(missing_pages().without_noun)

    def _with_short_forms(self, text: str) -> set[str]:
        """Return the alternatives with and without the fillers that they contain."""
        phrases = {*alternatives(text)}
        return (phrases | {self._without_fillers(phrase) for phrase in phrases}) - {""}

    def _without_fillers(self, text: str) -> str:
        return " ".join(self.fillers.sub(" ", text).split())

    def report(self, text: str, *, number: bool) -> MissingReport:
        """Return the report of a text: a noun and its fate, or a number and nothing else."""
        left = self._without_fillers(text)
        if not left:
            return MissingReport.LIKELY if number else MissingReport.NONE
        found = max(self._report(words.split()) for words in {text, left})
        return MissingReport.CERTAIN if found and number else found

    def _report(self, words: list[str]) -> MissingReport:
        if " ".join(words) in self.alone:
            return MissingReport.HINT
        for rest in self._without_noun(words):
            fate = " ".join(rest)
            fates = [fate] if fate in self.fates else _OR.split(fate)
            if self.certain.issuperset(fates):
                return MissingReport.CERTAIN
            if self.fates.issuperset(fates):
                is_attribute = (
                    fate.isascii() and words[:1] == rest
                )  # "Missing link", "Closed group"
                return MissingReport.HINT if is_attribute else MissingReport.LIKELY
        return MissingReport.HINT if self._is_fate_of_unknown(words) else MissingReport.NONE

    def _without_noun(self, words: list[str]) -> Iterator[list[str]]:
        """Yield the words around each noun: before or after it, or on both sides of it."""
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST_NOUN, len(words)) + 1):
                if " ".join(words[start:end]) in self.nouns:
                    yield words[:start] + words[end:]

    def _is_fate_of_unknown(self, words: list[str]) -> bool:
        """Return whether the noun is unknown: one word, or a known noun and others."""
        for at in range(1, len(words)):
            before, after = words[:at], words[at:]
            for noun, fate in ((before, after), (after, before)):
                is_noun = len(noun) == 1 or (len(noun) < FEW and not self.nouns.isdisjoint(noun))
                if is_noun and " ".join(fate) in self.certain:
                    return True
        return False


class _UnspacedLanguage:
    """The phrases of one language that does not separate words, as regular expressions."""

    def __init__(self, wording: Wording) -> None:
        self.nouns, self.fillers = _either(wording.nouns), _either(wording.fillers)
        self.filler_only = re.compile(f"{self.fillers}*")
        self.certain = self._pattern(wording.fates)
        self.doubtful = self._pattern(wording.doubtful)

    def _pattern(self, fates: str) -> re.Pattern[str]:
        fillers = f"{self.fillers}*"
        orders = ((self.nouns, _either(fates)), (_either(fates), self.nouns))
        return re.compile("|".join(fillers + fillers.join(order) + fillers for order in orders))

    def report(self, text: str, *, number: bool) -> MissingReport:
        if len(text) > 2 * MANY:
            return MissingReport.NONE
        if self.certain.fullmatch(text):
            return MissingReport.CERTAIN
        if self.doubtful.fullmatch(text):
            return MissingReport.CERTAIN if number else MissingReport.LIKELY
        return (
            MissingReport.LIKELY
            if number and self.filler_only.fullmatch(text)
            else MissingReport.NONE
        )


def _either(text: str) -> str:
    phrases = {phrase.replace(" ", "") for phrase in alternatives(text)}
    return f"(?:{'|'.join(map(re.escape, sorted(phrases, key=len, reverse=True)))})"


@cache
def _language(name: str) -> _Language:
    return _Language(missing_pages().languages[name])


@cache
def _unspaced_language(name: str) -> _UnspacedLanguage:
    return _UnspacedLanguage(missing_pages().languages[name])


def _spaced(words: tuple[str, ...], number: bool) -> list[_Language]:
    """Return the languages that have some of these words; all of them for an error's number."""
    index = _languages_by_word()
    if number and len(words) < FEW:
        return [_language(name) for name in missing_pages().languages if name not in _SCRIPTS]
    names = {name for word in words for name in index.get(word, ())}
    return [_language(name) for name in sorted(names)]


@cache
def _languages_by_word() -> Mapping[str, tuple[str, ...]]:
    """Return the languages by the longest word of each fate, which is its rarest."""
    index: dict[str, set[str]] = defaultdict(set)
    for name, wording in missing_pages().languages.items():
        if name in _SCRIPTS:
            continue
        for fate in alternatives(f"{wording.fates}, {wording.doubtful}"):
            index[max(fate.split(), key=len)].add(name)
    for fate in alternatives(missing_pages().without_noun):
        index[max(fate.split(), key=len)].add("en")
    return {word: tuple(names) for word, names in index.items()}


@cache
def _catalogue() -> frozenset[str]:
    phrases = (phrase for group in missing_pages().catalogue.values() for phrase in group)
    return frozenset(" ".join(phrase_words(phrase)) for phrase in phrases)


def alternatives(text: str) -> list[str]:
    """Return the phrases between commas, with each choice such as `(was|is|) found` made."""
    phrases = (phrase for phrase in unmarked(text).split(",") if phrase.strip())
    return [" ".join(_WORD.findall(choice)) for phrase in phrases for choice in _choices(phrase)]


def _choices(phrase: str) -> Iterator[str]:
    if "(" not in phrase:
        yield phrase
        return
    parts = re.split(r"[()]", phrase)  # outside and inside parentheses, by turns
    yield from map("".join, product(*(part.split("|") for part in parts)))


_WORD = re.compile(r"\w+")
# Articles that lean on the next word, in French, Catalan and Italian: "l'offre", "dell'evento".
_ELIDED = re.compile(r"\b(?:l|d|un|dell|all|nell|quest)['’ʼ](?=\w)")
# Apostrophes disappear; letters that have a look-alike in Persian and Turkish become it.
_LETTERS = str.maketrans("\u064a\u0649\u0643\u0131", "\u06cc\u06cc\u06a9i", "'’`ʼ")


@lru_cache(maxsize=64)  # a page's title, heading and first sentences are compared several times
def phrase_words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents and apostrophes."""
    return tuple(_WORD.findall(unmarked(text)))


def unmarked(text: str) -> str:
    """Return a text without case, accents and apostrophes."""
    return without_marks(_ELIDED.sub("", text.casefold()))


def without_marks(text: str) -> str:
    """Return a text without accents, other combining marks and apostrophes."""
    text = text.translate(_LETTERS)
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if unicodedata.category(mark) != "Mn")

"""Detect pages that report a missing page in their text, although their status is successful."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache

from yarl import URL

from newsletter.links.display import shortened
from newsletter.links.page_phrases import Wording, missing_pages
from newsletter.links.page_text import SUBTITLE, PageText

SHORT = 1500  # letters of text; error pages are shorter than articles and descriptions of books
FEW = 4  # words next to an error's number that may be nothing but "error" in some language
# The separators between a page's title and its site's name.
_PARTS = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s*(?=\S)")
_ABOUT_404 = re.compile(r"(?<![^\W_])404(?![^\W_])|not[-_]?found", re.IGNORECASE)
_ERROR_PAGE = re.compile(
    r"(?:error|page|err|fehler|erreur|oops|sorry)?[-_]?(?:404|not[-_]?found)(?:[-_]?(?:error|page))?(?:\.\w+)?",
    re.IGNORECASE,
)
_ERROR_FORM = re.compile(
    r"/(?:errors?|err|fehler|erreur|oops|(?:under[-_])?maintenance|wartung|(?:service[-_])?unavailable"
    r"|offline|removed|deleted|expired|gone|not[-_]available)(?:\.\w+)?/?",
    re.IGNORECASE,
)


def missing_page_reason(requested: URL, final: URL, page: PageText) -> str | None:
    """Return why the page looks missing, or `None` if it does not.

    A URL that mentions 404 itself leads to a page about the topic.
    """
    if _ABOUT_404.search(requested.raw_path):
        return None
    is_error_form = _ERROR_FORM.fullmatch(final.raw_path) and final != requested
    if is_error_form or _ERROR_PAGE.fullmatch(final.raw_path.rstrip("/").rpartition("/")[2]):
        return f"leads to {shortened(final.raw_path)}, an error page"
    is_short = len(page.words) < SHORT
    for text in dict.fromkeys((page.title, page.heading)):
        if any(_matches(missing_pages().parked, part) for part in {text, *_PARTS.split(text)}):
            return f'the domain looks parked or for sale: "{shortened(text)}"'
        if _reports_missing(text, is_short=is_short):
            return f'the page says "{shortened(text)}"'
    return _reason_in_text(page) if is_short else None


def _reason_in_text(page: PageText) -> str | None:
    """Return the sentence of a short page that reports it missing, removed or parked."""
    for text in dict.fromkeys((*_parts(page.title, is_short=True), *page.headings)):
        if _matches(missing_pages().removed, text) or _reports_missing(text, is_short=True):
            return f'the page says "{shortened(text)}"'
    for sentence in _SENTENCE_END.split(page.words)[:20]:
        # The text has no block boundaries, so a heading may precede the sentence.
        if "this" in sentence.lower() and _matches(
            missing_pages().removed, sentence, before="(?:.* )?this "
        ):
            return f'the page says "{shortened(sentence)}"'
    return None


def _matches(patterns: tuple[str, ...], text: str, before: str = "") -> bool:
    words = _WORD_OR_ADDRESS.findall(_plain(text))
    plain = " ".join(word.strip(".-/") for word in words)
    return bool(_compiled(before, patterns).fullmatch(plain))


def _parts(text: str, *, is_short: bool) -> list[str]:
    """Return a title and its parts: next to the site's name, and the sentences of a short page."""
    parts = [text, *_PARTS.split(text)]
    if is_short:
        parts += _SENTENCE_END.split(text)
    for part in tuple(parts):
        before, colon, after = part.partition(": ")
        if colon and not SUBTITLE.match(
            after
        ):  # "Page not found: The Desk", "Error 404: not found"
            parts += [before, after]
    return parts


def _reports_missing(text: str, *, is_short: bool) -> bool:
    """Return whether a title, or a part of it, means that the page is missing."""
    return any(_is_missing(part, is_short=is_short) for part in {*_parts(text, is_short=is_short)})


def _is_missing(part: str, *, is_short: bool) -> bool:
    words = _words(part)
    has_number = any(word in ("404", "410") for word in words)
    words = tuple(word for word in words if word not in ("404", "410"))
    text = " ".join(words)
    if text in _catalogue() or _in_script("".join(words)):
        return True
    return any(
        language.reports(text, doubtful=is_short or has_number, number=has_number)
        for language in _candidates(words, number=has_number)
    )


class _Language:
    """The phrases of one language, compiled."""

    def __init__(self, wording: Wording) -> None:
        self.nouns = {*_alternatives(wording.nouns)}
        self.certain = {*_alternatives(wording.fates)}
        self.doubtful = self.certain | {*_alternatives(wording.doubtful)}
        self.without_noun = {*_alternatives(missing_pages().without_noun)}
        fillers = sorted(_alternatives(wording.fillers), key=len, reverse=True)
        self.fillers = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, fillers))})(?!\w)")

    def reports(self, text: str, *, doubtful: bool, number: bool) -> bool:
        """Return whether a text is a noun and its fate; or an error's number and nothing else."""
        left = " ".join(self.fillers.sub(" ", text).split())
        if not left:
            return number
        return any(self._is_fate(words.split(), doubtful=doubtful) for words in {text, left})

    def _is_fate(self, words: list[str], *, doubtful: bool) -> bool:
        if doubtful and " ".join(words) in self.without_noun:
            return True
        fates = self.doubtful if doubtful else self.certain
        halves = ((" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words)))
        return any(
            (first in self.nouns and last in fates) or (first in fates and last in self.nouns)
            for first, last in halves
        )


@cache
def _language(name: str) -> _Language:
    return _Language(missing_pages().languages[name])


def _candidates(words: tuple[str, ...], *, number: bool) -> list[_Language]:
    """Return the languages that have some of these words; all of them for an error's number."""
    index = _languages_by_word()
    if number and len(words) < FEW:
        return [_language(name) for name in missing_pages().languages]
    names = {name for word in words for name in index.get(word, ())}
    return [_language(name) for name in sorted(names)]


@cache
def _languages_by_word() -> Mapping[str, tuple[str, ...]]:
    """Return the languages by the longest word of each fate, which is its rarest."""
    index: dict[str, set[str]] = defaultdict(set)
    for name, wording in missing_pages().languages.items():
        for fate in _alternatives(f"{wording.fates}, {wording.doubtful}"):
            index[max(fate.split(), key=len)].add(name)
    for fate in _alternatives(missing_pages().without_noun):
        index[max(fate.split(), key=len)].add("en")
    return {word: tuple(names) for word, names in index.items()}


def _alternatives(text: str) -> list[str]:
    return [" ".join(_words(phrase)) for phrase in text.split(",") if phrase.strip()]


_WORD = re.compile(r"\w+")
_WORD_OR_ADDRESS = re.compile(r"[\w./-]+")
_APOSTROPHES = str.maketrans("", "", "'’`ʼ")


@lru_cache(maxsize=64)  # a page's title, heading and first sentences are compared several times
def _words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, accents and apostrophes."""
    return tuple(_WORD.findall(_plain(text)))


def _plain(text: str) -> str:
    return _without_marks(text.casefold().replace("ı", "i")).translate(_APOSTROPHES)


@cache
def _catalogue() -> frozenset[str]:
    return frozenset(
        " ".join(_words(phrase))
        for phrases in missing_pages().catalogue.values()
        for phrase in phrases
    )


def _in_script(text: str) -> bool:
    """Return whether a text without spaces is one of the expressions for such scripts."""
    if text.isascii():
        return False
    return bool(_compiled("", missing_pages().expressions).fullmatch(text))


def _without_marks(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if unicodedata.category(mark) != "Mn")


@cache
def _compiled(before: str, patterns: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(f"(?:{_without_marks(pattern)})" for pattern in patterns)
    return re.compile(f"{before}(?:{alternatives})")

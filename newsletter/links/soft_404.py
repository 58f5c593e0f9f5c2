"""Detect pages that report a missing page in their text, although their status is successful."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct
from yarl import URL

from newsletter.links.display import shortened
from newsletter.links.missing_phrases import (
    MissingReport,
    alternatives,
    phrase_words,
    report_in,
    unmarked,
    without_marks,
)
from newsletter.links.page_phrases import missing_pages
from newsletter.links.page_text import SUBTITLE, PageText

SHORT = 1500  # letters of text; error pages are shorter than articles and descriptions of books
LITTLE = 300  # letters of text in which a paragraph counts as a heading does
SENTENCES = 20  # at the beginning of a page
FEW = 4  # sentences
PIECES = 6  # of a title, of which each combination is compared
# The separators between a page's title and its site's name or subtitle.
_SEPARATOR = re.compile(r"(\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*|:\s+)")
_SENTENCE_END = re.compile(r"((?<=[.!?…。！？])\s*(?=[^\W_]))")
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
_ARTICLE = re.compile(r"(?:der|die|das|le|la|les|el|los|il|lo|o|a|os|as|de|het) ")


def missing_page_reason(requested: URL, final: URL, page: PageText) -> str | None:
    """Return why the page looks missing, or `None` if it does not.

    A URL that mentions 404 itself leads to a page about the topic.
    """
    if _ABOUT_404.search(requested.raw_path):
        return None
    is_error_form = _ERROR_FORM.fullmatch(final.raw_path) and final != requested
    if is_error_form or _ERROR_PAGE.fullmatch(final.raw_path.rstrip("/").rpartition("/")[2]):
        return f"leads to {shortened(final.raw_path)}, an error page"
    return _Reader(page).reason()


class _Part(Struct, frozen=True):
    """A title or some of its pieces, and whether the rest reads as that of a work."""

    text: str
    of_work: bool = False


class _Reader:
    """A page whose title, headings and sentences are compared with the phrases of error pages."""

    def __init__(self, page: PageText) -> None:
        self.page = page
        self.is_short = len(page.content) < SHORT
        self.parts = _parts(page.title, is_short=self.is_short)
        self.works = {phrase_words(part.text) for part in self.parts if part.of_work}

    def reason(self) -> str | None:
        page = self.page
        for text in dict.fromkeys((page.title, page.heading)):
            parts = self._parts_of(text)
            if self._is_parked(parts):
                return f'the domain looks parked or for sale: "{shortened(text)}"'
            if self._is_missing(parts):
                return f'the page says "{shortened(text)}"'
        return self._reason_in_text() if self.is_short else None

    def _parts_of(self, text: str) -> list[_Part]:
        parts = self.parts if text == self.page.title else _parts(text, is_short=self.is_short)
        return [
            _Part(part.text, part.of_work or phrase_words(part.text) in self.works)
            for part in parts
        ]

    def _is_parked(self, parts: list[_Part]) -> bool:
        found = [part for part in parts if _matches(missing_pages().parked, part.text)]
        if found:
            names_host = any(_HOST.search(part.text) for part in parts)
            return names_host or not any(part.of_work for part in found)
        found = [part for part in parts if _matches(missing_pages().unfinished, part.text)]
        return bool(found) and self.is_short and self._has_sign(strict=found[-1].of_work)

    def _is_missing(self, parts: list[_Part]) -> bool:
        """Return whether a part of a title or heading means that the page is missing.

        Beside what may be the title of a work, the page must have a second sign.
        """
        report = max((_report(part.text) for part in parts), default=MissingReport.NONE)
        if report is MissingReport.NONE:
            return False
        of_work = any(part.of_work for part in parts if _report(part.text))
        if of_work or report is MissingReport.HINT:
            return self.is_short and self._has_sign(strict=of_work)
        return self.is_short or report is MissingReport.CERTAIN

    def _has_sign(self, *, strict: bool) -> bool:
        """Return whether a short page says more like an error page, or nothing beside its title.

        `strict`: only if it apologizes, or reports the page missing in a sentence.
        """
        others = [text for text in self.page.blocks if not self._is_title(text)]
        if not others and not strict:
            return _PICTURE.search(self.page.markup) is None
        body = " ".join(others)
        if _phrases("apologies").search(unmarked(body)):
            return True
        is_way_back = _phrases("ways_back").search(unmarked(body)) or _LINKS_BACK.intersection(
            map(unmarked, others)
        )
        if not strict and is_way_back:
            return True
        return any(report_in(text) >= MissingReport.LIKELY for text in _sentences(others))

    def _is_title(self, text: str) -> bool:
        words = phrase_words(text)
        said = (self.page.title, self.page.heading, *(part.text for part in self.parts))
        return not words or words in self.works or any(words == phrase_words(each) for each in said)

    def _reason_in_text(self) -> str | None:
        """Return the sentence of a short page that reports it missing, removed or parked."""
        page = self.page
        for text in dict.fromkeys(page.headings):
            if self._is_missing(self._parts_of(text)):
                return f'the page says "{shortened(text)}"'
        for sentence in _split(_SENTENCE_END, page.words)[:SENTENCES]:
            # The text has no block boundaries, so a heading may precede the sentence.
            if "this" in sentence.lower() and _matches(
                missing_pages().removed, sentence, before="(?:.* )?this "
            ):
                return f'the page says "{shortened(sentence)}"'
        return self._reason_in_blocks()

    def _reason_in_blocks(self) -> str | None:
        """Return a block, or the sentence at its beginning or after an apology, that reports it."""
        others = [text for text in self.page.blocks if not self._is_title(text)]
        for block in others[:SENTENCES]:
            for text in _reporting_sentences(block):
                if self._is_report(text, alone=len(others) == 1):
                    return f'the page says "{shortened(text)}"'
        return None

    def _is_report(self, text: str, *, alone: bool) -> bool:
        report, is_little = _report(text), len(self.page.content) < LITTLE
        words = unmarked(text)
        if report < MissingReport.LIKELY:
            return False
        if _phrases("apologies").search(words):
            return is_little or report is MissingReport.CERTAIN
        is_about = words.startswith("the ") or (not alone and _ARTICLE.match(words) is not None)
        if report is MissingReport.CERTAIN:
            return is_little or not is_about  # a list of errors says "The file does not exist"
        return is_little and not is_about


def _report(text: str) -> MissingReport:
    if _matches(missing_pages().removed, text):
        return max(MissingReport.LIKELY, report_in(text))
    return report_in(text)


def _matches(patterns: tuple[str, ...], text: str, before: str = "") -> bool:
    words = _WORD_OR_ADDRESS.findall(unmarked(text))
    joined = " ".join(word.strip(".-/") for word in words)
    return bool(_compiled(before, patterns).fullmatch(joined))


def _reporting_sentences(block: str) -> list[str]:
    """Return the sentences of a block that may be about its page: not those within a story."""
    sentences = _split(_SENTENCE_END, block)[:SENTENCES]
    whole = [block] if len(sentences) < FEW else []
    if _phrases("apologies").search(unmarked(block)):
        return [*whole, *sentences]
    return [*whole, sentences[0]]


def _sentences(blocks: list[str]) -> Iterator[str]:
    """Yield the first blocks of a text and their sentences."""
    for block in blocks[:SENTENCES]:
        sentences = _split(_SENTENCE_END, block)[:SENTENCES]
        yield from dict.fromkeys((block, *sentences) if len(sentences) < FEW else sentences)


def _split(separator: re.Pattern[str], text: str) -> list[str]:
    return separator.split(text)[::2]


def _parts(text: str, *, is_short: bool) -> list[_Part]:
    """Return a title's pieces and their combinations: beside the site's name, and its sentences."""
    pieces = _SEPARATOR.split(text)
    if is_short:
        pieces = [part for piece in pieces for part in _SENTENCE_END.split(piece)]
    starts = range(0, len(pieces), 2)
    if len(starts) > PIECES:
        return [_Part(text), *(_Part(pieces[start]) for start in starts)]
    names = [phrase_words(pieces[start]) for start in starts]
    is_about_works = any(" ".join(words) in _names("about_works") for words in names)
    parts = []
    for start in starts:
        for end in range(start, len(pieces), 2):
            part = "".join(pieces[start : end + 1])
            follows = pieces[end + 1 : end + 3]
            of_work = is_about_works and part != text
            of_work = of_work or (bool(follows) and _is_subtitle(part, *follows))
            parts.append(_Part(part, of_work or _has_kind_of_work(part)))
    return parts


def _has_kind_of_work(title: str) -> bool:
    """Return whether a title ends with a kind in parentheses: "404 Not Found (band)"."""
    found = re.search(r"\(([^()]+)\)\W*$", title)
    words = phrase_words(found[1]) if found else ()
    return bool(words) and words[-1] in _names("works")


def _is_subtitle(title: str, separator: str, text: str) -> bool:
    """Return whether a text after a title describes a work, and is not the name of a site."""
    words = phrase_words(text)
    if report_in(text) or not words or _phrases("apologies").search(unmarked(text)):
        return False
    if words[0] == "by" or _WORK_BY.sub("", " ".join(words)) in _names("works"):
        return True
    starts_small = text[:1].islower() and not title[:1].islower() and len(words) > 1
    if starts_small or (separator.strip() in ("", ":", "—", "–", "-") and SUBTITLE.match(text)):
        return separator.strip() in ("", ":") or text[:1].islower() or len(words) > 2
    if report_in(title) in (MissingReport.CERTAIN, MissingReport.NONE):
        return False
    small = [word for word in text.split() if word[:1].islower() and len(word) > 3]
    return len(small) > 1 and separator.strip() in (":", "—", "–", "-")


_WORK_BY = re.compile(
    r"^(?:an?|the|ein|eine|une?|una|uma?|en|ett?) "
    r"| (?:by|von|de|par|di|da|van|av|af|from|in|about|uber|sobre|for) .*$"
)
_WORD_OR_ADDRESS = re.compile(r"[\w./-]+")
_LINKS_BACK = frozenset(("home", "back", "search"))
_PICTURE = re.compile(r"<(?:img|picture|video|audio|canvas|iframe|object)\b", re.IGNORECASE)
_HOST = re.compile(r"\w\.[a-z]{2,}\b", re.IGNORECASE)


@cache
def _names(table: str) -> frozenset[str]:
    return frozenset(alternatives(getattr(missing_pages(), table)))


@cache
def _phrases(table: str) -> re.Pattern[str]:
    """Return a pattern of phrases as whole words, or anywhere in scripts without spaces."""
    phrases = sorted(_names(table))
    spaced = [re.escape(phrase) for phrase in phrases if phrase[0] < "\u0e00"]
    others = [re.escape(phrase) for phrase in phrases if phrase[0] >= "\u0e00"]
    return re.compile("|".join((rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", *others)))


@cache
def _compiled(before: str, patterns: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{without_marks(pattern)})" for pattern in patterns)
    return re.compile(f"{before}(?:{joined})")

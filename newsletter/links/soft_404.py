"""Detect pages that report a missing page in their text, although their status is successful."""

from __future__ import annotations

import re
from functools import cache

from yarl import URL

from newsletter.links import missing_page_phrases as table
from newsletter.links.display import shortened
from newsletter.links.page_text import PageText

SHORT = 1500  # letters of text; error pages are shorter than articles and descriptions of books
# The separators between a page's title and its site's name.
_PARTS = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*")
# What follows the title of a work: "Not Found: a novel".
_SUBTITLE = re.compile(
    r"(?:an?|how|why|what|when|where|inside|on|un|une|una|uno|ein|eine|em|en)\b", re.IGNORECASE
)
_ABOUT_404 = re.compile(r"(?<![^\W_])404(?![^\W_])|not[-_]?found", re.IGNORECASE)
_ERROR_PAGE = re.compile(
    r"(?:error|page|err)?[-_]?(?:404|not[-_]?found)(?:[-_]?(?:error|page))?(?:\.\w+)?",
    re.IGNORECASE,
)


def missing_page_reason(requested: URL, final: URL, page: PageText) -> str | None:
    """Return why the page looks missing, or `None` if it does not.

    A URL that mentions 404 itself leads to a page about the topic.
    """
    if _ABOUT_404.search(requested.raw_path):
        return None
    if _ERROR_PAGE.fullmatch(final.raw_path.rstrip("/").rpartition("/")[2]):
        return f"leads to {shortened(final.raw_path)}, an error page"
    is_short = len(page.words) < SHORT
    for text in (page.title, page.heading):
        if _says_missing(text, is_short=is_short):
            return f'the page says "{shortened(text)}"'
        if _matches(table.PARKED, text):
            return f'the domain looks parked or for sale: "{shortened(text)}"'
    return _removed_reason(page) if is_short else None


def _removed_reason(page: PageText) -> str | None:
    for text in (page.title, *_PARTS.split(page.title), page.heading):
        if _matches(table.REMOVED, text):
            return f'the page says "{shortened(text)}"'
    for sentence in re.split(r"(?<=[.!?])\s+", page.words)[:20]:
        # The text has no block boundaries, so a heading may precede the sentence.
        if _matches(table.REMOVED, sentence, before="(?:.* )?this "):
            return f'the page says "{shortened(sentence)}"'
    return None


def _matches(patterns: tuple[str, ...], text: str, before: str = "") -> bool:
    plain = " ".join(_words(text, keep=".-/"))
    return any(_compiled(before + pattern).fullmatch(plain) for pattern in patterns)


def _says_missing(text: str, *, is_short: bool) -> bool:
    """Return whether a title, or a part next to the site's name, means that the page is missing."""
    parts = [text, *_PARTS.split(text)]
    for part in tuple(parts):
        before, colon, after = part.partition(": ")
        if colon and not _SUBTITLE.match(
            after
        ):  # "Page not found: The Desk", "Error 404: page not found"
            parts += [before, after]
    return any(_is_missing(part, is_short=is_short) for part in parts)


def _is_missing(part: str, *, is_short: bool) -> bool:
    words = _words(part)
    text = " ".join(word for word in words if word not in _fillers())
    if not text:
        return "404" in words
    if text in _phrases():
        return True
    return text in _short_phrases() and (is_short or "404" in words)


def _words(text: str, keep: str = "") -> list[str]:
    plain = text.lower().replace("'", "").replace("’", "")
    plain = plain.replace("i\u0307", "i").replace("ı", "i")  # Turkish capitals become other letters
    return [word.strip(keep) for word in re.findall(rf"[\w{re.escape(keep)}]+", plain)]


@cache
def _fillers() -> frozenset[str]:
    return frozenset(table.FILLERS.split())


@cache
def _phrases() -> frozenset[str]:
    return frozenset(map(_normalized, table.phrases()))


@cache
def _short_phrases() -> frozenset[str]:
    return frozenset(map(_normalized, table.short_phrases()))


def _normalized(phrase: str) -> str:
    return " ".join(word for word in _words(phrase) if word not in _fillers())


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)

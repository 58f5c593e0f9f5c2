"""Classifies single lines by their form: headline, byline, credit, reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from newsletter.importers.structure.about_lines import byline_names
from newsletter.importers.structure.person_names import AND, parse_names

LONG = 8  # words from which a title is a complete news headline

_SMALL = frozenset(
    "a an the and or nor but of in on at to for from by with as is vs via per de da do di du la le les los el y e und "
    "der die das von".split()
)
_MARK = r"(?:\s?\[\w{1,3}\]|[¹²³⁴-⁹⁰*†‡])*"  # footnote marks in pasted text
_END = re.compile(rf"[.,;:…]['\"’”)\]]*{_MARK}$")
_FULL = re.compile(rf"[.!?…][\"'”’»)\]]*{_MARK}$")


def is_line(words: str, *, most: int = 30) -> bool:
    """Return whether text can be a title: one line without a full stop at the end."""
    text = words.strip()
    return (
        bool(text)
        and "\n" not in text
        and len(text.split()) <= most
        and not _END.search(text)
        and text[0] not in "•*-–—"
    )


def is_short(words: str) -> bool:
    """Return whether text can be a sub-heading.

    A sub-heading is a few words in title case or sentence case, without a full stop.
    """
    plain = words.split()
    return is_line(words, most=LONG - 1) and plain[0][0].isalnum() and not plain[0][0].islower()


def in_title_case(words: str) -> bool:
    """Return whether three of four words are capitalized, ignoring the small words of titles."""
    big = [word for word in re.findall(r"[^\W\d_][\w’'-]*", words) if word.lower() not in _SMALL]
    return bool(big) and sum(
        word[0].isupper() or not word[0].islower() for word in big
    ) >= 0.75 * len(big)


def is_headline(words: str) -> bool:
    """Return whether text can be the title of a brief: a news headline of eight or more words."""
    return is_line(words) and len(words.split()) >= LONG and not words.strip()[0].islower()


def is_sentence(words: str) -> bool:
    """Return whether text is a single sentence, like a deck."""
    text = " ".join(words.split())
    return bool(text) and not re.search(r"[.!?…][\"'”’»)\]]*\s+[\"'“‘«(]?[A-ZÀ-Þ]", text)


def ends_whole(words: str) -> bool:
    """Return whether text ends like a sentence."""
    return bool(_FULL.search(words.strip()))


# --- bylines ---------------------------------------------------------------------------------------

_BY = re.compile(
    r"(?:(author|authors|written by|words by|text by|words|text)\s*:?|(by)\b\s*:?)\s+(.+)",
    re.IGNORECASE,
)


def parse_byline(words: str) -> tuple[str, ...] | None:
    """Return the names in a byline: `Author: NAME`, `By NAME and NAME`, `Von NAME`."""
    match = _BY.fullmatch(" ".join(words.split()))
    if match is None or (
        match[1] and match[1].lower() in ("author", "authors", "words", "text") and ":" not in words
    ):
        return byline_names(words)
    return parse_names(match[3].strip(" *_")) or byline_names(words)


# --- lines of a digest ----------------------------------------------------------------------------

_REFERENCE = re.compile(
    r"\[?\s*(?:references?|source|via)\s*:\s*([^\s\]].*?)\s*\]?", re.IGNORECASE | re.DOTALL
)
_ADDRESS = re.compile(r"<?(https?://[^\s<>\]]+)>?")
_MORE = re.compile(
    r"[\[(]?\s*(?:read|continue|keep|more)\s+(?:more|reading|the rest|on|here|full \w+)\W*",
    re.IGNORECASE,
)


def parse_reference(words: str, links: Iterable[str] = ()) -> tuple[str | None, str | None] | None:
    """Return the title and address of a `[Reference: URL]` line.

    Either of the two can be missing, but not both.
    """
    match = _REFERENCE.fullmatch(words.strip())
    if match is None or (
        not words.strip().startswith("[") and not (_ADDRESS.search(words) or list(links))
    ):
        return None
    address = next(iter(links), None) or (
        address_match[1] if (address_match := _ADDRESS.search(match[1])) else None
    )
    title = " ".join(_ADDRESS.sub("", match[1]).split()).strip(" ,;:–—-") or None
    return (title, address) if title or address else None


def is_read_more(words: str) -> bool:
    """Return whether text is a teaser's `Read More`."""
    return bool(_MORE.fullmatch(words.strip()))


# --- credits --------------------------------------------------------------------------------------

USUAL = (
    "Essay",
    "Data",
    "Postscript",
    "Briefs",
    "Photographs",
    "Photos",
    "Illustrations",
    "Drawings",
    "Editor",
    "Edited by",
)
_CREDIT = re.compile(r"([^\W\d_][^:\n]{0,60}?)\s*:\s*(\S.*)")
_PRODUCED = re.compile(r"produced by\s+(.+?)(?:\s+in\s+(.+?))?\.?", re.IGNORECASE)


class DraftCreditLine(Struct, frozen=True):
    """A line of a credits block: roles and their holders, or who produced the issue and where."""

    labels: tuple[str, ...]  # empty for the line on who produced the issue
    names: tuple[str, ...]
    location: str | None = None


def parse_credit_line(words: str) -> DraftCreditLine | None:
    """Return the credit in a line, or `None` if the line is not a credit."""
    text = " ".join(words.split()).strip("-–—*_ ")
    if match := _PRODUCED.fullmatch(text):
        produced = parse_names(match[1])
        return DraftCreditLine((), produced, match[2]) if produced else None
    match = _CREDIT.fullmatch(text)
    if match is None or len(match[1].split()) > 6:
        return None
    held = parse_names(match[2].rstrip("."))
    labels = tuple(label.strip() for label in AND.split(match[1]) if label.strip())
    return DraftCreditLine(labels, held, None) if held and labels else None


def parse_credit_lines(
    words: str, known: Iterable[str]
) -> list[tuple[str, DraftCreditLine | None]]:
    """Return a block's lines with their credits.

    Lines that were run together are split at the known labels.
    """
    return [(line, parse_credit_line(line)) for line in _parted(words, tuple(known))]


def _parted(words: str, known: tuple[str, ...]) -> Iterator[str]:
    label = "|".join(map(re.escape, (*known, *USUAL)))
    starts = re.compile(
        rf"(?<=\S)(?<!\band)(?<![,&])\s+(?=(?:(?:{label})(?:(?:, | and | & )(?:{label}))*\s*:|Produced by\s))"
    )
    for line in words.split("\n"):
        yield from (part.strip() for part in starts.split(line) if part.strip())


def is_credits_block(words: str, known: Iterable[str]) -> bool:
    """Return whether every line of a block is a credit.

    At least one line must have a known label or `Produced by`.
    """
    labels = {label.casefold() for label in (*known, *USUAL)}
    lines = parse_credit_lines(words, known)
    notes = [credit for _, credit in lines if credit is not None]
    confidence = any(
        not credit.labels or any(label.casefold() in labels for label in credit.labels)
        for credit in notes
    )
    return confidence and len(notes) == len(lines)

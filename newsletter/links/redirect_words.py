"""Words of URLs to which servers redirect in place of a page, read from the table next to this file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from urllib.parse import unquote

import msgspec
from msgspec import Struct
from yarl import URL

_EXTENSION = re.compile(
    r"\.(?:[xs]?html?|php\d?|aspx?|jspx?|jsf|do|action|cgi|cfm|pl|page|xhtml)$", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"[-_.+~\s]+")
# A language, a country, or both: `en`, `pt-br`, `zh-Hans`.
_LOCALE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
# Letters that have no decomposition, as slugs spell them; and the two letters that others use.
_PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"}
)
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


class RedirectWords(Struct, frozen=True, forbid_unknown_fields=True):
    """`redirect_words.toml`: for each kind of page, language -> words; spaces separate them."""

    home: Mapping[str, str]
    section: Mapping[str, str]
    search: Mapping[str, str]
    sign_in: Mapping[str, str]
    account: Mapping[str, str]
    consent: Mapping[str, str]
    cookie: Mapping[str, str]
    settings: Mapping[str, str]
    notice: Mapping[str, str]
    notice_topic: Mapping[str, str]
    challenge: Mapping[str, str]
    challenge_topic: Mapping[str, str]
    queue: Mapping[str, str]
    queue_topic: Mapping[str, str]
    acting: Mapping[str, str]
    standing: Mapping[str, str]
    error: Mapping[str, str]
    neutral: Mapping[str, str]
    home_folder: Mapping[str, str]
    systems: Mapping[str, str]  # kind -> words
    hosts: Mapping[str, str]  # kind -> first labels of a host
    services: Mapping[str, str]  # kind -> registered domains


@cache
def redirect_words() -> RedirectWords:
    """Return the table."""
    data = (files("newsletter.links") / "redirect_words.toml").read_bytes()
    return msgspec.toml.decode(data, type=RedirectWords)


@cache
def table_words(*kinds: str) -> frozenset[str]:
    """Return the words of these kinds in all languages, spelled as by `comparable_part`."""
    table = redirect_words()
    words = (
        word for kind in kinds for text in getattr(table, kind).values() for word in text.split()
    )
    return frozenset(spelling for word in words for spelling in _spellings(word))


@cache
def listed_words(column: str, kind: str) -> frozenset[str]:
    """Return the words of `systems`, `hosts` or `services` for one kind; empty without any."""
    return frozenset(getattr(redirect_words(), column).get(kind, "").split())


def path_parts(url: URL) -> list[str]:
    """Return the parts of a path, still encoded."""
    return [part for part in url.raw_path.removesuffix("?").split("/") if part]


def own_parts(url: URL) -> list[str]:
    """Return the parts of a path behind a language and a country."""
    parts = path_parts(url)
    count = next((i for i, part in enumerate(parts[:2]) if not is_locale(part)), min(len(parts), 2))
    return parts[count:]


def is_locale(part: str) -> bool:
    """Return whether a part of a path is a language, a country, or both."""
    return bool(_LOCALE.fullmatch(part))


@lru_cache(maxsize=256)
def comparable_part(part: str) -> str:
    """Return a part of a path as it is compared: `Sign_In.aspx` and `sign-in` are `signin`."""
    return _spelled(_EXTENSION.sub("", unquote(part)))


def part_words(part: str) -> list[str]:
    """Return the words between `-`, `_` and the like of a part of a path, each as compared."""
    words = map(_spelled, _BETWEEN.split(_EXTENSION.sub("", unquote(part))))
    return list(filter(None, words))


@lru_cache(maxsize=64)
def path_tokens(path: str) -> frozenset[str]:
    """Return the words in a path, without a plural's `s`: to see what a page is about.

    Two words in a row count as one too: `sign-in-tips` contains `signin`.
    """
    words = [_spelled(word) for word in _SEPARATOR.split(_EXTENSION.sub("", unquote(path)))]
    pairs = ("".join(pair) for pair in pairwise(words))
    return frozenset(word.removesuffix("s") for word in (*words, *pairs) if len(word) > 2)


def _spellings(word: str) -> set[str]:
    return {_spelled(word), _spelled(word.translate(_DIGRAPHS))}


def _spelled(text: str) -> str:
    text = _SEPARATOR.sub("", text.casefold())
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(mark for mark in decomposed if unicodedata.category(mark) != "Mn")

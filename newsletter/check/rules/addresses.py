"""Addresses as they are typed: what of them is broken, or better left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.addresses import (
    SHORTENERS,
    all_addresses,
    host,
    mendable,
    strip_tracking,
    tracking,
)
from newsletter.check.prose.prose import UNREAD, PassageNode, passages
from newsletter.check.rule import Violation, rule
from newsletter.markup.inline import InlineImage, Link
from newsletter.model import Edit, Issue


@rule(
    "NL203",
    severity="information",
    hint="Write https, if the page opens with it.",
    bad="Read [the harbour log](http://example.org/log).",
    at="1:24",
    good="Read [the harbour log](https://example.org/log).",
)
def http_link(issue: Issue) -> Iterator[Violation]:
    """Without https anybody on the way can read along and change the page; some clients warn before they open it."""
    for address in all_addresses(issue):
        if address.url[:7].lower() == "http://" and not isinstance(
            address.node, InlineImage
        ):  # of those NL505 tells
            yield Violation(address.where, f"{host(address.url)} is linked without https")


@rule(
    "NL204",
    severity="warning",
    hint="Take them out; the address works without.",
    bad="Read [the log](https://example.org/log?day=2&utm_source=letter#noon).",
    at="1:16",
    good="Read [the log](https://example.org/log?day=2#noon).",
)
def tracking_parameter(issue: Issue) -> Iterator[Violation]:
    """Tracking parameters tell a third party who read the letter, and make two addresses of one page.

    (rust-lang/this-week-in-rust refuses them.) The mend takes out only those.
    """
    for address in all_addresses(issue):
        if found := tracking(address.url):
            message = f"the address carries {', '.join(found)}"
            if mendable(address, issue):
                yield Violation(
                    address.where,
                    message,
                    Edit(address.where, address.url, strip_tracking(address.url)),
                )
            else:
                yield Violation(address.where, message)


@rule(
    "NL205",
    severity="warning",
    hint="Follow it once and link to where it leads.",
    bad="Read [the log](https://bit.ly/3xYz).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def shortened_link(issue: Issue) -> Iterator[Violation]:
    """A short link hides where it leads, dies with its service, and is a mark of spam to filters (Spamhaus)."""
    for address in all_addresses(issue):
        if host(address.url) in SHORTENERS:
            yield Violation(address.where, f"{host(address.url)} hides where the link leads")


_TRAILING = re.compile(r"(?:[.,;:!'\"”’»*]|%22|%E2%80%9D)+$", re.IGNORECASE)


@rule(
    "NL208",
    severity="warning",
    hint="Put the stop behind the link.",
    bad="Read [the log](https://example.org/log.).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def trailing_punctuation(issue: Issue) -> Iterator[Violation]:
    """A comma or a stop that came along when an address was copied leads to a page that is not there."""
    for address in all_addresses(issue):
        match = _TRAILING.search(address.url)
        if match and host(address.url) and not _belongs(match[0], address.url):
            yield Violation(address.where, f"the address ends with {match[0]!r}")


def _belongs(sign: str, url: str) -> bool:
    """Tell whether a sign closes what was opened in the address, or ends a text it points to (`#:~:text=`)."""
    quotes = url.lower().count("%22") + url.count('"')
    return ":~:text=" in url or (sign.lower() in ("%22", '"') and quotes % 2 == 0)


@rule(
    "NL209",
    hint="Copy the address again from the page itself.",
    bad="Read [the log](https://https://example.org/log).",
    at="1:16",
    good="Read [the log](https://example.org/log_(2026)) or write to [us](mailto:log@example.org?subject=Log).",
)
def malformed_link(issue: Issue) -> Iterator[Violation]:
    """An address that cannot be one: a host without a dot, two schemes, a space, a bracket too many.

    (RFC 3986; `mailto:` by RFC 6068: `mailto:name@example.org?subject=…`.)
    """
    for address in all_addresses(issue):
        for message in _malformed(address.url):
            yield Violation(address.where, message)


_MAILTO = re.compile(
    r"mailto:(?:[^@?\s,/]+@[^@?\s,/]+\.[^@?\s,/.]+(?:,(?!\?|$)|(?=\?|$)))*(?:\?[^?\s]*)?",
    re.IGNORECASE,
)
_TEL = re.compile(r"tel:\+?[\d().\-;=a-z*#]+", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"(?:[^@/]*@)?(?:[\w-]+\.)+[\w-]{2,}\.?(?::\d{1,5})?|\[[0-9a-f:.]+\](?::\d{1,5})?",
    re.IGNORECASE,
)


def _malformed(url: str) -> Iterator[str]:
    scheme, _, rest = url.partition(":")
    scheme = scheme.lower()
    if "%%" in url:
        return
    if scheme == "mailto" and not _MAILTO.fullmatch(url):
        yield f"{url!r} is not a mail address behind mailto:"
    elif scheme == "tel" and not _TEL.fullmatch(url):
        yield f"{url!r} is not a telephone number behind tel:"
    elif scheme in ("http", "https"):
        if not rest.startswith("//"):
            yield f"{scheme}: wants two slashes"
        elif re.match(r"//+(?:https?:|https?//|http\.)", rest, re.IGNORECASE):
            yield "the address begins twice"
        elif not _AUTHORITY.fullmatch(re.split("[/?#]", rest[2:], maxsplit=1)[0]):
            yield f"{re.split('[/?#]', rest[2:], maxsplit=1)[0] or 'nothing'!r} is no host"
        elif _unbalanced(rest):
            yield "the address has a bracket too many or too few"


def _unbalanced(rest: str) -> bool:
    """Tell of a bracket that came along at the end, or was left behind, when the address was copied."""
    return rest.endswith((")", "]")) and rest.count("(") + rest.count("[") < rest.count(
        ")"
    ) + rest.count("]")


_BARE = re.compile(
    r"(?:https?://|\bwww\.)(?:\([^\s<>()]*\)|[^\s<>()\[\]\"”»’])*[^\s<>()\[\]\"”»’.,;:!?']",
    re.IGNORECASE,
)


@rule(
    "NL211",
    severity="warning",
    hint="Write it as a link: [words](https://…), or <https://…>.",
    bad="The log is at https://example.org/log, as ever.",
    at="1:15",
    good="The log is at <https://example.org/log>, as ever.",
)
def bare_address(issue: Issue) -> Iterator[Violation]:
    """An address that is no link can be followed in some clients and not in others, nor on the web page."""
    for passage in passages(issue):
        if "http" not in passage.words and "www." not in passage.words.lower():
            continue
        for match in _BARE.finditer(passage.words):
            if UNREAD not in match[0] and not _linked(passage.touching(match.start(), match.end())):
                yield Violation(passage.at(match.start(), match[0]), f"{match[0]} is not a link")


def _linked(pieces: Iterator[PassageNode]) -> bool:
    return any(isinstance(node, Link) for piece in pieces for node in piece.around)


RULES = (
    http_link,
    tracking_parameter,
    shortened_link,
    trailing_punctuation,
    malformed_link,
    bare_address,
)

"""Addresses as they are typed: malformed ones, and parts that are better left out."""

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
    severity="info",
    hint="Use https if the page supports it.",
    bad="Read [the harbour log](http://example.org/log).",
    at="1:24",
    good="Read [the harbour log](https://example.org/log).",
)
def insecure_link(issue: Issue) -> Iterator[Violation]:
    """Without https, anyone on the network path can read or change the page; some clients warn before opening it."""
    for address in all_addresses(issue):
        if address.url[:7].lower() == "http://" and not isinstance(
            address.node, InlineImage
        ):  # NL505 reports those
            yield Violation(address.where, f"Link to {host(address.url)} without https")


@rule(
    "NL204",
    severity="warning",
    hint="Remove them; the address works without.",
    bad="Read [the log](https://example.org/log?day=2&utm_source=letter#noon).",
    at="1:16",
    good="Read [the log](https://example.org/log?day=2#noon).",
)
def tracking_parameter(issue: Issue) -> Iterator[Violation]:
    """Tracking parameters tell a third party who read the newsletter, and give one page two addresses.

    (rust-lang/this-week-in-rust refuses them.) The fix removes only those parameters.
    """
    for address in all_addresses(issue):
        if found := tracking(address.url):
            message = f"Tracking parameters in the address: {', '.join(found)}"
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
    hint="Open it and link to the page it leads to.",
    bad="Read [the log](https://bit.ly/3xYz).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def shortened_link(issue: Issue) -> Iterator[Violation]:
    """A short link hides its destination, dies with its service, and counts as a sign of spam (Spamhaus)."""
    for address in all_addresses(issue):
        if host(address.url) in SHORTENERS:
            yield Violation(
                address.where, f"Shortened link: {host(address.url)} hides the destination"
            )


_TRAILING = re.compile(r"(?:[.,;:!'\"”’»*]|%22|%E2%80%9D)+$", re.IGNORECASE)


@rule(
    "NL208",
    severity="warning",
    hint="Move the punctuation behind the link.",
    bad="Read [the log](https://example.org/log.).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def trailing_punctuation(issue: Issue) -> Iterator[Violation]:
    """Punctuation copied along with an address leads to a page that does not exist."""
    for address in all_addresses(issue):
        match = _TRAILING.search(address.url)
        if match and host(address.url) and not _belongs(match[0], address.url):
            yield Violation(address.where, f'Punctuation at the end of the address: "{match[0]}"')


def _belongs(sign: str, url: str) -> bool:
    """Return whether a sign closes what was opened in the address, or ends a text it points to (`#:~:text=`)."""
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
    """An address that cannot work: a host without a dot, two schemes, a space, an unmatched bracket.

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
        yield f'Invalid email address after mailto: "{url}"'
    elif scheme == "tel" and not _TEL.fullmatch(url):
        yield f'Invalid telephone number after tel: "{url}"'
    elif scheme in ("http", "https"):
        if not rest.startswith("//"):
            yield f"Missing slashes: expected {scheme}://"
        elif re.match(r"//+(?:https?:|https?//|http\.)", rest, re.IGNORECASE):
            yield "Address with two schemes"
        elif not _AUTHORITY.fullmatch(re.split("[/?#]", rest[2:], maxsplit=1)[0]):
            yield f'Invalid host: "{re.split("[/?#]", rest[2:], maxsplit=1)[0]}"'
        elif _unbalanced(rest):
            yield "Unmatched bracket in the address"


def _unbalanced(rest: str) -> bool:
    """Return whether a bracket at the end was copied along with the address, or lost."""
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
    hint="Write it as a link: [words](https://…) or <https://…>.",
    bad="The log is at https://example.org/log, as ever.",
    at="1:15",
    good="The log is at <https://example.org/log>, as ever.",
)
def bare_url(issue: Issue) -> Iterator[Violation]:
    """An address that is not a link can be followed in some clients but not in others, nor on the web page."""
    for passage in passages(issue):
        if "http" not in passage.words and "www." not in passage.words.lower():
            continue
        for match in _BARE.finditer(passage.words):
            if UNREAD not in match[0] and not _linked(passage.touching(match.start(), match.end())):
                yield Violation(
                    passage.at(match.start(), match[0]), f"Address without a link: {match[0]}"
                )


def _linked(pieces: Iterator[PassageNode]) -> bool:
    return any(isinstance(node, Link) for piece in pieces for node in piece.around)


RULES = (
    insecure_link,
    tracking_parameter,
    shortened_link,
    trailing_punctuation,
    malformed_link,
    bare_url,
)

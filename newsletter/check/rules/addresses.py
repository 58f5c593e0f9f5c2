"""Addresses as they are typed: malformed ones, and parts that are better left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.addresses import (
    UsedAddress,
    all_addresses,
    fixable,
    host,
    malformed,
    strip_tracking,
    tracking_parameters,
    trailing_signs,
)
from newsletter.check.prose.passages import UNREAD, PassageNode, passages
from newsletter.check.rule import Violation, rule
from newsletter.links.unreachable import (
    expires,
    is_local,
    is_placeholder,
    is_private,
    is_staging,
)
from newsletter.links.wrappers import is_mail_tracker, is_shortened, looks_wrapped, unwrap_address
from newsletter.markup.inline import InlineImage, Link
from newsletter.model import Edit, Issue


@rule(
    "NL203",
    severity="info",
    hint="Use https if the page supports it.",
    bad="Read [the harbour log](http://sea.example/log) and [the list](http://sea.example/list).",
    at="1:24",
    good="Read [the harbour log](https://sea.example/log).",
)
def insecure_link(issue: Issue) -> Iterator[Violation]:
    """Without https, anyone on the network path can read or change the page; some clients warn before opening it.

    Reported once for each host.
    """
    by_host: dict[str, list[UsedAddress]] = {}
    for address in all_addresses(issue):
        is_image = isinstance(address.node, InlineImage)  # NL505 reports those
        if address.url[:7].lower() == "http://" and not is_image:
            by_host.setdefault(host(address.url), []).append(address)
    for name, uses in by_host.items():
        more = f" ({len(uses)} links)" if len(uses) > 1 else ""
        yield Violation(uses[0].where, f"Link to {name} without https{more}")


@rule(
    "NL204",
    severity="warning",
    hint="Remove them; the address works without.",
    bad="Read [the log](https://sea.example/log?day=2&utm_source=letter#noon).",
    at="1:16",
    good="Read [the log](https://sea.example/log?day=2#noon).",
)
def tracking_parameter(issue: Issue) -> Iterator[Violation]:
    """Tracking parameters tell a third party who read the newsletter, and give one page two addresses.

    (rust-lang/this-week-in-rust refuses them.) The fix removes only those parameters.
    """
    for address in all_addresses(issue):
        if parameters := tracking_parameters(address.url):
            message = f"Tracking parameters in the address: {', '.join(parameters)}"
            if fixable(address, issue):
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
    good="Read [the log](https://sea.example/log).",
)
def shortened_link(issue: Issue) -> Iterator[Violation]:
    """A short link hides its destination, dies with its service, and counts as a sign of spam (Spamhaus)."""
    for address in all_addresses(issue):
        if is_shortened(address.url):
            yield Violation(
                address.where, f"Shortened link: {host(address.url)} hides the destination"
            )


@rule(
    "NL212",
    severity="warning",
    hint="Link to the page itself.",
    bad="Read [the log](https://www.google.com/url?q=https://harbour.example/log&sa=D).",
    at="1:16",
    good="Read [the log](https://harbour.example/log).",
)
def wrapped_link(issue: Issue) -> Iterator[Violation]:
    """Search engines, office suites, mail filters and social networks wrap links in redirects of their own.

    They follow the reader, may warn before they pass on, and stop working one day. The fix unwraps those whose form is
    known.
    """
    for address in all_addresses(issue):
        inner = unwrap_address(address.url)
        if inner:
            new = strip_tracking(inner)
            edit = Edit(address.where, address.url, new) if fixable(address, issue) else None
            message = f"Wrapped link: {host(address.url)} redirects to {new}"
            yield Violation(address.where, message, edit if _is_plain(new) else None)
        elif is_mail_tracker(address.url):
            message = f"Tracked link: {host(address.url)} counts clicks and redirects"
            yield Violation(address.where, message)
        elif looks_wrapped(address.url):
            yield Violation(address.where, f"Wrapped link: {host(address.url)} redirects")


_PLAIN = re.compile(r"https?://[\w.~:/?#@!$&*+;=%,-]+", re.ASCII)


def _is_plain(url: str) -> bool:
    """Return whether an address reads the same in Markdown and YAML as anywhere."""
    return bool(_PLAIN.fullmatch(url)) and not re.search(r"&#?\w+;|%%", url)


@rule(
    "NL213",
    severity="warning",
    hint="Link to the published page.",
    bad="Read [the log](https://docs.google.com/document/d/1aB2cD3/edit).",
    at="1:16",
    good="Read [the log](https://harbour.example/log).",
)
def private_link(issue: Issue) -> Iterator[Violation]:
    """A page that only the newsroom can open: an editing page, a preview, a staging host, an address of this network.

    Addresses of this machine or network are errors, because no reader can open them.
    """
    for address in all_addresses(issue):
        name = host(address.url) or address.url
        if is_local(address.url):
            message = f"Link to a local address: {name}"
            yield Violation(address.where, message, severity="error")
        elif problem := is_private(address.url):
            yield Violation(address.where, f"{problem}: {name}")
        elif is_staging(address.url):
            yield Violation(address.where, f"Link to a staging host: {name}")


@rule(
    "NL214",
    severity="warning",
    hint="Link to a permanent address, or publish the file yourself.",
    bad="Read [the log](https://files.s3.amazonaws.com/log.pdf?X-Amz-Expires=3600&X-Amz-Signature=ab12).",
    at="1:16",
    good="Read [the log](https://harbour.example/log.pdf).",
)
def expiring_link(issue: Issue) -> Iterator[Violation]:
    """A signed address, or one with a session or access key, stops working, often within hours."""
    for address in all_addresses(issue):
        if reason := expires(address.url):
            yield Violation(address.where, f"Expiring link, {reason}")


@rule(
    "NL215",
    severity="warning",
    hint="Link to the actual page.",
    bad="Read [the log](https://www.example.com/log).",
    at="1:16",
    good="Read [the log](https://harbour.example/log).",
)
def placeholder_link(issue: Issue) -> Iterator[Violation]:
    """A placeholder address: hosts reserved for examples (RFC 2606), `your-domain.com`, `/TK`."""
    for address in all_addresses(issue):
        if is_placeholder(address.url):
            yield Violation(address.where, f"Placeholder link: {address.url}")


@rule(
    "NL208",
    severity="warning",
    hint="Move the punctuation behind the link.",
    bad="Read [the log](https://sea.example/log.).",
    at="1:16",
    good="Read [the log](https://sea.example/log).",
)
def trailing_punctuation(issue: Issue) -> Iterator[Violation]:
    """Punctuation copied along with an address leads to a page that does not exist."""
    for address in all_addresses(issue):
        if signs := trailing_signs(address.url):
            yield Violation(address.where, f'Punctuation at the end of the address: "{signs}"')


@rule(
    "NL209",
    hint="Copy the address again from the page itself.",
    bad="Read [the log](https://https://sea.example/log).",
    at="1:16",
    good="Read [the log](https://sea.example/log_(2026)) or write to [us](mailto:log@sea.example?subject=Log).",
)
def malformed_link(issue: Issue) -> Iterator[Violation]:
    """An address that cannot work: a host without a dot, two schemes, a space, an unmatched bracket.

    (RFC 3986; `mailto:` by RFC 6068: `mailto:name@sea.example?subject=…`.)
    """
    for address in all_addresses(issue):
        if is_local(address.url):
            continue  # NL213 reports those
        for message in malformed(address.url):
            yield Violation(address.where, message)


_BARE = re.compile(
    r"(?:https?://|\bwww\.)(?:\([^\s<>()]*\)|[^\s<>()\[\]\"”»’])*[^\s<>()\[\]\"”»’.,;:!?']",
    re.IGNORECASE,
)


@rule(
    "NL211",
    severity="warning",
    hint="Write it as a link: [words](https://…) or <https://…>.",
    bad="The log is at https://sea.example/log, as ever.",
    at="1:15",
    good="The log is at <https://sea.example/log>, as ever.",
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
    wrapped_link,
    private_link,
    expiring_link,
    placeholder_link,
    trailing_punctuation,
    malformed_link,
    bare_url,
)

"""The addresses of an issue, with functions to compare them and decide whether to fix them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from newsletter.check.object_cache import cached_for_object
from newsletter.links.tracking import strip_tracking as strip_tracking
from newsletter.links.tracking import tracking_parameters as tracking_parameters
from newsletter.markup.button import Button
from newsletter.markup.figure import Figure
from newsletter.markup.inline import InlineImage, Link, plain
from newsletter.markup.merge_fields import FIELD
from newsletter.model import Holder, Issue, Location, Node, Section, Source, walk


class UsedAddress(Struct, frozen=True):
    """One address of an issue, with its location."""

    url: str
    where: Location  # of the address if known, otherwise of the enclosing element
    section: Section | None  # the section whose file contains it, if any
    node: Node | None  # the link, button, figure or image; None for a source or a person

    @property
    def words(self) -> str:
        """Return the visible text of the address."""
        if isinstance(self.node, Button):
            return self.node.label
        return plain(self.node.children).strip() if isinstance(self.node, Link) else ""


@cached_for_object
def followed_addresses(issue: Issue) -> tuple[UsedAddress, ...]:
    """Return the addresses readers can follow, in reading order, each section's sources last."""
    return tuple(address for section in issue.sections for address in _of_section(section))


@cached_for_object
def all_addresses(issue: Issue) -> tuple[UsedAddress, ...]:
    """Return every address once, including those of images, people and uncited sources."""
    images = (
        UsedAddress(
            node.src, _place(node.src, node.at or node.where, _lines(section)), section, node
        )
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage) and _WEB.match(node.src)
    )
    people = (
        UsedAddress(holder.url, holder.at, None, None)
        for holder in _named(issue)
        if holder.url and holder.at is not None
    )
    others = (_of_source(source, None) for source in issue.sources)
    used = (*followed_addresses(issue), *images, *people, *filter(None, others))
    return tuple({(address.url, address.where): address for address in used}.values())


def _named(issue: Issue) -> Iterator[Holder]:
    for section in issue.sections:
        yield from section.by
    for credit in issue.credits.roles:
        yield from credit.holders
    yield from issue.credits.produced_by


def _of_section(section: Section) -> Iterator[UsedAddress]:
    lines = _lines(section)
    for node in walk(section.blocks):
        if isinstance(node, Figure) and node.link:
            yield UsedAddress(
                node.link, _place(node.link, node.link_at or node.where, lines), section, node
            )
        elif isinstance(node, Link | Button):
            yield UsedAddress(
                node.url, _place(node.url, node.at or node.where, lines), section, node
            )
    yield from filter(None, (_of_source(source, section) for source in section.sources))


def _of_source(source: Source, section: Section | None) -> UsedAddress | None:
    """Return a source's address as located in the section that cites it or in `sources.yaml`."""
    where = source.at or source.where
    if not source.url or where is None:
        return None
    if section is None or where.path != section.where.path:
        return UsedAddress(source.url, where, None, None)
    return UsedAddress(source.url, _place(source.url, where, _lines(section)), section, None)


def _lines(section: Section) -> list[str]:
    return section.text.split("\n")


def _place(url: str, near: Location, lines: list[str]) -> Location:
    """Return the location of an address, searching from `near`: links may span lines."""
    if near.line is None:
        return near
    column = (near.column or 1) - 1
    for number in range(near.line, min(near.line + 8, len(lines) + 1)):
        if (position := lines[number - 1].find(url, column)) >= 0:
            return replace(near, line=number, column=position + 1)
        column = 0
    return near


def fixable(address: UsedAddress, issue: Issue) -> bool:
    """Return whether an address can be fixed in place, in one of the issue's own files.

    Only the text of sections is available here; a fix that does not match another file is not
    applied.
    """
    where = address.where
    if where.line is None or where.column is None:
        return False
    if address.section is None:
        return where.path.startswith(issue.where.path.rpartition("/")[0] + "/")
    return _lines(address.section)[where.line - 1].startswith(address.url, where.column - 1)


# --- comparing ------------------------------------------------------------------------------------

_WEB = re.compile(r"https?://", re.IGNORECASE)


def host(url: str) -> str:
    """Return the host of a web address in lower case without `www.`; empty for other addresses."""
    if not _WEB.match(url):
        return ""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""


def address_key(url: str) -> str | None:
    """Return a key that is equal for addresses of the same page; `None` for non-web addresses.

    http and https, `www.`, a trailing slash, the fragment and tracking parameters are ignored
    (rust-lang/this-week-in-rust compares its last 25 issues in this way).
    """
    if not _WEB.match(url) or FIELD.search(url):
        return None
    rest = strip_tracking(url).split("#", 1)[0]
    _, _, rest = rest.partition("://")
    authority, slash, path = rest.partition("/")
    return authority.lower().removeprefix("www.") + (slash + path).rstrip("/")


# --- malformed ones -------------------------------------------------------------------------------

_MAILTO = re.compile(
    r"mailto:(?:[^@?\s,/]+@[^@?\s,/]+\.[^@?\s,/.]+(?:,(?!\?|$)|(?=\?|$)))*(?:\?[^?\s]*)?",
    re.IGNORECASE,
)
_TEL = re.compile(r"tel:\+?[\d().\-;=a-z*#]+", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"(?:[^@/]*@)?(?:[\w-]+\.)+[\w-]{2,}\.?(?::\d{1,5})?|\[[0-9a-f:.]+\](?::\d{1,5})?",
    re.IGNORECASE,
)


def malformed(url: str) -> Iterator[str]:
    """Yield the syntax errors of a malformed address (RFC 3986; RFC 6068 for `mailto:`)."""
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
        elif not _AUTHORITY.fullmatch(unquote(re.split("[/?#]", rest[2:], maxsplit=1)[0])):
            yield f'Invalid host: "{re.split("[/?#]", rest[2:], maxsplit=1)[0]}"'
        elif _unbalanced(rest):
            yield "Unmatched bracket in the address"


def _unbalanced(rest: str) -> bool:
    """Return whether an address has an unbalanced bracket, copied or lost at its end."""
    return rest.endswith((")", "]")) and rest.count("(") + rest.count("[") < rest.count(
        ")"
    ) + rest.count("]")


_TRAILING = re.compile(r"(?:[.,;:!'\"”’»*]|%22|%E2%80%9D)+$", re.IGNORECASE)


def trailing_signs(url: str) -> str:
    """Return the punctuation that was copied along at the end of an address, or an empty string."""
    match = _TRAILING.search(url)
    return match[0] if match and host(url) and not _belongs(match[0], url) else ""


def _belongs(sign: str, url: str) -> bool:
    """Return whether a sign closes what was opened in the address, or ends a text it points to (`#:~:text=`)."""
    quotes = url.lower().count("%22") + url.count('"')
    return ":~:text=" in url or (sign.lower() in ("%22", '"') and quotes % 2 == 0)

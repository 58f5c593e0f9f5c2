"""Addresses as rules compare and mend them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from newsletter.check.memo import remembered
from newsletter.markup.button import Button
from newsletter.markup.figure import Figure
from newsletter.markup.inline import Link, plain
from newsletter.merge import FIELD
from newsletter.model import Issue, Location, Node, Section, walk


@dataclass(frozen=True, slots=True)
class Address:
    """One address a reader can follow, where it stands."""

    url: str
    where: Location  # of the address itself where it can be told, else of the link
    section: Section
    node: Node | None  # the link, button or figure; None for a source

    @property
    def words(self) -> str:
        """Return what the reader sees of it."""
        if isinstance(self.node, Button):
            return self.node.label
        return plain(self.node.children).strip() if isinstance(self.node, Link) else ""


@remembered
def addresses(issue: Issue) -> tuple[Address, ...]:
    """Return the addresses of an issue in reading order; each section's sources last, as they are printed."""
    return tuple(address for section in issue.sections for address in _of(section))


def _of(section: Section) -> Iterator[Address]:
    lines = section.text.split("\n")
    for node in walk(section.blocks):
        if isinstance(node, Figure) and node.link:
            yield Address(node.link, _place(node.link, node.link_at or node.where, lines), section, node)
        elif isinstance(node, Link | Button):
            yield Address(node.url, _place(node.url, node.at or node.where, lines), section, node)
    for source in section.sources:
        if source.url:
            near = section.places.get("source", section.where)
            yield Address(source.url, _place(source.url, near, lines), section, None)


def _place(url: str, near: Location, lines: list[str]) -> Location:
    """Return where an address is typed, from the place of what it belongs to on: links may break over lines."""
    if near.line is None:
        return near
    column = (near.column or 1) - 1
    for number in range(near.line, min(near.line + 8, len(lines) + 1)):
        if (found := lines[number - 1].find(url, column)) >= 0:
            return near._replace(line=number, column=found + 1)
        column = 0
    return near


def typed(address: Address) -> bool:
    """Tell whether the address stands at its place just as it is printed, so that it can be mended there."""
    where = address.where
    if where.line is None or where.column is None:
        return False
    line = address.section.text.split("\n")[where.line - 1]
    return line.startswith(address.url, where.column - 1)


# --- comparing -----------------------------------------------------------------------------------------

_WEB = re.compile(r"https?://", re.IGNORECASE)


def host(url: str) -> str:
    """Return the host of a web address without `www.`, in small letters; empty for all others."""
    if not _WEB.match(url):
        return ""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""


def key(url: str) -> str | None:
    """Return what is the same for addresses of the same page, or `None` where it is no web address.

    http and https, `www.`, a closing slash, the fragment and tracking parameters make no difference
    (rust-lang/this-week-in-rust compares its last 25 issues so).
    """
    if not _WEB.match(url) or FIELD.search(url):
        return None
    rest = strip_tracking(url).split("#", 1)[0]
    _, _, rest = rest.partition("://")
    authority, slash, path = rest.partition("/")
    return authority.lower().removeprefix("www.") + (slash + path).rstrip("/")


# Services that make short addresses, and the short hosts of publishers.
SHORTENERS = frozenset(
    "bit.ly bitly.com t.co tinyurl.com goo.gl ow.ly buff.ly is.gd v.gd lnkd.in dlvr.it rb.gy cutt.ly rebrand.ly t.ly "
    "tiny.cc shorturl.at trib.al fb.me ift.tt amzn.to nyti.ms wapo.st reut.rs on.ft.com econ.st bbc.in wp.me s.id "
    "short.io soo.gd bl.ink qr.ae adf.ly shorte.st tny.im spoti.fi".split()
)


# --- tracking --------------------------------------------------------------------------------------------

# Added by advertising and mailing services to tell where a reader came from; no page needs them to be found.
TRACKING = re.compile(
    r"(?:utm_[a-z_]+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id"
    r"|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|__hssc|__hstc|__hsfp|hsctatracking|vero_id|vero_conv|oly_enc_id"
    r"|oly_anon_id|ml_subscriber|ml_subscriber_hash|_openstat|wickedid|rb_clickid|s_cid|mibextid|ck_subscriber_id"
    r"|sc_campaign|ceneo_spo|at_medium|at_campaign|pk_campaign|pk_kwd|mtm_campaign|mtm_source|mtm_medium)",
    re.IGNORECASE,
)
_QUERY = re.compile(r"\?([^#]*)")


def tracking(url: str) -> tuple[str, ...]:
    """Return the names of tracking parameters in an address, in their order."""
    query = _QUERY.search(url.split("#", 1)[0])
    parts = query[1].split("&") if query else []
    return tuple(dict.fromkeys(part.split("=", 1)[0] for part in parts if _tracks(part)))


def _tracks(part: str) -> bool:
    return bool(TRACKING.fullmatch(part.split("=", 1)[0].removeprefix("amp;")))


def strip_tracking(url: str) -> str:
    """Return an address without its tracking parameters, everything else byte for byte."""
    before, hash_, fragment = url.partition("#")
    page, mark, query = before.partition("?")
    left = "&".join(part for part in query.split("&") if not _tracks(part))
    return page + (mark + left if left or not tracking(url) else "") + hash_ + fragment

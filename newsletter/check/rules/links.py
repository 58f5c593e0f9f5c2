"""Links as they are written; whether they lead anywhere is asked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.addresses import Address, addresses, host, key, strip_tracking, tracking, typed
from newsletter.check.archive import Archive
from newsletter.check.linkwords import says_nothing
from newsletter.check.prose import UNREAD, Piece, passages
from newsletter.check.rule import Found, rule
from newsletter.markup.inline import Image, Link
from newsletter.model import Edit, Issue, walk


@rule(
    "NL201",
    severity="warning",
    hint="Say where the link goes.",
    bad="The report is [here](https://example.org/report).",
    at="1:15",
    good="Read the [report of the harbour board](https://example.org/report).",
)
def vague_link_text(issue: Issue) -> Found:
    """Screen readers list links without the words around them, and thirty times "here" is no list.

    (WCAG 2.4.4; the Email Markup Consortium found it in 72 % of mails in 2025.)
    """
    for address in addresses(issue):
        if address.node and says_nothing(address.words, issue.language):
            yield address.node.where, f"link text {address.words!r} says nothing"


SHORTENERS = frozenset(
    "bit.ly bitly.com t.co tinyurl.com goo.gl ow.ly buff.ly is.gd v.gd lnkd.in dlvr.it rb.gy cutt.ly rebrand.ly t.ly "
    "tiny.cc shorturl.at trib.al fb.me ift.tt amzn.to nyti.ms wapo.st reut.rs on.ft.com econ.st bbc.in wp.me s.id "
    "short.io soo.gd bl.ink qr.ae adf.ly shorte.st tny.im spoti.fi".split()
)

_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?", re.IGNORECASE)


@rule(
    "NL202",
    severity="warning",
    hint="Name the host the link leads to, or write words instead.",
    bad="Look at [statistics.example.org](https://harbour.example/figures).",
    at="1:9",
    good="Look at [example.org](https://www.example.org/figures).",
)
def link_text_mismatch(issue: Issue) -> Found:
    """Text that names one host over a link to another is how phishing looks, and spam filters count it so."""
    for address in addresses(issue):
        shown, leads = _HOST.fullmatch(address.words), host(address.url)
        if not address.node or not shown or not leads or not ("/" in address.words or _known_end(shown[1])):
            continue
        if leads in SHORTENERS or shown[1].lower() in address.url.lower():  # told elsewhere; archived, or passed on
            continue
        named = shown[1].lower().removeprefix("www.")
        if not _akin(named, leads):
            yield address.node.where, f"the text names {named}, the link leads to {leads}"


# Ends that are hosts and hardly anything else: `Node.js`, `README.md` and `next.rs` are names of other things.
_ENDS = frozenset("com org net edu gov int eu uk de fr es pt it nl info news example".split())


def _known_end(name: str) -> bool:
    return name.rsplit(".", 1)[-1].lower() in _ENDS


def _akin(named: str, leads: str) -> bool:
    """Tell whether one host is the other or lies in its domain: `example.org` for `www.example.org`."""
    return named == leads or leads.endswith(f".{named}") or named.endswith(f".{leads}")


@rule(
    "NL203",
    severity="information",
    hint="Write https, if the page opens with it.",
    bad="Read [the harbour log](http://example.org/log).",
    at="1:24",
    good="Read [the harbour log](https://example.org/log).",
)
def http_link(issue: Issue) -> Found:
    """Without https anybody on the way can read along and change the page; some clients warn before they open it."""
    for address in addresses(issue):
        if address.url[:7].lower() == "http://":
            yield address.where, f"{host(address.url)} is linked without https"


@rule(
    "NL204",
    severity="warning",
    hint="Take them out; the address works without.",
    bad="Read [the log](https://example.org/log?day=2&utm_source=letter#noon).",
    at="1:16",
    good="Read [the log](https://example.org/log?day=2#noon).",
)
def tracking_parameter(issue: Issue) -> Found:
    """Tracking parameters tell a third party who read the letter, and make two addresses of one page.

    (rust-lang/this-week-in-rust refuses them.) The mend takes out only those.
    """
    for address in addresses(issue):
        if found := tracking(address.url):
            message = f"the address carries {', '.join(found)}"
            if typed(address):
                yield address.where, message, Edit(address.where, address.url, strip_tracking(address.url))
            else:
                yield address.where, message


@rule(
    "NL205",
    severity="warning",
    hint="Follow it once and link to where it leads.",
    bad="Read [the log](https://bit.ly/3xYz).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def shortened_link(issue: Issue) -> Found:
    """A short link hides where it leads, dies with its service, and is a mark of spam to filters (Spamhaus)."""
    for address in addresses(issue):
        if host(address.url) in SHORTENERS:
            yield address.where, f"{host(address.url)} hides where the link leads"


@rule(
    "NL206",
    severity="information",
    hint="Keep the one that serves the reader better.",
    bad="Read [the log](https://example.org/log).\n\nThen read [the harbour's log](https://www.example.org/log/#noon).",
    at="3:31",
    good="Read [the log](https://example.org/log), then [the other log](https://example.org/other).",
)
def repeated_link(issue: Issue) -> Found:
    """A second link to a page costs attention and room; http, `www.`, slash and fragment make no other page.

    The line of sources may repeat what the text links to.
    """
    seen: dict[str, Address] = {}
    for address in addresses(issue):
        name = key(address.url)
        if address.node is None or name is None:
            continue
        if first := seen.get(name):
            yield address.where, f"{name} is linked already at {_near(first, address)}"
        seen.setdefault(name, address)


def _near(first: Address, second: Address) -> str:
    path, line, _ = first.where
    return f"line {line}" if path == second.where.path else f"{path.rsplit('/', 1)[-1]}:{line}"


FURNITURE = 3  # issues with the same link: how to subscribe, where to write


@rule(
    "NL207",
    severity="information",
    hint="Say what is new about it, or leave it out.",
    bad={
        "10-essay.md": "---\nkind: essay\nby: mira\n---\nRead [the log](https://example.org/log).\n",
        "issues/2026-02-22-before/issue.yaml": "title: Before\npreheader: The one before.\ndate: 2026-02-22\n",
        "issues/2026-02-22-before/credits.yaml": "essay: mira\nlocation: Lisbon, Portugal\n",
        "issues/2026-02-22-before/10-essay.md": (
            "---\nkind: essay\nby: mira\n---\nRead [the log](http://example.org/log/).\n"
        ),
    },
    at="10-essay.md:5:16",
    good="Read [the log of this week](https://example.org/log/9).",
)
def link_in_earlier_issue(archive: Archive) -> Found:
    """Readers who stay notice what they were sent before; the last 25 issues are looked at.

    A site's first page, and what stands in three issues and more, is furniture.

    (rust-lang/this-week-in-rust, `tools/inspect_links.py`.)
    """
    before: dict[str, list[str]] = {}
    for issue in archive.earlier:
        for name in {key(address.url) for address in addresses(issue)} - {None}:
            before.setdefault(str(name), []).append(issue.slug)
    for address in addresses(archive.issue):
        name = key(address.url)
        if name and "/" in name and 0 < len(before.get(name, ())) < FURNITURE:
            yield address.where, f"{name} was linked in {before[name][0]}"


_TRAILING = re.compile(r"(?:[.,;:!'\"”’»*]|%22|%E2%80%9D)+$", re.IGNORECASE)


@rule(
    "NL208",
    severity="warning",
    hint="Put the stop behind the link.",
    bad="Read [the log](https://example.org/log.).",
    at="1:16",
    good="Read [the log](https://example.org/log).",
)
def trailing_punctuation(issue: Issue) -> Found:
    """A comma or a stop that came along when an address was copied leads to a page that is not there."""
    for address in addresses(issue):
        match = _TRAILING.search(address.url)
        if match and host(address.url) and not _belongs(match[0], address.url):
            yield address.where, f"the address ends with {match[0]!r}"


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
def malformed_link(issue: Issue) -> Found:
    """An address that cannot be one: a host without a dot, two schemes, a space, a bracket too many.

    (RFC 3986; `mailto:` by RFC 6068: `mailto:name@example.org?subject=…`.)
    """
    for address in addresses(issue):
        for message in _malformed(address.url):
            yield address.where, message


_MAILTO = re.compile(
    r"mailto:(?:[^@?\s,/]+@[^@?\s,/]+\.[^@?\s,/.]+(?:,(?!\?|$)|(?=\?|$)))*(?:\?[^?\s]*)?", re.IGNORECASE
)
_TEL = re.compile(r"tel:\+?[\d().\-;=a-z*#]+", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"(?:[^@/]*@)?(?:[\w-]+\.)+[\w-]{2,}\.?(?::\d{1,5})?|\[[0-9a-f:.]+\](?::\d{1,5})?", re.IGNORECASE
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
    return rest.endswith((")", "]")) and rest.count("(") + rest.count("[") < rest.count(")") + rest.count("]")


@rule(
    "NL210",
    hint="Put words between the brackets, or delete the link.",
    bad="Read the log [](https://example.org/log).",
    at="1:14",
    good="Read [the log](https://example.org/log).",
)
def empty_link_text(issue: Issue) -> Found:
    """A link without words, or around a picture without an alt text, cannot be seen or is read as its address."""
    for section in issue.sections:
        for node in walk(section.blocks):
            if isinstance(node, Link) and not any(
                child.alt.strip() if isinstance(child, Image) else getattr(child, "words", "").strip()
                for child in walk(node.children)
            ):
                yield node.where, "the link has no words"


_BARE = re.compile(
    r"(?:https?://|\bwww\.)(?:\([^\s<>()]*\)|[^\s<>()\[\]\"”»’])*[^\s<>()\[\]\"”»’.,;:!?']", re.IGNORECASE
)


@rule(
    "NL211",
    severity="warning",
    hint="Write it as a link: [words](https://…), or <https://…>.",
    bad="The log is at https://example.org/log, as ever.",
    at="1:15",
    good="The log is at <https://example.org/log>, as ever.",
)
def bare_address(issue: Issue) -> Found:
    """An address that is no link can be followed in some clients and not in others, nor on the web page."""
    for passage in passages(issue):
        if "http" not in passage.words and "www." not in passage.words.lower():
            continue
        for match in _BARE.finditer(passage.words):
            if UNREAD not in match[0] and not _linked(passage.touching(match.start(), match.end())):
                yield passage.at(match.start(), match[0]), f"{match[0]} is not a link"


def _linked(pieces: Iterator[Piece]) -> bool:
    return any(isinstance(node, Link) for piece in pieces for node in piece.around)

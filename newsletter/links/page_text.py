"""The beginning of a page, with its title, first heading, text, anchors and refresh."""

from __future__ import annotations

import re
import zlib
from functools import cached_property
from html import unescape
from itertools import islice

from msgspec import Struct
from webencodings import (  # the web's encodings only: some of Python's take minutes on hostile input
    UTF8,
    decode,
    lookup,
)

ROOM = 64 * 1024  # bytes read of a page
ROOM_FOR_ANCHORS = 256 * 1024  # bytes read to find an anchor
UNPACKED = 2 * 1024 * 1024  # bytes that compressed ones may expand to
LONGEST = 3000  # characters of a title or an anchor; `unescape` fails on numbers of 4,300 digits
MENU = 3  # links
BLOCKS = 6  # headings and paragraphs that may report a missing page
REFRESH = 10.0  # seconds; a later refresh only reloads the page

# What follows the title of a work: "Not Found: a novel".
SUBTITLE = re.compile(
    r"(?:(?:an?|how|why|what|when|where|inside|on|un|une|una|uno|ein|eine|em|en)"
    r"|(?-i:the|der|die|das|le|la|les|el|los|las|il|lo))\b",  # "The Desk" is the name of a site
    re.IGNORECASE,
)
HTML = ("text/html", "application/xhtml+xml")


class PageText(Struct, frozen=True, dict=True):  # no slots: text is decoded on first use
    """The beginning of a page, as received."""

    raw: bytes = b""
    kind: str = ""  # Content-Type
    packed: str = ""  # Content-Encoding
    ended: bool = False  # the last byte was read too

    @cached_property
    def _unpacked(self) -> tuple[bytes, bool]:
        return unpacked(self.raw, self.packed)

    @cached_property
    def source(self) -> str:
        """Return the decoded page; empty if it is not HTML."""
        return _decoded(self._unpacked[0], self.kind) if self.is_html else ""

    @cached_property
    def markup(self) -> str:
        """Return the page without comments, scripts and styles."""
        return _UNSEEN.sub(" ", self.source)

    @cached_property
    def words(self) -> str:
        """Return the visible text of the body in one line; `noscript` counts as invisible."""
        body = re.sub(r"<(title|noscript|svg)\b.*?(?:</\1\s*>|\Z)", " ", self.markup, flags=_FLAGS)
        return " ".join(unescape(re.sub(_TAG, " ", body)).split())

    @cached_property
    def visible(self) -> str:
        """Return the text of the body with that of `noscript`, as a program without scripts has."""
        body = re.sub(r"<(title|svg)\b.*?(?:</\1\s*>|\Z)", " ", self.markup, flags=_FLAGS)
        return " ".join(unescape(re.sub(_TAG, " ", body)).split())

    @cached_property
    def noscript(self) -> str:
        """Return the text for browsers without scripts."""
        texts = re.findall(r"<noscript\b[^<>]*>(.*?)(?:</noscript|\Z)", self.markup, flags=_FLAGS)
        return " ".join(unescape(re.sub(_TAG, " ", " ".join(texts))).split())

    @cached_property
    def content(self) -> str:
        """Return `words` without navigation, headers, footers and lists of links."""
        return " ".join(self.blocks)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Return the texts of `content`, one for each heading, paragraph and other block."""
        body = re.sub(r"<(title|noscript|svg)\b.*?(?:</\1\s*>|\Z)", " ", self.markup, flags=_FLAGS)
        body = _LINK_ITEM.sub("<li>", without_elements(body, "nav", "footer", "aside", "menu"))
        body = without_elements(body, "header")
        chunks = (chunk for chunk in _EDGE.split(body) if not _is_menu(chunk))
        texts = (" ".join(unescape(re.sub(_TAG, " ", chunk)).split()) for chunk in chunks)
        return tuple(text for text in texts if text)

    @property
    def is_html(self) -> bool:
        kind = self.kind.partition(";")[0].strip().lower()
        return kind in HTML or (not kind and b"<html" in self._unpacked[0][:1024].lower())

    @property
    def is_whole(self) -> bool:
        """Return whether the whole page was read, so that missing content does not exist."""
        return self.ended and self._unpacked[1]

    @cached_property
    def title(self) -> str:
        return _first(_TITLE, self.markup)

    @cached_property
    def heading(self) -> str:
        return _first(_HEADING, self.markup)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """Return the first headings and paragraphs, as far as they are short."""
        texts = (_text_of(match[2]) for match in islice(_BLOCK.finditer(self.markup), BLOCKS))
        return tuple(text for text in texts if text)

    @cached_property
    def anchors(self) -> frozenset[str]:
        return frozenset(
            unescape(next(filter(None, match.groups()))[:LONGEST])
            for match in _ANCHOR.finditer(self.markup)
        )

    @cached_property
    def refresh(self) -> str | None:
        """Return the URL of an immediate `<meta http-equiv=refresh>` outside of `noscript`."""
        visible = re.sub(
            r"<(noscript|textarea|title)\b.*?(?:</\1\s*>|\Z)", " ", self.markup, flags=_FLAGS
        )
        for tag in re.finditer(r"<meta\b[^<>]*>", visible, re.IGNORECASE):
            if re.search(r"""http-equiv\s*=\s*["']?\s*refresh\b""", tag[0], re.IGNORECASE):
                content = _CONTENT.search(tag[0])
                value = next(filter(None, content.groups()), "") if content else ""
                return refresh_target(unescape(value[:LONGEST]))
        return None


def refresh_target(value: str) -> str | None:
    """Return the URL in a refresh value such as `0; url=/new`.

    Returns `None` for a reload or a long delay.
    """
    match = _REFRESH.match(value)
    if not match or float(f"0{match['delay']}") > REFRESH:
        return None
    return match["url"].strip().strip("'\"").strip() or None


def without_elements(markup: str, *names: str) -> str:
    """Return markup without elements of these names that are closed and contain no `<h1>`."""
    kept: list[str] = []
    opened: list[str] = []
    end = start = 0
    for tag in re.finditer(rf"<(/?)({'|'.join(names)})\b[^<>]*>", markup, re.IGNORECASE):
        name = tag[2].lower()
        if not tag[1]:
            start = start if opened else tag.start()
            opened.append(name)
        elif opened and opened[-1] == name:
            opened.pop()
            if not opened and not _HEADING_TAG.search(markup, start, tag.start()):
                kept.append(markup[end:start])
                end = tag.end()
    return " ".join((*kept, markup[end:]))


def _is_menu(chunk: str) -> bool:
    """Return whether a block is several links and nothing else."""
    rest, links = _LINK.subn("", chunk)
    return links >= MENU and not re.sub(_TAG, "", rest).strip(" \n\t|·•/-–—>»&nbsp;")


# Pages may be malicious: each pattern stops at the next `<` or finds its end, so that one pass
# suffices.
_FLAGS = re.DOTALL | re.IGNORECASE
_TAG = r"<[^<>]*>"
_UNSEEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style|template)\b.*?(?:</\1\s*>|\Z)", _FLAGS
)
_TITLE = re.compile(r"<title\b[^<>]*>(.*?)(?:</title|\Z)", _FLAGS)
_HEADING = re.compile(r"<h1\b[^<>]*>(.*?)(?:</h1|\Z)", _FLAGS)
_BLOCK = re.compile(r"<(h[1-4]|p)\b[^<>]*>(.{0,160}?)</\1", _FLAGS)
_HEADING_TAG = re.compile(r"<h1\b", re.IGNORECASE)
_LINK = re.compile(r"<a\b[^<>]*>[^<>]*(?:<(?!/?a\b)[^<>]*>[^<>]*){0,9}</a\s*>", re.IGNORECASE)
# An entry of a menu: nothing but links.
_LINK_ITEM = re.compile(
    r"<li\b[^<>]*>\s*(?:<a\b[^<>]*>[^<>]*</a>\s*){1,9}(?:</li\s*>|(?=<li\b|</[uo]l))", re.IGNORECASE
)
# A tag that begins or ends a block: any but those of words within a text.
_EDGE = re.compile(
    r"<(?!/?(?:a|abbr|b|bdi|bdo|cite|code|em|font|i|img|mark|q|s|small|span|strong|sub|sup|time|u|wbr)\b)[^<>]*>",
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    r"""(?<=[\s"'])(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""", re.IGNORECASE
)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s*(?P<delay>\d{0,6}(?:\.\d{0,6})?)[\d.]{0,20}\s*[;,\s]\s*(?:url\s*=\s*)?(?P<url>(?!url\s*=)\S.*)",
    _FLAGS,
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if not match:
        return ""
    return _text_of(match[1])


def _text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(_TAG, " ", markup[:LONGEST])).split())[:300]


def unpacked(data: bytes, packed: str) -> tuple[bytes, bool]:
    """Return what can be decompressed, and whether that is everything.

    Errors, truncation and decompression bombs end it without raising.
    """
    packed = packed.strip().lower()
    if packed in ("", "identity"):
        return data, True
    if packed not in ("gzip", "x-gzip", "deflate"):
        return b"", False  # not in our Accept-Encoding
    # gzip or zlib; or raw deflate, as some servers interpret "deflate"
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        unpacker = zlib.decompressobj(window)
        try:
            return unpacker.decompress(data, UNPACKED), unpacker.eof and not unpacker.unused_data
        except zlib.error:
            continue
    return b"", False


def _decoded(data: bytes, kind: str) -> str:
    """Return a page's text decoded as by browsers: by byte order mark, header, then the page.

    A page that declares UTF-16 in readable ASCII is not UTF-16 (WHATWG Encoding, HTML 13.2.3.2).
    """
    header, meta = _CHARSET.search(kind), _META.search(data[:2048])
    declared = lookup(header[1]) if header else None
    within = lookup(meta[1].decode()) if meta else None
    if within and within.name.startswith("utf-16"):
        within = UTF8
    return decode(data, declared or within or UTF8)[0]

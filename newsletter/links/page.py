"""The beginning of a page, and what is read of it: its title, its first heading, its anchors."""

from __future__ import annotations

import re
import zlib
from functools import cached_property
from html import unescape

from msgspec import Struct
from webencodings import (  # only the web's: some that Python knows beside take minutes
    UTF8,
    decode,
    lookup,
)

ROOM = 64 * 1024  # bytes read of a page
ROOM_FOR_ANCHORS = 256 * 1024  # the same where an anchor is looked for
UNPACKED = 2 * 1024 * 1024  # bytes that packed ones may become
LONGEST = 3000  # signs looked at of a title or an anchor; `unescape` stumbles over numbers of 4,300 digits
SHELL = 50  # letters below which a page that loads programs says nothing by itself

HTML = ("text/html", "application/xhtml+xml")


class PageStart(
    Struct, frozen=True, dict=True
):  # no slots: the text is decoded when somebody looks
    """The beginning of a page, as it came over the wire."""

    raw: bytes = b""
    kind: str = ""  # Content-Type
    packed: str = ""  # Content-Encoding
    ended: bool = False  # the last byte came too

    @cached_property
    def _unpacked(self) -> tuple[bytes, bool]:
        return unpacked(self.raw, self.packed)

    @cached_property
    def text(self) -> str:
        """Return the page without comments, scripts and styles; empty where it is no HTML."""
        data = self._unpacked[0]
        return _UNSEEN.sub(" ", _decoded(data, self.kind)) if self.is_html else ""

    @property
    def is_html(self) -> bool:
        kind = self.kind.partition(";")[0].strip().lower()
        return kind in HTML or (not kind and b"<html" in self._unpacked[0][:1024].lower())

    @property
    def is_whole(self) -> bool:
        """Tell whether all of the page was read: what is not in it then is not there."""
        return self.ended and self._unpacked[1]

    @cached_property
    def title(self) -> str:
        return _first(_TITLE, self.text)

    @cached_property
    def heading(self) -> str:
        return _first(_HEADING, self.text)

    @property
    def is_shell(self) -> bool:
        """Tell whether hardly a word is there before a program fills the page."""
        return (
            bool(_PROGRAM.search(self._unpacked[0]))
            and len(re.sub(rf"{_TAG}|\s", "", self.text)) < SHELL
        )

    @cached_property
    def anchors(self) -> frozenset[str]:
        return frozenset(
            unescape(next(filter(None, found.groups()))[:LONGEST])
            for found in _ANCHOR.finditer(self.text)
        )


# A page may be made to keep us busy: each of these finds an end, or gives up at the next `<`, so one pass is enough.
_TAG = r"<[^<>]*>"
_UNSEEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(script|style|template)\b.*?(?:</\1\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_TITLE = re.compile(r"<title\b[^<>]*>(.*?)(?:</title|\Z)", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"<h1\b[^<>]*>(.*?)(?:</h1|\Z)", re.DOTALL | re.IGNORECASE)
_ANCHOR = re.compile(
    r"""(?<=[\s"'])(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""", re.IGNORECASE
)
_PROGRAM = re.compile(rb"<script\b[^<>]*\ssrc\b", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return " ".join(unescape(re.sub(_TAG, " ", found[1][:LONGEST])).split())[:300] if found else ""


def unpacked(data: bytes, packed: str) -> tuple[bytes, bool]:
    """Return what can be read of packed bytes, and whether that is all: a fault, a cut or a bomb ends it quietly."""
    packed = packed.strip().lower()
    if packed in ("", "identity"):
        return data, True
    if packed not in ("gzip", "x-gzip", "deflate"):
        return b"", False  # nobody asked for it
    for window in (
        zlib.MAX_WBITS | 32,
        -zlib.MAX_WBITS,
    ):  # gzip or zlib; or deflate as some servers understand it
        unpacker = zlib.decompressobj(window)
        try:
            return unpacker.decompress(data, UNPACKED), unpacker.eof and not unpacker.unused_data
        except zlib.error:
            continue
    return b"", False


def _decoded(data: bytes, kind: str) -> str:
    """Return a page's text as browsers decode it: a byte order mark comes first, then the header, then the page.

    What names itself UTF-16 in letters that ASCII can read is none (WHATWG Encoding, HTML 13.2.3.2).
    """
    header, meta = _CHARSET.search(kind), _META.search(data[:2048])
    said = lookup(header[1]) if header else None
    within = lookup(meta[1].decode()) if meta else None
    if within and within.name.startswith("utf-16"):
        within = UTF8
    return decode(data, said or within or UTF8)[0]

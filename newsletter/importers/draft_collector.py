"""Collects the images and the notes for the author while a draft is read."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote, unquote_to_bytes, urljoin, urlsplit

from newsletter.files.portable_names import unportable
from newsletter.importers.draft import DraftImage, ImportNote, NoteKind
from newsletter.importers.link_cleanup import clean_url

# First bytes of an image -> file extension. Formats that email cannot show are listed too; they
# have to be converted.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\x00", ".tiff"),
    (b"MM\x00*", ".tiff"),
    (b"\xd7\xcd\xc6\x9a", ".wmf"),
    (b"\x01\x00\x00\x00", ".emf"),
    (b"%PDF", ".pdf"),
)
SHOWN = (".png", ".jpg", ".gif")  # shown by every mail client
_DATA = re.compile(r"data:(?:image/)?([\w.+-]*)[^,]*?(;base64)?,", re.IGNORECASE)
_INSIDE = re.compile(r"data:|cid:", re.IGNORECASE)  # not an address that names a file
_OPENS = re.compile(r"(?:https?|mailto|tel):.", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class DraftCollector:
    """Filled by a reader while it reads a draft."""

    def __init__(self, files: Mapping[str, bytes] | None = None, base: str = "") -> None:
        self.files = (
            files or {}
        )  # files that came with the draft, by the path or the cid: that the text uses for them
        self.base = base  # address of the page, to resolve relative links
        self.notes: list[ImportNote] = []
        self.images: dict[str, DraftImage] = {}
        self._known: dict[str, str] = {}  # address of an image -> its name
        self._changed: set[tuple[str, str]] = set()

    def add_note(self, kind: NoteKind, message: str, words: str, line: int = 0) -> None:
        self.notes.append(ImportNote(kind, message, words, line))

    def sorted_notes(self) -> tuple[ImportNote, ...]:
        """Return the notes sorted by line."""
        return tuple(sorted(self.notes, key=lambda note: note.line))

    # --- links ---

    def link(self, url: str, words: str, line: int) -> str:
        """Return the address to link to; empty, with a note, if an email cannot link there."""
        url = "".join(url.split("\n")).strip()
        if url.startswith("%%"):
            self.add_note(
                "omitted",
                "link that works only in the exporting service",
                f"{words} {url}".strip(),
                line,
            )
            return ""
        if not _SCHEME.match(url):
            if url.startswith("#") or not (self.base or url.startswith("//")):
                if url and url != "#":
                    inside = url.startswith("#")
                    reason = (
                        "link to another place in the draft"
                        if inside
                        else "relative link without a site address"
                    )
                    self.add_note("omitted", f"{reason}; the text was kept", url, line)
                return ""
            url = urljoin(self.base or "https:", url)
        if not _OPENS.match(url):
            self.add_note(
                "omitted", "link type that email cannot open; the text was kept", url, line
            )
            return ""
        return self.address(url, line)

    def address(self, url: str, line: int) -> str:
        """Return an address without redirect wrappers and tracking, noting what was changed."""
        cleaned = clean_url(url)
        if cleaned != url and (url, cleaned) not in self._changed:
            self._changed.add((url, cleaned))
            self.add_note("changed", f"tracking removed from a link, now {cleaned}", url, line)
        return cleaned

    # --- images ---

    def image(self, src: str, line: int, *, width: int | None = None, wish: str = "") -> str | None:
        """Store an image and return its file name in `images/`.

        Returns an empty string, with a note, if the image cannot be used.
        """
        src = src.strip()
        if src in self._known or src.removeprefix("images/") in self.images:
            return self._known.get(src, src.removeprefix("images/"))
        data, url = self._data(src), None
        if data is None:
            url = urljoin(self.base or "https:", src) if self.base or src.startswith("//") else src
            if not re.match(r"https?://[^/]", url, re.IGNORECASE):
                short = src if len(src) < 200 else f"{src[:200]}…"
                self.add_note("omitted", "image missing from the draft", short, line)
                return None
        self._known[src] = name = self._name(src, data, wish)
        self.images[name] = DraftImage(name, data, url, width, line)
        if data is not None and not name.endswith(SHOWN):
            self.add_note(
                "review",
                "image format that mail clients do not display; convert it to PNG or JPEG",
                name,
                line,
            )
        return name

    def _data(self, src: str) -> bytes | None:
        if match := _DATA.match(src):
            rest = src[match.end() :]
            if not match[2]:
                return unquote_to_bytes(rest)
            try:
                return base64.b64decode(re.sub(r"\s+", "", unquote(rest)), validate=False) or None
            except (binascii.Error, ValueError):
                return None
        for key in (src, unquote(src), posixpath.normpath(unquote(src.split("?")[0]))):
            if key in self.files:
                return self.files[key]
        return None

    def _name(self, src: str, data: bytes | None, wish: str) -> str:
        path = "" if _INSIDE.match(src) else urlsplit(re.sub(r"[\[\]]", "", src)).path
        stem, ending = posixpath.splitext(posixpath.basename(unquote(wish or path)))
        ending = (_ending(data) if data is not None else "") or _safe(ending).lower().replace(
            "jpeg", "jpg"
        )
        stem = _safe(stem)[:60].strip("-.") or "image"
        if unportable(f"{stem}{ending}"):
            stem = f"image-{stem}"
        name, count = f"{stem}{ending}", 1
        while name.casefold() in {known.casefold() for known in self.images}:
            count += 1
            name = f"{stem}-{count}{ending}"
        return name


def _ending(data: bytes) -> str:
    for signature, ending in _SIGNATURES:
        if data.startswith(signature):
            return ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    return ".svg" if b"<svg" in data[:1000].lower() else ""


def _safe(name: str) -> str:
    """Return a name reduced to letters, digits, dots and dashes."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9.-]+", "-", ascii_only)

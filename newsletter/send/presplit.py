"""An email split once at its personal fields, and filled for each recipient by joining bytes.

Encoding a message again for each recipient costs eighty times as much. The parts are therefore
encoded once (quoted-printable), and each field is on a line of its own between two soft line
breaks, which decode to nothing (RFC 2045 §6.7): no inserted value makes another line longer. No
line starts with a dot, so the transport needs no dot-stuffing. `tests/send/test_presplit.py`
compares every message with the standard library's EmailMessage.
"""

from __future__ import annotations

import datetime as dt
import email.quoprimime
import re
from collections.abc import Iterator
from email.header import Header
from email.utils import format_datetime
from html import escape
from typing import Literal
from urllib.parse import quote

import msgspec
from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.model import Email, Issue, Publication
from newsletter.render.digest import reader_digest
from newsletter.render.message import message, with_embedded

FORMAT = 1  # of a stored PresplitMessage; workers reject unknown formats
Context = Literal["header", "text", "html", "url"]


class Recipient(Struct, frozen=True):
    """The personal values of one recipient."""

    address: str
    rid: str
    name: str = ""
    first_name: str = ""
    unsubscribe_url: str = ""

    def field(self, name: str) -> str:
        """Return the value of a merge field, or an empty string."""
        if name == "email":
            return self.address
        return str(getattr(self, name, ""))


class FieldSlot(Struct, frozen=True):
    """A position at which a field is filled in, and its encoding there."""

    field: str
    fallback: str
    context: Context


class PresplitMessage(Struct, frozen=True):
    """Bytes and, between them, slots: `pieces[0] slots[0] pieces[1] slots[1] … pieces[n]`."""

    slug: str
    subject: str
    digest: str
    pieces: tuple[bytes, ...]
    places: tuple[int, ...]  # of each gap, the index of its slot
    slots: tuple[FieldSlot, ...]  # without duplicates
    domain: str  # of Message-ID

    def fill(self, recipient: Recipient) -> bytes:
        """Return the message of one recipient.

        Raises `UnsafeField` for a value with a line break.
        """
        values = [_written(slot, recipient, self) for slot in self.slots]
        parts: list[bytes] = [b""] * (2 * len(self.pieces) - 1)
        parts[0::2] = self.pieces
        parts[1::2] = [values[place] for place in self.places]
        return b"".join(parts)

    def unfilled(self, recipient: Recipient) -> tuple[str, ...]:
        """Return the author's merge fields that are empty for this recipient."""
        return tuple(
            dict.fromkeys(
                slot.field
                for slot in self.slots
                if slot.field in FIELDS and not _value(slot, recipient, self)
            )
        )

    def to_bytes(self) -> bytes:
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, data: bytes, version: int = FORMAT) -> PresplitMessage:
        """Return a stored message. Raises `NewsletterError` for another version's format."""
        if version != FORMAT:
            raise NewsletterError(
                f"This issue was frozen in format {version}; this version knows {FORMAT}",
                hint="Run the same version of newsletter on every machine.",
            )
        return msgspec.msgpack.decode(data, type=cls)


class UnsafeField(NewsletterError):
    """A personal field contains a line break or NUL, which would end its header or line."""


def presplit(
    issue: Issue, publication: Publication, built: Email, now: dt.datetime
) -> PresplitMessage:
    """Return an email as `send` delivers it; `now` becomes its Date.

    It equals the built message except for To, Date, Message-ID, List-Unsubscribe,
    X-Newsletter-Digest and the personal fields. The publication's shared unsubscribe address is
    replaced by each recipient's own.
    """
    embedded = built.images if publication.inline_images else ()
    html = with_embedded(built.html, embedded, publication, issue.slug)
    skeleton = message(issue, publication, f"{_HTML}\n", f"{_TEXT}\n", images=embedded)
    head, _, body = skeleton.partition(b"\r\n\r\n")
    digest = reader_digest(built, publication)
    builder = _Builder()
    _add_head(builder, head, issue.subject, digest, now=now)
    for piece in re.split(rb"(%s|%s)\r\n" % (_HTML.encode(), _TEXT.encode()), body):
        if piece == _HTML.encode():
            builder.add_part(_personal(html, publication, html=True), html=True)
        elif piece == _TEXT.encode():
            builder.add_part(_personal(built.text, publication, html=False), html=False)
        else:
            builder.add(piece)
    domain = re.search(rb"^Message-ID: <.*@(.*)>", head, re.MULTILINE | re.IGNORECASE)
    return builder.message(
        issue.slug, issue.subject, digest, domain[1].decode().strip() if domain else "localhost"
    )


_HTML = "NEWSLETTERBODYOFHTML"
_TEXT = "NEWSLETTERBODYOFTEXT"
_REPLACED = {
    "to",
    "date",
    "message-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "x-newsletter-digest",
}


def _add_head(
    builder: _Builder, head: bytes, subject: str, digest: str, *, now: dt.datetime
) -> None:
    """Add the built headers, except those that belong to one recipient or one run."""
    personal_subject = FIELD.search(subject) is not None
    for raw in re.split(rb"\r\n(?![ \t])", head):
        name = raw.partition(b":")[0].decode("ascii").lower()
        if name in _REPLACED or (personal_subject and name == "subject"):
            continue
        builder.add(raw + b"\r\n")
    if personal_subject:
        builder.add(b"Subject: ")
        builder.add_slot(FieldSlot("subject", "", "header"))
        builder.add(b"\r\n")
    builder.add(f"Date: {format_datetime(now)}\r\nMessage-ID: ".encode())
    builder.add_slot(FieldSlot("message_id", "", "header"))
    builder.add(b"\r\nTo: ")
    builder.add_slot(FieldSlot("to", "", "header"))
    builder.add(b"\r\nList-Unsubscribe: ")
    builder.add_slot(FieldSlot("list_unsubscribe", "", "header"))
    builder.add(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    builder.add(f"X-Newsletter-Digest: {digest}\r\n\r\n".encode())


def _personal(text: str, publication: Publication, *, html: bool) -> str:
    """Return a part with the shared unsubscribe address replaced by the recipient's own."""
    common = publication.unsubscribe_url
    if not common:
        return text
    written = escape(common) if html else common
    # Complete addresses only, not a prefix of a longer one.
    return re.sub(rf"{re.escape(written)}(?![\w/?#&=%-])", "%%unsubscribe_url%%", text)


class _Builder:
    """Collects pieces and slots."""

    def __init__(self) -> None:
        self.pieces: list[bytearray] = [bytearray()]
        self.places: list[int] = []
        self.slots: dict[FieldSlot, int] = {}

    def add(self, data: bytes) -> None:
        self.pieces[-1] += data

    def add_slot(self, slot: FieldSlot) -> None:
        self.places.append(self.slots.setdefault(slot, len(self.slots)))
        self.pieces.append(bytearray())

    def add_part(self, text: str, *, html: bool) -> None:
        """Add a part's encoded body, each field between two soft line breaks."""
        text = text if text.endswith("\n") else f"{text}\n"
        for piece, slot in _split(text, html=html):
            self.add(quoted_printable(piece))
            if slot:
                self.add(b"=\r\n")
                self.add_slot(slot)
                self.add(b"=\r\n")

    def message(self, slug: str, subject: str, digest: str, domain: str) -> PresplitMessage:
        pieces = tuple(map(bytes, self.pieces))
        return PresplitMessage(
            slug, subject, digest, pieces, tuple(self.places), tuple(self.slots), domain
        )


def _split(text: str, *, html: bool) -> Iterator[tuple[str, FieldSlot | None]]:
    """Yield each field with the text before it, and the rest with `None`."""
    start = 0
    for match in FIELD.finditer(text):
        if match[1] not in FIELDS:
            continue
        context: Context = _context(text, match.start()) if html else "text"
        fallback = match[2] or ""
        yield text[start : match.start()], FieldSlot(match[1], fallback, context)
        start = match.end()
    yield text[start:], None


_OPEN_ADDRESS = re.compile(r"""\b(?:href|src|action)\s*=\s*(?:"[^"<>]*|'[^'<>]*)$""", re.IGNORECASE)


def _context(html: str, at: int) -> Context:
    """Return whether a field is in an address, where it is percent-encoded."""
    return "url" if _OPEN_ADDRESS.search(html, max(0, at - 2000), at) else "html"


def quoted_printable(text: str) -> bytes:
    """Return quoted-printable text: lines of at most 78 bytes with CRLF, no leading dots."""
    latin = text.encode().decode("latin-1")
    encoded = email.quoprimime.body_encode(latin, maxlinelen=74, eol="\r\n")
    return re.sub(r"(^|\r\n)\.", r"\1=2E", encoded).encode("ascii")


def _value(slot: FieldSlot, recipient: Recipient, message: PresplitMessage) -> str:
    """Return a field's value before it is encoded for its position."""
    if slot.field in FIELDS:
        return recipient.field(slot.field) or slot.fallback
    if slot.field == "to":
        return recipient.address
    if slot.field == "message_id":
        mark = message.digest.removeprefix("sha256:")[:16]
        return f"<{message.slug}.{mark}.{recipient.rid}@{message.domain}>"
    if slot.field == "list_unsubscribe":
        return f"<{recipient.unsubscribe_url}>"
    return FIELD.sub(lambda match: _subject_field(match, recipient), message.subject)


def _subject_field(match: re.Match[str], recipient: Recipient) -> str:
    if match[1] not in FIELDS:
        return match[0]
    return recipient.field(match[1]) or match[2] or ""


_UNSAFE = re.compile(r"[\r\n\0\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def _written(slot: FieldSlot, recipient: Recipient, message: PresplitMessage) -> bytes:
    """Return the bytes of a slot. Raises `UnsafeField`."""
    value = _value(slot, recipient, message)
    if _UNSAFE.search(value):
        raise UnsafeField(f"The field {slot.field} contains a line break")
    if slot.field == "subject":
        return _subject(value)
    if slot.context == "header":
        return value.encode()
    if slot.context == "html":
        value = escape(value)
    elif slot.context == "url":
        whole = slot.field in ("unsubscribe_url", "web_url")
        value = escape(value if whole else quote(value, safe="@"))
    return quoted_printable(value)


def _subject(text: str) -> bytes:
    """Return a filled subject as `render/message.py` does: plain or as encoded words (RFC 2047)."""
    longest = max(map(len, text.split()), default=0)
    plain = text.isascii() and "=?" not in text and longest < 76
    charset = "us-ascii" if plain else "utf-8"
    return Header(text, charset, header_name="Subject").encode(linesep="\r\n").encode("ascii")

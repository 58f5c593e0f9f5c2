"""The message of a build, visibly marked as a test, and the proof that nothing else in it differs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from html import escape
from uuid import uuid4

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.model import Email, Publication
from newsletter.render.digest import reader_digest
from newsletter.render.merge import fill
from newsletter.render.message import encoded_words

PREFIX = "[Test] "
DIGEST_HEADER = "X-Newsletter-Digest"
# Headers only a test has, and those of the build it omits.
OWN = ("subject", "to", "date", "message-id", DIGEST_HEADER.lower())
LEFT_OUT = ("list-unsubscribe", "list-unsubscribe-post")
_BODY = re.compile(r"<body\b[^>]*>")
_POLICY = policy.SMTP.clone(refold_source="none")  # headers of the build are not refolded


class MarkedMessage(Struct, frozen=True):
    """A test as it is sent."""

    subject: str
    sender: str  # address of the envelope
    data: bytes
    html: str  # both parts as sent, filled in and marked
    text: str


def mark(
    email: Email, publication: Publication, to: Sequence[str], now: dt.datetime
) -> MarkedMessage:
    """Return a test message: prefixed, marked, filled in for a sample reader, and addressed.

    Raises `NewsletterError` if it differs from the build in anything else.
    """
    digest = reader_digest(email, publication)
    line = f"Test of {email.slug}, {digest[:15]}. Sent to named addresses only, not to a list."
    values = sample_values(email, publication, to)
    message = _parsed(email.message)
    html_part, text_part = _leaf(message, "html"), _leaf(message, "plain")
    html = _with_line(fill(_content(html_part), publication.merge, values, html=True), line)
    text = f"{line}\n\n{fill(_content(text_part), publication.merge, values, html=False)}"
    _set(html_part, html, "html")
    _set(text_part, text, "plain")
    body = message.as_bytes(policy=_POLICY).partition(b"\r\n\r\n")[2]
    subject = PREFIX + email.subject
    head = _head(email.message, subject, to, now, digest=digest)
    data = head + b"\r\n" + body
    marked = MarkedMessage(subject, _sender(message), data, html, text)
    if (part := _difference(email, marked, publication, values, line=line)) is not None:
        raise NewsletterError(
            f"The test differs from the build in {part}; nothing was sent",
            hint="Report it as a bug in newsletter, with the issue.",
        )
    return marked


def sample_values(email: Email, publication: Publication, to: Sequence[str]) -> dict[str, str]:
    """Return field -> value for the sample reader: from the settings, or an obvious sample."""
    return {
        "first_name": "Sample",
        "name": "Sample Reader",
        "email": to[0] if to else "reader@example.org",
        "unsubscribe_url": f"{publication.url}/#test-unsubscribe",
        "web_url": publication.web_url(email.slug),
        **publication.merge_sample,
    }


def _with_line(html: str, line: str) -> str:
    style = "padding:8px 12px;background:#fff3cd;color:#4d3800;font:14px/1.4 sans-serif"
    marker = f'<div role="note" style="{style}">{escape(line)}</div>'
    return _BODY.sub(lambda match: match[0] + marker, html, count=1)


def _head(
    message: bytes, subject: str, to: Sequence[str], now: dt.datetime, *, digest: str
) -> bytes:
    """Return the headers: the build's unchanged, except those that make it a test."""
    kept = [header for header in _headers(message) if _name(header) not in (*OWN, *LEFT_OUT)]
    domain = _domain(message)
    own = (
        f"Subject: {encoded_words('Subject', subject)}",
        "To: " + ",\r\n ".join(to),
        f"Date: {format_datetime(now)}",
        f"Message-ID: <test.{uuid4().hex}@{domain}>",
        f"{DIGEST_HEADER}: {digest}",
    )
    return b"".join(f"{header}\r\n".encode() for header in own) + b"".join(kept)


def _headers(message: bytes) -> list[bytes]:
    """Return the headers of a message, each with its folded lines and line ending."""
    head = message.partition(b"\r\n\r\n")[0] + b"\r\n"
    return re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", head)


def _name(header: bytes) -> str:
    return header.partition(b":")[0].decode("ascii").lower()


def _domain(message: bytes) -> str:
    identity = next(header for header in _headers(message) if _name(header) == "message-id")
    return identity.decode("ascii").rpartition("@")[2].strip().rstrip(">")


def _sender(message: EmailMessage) -> str:
    return str(message["From"].addresses[0].addr_spec)


def _parsed(message: bytes) -> EmailMessage:
    parsed = BytesParser(policy=_POLICY).parsebytes(message)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _leaf(message: EmailMessage, subtype: str) -> EmailMessage:
    parts = (part for part in message.walk() if part.get_content_type() == f"text/{subtype}")
    part = next(parts)
    assert isinstance(part, EmailMessage)
    return part


def _content(part: EmailMessage) -> str:
    text: str = part.get_content()
    return text.replace("\r\n", "\n")


def _set(part: EmailMessage, text: str, subtype: str) -> None:
    part.set_content(text, subtype=subtype, cte="quoted-printable")
    del part["MIME-Version"]


def _difference(
    email: Email,
    marked: MarkedMessage,
    publication: Publication,
    values: Mapping[str, str],
    *,
    line: str,
) -> str | None:
    """Return where a marked message differs from the build beyond its marks.

    The message is parsed back from its bytes.
    """
    built, sent = _parsed(email.message), _parsed(marked.data)
    html = fill(_content(_leaf(built, "html")), publication.merge, values, html=True)
    text = fill(_content(_leaf(built, "plain")), publication.merge, values, html=False)
    if _content(_leaf(sent, "html")) != _with_line(html, line) or line not in marked.html:
        return "the HTML part"
    if _content(_leaf(sent, "plain")) != f"{line}\n\n{text}":
        return "the text part"
    ours = (*OWN, *LEFT_OUT)
    before = [header for header in _headers(email.message) if _name(header) not in ours]
    after = [header for header in _headers(marked.data) if _name(header) not in ours]
    if before != after:
        return "a header"
    images = [
        [part.get_payload() for part in message.walk() if part.get_content_maintype() == "image"]
        for message in (built, sent)
    ]
    return None if images[0] == images[1] else "an image"

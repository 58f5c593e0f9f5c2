"""Parse a returned email: a delivery report, a complaint, or free text meant for people."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Literal

from msgspec import Struct

from newsletter.send.tokens import Signer

BounceKind = Literal["hard", "soft", "delayed", "policy", "complaint"]
# The mailbox or its domain does not exist, or is disabled (RFC 3463 §3.2, §3.3): one bounce is
# enough.
HARD = ("5.1.1", "5.1.2", "5.1.10", "5.2.1")
LARGEST = 10_000_000  # bytes read of one email


class BounceReport(Struct, frozen=True):
    """A returned email, restricted to what its signature proves."""

    digest: str  # identifies the same email when it is read again
    kind: BounceKind
    rid: str  # the recipient, proven by the return path or unsubscribe link we signed
    run: int | None
    status: str = ""
    reason: str = ""


def read_bounce(data: bytes, signer: Signer, bounce_address: str | None) -> BounceReport | None:
    """Return what an email reports about one of our recipients, or `None`.

    An address that is merely named in a report is not trusted: otherwise anyone could have others
    suppressed.
    """
    message = email.message_from_bytes(data[:LARGEST], policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    recipient = _recipient(message, data, signer, bounce_address)
    if recipient is None:
        return None
    bounce = _complaint(message) or _delivery_status(message) or _prose(message)
    if bounce is None:
        return None
    kind, status, reason = bounce
    run, rid = recipient
    return BounceReport(_identity(message, data), kind, rid, run, status, reason[:200])


def _identity(message: EmailMessage, data: bytes) -> str:
    """Return an identifier of this email, independent of where it is read from."""
    own = str(message.get("Message-ID", "")).strip()
    return hashlib.sha256(own.encode("utf-8", "replace") if own else data).hexdigest()


# --- recipient ---


def _recipient(
    message: EmailMessage, data: bytes, signer: Signer, bounce_address: str | None
) -> tuple[int | None, str] | None:
    """Return run and recipient from a signed return path or link in the returned headers."""
    for address in _return_paths(message) if bounce_address else ():
        if recipient := signer.read_return_path(bounce_address or "", address):
            return recipient
    # Reports quote our headers, often folded or quoted-printable.
    text = data[:LARGEST].replace(b"=\r\n", b"").replace(b"=\n", b"").decode("latin-1")
    for token in re.findall(r"/u/(\d+\.[a-z0-9-]+\.[a-z0-9]+\.[\w-]{22})", text):
        if claim := signer.read_link("unsub", token):
            return None, claim.rid
    return None


def _return_paths(message: EmailMessage) -> Iterator[str]:
    for name in ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"):
        for value in message.get_all(name, []):
            yield from re.findall(r"[^\s<>,;\"]+@[^\s<>,;\"]+", str(value))
    for part in _parts(message, "message/feedback-report"):
        yield from re.findall(r"Original-Mail-From:\s*<?([^\s<>]+)", _text(part), re.IGNORECASE)


def _parts(message: EmailMessage, kind: str) -> Iterator[EmailMessage]:
    for part in message.walk():
        if part.get_content_type() == kind and isinstance(part, EmailMessage):
            yield part


def _text(part: EmailMessage) -> str:
    """Return the text of a part of any type."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(str(item) for item in payload)
    decoded = part.get_payload(decode=True)
    return decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else str(payload)


# --- kind of report ---

_Report = tuple[BounceKind, str, str]


def _complaint(message: EmailMessage) -> _Report | None:
    """Return a complaint in the Abuse Reporting Format (RFC 5965)."""
    for part in _parts(message, "message/feedback-report"):
        match = re.search(r"^Feedback-Type:\s*([\w-]+)", _text(part), re.IGNORECASE | re.MULTILINE)
        kind = match[1].lower() if match else ""
        if kind in ("abuse", "fraud", "virus", "other", "opt-out"):
            return "complaint", "", kind
    return None


def _delivery_status(message: EmailMessage) -> _Report | None:
    """Return the failure of a delivery status notification (RFC 3464)."""
    for part in _parts(message, "message/delivery-status"):
        blocks = re.split(r"\n\s*\n", _text(part).replace("\r\n", "\n"))
        for block in blocks:
            fields = email.message_from_string(block.strip(), policy=email.policy.default)
            action = str(fields.get("Action", "")).strip().lower()
            status = re.search(r"\d\.\d{1,3}\.\d{1,3}", str(fields.get("Status", "")))
            reason = " ".join(str(fields.get("Diagnostic-Code", "")).split())
            if action == "failed":
                return classify_status(status[0] if status else "5.0.0"), _or(status), reason
            if action == "delayed":
                return "delayed", _or(status), reason
    return None


def _or(status: re.Match[str] | None) -> str:
    return status[0] if status else ""


def classify_status(status: str) -> BounceKind:
    """Return what an enhanced status code means for the address (RFC 3463)."""
    if status in HARD:
        return "hard"
    if status.startswith("5.7."):  # policy: about the sender, not the recipient
        return "policy"
    return "soft" if status.startswith("5.") else "delayed"


def _prose(message: EmailMessage) -> _Report | None:
    """Return what flufl.bounce finds in the reports of servers that follow no standard."""
    if str(message.get("Auto-Submitted", "")).lower().startswith("auto-replied"):
        return None  # vacation reply
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(message)
    if permanent:
        return "hard", "", "reported without a status code"
    if temporary:
        return "delayed", "", "reported without a status code"
    return None

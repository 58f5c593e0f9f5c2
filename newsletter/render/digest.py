"""The digest of everything a reader receives.

Approvals, receipts and the journal of sending refer to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from newsletter.model import Email, Publication


def reader_digest(email: Email, publication: Publication) -> str:
    """Return `sha256:…` of the subject, the sender, both parts and the images of an email.

    Headers that only machines read, the web page and the manifest are excluded, because they may
    change without a reader noticing. Each part is hashed with its name and its length, so that
    two different emails never produce the same input.
    """
    digest = hashlib.sha256()
    for name, data in _pieces(email, publication):
        digest.update(f"{name}:{len(data)}\n".encode())
        digest.update(data)
    return f"sha256:{digest.hexdigest()}"


def sender_name(publication: Publication) -> str:
    """Return the sender's name shown in an inbox; defaults to the publication's name."""
    return publication.sender_name or publication.name


def _pieces(email: Email, publication: Publication) -> Iterator[tuple[str, bytes]]:
    yield "subject", email.subject.encode()
    yield "sender", f"{sender_name(publication)}\n{publication.sender_email}".encode()
    yield "html", email.html.encode()
    yield "text", email.text.encode()
    for image in email.images:
        yield f"image {image.name}", image.data or b""

"""Address one delivery: its unsubscribe link, return path and merge fields."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.model import Publication
from newsletter.schema.settings import SendSettings
from newsletter.send.presplit import Recipient
from newsletter.send.runs import Delivery, Run
from newsletter.send.submission import Envelope
from newsletter.send.tokens import Signer


class Addressing(Struct, frozen=True):
    """Turns a delivery into the personal fields of its email and its envelope."""

    recipient: Callable[[Delivery], Recipient]
    envelope: Callable[[Delivery], Envelope]


def unsubscribe_base(settings: SendSettings) -> str:
    """Return the prefix of unsubscribe links. Raises `NewsletterError` without `[send] url`."""
    if not settings.url:
        raise NewsletterError(
            "No address for unsubscribe links: [send] url is not set",
            hint='Set `url = "https://lists.example.org"`, where `newsletter serve` is reached.',
        )
    return settings.url.rstrip("/")


def addressing(
    publication: Publication, settings: SendSettings, signer: Signer, run: Run
) -> Addressing:
    """Return the addressing of a run. Raises `NewsletterError` for incomplete settings."""
    base = unsubscribe_base(settings)
    sender = envelope_sender(publication)
    bounces = settings.bounce_address

    def recipient(delivery: Delivery) -> Recipient:
        token = signer.link("unsub", run.list, delivery.rid)
        return Recipient(
            delivery.address,
            delivery.rid,
            delivery.name,
            delivery.first_name,
            f"{base}/u/{token}",
        )

    def envelope(delivery: Delivery) -> Envelope:
        path = signer.return_path(bounces, run.id, delivery.rid) if bounces else sender
        return Envelope(path, delivery.address, f"{run.id}-{delivery.rid}")

    return Addressing(recipient, envelope)


def envelope_sender(publication: Publication) -> str:
    """Return the publication's own address, for bounces that are not processed automatically."""
    if not publication.sender_email:
        raise NewsletterError(
            "No sender address: [sender] email is not set",
            hint='Set it under [sender]: `email = "letters@example.org"`.',
        )
    return publication.sender_email

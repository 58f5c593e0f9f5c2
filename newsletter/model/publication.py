"""The settings of a publication, with every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

MergeStyle = Literal["plain", "listmonk", "mailchimp", "buttondown", "ghost", "resend", "brevo"]


class Publication(Struct, frozen=True):
    """The settings file, with every default filled in."""

    name: str
    url: str  # without a trailing slash
    language: str = "en"
    theme: str = "default"
    sender_name: str | None = None
    sender_email: str | None = None
    list_id: str | None = None
    unsubscribe_url: str | None = None
    postal_address: str | None = None
    merge: MergeStyle = "plain"
    images_url: str | None = None  # where images are served from, if not next to the web page
    inline_images: bool = False  # embed images in message.eml (CID) instead of linking to them
    own_web_url: bool = False  # if true, `%%web_url%%` is the archive page, not the service's
    targets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    merge_sample: Mapping[str, str] = field(default_factory=dict)  # field -> value used in tests

    def web_url(self, slug: str) -> str:
        return f"{self.url}/{slug}/"

    def image_url(self, slug: str, name: str) -> str:
        return f"{self.images_url or self.url}/{slug}/images/{name}"

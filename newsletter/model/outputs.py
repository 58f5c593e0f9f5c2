"""Types of outputs: images, the email, plans and receipts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from newsletter.model.findings import Finding


class Image(Struct, frozen=True):
    """An image prepared for email; `data` is `None` for one that is already on the web."""

    src: str  # as the author wrote it
    name: str  # file name in images/, with a digest of its bytes
    width: int  # CSS pixels on the page; the file itself has up to twice as many
    height: int | None
    type: str  # MIME subtype: jpeg, png, gif
    data: bytes | None
    variant_of: str | None = None  # name of the image that this one may replace
    ordinary: str | None = None  # name of its smaller file, for one pixel per CSS pixel
    density: str = ""  # its own pixels per CSS pixel, as in `srcset`: "2x"


# File names allowed in an output folder; other files are never overwritten.
OUTPUT_NAMES = re.compile(
    r"email\.html|email\.txt|message\.eml|web\.html|manifest\.json|images(?:/[^/]+)?"
)


class Email(Struct, frozen=True):
    """An issue as an email: all files, ready to write or deliver."""

    slug: str
    subject: str
    html: str
    text: str
    web: str
    message: bytes
    manifest: bytes
    images: tuple[Image, ...]
    preheader: str = ""  # for services with a separate field; also contained in the HTML
    # Both parts as files, if a service's template engine needs another spelling than mail clients.
    html_file: str | None = None
    text_file: str | None = None

    def with_manifest(self, manifest: bytes) -> Email:
        return replace(self, manifest=manifest)

    def files(self) -> dict[str, bytes]:
        """Return path below `dist/<slug>/` -> bytes."""
        return {
            "email.html": (self.html_file or self.html).encode(),
            "email.txt": (self.text_file or self.text).encode(),
            "message.eml": self.message,
            "web.html": self.web.encode(),
            "manifest.json": self.manifest,
            **{
                f"images/{image.name}": image.data
                for image in self.images
                if image.data is not None
            },
        }


class Plan(Struct, frozen=True):
    """What a target would do, computed without network access; printed by `--dry-run`."""

    target: str
    steps: tuple[str, ...]
    changes: bool = True  # False if the target already holds the same bytes
    notes: tuple[str, ...] = ()  # notes to show the user beforehand


DeliveryAction = Literal["created", "updated", "unchanged"]


class Receipt(Struct, frozen=True):
    """The record of what a target did."""

    target: str
    type: str
    digest: str  # SHA-256 over all delivered files
    place: str  # where to find it: a folder relative to the workspace, a URL, an ID
    action: DeliveryAction | None = None  # None: publish compares plan and receipts
    details: Mapping[str, Any] = field(default_factory=dict)  # more for published.json; no secrets
    findings: tuple[Finding, ...] = ()  # differences found when reading back the result
    notes: tuple[str, ...] = ()


class SentTest(Struct, frozen=True):
    """A test email that was sent to given addresses."""

    slug: str
    subject: str
    through: str  # a mail server, or the name of a target
    to: tuple[str, ...]
    refused: Mapping[str, str] = field(default_factory=dict)  # address -> the server's response
    notes: tuple[str, ...] = ()  # limitations of a test sent through a service

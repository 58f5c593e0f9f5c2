"""Images where a service hosts them: uploaded once, found again by the digest in their name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol

from newsletter.model import Email, Image
from newsletter.targets.client import Client
from newsletter.targets.service_draft import ServiceDraft


class ImageHost(Protocol):
    """The image methods of a service."""

    @property
    def hosts_images(self) -> bool: ...
    async def hosted(self, client: Client) -> Mapping[str, str]: ...
    async def upload(self, client: Client, image: Image) -> str: ...


def hosted_images(email: Email) -> tuple[Image, ...]:
    """Return the images of this build; others are already on the web."""
    return tuple(image for image in email.images if image.data is not None)


async def known_addresses(
    service: ImageHost,
    client: Client,
    email: Email,
    draft: ServiceDraft | None,
    *,
    last: Mapping[str, Any] | None,
) -> dict[str, str]:
    """Return image name -> address, without uploading anything.

    Addresses come from the receipt, the draft, or the service's list.
    """
    images = hosted_images(email)
    if not images or not service.hosts_images:
        return {}
    written: Mapping[str, str] = (last or {}).get("images") or {}
    html = draft.fields.get("html", "") if draft else ""
    known = {}
    for image in images:
        address = _in_html(image.name, html)
        if image.name in written and written[image.name] in html:
            address = written[image.name]
        if address is not None:
            known[image.name] = address
    if len(known) < len(images):
        listed = await service.hosted(client)
        known |= {
            image.name: address
            for image in images
            if image.name not in known and (address := _listed(image.name, listed))
        }
    return known


async def upload_missing(
    service: ImageHost, client: Client, email: Email, known: Mapping[str, str]
) -> dict[str, str]:
    """Upload the images that have no address yet, and return the address of each."""
    addresses = dict(known)
    if service.hosts_images:
        for image in hosted_images(email):
            if image.name not in addresses:
                addresses[image.name] = await service.upload(client, image)
    return addresses


def rewritten(html: str, addresses: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """Return HTML with our image addresses replaced by the service's; maps name -> address."""
    for name, address in addresses.items():
        html = html.replace(ours[name], address)
    return html


def same_file(name: str, stored: str) -> bool:
    """Return whether a stored name is ours, with or without a suffix added by the service.

    listmonk and Ghost add `_x1y2z3` or `-1` to a name that is taken; the digest in ours is
    preserved.
    """
    path = PurePosixPath(name)
    pattern = rf"{re.escape(path.stem)}(?:[_-][A-Za-z0-9]+)?{re.escape(path.suffix)}"
    return re.fullmatch(pattern, stored) is not None


def _in_html(name: str, html: str) -> str | None:
    for address in re.findall(r"""https?://[^\s"'<>()]+""", html):
        if same_file(name, address.rpartition("/")[2]):
            return str(address)
    return None


def _listed(name: str, listed: Mapping[str, str]) -> str | None:
    return next((url for stored, url in listed.items() if same_file(name, stored)), None)

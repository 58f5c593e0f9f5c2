"""`--fetch`: download the remote images of a draft; nothing else makes requests for a draft."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from msgspec.structs import replace

from newsletter.importers.draft import DraftImage, ImportNote
from newsletter.importers.issue.imported_issue import ImportedIssue

if TYPE_CHECKING:
    import aiohttp

    from newsletter.links.options import LinkOptions

LARGEST = 20 * 1024 * 1024  # bytes of one image
PATIENCE = 20.0  # seconds for one image, including redirects
HOPS = 5  # redirects that are followed
AT_ONCE = 6
# Formats that every mail client shows, by their first bytes.
_KINDS = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"))


class _No(Exception):
    """The reason why an image was not downloaded."""


def with_remote(text: ImportedIssue, settings: LinkOptions) -> ImportedIssue:
    """Return an issue with its remote images downloaded; one that fails is noted and stays a link.

    Private addresses are refused at every redirect, by the guard of the link check.
    """
    away = [image for image in text.images if image.data is None and image.url]
    if not away:
        return text
    fetched = asyncio.run(_all(away, settings))
    names = _names(text.images, fetched)
    images = tuple(
        replace(image, data=_data(fetched, image), name=names.get(image.name, image.name))
        for image in text.images
    )
    notes = [
        ImportNote("review", f"image not downloaded: {reason}", image.url or "", image.line)
        for image in away
        if isinstance(reason := fetched[image.name], str)
    ]
    return replace(_renamed(text, names), images=images, notes=(*text.notes, *notes))


def _data(fetched: dict[str, bytes | str], image: DraftImage) -> bytes | None:
    data = fetched.get(image.name, image.data)
    return data if isinstance(data, bytes) else None


async def _all(images: Iterable[DraftImage], settings: LinkOptions) -> dict[str, bytes | str]:
    """Return the bytes of each image by name, or the reason why it was not downloaded."""
    from newsletter.links.fetch import open_network

    slots = asyncio.Semaphore(AT_ONCE)
    fetched: dict[str, bytes | str] = {}

    async def fetch(session: aiohttp.ClientSession, image: DraftImage) -> None:
        async with slots:
            fetched[image.name] = await _fetch_image(session, image.url or "", settings)

    async with open_network(settings) as web, asyncio.TaskGroup() as tasks:
        for image in images:
            tasks.create_task(fetch(web.session, image))
    return fetched


async def _fetch_image(
    session: aiohttp.ClientSession, url: str, settings: LinkOptions
) -> bytes | str:
    import aiohttp

    from newsletter.links.failure import classify_failure

    try:
        async with asyncio.timeout(PATIENCE):
            return await _download(session, url)
    except _No as error:
        return str(error)
    except TimeoutError:
        return f"no response within {PATIENCE:g} seconds"
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return classify_failure(error, settings).reason


async def _download(session: aiohttp.ClientSession, url: str) -> bytes:
    from yarl import URL

    address = URL(url)
    for _ in range(HOPS + 1):
        if address.scheme not in ("https", "http") or not address.host:
            raise _No("not a web address")
        async with session.get(
            address, allow_redirects=False, headers={"Accept-Encoding": "identity"}
        ) as response:
            if response.status in (301, 302, 303, 307, 308) and (
                target := response.headers.get("Location")
            ):
                address = address.join(URL(target))
                continue
            if response.status != 200:
                raise _No(f"{response.status} {response.reason or ''}".strip())
            return await _body(response)
    raise _No(f"more than {HOPS} redirects")


async def _body(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for part in response.content.iter_chunked(64 * 1024):
        data += part
        if len(data) > LARGEST:
            response.close()
            raise _No(f"larger than {LARGEST // 1024 // 1024} MB")
    if not _ending(data):
        raise _No("not a PNG, JPEG or GIF image")
    return bytes(data)


def _ending(data: bytes | bytearray) -> str:
    return next((kind for start, kind in _KINDS if data.startswith(start)), "")


def _names(images: Iterable[DraftImage], fetched: dict[str, bytes | str]) -> dict[str, str]:
    """Return the names of downloaded images, with the extension that matches their bytes."""
    taken = {image.name for image in images}
    names = {}
    for name, data in fetched.items():
        if not isinstance(data, bytes) or name.endswith(_ending(data)):
            continue
        new, count = f"{PurePosixPath(name).stem}{_ending(data)}", 1
        while new in taken:
            count += 1
            new = f"{PurePosixPath(name).stem}-{count}{_ending(data)}"
        taken.add(new)
        names[name] = new
    return names


def _renamed(text: ImportedIssue, names: dict[str, str]) -> ImportedIssue:
    if not names:
        return text

    def renamed(words: str) -> str:
        for old, new in names.items():
            words = re.sub(
                rf"(?<![\w/.-])images/{re.escape(old)}(?![\w.-])", f"images/{new}", words
            )
        return words

    sections = []
    for section in text.sections:
        blocks = [
            replace(
                block,
                markdown=renamed(block.markdown),
                image=names.get(block.image, block.image),
            )
            for block in section.blocks
        ]
        sections.append(replace(section, blocks=tuple(blocks)))
    return replace(text, sections=tuple(sections))

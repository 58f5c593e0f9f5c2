"""The size in pixels of images on the web, read from their first bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from yarl import URL

from newsletter.links.fetch import REDIRECTS, HttpNetwork, open_network
from newsletter.links.options import LinkOptions

ROOM = 256 * 1024  # bytes; a JPEG may have long metadata before its size
HOPS = 5  # redirects


def image_widths(urls: Iterable[str], options: LinkOptions) -> dict[str, int]:
    """Return the width in pixels of each image that can be requested; others are left out.

    Private addresses are refused as for links, unless `options` allows the host.
    """
    return asyncio.run(_widths(dict.fromkeys(urls), options))


async def _widths(urls: Iterable[str], options: LinkOptions) -> dict[str, int]:
    import aiohttp  # heavy

    widths = {}
    async with open_network(options) as network:
        for url in urls:
            try:
                async with asyncio.timeout(options.timeout):
                    width = _width(await _first_bytes(network, URL(url)))
            except (TimeoutError, OSError, ValueError, aiohttp.ClientError):
                continue
            if width:
                widths[url] = width
    return widths


async def _first_bytes(network: HttpNetwork, url: URL) -> bytes:
    for _ in range(HOPS):
        tls = network.tls() if url.scheme == "https" else True
        response = await network.session.get(url, allow_redirects=False, ssl=tls)
        async with response:
            target = response.headers.get("Location")
            if response.status in REDIRECTS and target:
                url = url.join(URL(target))
                continue
            if response.status != 200:
                return b""
            data = bytearray()
            while len(data) < ROOM and not response.content.at_eof():
                data += await response.content.read(ROOM - len(data))
            response.close()
            return bytes(data)
    return b""


def _width(data: bytes) -> int | None:
    from PIL import ImageFile  # heavy

    parser = ImageFile.Parser()
    parser.feed(data)
    return parser.image.width if parser.image else None

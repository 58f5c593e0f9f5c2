"""One GET: the status and the headers, and as much of the body as is looked at.

HEAD is not used: servers answer it with 403, 404 and 405 where GET is fine, and one that hangs is paid for twice.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from http.cookies import SimpleCookie
from typing import cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from msgspec import Struct
from yarl import URL

from newsletter.links.page import HTML, ROOM, ROOM_FOR_ANCHORS, PageStart
from newsletter.links.resolve import PublicResolver
from newsletter.links.settings import LinkSettings
from newsletter.links.tls import browser_like

# It would print, in the midst of ours, what it thinks of a server's cookies.
logging.getLogger("aiohttp").addHandler(logging.NullHandler())

REDIRECTS = (301, 302, 303, 307, 308)


class HttpReply(Struct, frozen=True):
    """What one server said to one GET."""

    url: URL
    status: int
    headers: Mapping[str, str]
    cookies: SimpleCookie
    page: PageStart

    @property
    def location(self) -> str | None:
        return self.headers.get("Location") if self.status in REDIRECTS else None


class HttpNetwork(Struct, frozen=True):
    """What all requests of a run share: connections and names; never cookies."""

    session: aiohttp.ClientSession
    names: PublicResolver
    tls: Callable[
        [], ssl.SSLContext
    ]  # made when one is needed: it reads all the machine's authorities, for 40 ms


@asynccontextmanager
async def network(settings: LinkSettings) -> AsyncIterator[HttpNetwork]:
    """Open the network for one run."""
    names = PublicResolver(settings)
    connector = aiohttp.TCPConnector(
        limit=0,  # turns are taken before
        resolver=names,
        use_dns_cache=False,  # `PublicResolver` remembers
        socket_factory=names.guarded_socket,
    )
    connector._factory = cast(
        "partial[ResponseHandler]", partial(HeadFirst, connector._loop)
    )  # no public way to it
    headers = {
        "User-Agent": settings.user_agent,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "en,*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }
    session = aiohttp.ClientSession(
        connector=connector,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),  # each link has its own
        timeout=aiohttp.ClientTimeout(total=None, connect=settings.connect),
        auto_decompress=False,  # bad gzip is no reason to lose a good answer, and a bomb none to unpack it
        max_line_size=65536,
        max_field_size=65536,
        max_headers=1000,
    )
    session._retry_connection = (
        False  # tries are counted in one place, and there is no public way to say so
    )
    try:
        yield HttpNetwork(session, names, cache(lambda: settings.tls or browser_like()))
    finally:
        await session.close()
        await names.close()


class HeadFirst(ResponseHandler):
    """Parses the headers before what came with them: a fault in the body must not take the status with it."""

    def data_received(self, data: bytes) -> None:
        head, blank, body = data.partition(b"\r\n\r\n")
        super().data_received(head + blank)
        if body:
            super().data_received(body)


async def get(
    network: HttpNetwork, url: URL, *, cookie: str, seconds: float, body: float, anchors: bool
) -> HttpReply:
    """Ask once; `seconds` is for all of it, `body` for what follows the headers.

    Whatever happens after a good status (a body that hangs, breaks off or never ends) only shortens the page.
    Raises `TimeoutError` and what aiohttp raises.
    """
    began = asyncio.get_running_loop().time()
    async with asyncio.timeout(seconds):
        headers = {"Cookie": cookie} if cookie else None
        tls = network.tls() if url.scheme == "https" else True
        response = await network.session.get(url, headers=headers, allow_redirects=False, ssl=tls)
    async with response:
        page = PageStart(kind=response.headers.get("Content-Type", ""))
        if 200 <= response.status < 300:
            left = seconds - (asyncio.get_running_loop().time() - began)
            page = await _page(
                response, page.kind, min(body, left), ROOM_FOR_ANCHORS if anchors else ROOM
            )
        return HttpReply(url, response.status, response.headers, response.cookies, page)


async def _page(
    response: aiohttp.ClientResponse, kind: str, seconds: float, room: int
) -> PageStart:
    if kind and not kind.lower().startswith(HTML):
        return PageStart(kind=kind)
    data, ended = bytearray(), False
    try:
        async with asyncio.timeout(seconds):
            while len(data) < room and not ended:
                data += await response.content.read(room - len(data))
                ended = response.content.at_eof()
    except (TimeoutError, aiohttp.ClientError, OSError):
        pass
    if not ended:
        response.close()
    return PageStart(bytes(data), kind, response.headers.get("Content-Encoding", ""), ended)

"""Send one GET; read the status, the headers and part of the body.

HEAD is not used: some servers respond to it with 403, 404 or 405 although GET works, and a server
that hangs would take twice as long.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache, partial
from http.cookies import SimpleCookie
from typing import Any, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from msgspec import Struct
from yarl import URL

from newsletter.errors import NewsletterError
from newsletter.links.options import LinkOptions
from newsletter.links.page_text import HTML, ROOM, ROOM_FOR_ANCHORS, PageText, refresh_target
from newsletter.links.resolve import PublicResolver
from newsletter.links.response_head import ResponseHead
from newsletter.links.tls import browser_like_context

# Otherwise it prints warnings about servers' cookies between our own lines.
logging.getLogger("aiohttp").addHandler(logging.NullHandler())

REDIRECTS = (301, 302, 303, 307, 308)
AIOHTTP = "3.14"  # the minor version whose internals are used below; pyproject.toml pins the same


class HttpReply(Struct, frozen=True):
    """One server's response to one GET."""

    url: URL
    status: int
    headers: Mapping[str, str]
    cookies: SimpleCookie
    page: PageText

    @property
    def location(self) -> str | None:
        """Return the target of a redirect, or of the refresh of a page that opens."""
        if self.status in REDIRECTS:
            return self.headers.get("Location")
        if not 200 <= self.status < 300:
            return None
        return refresh_target(self.headers.get("Refresh", "")) or self.page.refresh


class HttpNetwork(Struct, frozen=True):
    """What all requests of a run share: connections and resolved names, but no cookies."""

    session: aiohttp.ClientSession
    resolver: PublicResolver
    tls: Callable[
        [], ssl.SSLContext
    ]  # created on first use: loading the system's authorities takes 40 ms


@asynccontextmanager
async def open_network(options: LinkOptions) -> AsyncIterator[HttpNetwork]:
    """Open the network for one run. Raises `NewsletterError` for an unsupported aiohttp."""
    resolver = PublicResolver(options)
    connector = aiohttp.TCPConnector(
        limit=0,  # `RateLimiter` limits
        resolver=resolver,
        use_dns_cache=False,  # `PublicResolver` caches
        socket_factory=resolver.guarded_socket,
    )
    headers = {
        "User-Agent": options.user_agent,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "en,*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }
    session = aiohttp.ClientSession(
        connector=connector,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),  # each link has its own
        timeout=aiohttp.ClientTimeout(total=None, connect=options.connect),
        auto_decompress=False,  # bad gzip must not hide a good status, nor a bomb be unpacked
        max_line_size=65536,
        max_field_size=65536,
        max_headers=1000,
    )
    try:
        _adapt(connector, session)
        yield HttpNetwork(session, resolver, cache(lambda: options.tls or browser_like_context()))
    finally:
        await session.close()
        await resolver.close()


def _adapt(connector: aiohttp.TCPConnector, session: aiohttp.ClientSession) -> None:
    """Set two things for which aiohttp has no public option: a response handler and no retries.

    Raises `NewsletterError` if the minor version of aiohttp is not the supported one.
    """
    internals: tuple[tuple[Any, str], ...] = (
        (connector, "_factory"),
        (connector, "_loop"),
        (session, "_retry_connection"),
    )
    known = all(hasattr(owner, name) for owner, name in internals)
    if not known or not aiohttp.__version__.startswith(f"{AIOHTTP}."):
        raise NewsletterError(
            f"Unsupported aiohttp {aiohttp.__version__} for the link check",
            hint=f"Install a supported version with `pip install 'aiohttp~={AIOHTTP}.0'`.",
        )
    connector._factory = cast("partial[ResponseHandler]", partial(LenientHandler, connector._loop))
    session._retry_connection = False  # attempts are counted in one place: `LinkChecker`


class LenientHandler(ResponseHandler):
    """Parses corrected headers, and headers before what came with them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head = ResponseHead()

    def set_response_params(self, **options: Any) -> None:
        self._flush()  # what the server sent before the request
        self._head = ResponseHead()
        super().set_response_params(**options)

    def data_received(self, data: bytes) -> None:
        for piece in self._head.feed(data):
            super().data_received(piece)

    def eof_received(self) -> None:
        self._flush()
        super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._flush()
        super().connection_lost(exc)

    def _flush(self) -> None:
        for piece in self._head.flush():
            super().data_received(piece)


async def fetch(
    network: HttpNetwork,
    url: URL,
    *,
    headers: Mapping[str, str],
    seconds: float,
    body: float,
    anchors: bool,
) -> HttpReply:
    """Send one GET; `seconds` limits all of it, `body` what follows the headers.

    Once the status was received, an error in the body (a hang, a broken connection, no end) only
    truncates the page. Raises `TimeoutError` and whatever aiohttp raises.
    """
    clock = asyncio.get_running_loop().time
    began = clock()
    async with asyncio.timeout(seconds):
        tls = network.tls() if url.scheme == "https" else True
        response = await network.session.get(
            url, headers=dict(headers), allow_redirects=False, ssl=tls
        )
    async with response:
        page = PageText(kind=response.headers.get("Content-Type", ""))
        if response.status not in REDIRECTS:  # an error page may be a bot wall
            left = seconds - (clock() - began)
            room = ROOM_FOR_ANCHORS if anchors else ROOM
            page = await _page(response, page.kind, min(body, left), room)
        return HttpReply(url, response.status, response.headers, response.cookies, page)


async def _page(response: aiohttp.ClientResponse, kind: str, seconds: float, room: int) -> PageText:
    if kind and not kind.lower().startswith(HTML):
        return PageText(kind=kind)
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
    return PageText(bytes(data), kind, response.headers.get("Content-Encoding", ""), ended)

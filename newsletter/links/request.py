"""Check one link, hop by hop and with retries, until there is a verdict."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp
from msgspec import Struct, field
from yarl import URL

from newsletter.links.bot_wall import is_bot_wall
from newsletter.links.classify import TRY_AGAIN, Classification, classify, status_name
from newsletter.links.display import shortened
from newsletter.links.failure import UNKNOWN_AUTHORITY, LinkFailure, classify_failure
from newsletter.links.fetch import REDIRECTS, HttpNetwork, HttpReply, fetch
from newsletter.links.options import LinkOptions
from newsletter.links.rate_limiter import HostSlots, RateLimiter
from newsletter.links.retry import PAUSES, retry_after
from newsletter.links.tls import names_issuer
from newsletter.links.url import NotWebAddress, location_fragment, resolve_location

HOPS = 20  # as in browsers


class LinkRequest(Struct):
    """One link while it is being checked."""

    requested: URL
    anchors: bool  # whether the page's anchors matter
    remaining: float  # seconds
    url: URL  # at this hop
    fragment: str = ""  # of the last redirect that had one; browsers keep it
    reply: HttpReply | None = None  # the latest one
    hops: tuple[int, ...] = ()  # their statuses
    attempts: int = 0  # failed ones at this hop
    jar: aiohttp.CookieJar | None = None
    seen: Counter[tuple[URL, str]] = field(default_factory=Counter)

    @property
    def host(self) -> str:
        """Return the host of this hop as it is requested."""
        return self.url.raw_host or ""

    @property
    def cookie(self) -> str:
        """Return the Cookie header for the next request."""
        if self.jar is None:
            return ""
        return self.jar.filter_cookies(self.url).output(attrs=[], header="", sep=";").strip()


class LinkChecker(Struct, frozen=True):
    """Runs link requests; contains what all requests of a run share."""

    network: HttpNetwork
    limiter: RateLimiter
    options: LinkOptions

    async def run(self, request: LinkRequest) -> Classification:
        """Follow a link until a server gives its final response, or none."""
        while True:
            host = self.limiter.host(request.host)
            begun = bool(request.hops or request.attempts)
            async with self.limiter.slot(host, begun=begun):
                if host.closed:
                    return Classification(*host.closed)
                outcome = await self._attempt(request, host)
            if isinstance(outcome, LinkFailure):
                if not outcome.retry or not await self._pause(request):
                    return Classification(outcome.verdict, outcome.reason)
                continue
            classification = await self._next(request, host, outcome)
            if classification is not None:
                return classification

    async def _next(
        self, request: LinkRequest, host: HostSlots, reply: HttpReply
    ) -> Classification | None:
        """Return the verdict on a response, or `None` after preparing the next hop or attempt."""
        host_options = self.options.of_host(request.host)
        if host_options and reply.status in host_options.accept:  # `with_settings` turns it into ok
            return classify(request.requested, reply, request.hops, request.fragment)
        is_wall = is_bot_wall(reply.status, reply.headers, reply.page)
        if reply.location is not None and not is_wall:
            return _hop(request, reply)
        if reply.status not in TRY_AGAIN or is_wall:
            return classify(request.requested, reply, request.hops, request.fragment)
        return await self._wait(request, host, reply)

    async def _attempt(self, request: LinkRequest, host: HostSlots) -> HttpReply | LinkFailure:
        clock = asyncio.get_running_loop().time
        began = clock()
        headers = self.options.headers_for(request.url.scheme, request.host)
        if cookie := request.cookie:
            headers["Cookie"] = cookie
        try:
            request.reply = await fetch(
                self.network,
                request.url,
                headers=headers,
                seconds=request.remaining,
                body=self.options.body,
                anchors=request.anchors,
            )
        except Exception as error:  # noqa: BLE001 - one odd server must not end a long run
            failure = classify_failure(error, self.options)
            if failure.silent:
                self.limiter.note_silence(host, failure.reason)
            if failure.incomplete_chain:
                return await self._completed_chain(request, failure)
            return failure
        finally:
            request.remaining -= clock() - began
        self.limiter.note_response(host, fine=request.reply.status < 400)
        return request.reply

    async def _completed_chain(self, request: LinkRequest, failure: LinkFailure) -> LinkFailure:
        """Return the failure: an incomplete certificate chain, or an unknown authority."""
        try:
            port, seconds = request.url.port or 443, self.options.connect
            known = await names_issuer(self.network.resolver, request.host, port, seconds)
        except OSError:
            return failure
        return failure if known else LinkFailure("broken", UNKNOWN_AUTHORITY)

    async def _pause(self, request: LinkRequest) -> bool:
        """Wait before another attempt; return whether there is one left."""
        attempts = request.attempts
        if attempts == len(PAUSES) or request.remaining <= PAUSES[attempts]:
            return False
        await asyncio.sleep(PAUSES[attempts])
        request.remaining -= PAUSES[attempts]
        request.attempts += 1
        return True

    async def _wait(
        self, request: LinkRequest, host: HostSlots, reply: HttpReply
    ) -> Classification | None:
        """Pause all links to a host as it requests; return a verdict if that is too long."""
        if host.closed:  # meanwhile, by another link
            return Classification(*host.closed)
        status = status_name(reply.status)
        requested = retry_after(reply.headers)
        if requested is None and reply.status != 429:
            if await self._pause(request):
                return None
            return classify(request.requested, reply, request.hops, "")
        if request.attempts == len(PAUSES):
            reason = f"{status} after {request.attempts + 1} attempts: too many requests"
            return Classification("blocked", reason)
        wait = max(requested or 0.0, PAUSES[request.attempts])
        if not self.limiter.pause(host, wait):
            reason = f"{status}: the server requests a pause of {_duration(wait)}"
            self.limiter.note_refusal(host, reason)
            return Classification("blocked", reason)
        request.attempts += 1
        return None


def _hop(request: LinkRequest, reply: HttpReply) -> Classification | None:
    """Follow a redirect, or the refresh of a page; return a verdict if it leads nowhere."""
    location = reply.location or ""
    try:
        url = resolve_location(reply.url, location)
    except NotWebAddress as error:
        return _not_followed(request, reply, error.scheme)
    is_refresh = reply.status not in REDIRECTS
    if is_refresh and url == request.url:  # the page only reloads itself
        return classify(request.requested, reply, request.hops, request.fragment)
    request.hops += (reply.status,)
    request.attempts = 0
    if reply.cookies:
        # `unsafe`: by RFC 6265 hosts that are numbers have cookies too
        request.jar = request.jar or aiohttp.CookieJar(unsafe=True)
        request.jar.update_cookies(reply.cookies, reply.url)
    request.fragment = location_fragment(location) or request.fragment
    request.url = url
    # A repeated request may get another response (a page being generated); a third one is a loop.
    request.seen[request.url, request.cookie] += 1
    if request.seen[request.url, request.cookie] > 2:
        return Classification("broken", "redirect loop")
    if len(request.hops) > HOPS:
        return Classification("broken", f"more than {HOPS} redirects")
    return None


def _not_followed(request: LinkRequest, reply: HttpReply, scheme: str) -> Classification:
    if reply.status not in REDIRECTS:  # a refresh that browsers ignore
        return classify(request.requested, reply, request.hops, request.fragment)
    request.hops += (reply.status,)
    if scheme:
        reason = f"redirects to a {shortened(scheme, 40)}: address, which only some programs open"
        return Classification("suspect", reason)
    return Classification("broken", f"{status_name(reply.status)} to an invalid address")


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.0f} hours"

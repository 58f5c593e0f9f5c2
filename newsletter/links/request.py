"""The way of one link: hop by hop, with retries, until there is something to say."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp
from msgspec import Struct, field
from yarl import URL

from newsletter.links.failure import UNKNOWN_AUTHORITY, LinkFailure, explain
from newsletter.links.fetch import HttpNetwork, HttpReply, get
from newsletter.links.heuristics import walled
from newsletter.links.rate_limiter import HostSlots, RateLimiter
from newsletter.links.retry import PAUSES, retry_after
from newsletter.links.settings import LinkSettings
from newsletter.links.tls import names_issuer
from newsletter.links.url import NotWeb, follow, fragment
from newsletter.links.verdict import TRY_AGAIN, Classification, judge, named

HOPS = 20  # as browsers do


class LinkRequest(Struct):
    """Where a link stands on its way."""

    asked: URL
    anchors: bool  # one is looked for
    left: float  # seconds
    url: URL  # at this hop
    fragment: str = ""  # that the last redirect with one named; browsers carry it on
    reply: HttpReply | None = None  # the last
    hops: tuple[int, ...] = ()  # their statuses
    tries: int = 0  # at this hop, that came to nothing
    jar: aiohttp.CookieJar | None = None
    seen: Counter[tuple[URL, str]] = field(default_factory=Counter)

    @property
    def cookie(self) -> str:
        """Return the Cookie header for the next request."""
        return (
            self.jar.filter_cookies(self.url).output(attrs=[], header="", sep=";").strip()
            if self.jar
            else ""
        )


class LinkChecker(Struct, frozen=True):
    """Takes links on their way; holds what all of a run share."""

    network: HttpNetwork
    turns: RateLimiter
    settings: LinkSettings

    async def lead(self, trip: LinkRequest) -> Classification:
        """Go on until a server says the last word, or none."""
        while True:
            host = self.turns.host(trip.url.raw_host or "")
            async with self.turns.at(host):
                if host.closed:
                    return Classification(*host.closed)
                outcome = await self._ask(trip, host)
            if isinstance(outcome, LinkFailure):
                if not outcome.again or not await self._pause(trip):
                    return Classification(outcome.verdict, outcome.why)
            elif outcome.location is not None:
                if (judged := _hop(trip, outcome)) is not None:
                    return judged
            elif outcome.status not in TRY_AGAIN or walled(outcome.headers, outcome.page):
                return judge(trip.asked, outcome, trip.hops, trip.fragment)
            elif (judged := await self._hold(trip, host, outcome)) is not None:
                return judged

    async def _ask(self, trip: LinkRequest, host: HostSlots) -> HttpReply | LinkFailure:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            trip.reply = await get(
                self.network,
                trip.url,
                cookie=trip.cookie,
                seconds=trip.left,
                body=self.settings.body,
                anchors=trip.anchors,
            )
        except Exception as error:  # noqa: BLE001 - one strange server must not end a run over nine thousand links
            failure = explain(error, self.settings)
            if failure.silent:
                self.turns.unheard(host, failure.why)
            return await self._traced(trip, failure) if failure.untraced else failure
        finally:
            trip.left -= clock() - began
        self.turns.heard(host, fine=trip.reply.status < 400)
        return trip.reply

    async def _traced(self, trip: LinkRequest, failure: LinkFailure) -> LinkFailure:
        try:
            host, port = trip.url.raw_host or "", trip.url.port or 443
            known = await names_issuer(self.network.names, host, port, self.settings.connect)
        except OSError:
            return failure
        return failure if known else LinkFailure("broken", UNKNOWN_AUTHORITY)

    async def _pause(self, trip: LinkRequest) -> bool:
        """Wait before another try; tell whether there is one."""
        if trip.tries == len(PAUSES) or trip.left <= PAUSES[trip.tries]:
            return False
        await asyncio.sleep(PAUSES[trip.tries])
        trip.left -= PAUSES[trip.tries]
        trip.tries += 1
        return True

    async def _hold(
        self, trip: LinkRequest, host: HostSlots, reply: HttpReply
    ) -> Classification | None:
        """Wait as the server wishes, with all links to its host; the verdict where that is too long or too often."""
        if host.closed:  # meanwhile, over another link
            return Classification(*host.closed)
        wish = retry_after(reply.headers)
        if wish is None and reply.status != 429:
            return None if await self._pause(trip) else judge(trip.asked, reply, trip.hops, "")
        if trip.tries == len(PAUSES):
            return Classification(
                "blocked",
                f"{named(reply.status)}, {trip.tries + 1} times: the host wants fewer questions",
            )
        wait = max(wish or 0.0, PAUSES[trip.tries])
        if not self.turns.hold(host, wait):
            why = f"{named(reply.status)}: the host asks to be left alone for {_long(wait)}"
            self.turns.refused(host, why)
            return Classification("blocked", why)
        trip.tries += 1
        return None


def _hop(trip: LinkRequest, reply: HttpReply) -> Classification | None:
    """Follow a redirect; the verdict where it leads nowhere."""
    trip.hops += (reply.status,)
    trip.tries = 0
    if reply.cookies:
        trip.jar = trip.jar or aiohttp.CookieJar(
            unsafe=True
        )  # by RFC 6265 hosts that are numbers have cookies too
        trip.jar.update_cookies(reply.cookies, reply.url)
    location = reply.location or ""
    trip.fragment = fragment(location) or trip.fragment
    try:
        trip.url = follow(reply.url, location)
    except NotWeb as error:
        if error.scheme:
            return Classification(
                "suspect", f"it leads to a {error.scheme}: address, which only some programs open"
            )
        return Classification(
            "broken", f"{named(reply.status)}, and the address to go on to is none"
        )
    # The same question twice may be answered anew (a page that is being made); the third time it is a circle.
    trip.seen[trip.url, trip.cookie] += 1
    if trip.seen[trip.url, trip.cookie] > 2:
        return Classification("broken", "it redirects in a circle")
    return (
        Classification("broken", f"it redirects more than {HOPS} times")
        if len(trip.hops) > HOPS
        else None
    )


def _long(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"

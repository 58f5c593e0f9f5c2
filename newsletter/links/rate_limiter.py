"""Whose turn it is: so many requests at once, so many to one host, and none to a host that asked for quiet."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from msgspec import Struct, field

from newsletter.links.result import Verdict
from newsletter.links.settings import LinkSettings, covers

QUIET = 30.0  # seconds that a host may keep us waiting in one run, all its Retry-After together


class HostSlots(Struct, eq=False):
    """One host in one run."""

    name: str
    gap: float = 0.0  # seconds between two requests' beginnings
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    active: int = 0
    ready_at: float = 0.0  # on the loop's clock: nothing is asked before
    quiet: float = 0.0  # seconds it asked for so far
    heard: bool = False  # it answered something
    silent: int = 0  # requests it left without a word
    refusals: int = 0  # in a row: it wants to be left alone for longer than we wait
    closed: tuple[Verdict, str] | None = None  # what holds for all links that still wait for it


class RateLimiter:
    """Hands out turns; a waiter holds none, so one slow host never keeps the others waiting.

    The host with the longest queue comes first: at the end of a run only `per_host` requests can be on their way to
    it, and whatever is left of it then is waited for alone.
    """

    def __init__(self, settings: LinkSettings) -> None:
        self._per_host = settings.per_host
        self._free = settings.in_flight
        self._pace = settings.pace
        self._hosts: dict[str, HostSlots] = {}
        self._ready: list[tuple[int, int, HostSlots]] = []
        self._order = count()
        self._loop = asyncio.get_running_loop()

    def host(self, name: str) -> HostSlots:
        if name not in self._hosts:
            pace = min((rate for host, rate in self._pace if covers((host,), name)), default=0.0)
            self._hosts[name] = HostSlots(name, 1 / pace if pace > 0 else 0.0)
        return self._hosts[name]

    @asynccontextmanager
    async def at(self, host: HostSlots) -> AsyncIterator[None]:
        """Wait for a turn at a host and hold it; a host that was closed meanwhile lets everybody in, to be told so."""
        turn = self._loop.create_future()
        host.waiting.append(turn)
        self._offer(host)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # granted and cancelled in one breath
                self._release(host)
            raise
        try:
            yield
        finally:
            self._release(host)

    def hold(self, host: HostSlots, seconds: float) -> bool:
        """Leave a host alone for a while; tell whether that is short enough to wait for."""
        now = self._loop.time()
        until = max(host.ready_at, now + seconds)
        quiet = host.quiet + until - max(host.ready_at, now)
        if quiet > QUIET:
            return False
        host.ready_at, host.quiet = until, quiet
        return True

    def heard(self, host: HostSlots, *, fine: bool) -> None:
        host.heard = True
        if fine:
            host.refusals = 0

    def refused(self, host: HostSlots, why: str) -> None:
        """Note that a host wants to be left alone; one page may be meant by it, but not twice in a row."""
        host.refusals += 1
        if host.refusals > 1:
            self.close(host, "blocked", why)

    def unheard(self, host: HostSlots, why: str) -> None:
        """Note a request without a word; a host that never says one is not asked a seventh time."""
        host.silent += 1
        if not host.heard and host.silent >= self._per_host:
            self.close(host, "timeout", why)

    def close(self, host: HostSlots, verdict: Verdict, why: str) -> None:
        host.closed = (verdict, why)
        self._offer(host)

    def _offer(self, host: HostSlots) -> None:
        if host.waiting and host.active < self._per_host:
            heapq.heappush(self._ready, (-len(host.waiting), next(self._order), host))
        self._grant()

    def _grant(self) -> None:
        while self._free and self._ready:
            _, _, host = heapq.heappop(self._ready)
            if not host.waiting or host.active >= self._per_host:
                continue
            now = self._loop.time()
            if now < host.ready_at and not host.closed:
                self._loop.call_at(host.ready_at, self._offer, host)
                continue
            turn = host.waiting.popleft()
            if not turn.done():  # its link may have been given up
                host.active += 1
                self._free -= 1
                host.ready_at = max(host.ready_at, now + host.gap)
                turn.set_result(None)
            if host.waiting and host.active < self._per_host:
                heapq.heappush(self._ready, (-len(host.waiting), next(self._order), host))

    def _release(self, host: HostSlots) -> None:
        host.active -= 1
        self._free += 1
        self._offer(host)

"""Limit requests in total and per host, and pause requests to a host when it asks for that."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from msgspec import Struct, field

from newsletter.links.options import LinkOptions
from newsletter.links.result import Verdict
from newsletter.schema.hosts import host_covers

LONGEST_WAIT = 30.0  # seconds that one host may delay a run, the sum of its Retry-After


class HostSlots(Struct, eq=False):
    """One host in one run."""

    name: str
    gap: float = 0.0  # seconds between the starts of two requests
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)
    begun: int = 0  # the first ones of those waiting, which have had a response already
    active: int = 0
    ready_at: float = 0.0  # on the loop's clock: no request starts before
    waited: float = 0.0  # seconds it has delayed the run so far
    asked: bool = False  # at least one request was sent
    responded: bool = False  # at least once
    silent: int = 0  # requests without any response
    refusals: int = 0  # consecutive requests for pauses longer than `LONGEST_WAIT`
    closed: tuple[Verdict, str] | None = (
        None  # verdict and reason for all links still waiting for it
    )

    @property
    def rank(self) -> tuple[bool, int]:
        """Return its place in the order of hosts; the least is next."""
        return (self.asked and not self.begun, -len(self.waiting))


class RateLimiter:
    """Grants request slots; a waiting link holds none, so a slow host never delays the others.

    Links at a further hop or attempt come first, with hosts that had no request yet: what does not
    respond is waited for from the start. Then comes the host with the longest queue. Otherwise the
    run would end with its remaining queue alone, at only `per_host` requests at a time.
    """

    def __init__(self, options: LinkOptions) -> None:
        self._per_host = options.per_host
        self._free = options.in_flight
        self._pace = options.pace
        self._hosts: dict[str, HostSlots] = {}
        self._ready: list[tuple[bool, int, int, HostSlots]] = []
        self._order = count()
        self._loop = asyncio.get_running_loop()

    def host(self, name: str) -> HostSlots:
        if name not in self._hosts:
            rates = [rate for host, rate in self._pace if host_covers((host,), name)]
            pace = min(rates, default=0.0)
            self._hosts[name] = HostSlots(name, 1 / pace if pace > 0 else 0.0)
        return self._hosts[name]

    @asynccontextmanager
    async def slot(self, host: HostSlots, *, begun: bool = False) -> AsyncIterator[None]:
        """Wait for a slot at a host and hold it; a link that has `begun` goes first.

        A host closed meanwhile admits every link, so that each can end.
        """
        granted = self._loop.create_future()
        if begun:
            host.waiting.appendleft(granted)
            host.begun += 1
        else:
            host.waiting.append(granted)
        self._offer(host)
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # granted and cancelled at once
                self._release(host)
            raise
        try:
            yield
        finally:
            self._release(host)

    def pause(self, host: HostSlots, seconds: float) -> bool:
        """Pause requests to a host; return False, without pausing, if that is too long."""
        now = self._loop.time()
        until = max(host.ready_at, now + seconds)
        waited = host.waited + until - max(host.ready_at, now)
        if waited > LONGEST_WAIT:
            return False
        host.ready_at, host.waited = until, waited
        return True

    def note_response(self, host: HostSlots, *, fine: bool) -> None:
        host.responded = True
        if fine:
            host.refusals = 0

    def note_refusal(self, host: HostSlots, reason: str) -> None:
        """Note that a host asks for a long pause.

        The first request may concern one page; the second closes the host.
        """
        host.refusals += 1
        if host.refusals > 1:
            self.close(host, "blocked", reason)

    def note_silence(self, host: HostSlots, reason: str) -> None:
        """Note a request without any response; a host that never responds gets six requests."""
        host.silent += 1
        if not host.responded and host.silent >= self._per_host:
            self.close(host, "timeout", reason)

    def close(self, host: HostSlots, verdict: Verdict, reason: str) -> None:
        host.closed = (verdict, reason)
        self._offer(host)

    def _offer(self, host: HostSlots) -> None:
        if host.waiting and host.active < self._per_host:
            heapq.heappush(self._ready, (*host.rank, next(self._order), host))
        self._grant()

    def _grant(self) -> None:
        while self._free and self._ready:
            *_, host = heapq.heappop(self._ready)
            if not host.waiting or host.active >= self._per_host:
                continue
            now = self._loop.time()
            if now < host.ready_at and not host.closed:
                self._loop.call_at(host.ready_at, self._offer, host)
                continue
            granted = host.waiting.popleft()
            host.begun = max(host.begun - 1, 0)
            if not granted.done():  # done: its link was cancelled
                host.active, host.asked = host.active + 1, True
                self._free -= 1
                host.ready_at = max(host.ready_at, now + host.gap)
                granted.set_result(None)
            if host.waiting and host.active < self._per_host:
                heapq.heappush(self._ready, (*host.rank, next(self._order), host))

    def _release(self, host: HostSlots) -> None:
        host.active -= 1
        self._free += 1
        self._offer(host)

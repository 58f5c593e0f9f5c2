"""Limits as sliding windows, since providers count so: at most N within any span, not N per calendar minute."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping


def steady_clock() -> float:
    """Return seconds on a clock that is never set and, where the system has one, counts while it sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class SlidingWindow:
    """At most `count` events within any `span` seconds; a rate below one becomes one event in a longer span."""

    def __init__(
        self, count: float, span: float = 1.0, clock: Callable[[], float] = steady_clock
    ) -> None:
        self.clock = clock
        self.events: deque[float] = deque()
        self.resize(count, span)

    def resize(self, count: float, span: float = 1.0) -> None:
        """Set another limit; what happened still counts."""
        self.count = max(1, int(count))
        self.span = span * self.count / count

    def wait(self) -> float:
        """Return the seconds until the next event may happen; 0 means now."""
        now = self.clock()
        while self.events and self.events[0] <= now - self.span:
            self.events.popleft()
        if len(self.events) < self.count:
            return 0.0
        return self.events[-self.count] + self.span - now

    def take(self) -> None:
        """Count an event that happens now."""
        self.events.append(self.clock())

    async def slot(self, stop: asyncio.Event) -> None:
        """Wait for the next event, and count it; return at once where everything stops."""
        while (pause := self.wait()) > 0:
            if stop.is_set():
                return
            await asyncio.sleep(min(pause, 0.5))
        self.take()


class DomainLimits:
    """Emails per minute to domains that ask for few. Domains without a limit cost nothing."""

    def __init__(
        self, per_minute: Mapping[str, float], clock: Callable[[], float] = steady_clock
    ) -> None:
        self.windows = {
            domain.lower(): SlidingWindow(count, 60.0, clock)
            for domain, count in per_minute.items()
        }

    def full(self) -> tuple[str, ...]:
        """Return the domains that nothing may go to now, sorted."""
        return tuple(sorted(name for name, window in self.windows.items() if window.wait() > 0))

    def take(self, domain: str) -> bool:
        """Count an email to a domain; `False` where its window is full."""
        window = self.windows.get(domain)
        if window is None:
            return True
        if window.wait() > 0:
            return False
        window.take()
        return True

    def wait(self) -> float:
        """Return the seconds until the first of the full domains may be written to again."""
        return min((w for window in self.windows.values() if (w := window.wait()) > 0), default=0.0)

"""Limits as sliding windows, as providers count: at most N within any span."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping


def steady_clock() -> float:
    """Return seconds on a monotonic clock that includes sleep where the system supports it."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class SlidingWindow:
    """At most `count` events within any `span` seconds.

    A rate below one becomes one event in a longer span.
    """

    def __init__(
        self, count: float, span: float = 1.0, clock: Callable[[], float] = steady_clock
    ) -> None:
        self.clock = clock
        self.events: deque[float] = deque()
        self.resize(count, span)

    def resize(self, count: float, span: float = 1.0) -> None:
        """Change the limit; past events still count."""
        self.count = max(1, int(count))
        self.span = span * self.count / count

    def wait(self) -> float:
        """Return the seconds until the next event is allowed; 0 means now."""
        now = self.clock()
        while self.events and self.events[0] <= now - self.span:
            self.events.popleft()
        if len(self.events) < self.count:
            return 0.0
        return self.events[-self.count] + self.span - now

    def take(self) -> None:
        """Count an event now."""
        self.events.append(self.clock())

    async def slot(self, stop: asyncio.Event) -> None:
        """Wait for the next slot and count it; return at once when stopping."""
        while (pause := self.wait()) > 0:
            if stop.is_set():
                return
            await asyncio.sleep(min(pause, 0.5))
        self.take()


class DomainLimits:
    """Emails per minute for domains with a limit; domains without one cost nothing."""

    def __init__(
        self, per_minute: Mapping[str, float], clock: Callable[[], float] = steady_clock
    ) -> None:
        self.windows = {
            domain.lower(): SlidingWindow(count, 60.0, clock)
            for domain, count in per_minute.items()
        }

    def full(self) -> tuple[str, ...]:
        """Return the domains at their limit, sorted."""
        return tuple(sorted(name for name, window in self.windows.items() if window.wait() > 0))

    def take(self, domain: str) -> bool:
        """Count an email to a domain; return `False` if its window is full."""
        window = self.windows.get(domain)
        if window is None:
            return True
        if window.wait() > 0:
            return False
        window.take()
        return True

    def wait(self) -> float:
        """Return the seconds until the first full domain is available again."""
        return min((w for window in self.windows.values() if (w := window.wait()) > 0), default=0.0)

"""The speed of an engine, how it ended, and backoff for a busy or unreachable server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field

from newsletter.send.sending_limits import steady_clock

# `stopped`: the mail server rejects everyone; `lost`: the database does not respond; `limit`: the
# batch is sent
EngineState = Literal["done", "paused", "cancelled", "waiting", "stopped", "lost", "limit"]


class SendLimits(Struct, frozen=True):
    """The sending rate and the number of connections."""

    connections: int = 10
    rate: float | None = None  # per second, over all senders
    per_connection: int = 1000
    per_domain: dict[str, float] = field(default_factory=dict)  # per minute
    per_day: int | None = None


class EngineReport(Struct, frozen=True):
    """How work on a run ended."""

    state: EngineState
    reason: str = ""
    sent: int = 0
    due_in: float | None = None  # seconds until the next deferred delivery


class Backoff:
    """Increasing backoff shared by all connections; failures of one round count once."""

    def __init__(self, pauses: Sequence[float]) -> None:
        self.pauses = pauses
        self.round = 0
        self.until = 0.0

    def failed(self) -> bool:
        """Start the next pause; return `True` when none are left."""
        now = steady_clock()
        if now >= self.until:
            self.round += 1
            self.until = now + self.pauses[min(self.round, len(self.pauses)) - 1]
        return self.round > len(self.pauses)

    def succeeded(self) -> None:
        self.round = 0

    async def rest(self) -> None:
        while (pause := self.until - steady_clock()) > 0:
            await asyncio.sleep(min(pause, 1.0))


UNREACHABLE = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)  # seconds; then the run stops
BUSY = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 300.0, 300.0, 300.0, 300.0)  # after 421

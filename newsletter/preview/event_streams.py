"""Server-sent events that notify every open page of changes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from newsletter import __version__

HEARTBEAT = 15.0  # seconds; proxies and sleeping tabs drop connections that are silent for longer
WAITING = 64  # events queued per page; if more, it gets the latest only, as nothing is replayed
STREAMS = 64  # pages that may listen at once; a browser opens one for all its tabs


class Events:
    """The listening pages. Belongs to one event loop, in which `publish` and `close` are called."""

    def __init__(self) -> None:
        self.started = time.time_ns()
        self.listeners: set[asyncio.Queue[bytes | None]] = set()
        self.closed = False

    @property
    def full(self) -> bool:
        """Return whether no further page may listen."""
        return len(self.listeners) >= STREAMS

    def publish(self, name: str, **data: Any) -> None:
        for queue in self.listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(_event(name, data))

    def close(self) -> None:
        """End every stream, so that the server can stop while pages are open."""
        self.closed = True
        for queue in self.listeners:
            while not queue.empty():
                queue.get_nowait()
            queue.put_nowait(None)

    def join(self) -> asyncio.Queue[bytes | None]:
        """Count a page as listening from now on; `leave` must follow."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
        self.listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[bytes | None]) -> None:
        self.listeners.discard(queue)

    async def stream(self, queue: asyncio.Queue[bytes | None]) -> AsyncIterator[bytes]:
        """Yield the events for a page that has joined."""
        hello = {"started": self.started, "program": __version__}
        yield b"retry: 500\n" + _event("hello", hello)
        while not self.closed:
            try:
                event = await asyncio.wait_for(queue.get(), HEARTBEAT)
            except TimeoutError:
                event = b":\n\n"
            if event is None:
                return
            yield event


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()

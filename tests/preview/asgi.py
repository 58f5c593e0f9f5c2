"""A browser for an ASGI application, without a socket: takes requests and returns responses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1:8765"


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def scope(path: str, method: str, headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8765),
    }


async def fetch(
    app: Any,
    path: str,
    *headers: tuple[str, str],
    method: str = "GET",
    host: str | None = HOST,
    body: bytes = b"",
) -> Response:
    """Return a complete response."""
    sent: list[dict[str, Any]] = []
    requested = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if requested.is_set():
            await asyncio.Event().wait()  # the client stays connected until it has a response
        requested.set()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    all_headers = (*((("Host", host),) if host is not None else ()), *headers)
    await app(scope(path, method, all_headers), receive, send)
    start, *bodies = sent
    heads = {name.decode(): value.decode() for name, value in start["headers"]}
    return Response(
        start["status"], heads, b"".join(message.get("body", b"") for message in bodies)
    )


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[asyncio.Queue[tuple[str, Any]]]:
    """Listen to `/events` for a while; each event is a name and its data."""
    queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
    disconnected = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await disconnected.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        for event in message.get("body", b"").decode().split("\n\n"):
            fields = dict(
                line.partition(": ")[::2] for line in event.split("\n") if not line.startswith(":")
            )
            if "event" in fields:
                queue.put_nowait((fields["event"], json.loads(fields["data"])))

    task = asyncio.create_task(app(scope("/events", "GET", (("Host", HOST),)), receive, send))
    try:
        yield queue
    finally:
        disconnected.set()
        await asyncio.wait_for(task, 30)

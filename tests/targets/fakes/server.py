"""The stateful loopback server behind every fake service: it logs, validates, fails on request, and
never sends.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "2026-03-01-quay"


@dataclass(frozen=True)
class Seen:
    """One request as received."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else {}

    def asked(self, name: str, default: str = "") -> str:
        return dict(self.query).get(name, default)

    def form(self) -> dict[str, tuple[str | None, bytes]]:
        """Return field -> (file name, content) of a multipart form."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        parts = {}
        for part in message.iter_parts():  # type: ignore[attr-defined]
            name = part.get_param("name", header="content-disposition")
            parts[str(name)] = (part.get_filename(), part.get_payload(decode=True))
        return parts


@dataclass(frozen=True)
class Answer:
    """A fake's response; `body` is sent as JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Fault:
    """A failure of the next `times` requests of a kind, after `skip` successful ones."""

    method: str
    path: str  # regular expression
    # answer; lost (not processed); dropped (processed, no reply); cut (processed, the reply ends
    # after its headers); stalled (processed, no reply in time)
    kind: str
    answer: Answer = field(default_factory=Answer)
    times: int = 1
    skip: int = 0


class FakeService:
    """Drafts, media and a log; each subclass is one service."""

    base = ""  # path of the API below the server's address
    sending: tuple[str, ...] = ()  # "METHOD path" patterns that start, schedule or trigger sending
    sending_fields: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.tests: list[tuple[str, ...]] = []
        self.ticks = 0
        self.url = ""
        self.unknown_token = False

    # --- called by stories ---

    def fail(self, method: str, path: str, kind: str, **more: Any) -> None:
        self.faults.append(Fault(method, path, kind, **more))

    def writes(self) -> list[str]:
        return [f"{seen.method} {seen.path}" for seen in self.seen if seen.method != "GET"]

    def stamp(self) -> str:
        """Return a time that advances with every call."""
        self.ticks += 1
        return f"2026-03-01T08:{self.ticks // 60:02}:{self.ticks % 60:02}.000Z"

    # --- a service's responses: overridden ---

    def authorized(self, seen: Seen) -> Answer | None:
        raise NotImplementedError

    def route(self, seen: Seen) -> Answer:
        raise NotImplementedError

    def starts(self, seen: Seen) -> bool:
        """Return whether a request would send, schedule or start, in the terms of this service."""
        named = f"{seen.method} {seen.path.removeprefix(self.base)}"
        if any(re.fullmatch(pattern, named) for pattern in self.sending):
            return True
        kind = seen.headers.get("Content-Type", "")
        fields = set(_names(seen.json)) if kind.startswith("application/json") else set()
        return bool(fields & self.sending_fields)

    # --- the server ---

    def handle(self, seen: Seen) -> tuple[Answer, str]:
        """Return the response, and how it reaches the client."""
        self.seen.append(seen)
        if self.starts(seen):
            self.violations.append(f"{seen.method} {seen.path} {seen.body[:200]!r}")
            return Answer(418, {"message": "a fake never sends"}), "answer"
        fault = self._fault(seen)
        if fault is not None and fault.kind == "answer":
            return fault.answer, "answer"
        if fault is not None and fault.kind == "lost":
            return Answer(), "dropped"
        answer = self.authorized(seen) or self.route(seen)
        return answer, fault.kind if fault else "answer"

    def _fault(self, seen: Seen) -> Fault | None:
        for fault in self.faults:
            if fault.method != seen.method or not re.search(fault.path, seen.path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif fault.times > 0:
                fault.times -= 1
                return fault
        return None


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


@contextmanager
def running(fake: Any, tls: ssl.SSLContext | None = None) -> Iterator[Any]:
    """Serve a fake on a loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            tunnel = self.command == "CONNECT"
            parts = urlsplit(f"//{self.path}" if tunnel else self.path)
            body = self.rfile.read(length) if length else self._chunks()
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            path = parts.netloc if tunnel else parts.path
            seen = Seen(self.command, path, query, self.headers, body)  # type: ignore[arg-type]
            reply, how = fake.handle(seen)
            if how == "stalled":
                self.connection.recv(1)  # until the client gives up
            if how == "cut":
                self.send_response(reply.status)
                self.send_header("Content-Length", "999")
                self.end_headers()
            if how in ("dropped", "stalled", "cut"):
                self.close_connection = True
                return
            self._send(reply)

        def _chunks(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return b""
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data

        def _send(self, reply: Answer) -> None:
            raw = isinstance(reply.body, bytes)
            data = reply.body if raw else json.dumps(reply.body).encode()
            if reply.body is None:
                data = b""
            self.send_response(reply.status)
            headers = {"Content-Type": "text/html" if raw else "application/json", **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    fake.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}{fake.base}"
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

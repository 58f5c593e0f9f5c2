"""A loopback mail server that stores emails and can be set to reject, respond slowly or fail.

It supports ESMTP with PIPELINING. An email counts as accepted when its last line has been read,
before the reply; the journal must cope with whatever happens to the reply.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class ReceivedEmail:
    """One email as received."""

    sender: str
    to: str
    data: bytes


@dataclass
class Script:
    """The server's behaviour; may be changed while it runs."""

    delay: float = 0.0  # seconds before each reply
    jitter: float = 0.0  # up to this many more before the last one
    refuse: dict[str, str] = field(default_factory=dict)  # recipient -> reply to RCPT
    refuse_everyone: str | None = None
    refuse_sender: str | None = None
    refuse_data: str | None = None  # reply to the last line
    greeting: str = "220 sink.example ESMTP"
    features: tuple[str, ...] = ("PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8")
    drop_before_data: int = 0  # this many connections break after DATA was accepted
    drop_after_data: int = 0  # this many break after the email was accepted, without a reply
    leave_after: int | None = None  # emails per connection, then 421
    keep: Callable[[ReceivedEmail], object] | None = None  # instead of storing everything


class SmtpServer:
    """The server, in its own thread."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.received: list[ReceivedEmail] = []
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def recipients(self) -> list[str]:
        return [email.to for email in self.received]

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._session, "127.0.0.1", 0, limit=1 << 26)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await _Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()


class _Session:
    def __init__(
        self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.sender = self.to = ""
        self.count = 0

    async def reply(self, text: str) -> None:
        if self.server.script.delay:
            await asyncio.sleep(self.server.script.delay)
        self.writer.write(f"{text}\r\n".encode())
        await self.writer.drain()

    async def run(self) -> None:
        script = self.server.script
        await self.reply(script.greeting)
        if not script.greeting.startswith("220"):
            return
        while line := await self.reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                await self.reply("\r\n".join(_lines("sink.example", *script.features)))
            elif verb == b"MAIL":
                await self._mail(line)
            elif verb == b"RCPT":
                await self._rcpt(line)
            elif verb == b"DATA":
                if not await self._data():
                    return
            elif verb == b"QUIT":
                await self.reply("221 bye")
                return
            else:
                self.to = ""
                await self.reply("250 ok")

    async def _mail(self, line: bytes) -> None:
        script = self.server.script
        self.to = ""
        if script.leave_after is not None and self.count >= script.leave_after:
            await self.reply("421 4.7.0 too much mail on this connection")
            raise ConnectionError
        self.sender = _path(line)
        await self.reply(script.refuse_sender or "250 ok")

    async def _rcpt(self, line: bytes) -> None:
        script, to = self.server.script, _path(line)
        refusal = script.refuse.get(to) or script.refuse_everyone or script.refuse_sender
        if not refusal:
            self.to = to
        await self.reply(refusal or "250 ok")

    async def _data(self) -> bool:
        script = self.server.script
        if not self.to:
            await self.reply("503 5.5.1 no recipient")
            return True
        await self.reply("354 go on")
        if script.drop_before_data > 0:
            script.drop_before_data -= 1
            self.writer.transport.abort()
            return False
        data = await self.reader.readuntil(b"\r\n.\r\n")
        if script.refuse_data:
            await self.reply(script.refuse_data)
            return True
        email = ReceivedEmail(self.sender, self.to, data[:-3])
        (script.keep or self.server.received.append)(email)
        self.count += 1
        if script.drop_after_data > 0:
            script.drop_after_data -= 1
            self.writer.transport.abort()
            return False
        if script.jitter:
            await asyncio.sleep(random.random() * script.jitter)
        await self.reply("250 2.0.0 taken")
        return True


def _path(line: bytes) -> str:
    match = re.search(rb"<(.*?)>", line)
    return match[1].decode() if match else ""


def _lines(*words: str) -> Iterator[str]:
    for index, word in enumerate(words):
        yield f"250{' ' if index + 1 == len(words) else '-'}{word}"


@contextlib.contextmanager
def smtp_server(script: Script | None = None) -> Iterator[SmtpServer]:
    """Run a server for a while."""
    server = SmtpServer(script)
    server.start()
    try:
        yield server
    finally:
        server.close()

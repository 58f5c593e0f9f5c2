"""One SMTP connection that pipelines commands where the protocol allows it (RFC 2920)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import ssl
from collections import deque
from typing import Literal

from msgspec import Struct

from newsletter.send.outcome import SmtpReply

COMMAND = 300.0  # seconds for the reply to a command (RFC 5321 §4.5.3.2)
FINAL = 600.0  # seconds for the reply to the final dot (RFC 5321 §4.5.3.2.6)
CONNECT = 30.0


class MailServer(Struct, frozen=True):
    """Where emails are submitted. The password is read late and never printed."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"] = "none"
    user: str | None = None
    password: str | None = None
    context: ssl.SSLContext | None = None
    name: str = "localhost"  # our EHLO name


class ConnectionLost(Exception):
    """The connection broke; `after_data` is whether the message may have been accepted."""

    def __init__(self, reason: str, *, after_data: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_data = after_data


class Refused(Exception):
    """The server replied with a rejection."""

    def __init__(self, step: str, reply: SmtpReply) -> None:
        super().__init__(f"{step}: {reply.code} {reply.text}")
        self.step, self.reply = step, reply


class Envelope(Struct, frozen=True):
    """Sender and recipient of one email."""

    return_path: str
    to: str
    id: str = ""  # ENVID and ORCPT, if the server supports DSN (RFC 3461)

    @property
    def ascii(self) -> bool:
        return self.to.isascii() and self.return_path.isascii()


class SmtpConnection(asyncio.Protocol):
    """A connection opened by `connect`. One email at a time: `begin`, then `finish` or `close`."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.features: dict[str, str] = {}
        self.sent = 0  # emails sent over this connection
        self._buffer = b""
        self._lines: list[str] = []
        self._replies: deque[SmtpReply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: str | None = None

    # --- asyncio.Protocol -----------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        for raw in lines:
            line = raw.rstrip(b"\r").decode("utf-8", "replace")
            self._lines.append(line[4:])
            if line[3:4] == "-":
                continue
            code = int(line[:3]) if line[:3].isdigit() else 0
            self._replies.append(SmtpReply(code, "\n".join(self._lines)))
            self._lines = []
        if len(self._buffer) > 65536:
            self.close()  # not an SMTP server
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = self._lost or (str(exc) if exc else "the server closed the connection")
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # --- replies --------------------------------------------------------------------------------

    async def reply(self, timeout: float = COMMAND) -> SmtpReply:
        """Return the next reply. Raises `ConnectionLost`, also on timeout."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not self._replies:
            if self._lost is not None:
                raise ConnectionLost(self._lost)
            self._waiter = loop.create_future()
            timer = loop.call_at(deadline, self._expire)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._replies.popleft()

    def _expire(self) -> None:
        self._lost = "no reply in time"
        self.close()
        self._wake()

    async def command(self, text: str, step: str) -> SmtpReply:
        """Send a command and return its reply. Raises `Refused` for 4xx and 5xx."""
        self.write(f"{text}\r\n".encode())
        reply = await self.reply()
        if not reply.positive:
            raise Refused(step, reply)
        return reply

    def write(self, data: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            raise ConnectionLost(self._lost or "the connection is closed")
        self.transport.write(data)

    @property
    def usable(self) -> bool:
        """Return whether the connection seems open, without sending anything."""
        closing = self.transport is None or self.transport.is_closing()
        return self._lost is None and not closing and not self._replies

    # --- one email ------------------------------------------------------------------------------

    def begin(self, envelope: Envelope, size: int) -> None:
        """Write MAIL, RCPT and DATA at once if the server supports pipelining."""
        options = f" SIZE={size}" if "SIZE" in self.features else ""
        if not envelope.ascii:
            options += " SMTPUTF8 BODY=8BITMIME"
        to = ""
        if "DSN" in self.features and envelope.id:
            options += f" RET=HDRS ENVID={envelope.id}"
            to = f" NOTIFY=FAILURE,DELAY ORCPT={_original(envelope.to)}"
        self._pending = [f"RCPT TO:<{envelope.to}>{to}\r\n".encode(), b"DATA\r\n"]
        self.write(f"MAIL FROM:<{envelope.return_path}>{options}\r\n".encode())
        if "PIPELINING" in self.features:
            self.write(b"".join(self._pending))
            self._pending = []

    async def accepted(self) -> tuple[str, SmtpReply] | None:
        """Read the replies to `begin`.

        Returns `None` if data may follow, otherwise the step and its rejection.
        """
        refused: tuple[str, SmtpReply] | None = None
        for step, good in (("MAIL", 250), ("RCPT", 250), ("DATA", 354)):
            try:
                reply = await self.reply()
            except ConnectionLost:
                if refused is None:
                    raise
                return refused  # a 421, and the server closed the connection
            if step == "DATA" and reply.code == 354 and refused:
                await self._send_nothing()
            elif not (reply.code == good or (step == "RCPT" and reply.code == 251)):
                refused = refused or (step, reply)
            if self._pending and not refused:
                self.write(self._pending.pop(0))
            elif self._pending:
                break
        if refused and self.usable:
            await self._reset(refused[1])
        return refused

    async def _send_nothing(self) -> None:
        """End a DATA that the server accepted although it took no recipient (RFC 2920 §3.1)."""
        self.write(b".\r\n")
        if (await self.reply()).positive:
            raise ConnectionLost("the server accepted an email without a recipient")

    async def _reset(self, reply: SmtpReply) -> None:
        if reply.code == 421:
            self.close()
            return
        with contextlib.suppress(Refused):
            await self.command("RSET", "RSET")

    async def finish(self, message: bytes) -> SmtpReply:
        """Write the message and its final dot, and return the last reply.

        The message has CRLF line endings, ends with one, and none of its lines starts with a dot.
        Raises `ConnectionLost` with `after_data` if it is unknown whether the message was accepted.
        """
        try:
            self.write(message + b".\r\n")
        except ConnectionLost as error:  # nothing was written
            raise ConnectionLost(error.reason) from error
        try:
            reply = await self.reply(FINAL)
        except ConnectionLost as error:
            raise ConnectionLost(error.reason, after_data=True) from error
        self.sent += 1
        return reply

    async def quit(self) -> None:
        """Send QUIT, without waiting long for the reply."""
        with contextlib.suppress(ConnectionLost, Refused, TimeoutError):
            async with asyncio.timeout(5):
                await self.command("QUIT", "QUIT")
        self.close()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()


async def connect(server: MailServer) -> SmtpConnection:
    """Return a connection after greeting, encryption and login.

    Raises `ConnectionLost`, or `Refused` with the step that the server rejected.
    """
    loop = asyncio.get_running_loop()
    tls = server.context if server.security == "tls" else None
    try:
        async with asyncio.timeout(CONNECT):
            _, connection = await loop.create_connection(
                SmtpConnection, server.host, server.port, ssl=tls
            )
    except TimeoutError as error:
        raise ConnectionLost(f"no connection within {CONNECT:.0f} s") from error
    except OSError as error:
        raise ConnectionLost(str(error.strerror or error)) from error
    try:
        await _greet(connection, server)
    except BaseException:
        connection.close()
        raise
    return connection


async def _greet(connection: SmtpConnection, server: MailServer) -> None:
    greeting = await connection.reply()
    if greeting.code != 220:
        raise Refused("greeting", greeting)
    await _ehlo(connection, server)
    if server.security == "starttls":
        await _start_tls(connection, server)
    if server.user is not None and server.password is not None:
        await _log_in(connection, server.user, server.password)


async def _ehlo(connection: SmtpConnection, server: MailServer) -> None:
    reply = await connection.command(f"EHLO {server.name}", "EHLO")
    words = (line.partition(" ") for line in reply.text.split("\n")[1:])
    connection.features = {name.upper(): rest.upper() for name, _, rest in words}


async def _start_tls(connection: SmtpConnection, server: MailServer) -> None:
    if "STARTTLS" not in connection.features:
        raise Refused("STARTTLS", SmtpReply(502, "the server does not offer encryption"))
    await connection.command("STARTTLS", "STARTTLS")
    # Data received before encryption could come from anyone (CVE-2011-0411).
    connection._buffer = b""
    connection._replies.clear()
    assert connection.transport is not None
    assert server.context is not None
    loop = asyncio.get_running_loop()
    try:
        transport = await loop.start_tls(
            connection.transport, connection, server.context, server_hostname=server.host
        )
    except OSError as error:  # ssl.SSLError is one
        raise ConnectionLost(f"no encrypted connection: {error}") from error
    assert isinstance(transport, asyncio.Transport)
    connection.transport = transport
    await _ehlo(connection, server)


async def _log_in(connection: SmtpConnection, user: str, password: str) -> None:
    methods = connection.features.get("AUTH", "").split()
    if "PLAIN" in methods:
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        await connection.command(f"AUTH PLAIN {token}", "AUTH")
        return
    if "LOGIN" not in methods:
        raise Refused("AUTH", SmtpReply(502, "the server offers neither PLAIN nor LOGIN"))
    await connection.command("AUTH LOGIN", "AUTH")
    for word in (user, password):
        await connection.command(base64.b64encode(word.encode()).decode(), "AUTH")


def _original(address: str) -> str:
    """Return an address in ORCPT form (RFC 3461 §4: xtext)."""
    kind = "rfc822" if address.isascii() else "utf-8"
    return f"{kind};" + re.sub(r"[^!-*,-<>-~]", lambda match: f"+{ord(match[0]):02X}", address)

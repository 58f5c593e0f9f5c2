"""A real mail server on a loopback port (aiosmtpd), with its own certificate authority and
configurable failures.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "desk@quay.example", "correct-horse-battery-1"


@dataclass
class Inbox:
    """The emails received, and the server's behaviour."""

    port: int = 0
    received: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    reply: str = "250 Taken"
    refuse: dict[str, str] = field(default_factory=dict)  # recipient -> reply
    drop_after_data: bool = False

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.received.append(envelope)
        assert server.transport is not None
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        if self.drop_after_data:
            server.transport.abort()
            await asyncio.sleep(0)
        return self.reply


def authority() -> trustme.CA:
    return trustme.CA()


def _authenticated(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False)


@contextmanager
def mail_server(
    security: str,
    ca: trustme.CA,
    inbox: Inbox,
    *,
    login: bool = True,
    smtputf8: bool = True,
    expired: bool = False,
) -> Iterator[Inbox]:
    """Run the server; `inbox.port` is its port."""
    now = dt.datetime.now(dt.UTC)
    until = now - dt.timedelta(days=1) if expired else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(
        "localhost", not_before=now - dt.timedelta(days=9), not_after=until
    ).configure_cert(context)
    options: dict[str, Any] = {"enable_SMTPUTF8": smtputf8}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {
            "authenticator": _authenticated,
            "auth_required": True,
            "auth_require_tls": security == "starttls",
        }
    implicit = context if security == "tls" else None

    def protocol(loop: asyncio.AbstractEventLoop) -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # it does not detect implicit TLS
            return SMTP(inbox, loop=loop, **options)

    with _running(protocol, implicit) as inbox.port:
        yield inbox


@contextmanager
def _running(
    protocol: Callable[[asyncio.AbstractEventLoop], SMTP], tls: ssl.SSLContext | None
) -> Iterator[int]:
    """Serve in a separate thread; yields the port."""
    loop = asyncio.new_event_loop()
    listen = loop.create_server(lambda: protocol(loop), "127.0.0.1", 0, ssl=tls)
    server = loop.run_until_complete(listen)
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        for _ in range(5):  # transports close in the following iterations
            loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def write_authority(ca: trustme.CA, path: Path) -> Path:
    ca.cert_pem.write_to_path(str(path))
    return path

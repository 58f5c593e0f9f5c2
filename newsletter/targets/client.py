"""The one small HTTP client of all services: what may be sent, what may be repeated, what errors say."""

from __future__ import annotations

import asyncio
import os
import random
import re
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from msgspec import Struct, field

from newsletter.errors import NewsletterError
from newsletter.targets.authority import tls_context
from newsletter.targets.reply import error_text, retry_pause
from newsletter.targets.secrets import Secret, redact

if TYPE_CHECKING:
    import aiohttp

SECONDS = 60.0  # for one request and its reply
TRIES = 3
PAUSES = (1.0, 2.0, 4.0)  # seconds before the next attempt, if the service names none
LONGEST_PAUSE = 120.0  # seconds: above, a person decides
MOST_BYTES = 32 * 1024 * 1024  # of a reply
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Upload(Struct, frozen=True):
    """A file in a multipart form."""

    field: str
    name: str
    type: str
    data: bytes


class Request(Struct, frozen=True):
    """One request, as the plan prints it and the client sends it."""

    method: str
    path: str  # below the service's base address
    query: tuple[tuple[str, str], ...] = ()
    json: Any = None
    upload: Upload | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = True  # False: repeating it would create a duplicate

    @property
    def target(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


class Reply(Struct, frozen=True):
    """A reply with a success status."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    service: str

    def json(self) -> Any:
        """Return the parsed JSON value. Raises `NewsletterError` if the reply is not JSON."""
        import json

        try:
            return json.loads(self.body) if self.body.strip() else {}
        except ValueError as error:
            kind = self.headers.get("Content-Type", "no type").partition(";")[0]
            raise NewsletterError(
                f"{self.service} returned {kind} instead of JSON",
                hint="Check the address in the settings; a proxy may have responded.",
            ) from error


class ServiceError(NewsletterError):
    """The service rejected a request with an error."""

    def __init__(self, message: str, *, status: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class LostReply(NewsletterError):
    """The reply was lost, so the outcome is unknown: check the current state before retrying."""


class Connection(Struct, frozen=True):
    """How to reach one service, and which requests are allowed."""

    service: str  # name used in messages
    base: str  # without a trailing slash
    headers: Callable[[], Mapping[str, str]]  # with the token; made for every request
    secrets: tuple[Secret, ...]
    writes: tuple[str, ...]  # "POST /campaigns", "PUT /campaigns/*": else only GET
    forbidden: frozenset[str]  # field names that start or date a sending
    rights: str  # permissions a token needs, for error messages
    ca: Path | None = None


class Client:
    """Sends requests to one service."""

    def __init__(self, connection: Connection, session: aiohttp.ClientSession) -> None:
        self.connection = connection
        self._session = session
        self._tls: ssl.SSLContext | None = None

    async def send(self, request: Request) -> Reply:
        """Send a request, retrying if that is safe; return a reply with a status below 300.

        Raises `ServiceError` if the request is rejected, `LostReply` if the outcome is unknown, and
        `NewsletterError` if nothing was sent. Messages never contain a secret.
        """
        refuse_unsafe(request, self.connection)
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                reply = await self._once(request)
            except LostReply:
                if last or not request.repeatable:
                    raise
                await pause(attempt, None)
                continue
            if reply.status < 300:
                return reply
            again = reply.status == 429 or (reply.status >= 500 and request.repeatable)
            wait = retry_pause(reply.headers)
            if not again or last or (wait or 0) > LONGEST_PAUSE:
                raise self._refusal(request, reply)
            await pause(attempt, wait)
        raise AssertionError("the last try returns or raises")

    async def _once(self, request: Request) -> Reply:
        import aiohttp

        url = self.connection.base + request.path
        service = self.connection.service
        host = urlsplit(url).hostname or ""
        try:
            async with self._session.request(
                request.method,
                url,
                params=list(request.query) or None,
                headers={**self.connection.headers(), **request.headers},
                data=_form(request),
                json=request.json,
                allow_redirects=False,
                proxy=_proxy(url),
                ssl=self._tls_for(url),
            ) as response:
                body = await _body(response, service)
                reply = Reply(response.status, response.headers.copy(), body, service)
        except aiohttp.ClientConnectorCertificateError as error:
            reason = getattr(error.certificate_error, "verify_message", "not trusted")
            raise NewsletterError(
                f"Certificate of {host} not accepted: {reason}",
                hint="Name your own authority with `ca` in the target's table.",
            ) from error
        except (aiohttp.ClientConnectorError, aiohttp.ClientProxyConnectionError) as error:
            raise NewsletterError(
                f"No connection to {host}: {_unreached(error.os_error)}",
                hint="Check the address, the network and the proxy; nothing was sent.",
            ) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = "no response in time" if isinstance(error, TimeoutError) else "connection lost"
            raise LostReply(f"{service}: {reason} after {request.method} {request.path}") from error
        if 300 <= reply.status < 400:
            raise self._redirected(reply)
        return reply

    def _redirected(self, reply: Reply) -> NewsletterError:
        """Return why a redirect is not followed: the token would be sent to its destination."""
        service = self.connection.service
        to = urlsplit(reply.headers.get("Location", "")).hostname or "another address"
        return NewsletterError(
            f"{service} redirects to {to}; the token is not sent there",
            hint="Set the address it redirects to in the settings, if it is right.",
        )

    def _refusal(self, request: Request, reply: Reply) -> NewsletterError:
        """Return the error for a status of 400 or more.

        A 5xx for a request that must not be repeated leaves the outcome unknown.
        """
        connection = self.connection
        explanation = redact(error_text(reply.status, reply.body), connection.secrets)
        message = f"{connection.service} refused {request.method} {request.path}: {explanation}"
        if reply.status >= 500:
            if not request.repeatable:
                return LostReply(message)
            return ServiceError(message, status=reply.status, hint="Try again later.")
        return ServiceError(message, status=reply.status, hint=_hint(reply.status, connection))

    def _tls_for(self, url: str) -> ssl.SSLContext | bool:
        if not url.startswith("https:"):
            return True
        if self._tls is None:
            self._tls = tls_context(self.connection.ca)
        return self._tls


def _hint(status: int, connection: Connection) -> str | None:
    if status == 401:
        source = connection.secrets[0].source if connection.secrets else "the settings"
        return f"Check the token from {source}: it needs {connection.rights}."
    if status == 403:
        return f"Give the token the rights it needs: {connection.rights}."
    if status == 409:
        return "Publish again: it was saved elsewhere at the same time."
    if status == 404:
        return "Check the address and the ids in the target's table."
    if status == 429:
        return "Try again later: too many requests for now."
    return None


def _unreached(error: OSError) -> str:
    """Return the system's reason; asyncio names the address instead."""
    reason = error.strerror or "unreachable"
    if reason.startswith("Connect call failed") and error.errno is not None:
        return os.strerror(error.errno)
    return reason


@asynccontextmanager
async def open_client(connection: Connection) -> AsyncIterator[Client]:
    """Open a client. Raises `NewsletterError` if a token would be sent unencrypted."""
    import aiohttp

    parts = urlsplit(connection.base)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise NewsletterError(
            f"Unencrypted connection to {parts.hostname} refused: it would expose the token",
            hint="Use https; http is for this machine only.",
        )
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(
        timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        session._retry_connection = False  # retries are counted here; there is no public option
        yield Client(connection, session)


def refuse_unsafe(request: Request, connection: Connection) -> None:
    """Raise `NewsletterError` for a request that might trigger a sending: the last safeguard."""
    if request.method != "GET" and not any(
        _matches(pattern, request) for pattern in connection.writes
    ):
        raise NewsletterError(
            f"Request not allowed: {request.method} {request.path}",
            hint="Report it as a bug in newsletter.",
        )
    refused = sorted(connection.forbidden & set(field_names(request.json)))
    if refused:
        raise NewsletterError(
            f"Fields not allowed in a request to {connection.service}: {', '.join(refused)}",
            hint="Report it as a bug in newsletter.",
        )


async def _body(response: aiohttp.ClientResponse, service: str) -> bytes:
    """Return a complete reply body. Raises `NewsletterError` above `MOST_BYTES`."""
    data = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        data += chunk
        if len(data) > MOST_BYTES:
            raise NewsletterError(
                f"{service} returned more than {MOST_BYTES // 1024**2} MB",
                hint="Check the address in the settings.",
            )
    return bytes(data)


def _matches(pattern: str, request: Request) -> bool:
    expression = re.escape(pattern).replace(r"\*", "[^/]+")
    return re.fullmatch(expression, f"{request.method} {request.path}") is not None


def field_names(value: Any) -> list[str]:
    """Return the name of every field in a JSON value, at any depth."""
    if isinstance(value, Mapping):
        return [*value, *(name for item in value.values() for name in field_names(item))]
    if isinstance(value, list | tuple):
        return [name for item in value for name in field_names(item)]
    return []


async def pause(attempt: int, requested: float | None) -> None:
    """Wait before the next attempt: as long as the service requests, or with jittered backoff."""
    seconds = PAUSES[attempt] * random.uniform(0.8, 1.2) if requested is None else requested
    await asyncio.sleep(seconds)


def _proxy(url: str) -> str | None:
    """Return the proxy the environment sets for an address; none for the local machine."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _form(request: Request) -> Any:
    if request.upload is None:
        return None
    import aiohttp

    form = aiohttp.FormData()
    for name, value in request.form.items():
        form.add_field(name, value)
    upload = request.upload
    form.add_field(upload.field, upload.data, filename=upload.name, content_type=upload.type)
    return form

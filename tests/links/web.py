"""Local web servers: hosts by name, a private certificate authority, and servers that may lie.

Responses are written directly to the socket, because server libraries cannot send half a header,
bad gzip or an endless body.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
import struct
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOME = "127.0.0.1"
HTML = "text/html; charset=utf-8"


@dataclass(slots=True)
class Visit:
    """One request, and the connection for the response."""

    method: str
    target: str
    host: str
    headers: Mapping[str, str]  # names in lower case
    nth: int  # count of requests for this target at this host, from 1
    ports: Mapping[str, int]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(
        self,
        body: bytes | str = b"",
        status: str = "200 OK",
        *headers: str,
        kind: str | None = HTML,
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(data)}"]
        await self.send(
            "\r\n".join([*lines, *([f"Content-Type: {kind}"] if kind else []), "", ""]).encode()
            + data
        )

    async def redirect(
        self, location: str | bytes, status: str = "302 Found", *headers: str
    ) -> None:
        line = location if isinstance(location, bytes) else location.encode()
        await self.send(
            b"\r\n".join(
                [
                    f"HTTP/1.1 {status}".encode(),
                    b"Location: " + line,
                    *(h.encode() for h in headers),
                ]
            )
            + b"\r\nContent-Length: 0\r\n\r\n"
        )

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Close the connection with RST, as a crash does."""
        self.writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.writer.transport.abort()

    async def hang(self) -> None:
        """Send nothing until the client closes the connection."""
        await self.reader.read()


Handler = Callable[[Visit], Awaitable[None]]


@dataclass(slots=True)
class Traffic:
    """The requests that the servers received."""

    visits: Counter[tuple[str, str]] = field(default_factory=Counter)  # host and target
    headers: defaultdict[str, list[Mapping[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    times: defaultdict[str, list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )  # time of each request, in seconds
    active: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(
        default_factory=Counter
    )  # concurrent requests by host; "" for all hosts together

    @contextlib.contextmanager
    def one(self, host: str) -> Iterator[None]:
        for name in (host, ""):
            self.active[name] += 1
            self.most[name] = max(self.most[name], self.active[name])
        try:
            yield
        finally:
            for name in (host, ""):
                self.active[name] -= 1


class Web:
    """The web servers, running in a separate thread while the context is open."""

    def __init__(
        self, hosts: Mapping[str, Handler], certificates: Certificates | None = None
    ) -> None:
        self.hosts = dict(hosts)
        self.traffic = Traffic()
        self.certificates = certificates
        self.http = self.https = self.refused = 0  # ports; the last one has no listener
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Web:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _open(self) -> None:
        self._servers = [await asyncio.start_server(self._serve, HOME, 0, backlog=512)]
        self.http = self._servers[0].sockets[0].getsockname()[1]
        if self.certificates:
            tls = self.certificates.server()
            self._servers.append(
                await asyncio.start_server(self._serve, HOME, 0, ssl=tls, backlog=512)
            )
            self.https = self._servers[1].sockets[0].getsockname()[1]
        with socket.create_server((HOME, 0)) as nobody:
            self.refused = nobody.getsockname()[1]

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError
        ):
            while not writer.is_closing():
                head = await reader.readexactly(1)
                if head == b"\x16":  # a TLS request on a plain HTTP port: respond in plain text
                    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                    break
                visit = self._visit(head + await reader.readuntil(b"\r\n\r\n"), reader, writer)
                with self.traffic.one(visit.host):
                    await self.hosts.get(visit.host, unknown)(visit)
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError, asyncio.CancelledError):
            await writer.wait_closed()

    def _visit(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Visit:
        first, *rest = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value
            for name, _, value in (line.partition(": ") for line in rest if line)
        }
        host = headers["host"].rpartition(":")[0] or headers["host"]
        self.traffic.visits[host, target] += 1
        self.traffic.headers[host].append(headers)
        self.traffic.times[host].append(time.monotonic())
        nth = self.traffic.visits[host, target]
        return Visit(method, target, host, headers, nth, self.ports, reader, writer)

    @property
    def ports(self) -> dict[str, int]:
        return {"http": self.http, "https": self.https, "refused": self.refused}


async def unknown(visit: Visit) -> None:
    await visit.reply("no such host here", "421 Misdirected Request")


# --- names ----------------------------------------------------------------------------------------


class Directory:
    """Name lookup: every `.test` host is local; other names are looked up in `others`."""

    def __init__(
        self, others: Mapping[str, tuple[str, ...] | OSError | None] = MappingProxyType({})
    ) -> None:
        self.others = others
        self.asked: Counter[str] = Counter()

    async def __call__(self, host: str) -> tuple[str, ...]:
        self.asked[host] += 1
        expected = self.others.get(host, (HOME,) if host.endswith((".test", "example.com")) else ())
        if expected is None:
            await asyncio.sleep(3600)
        if isinstance(expected, OSError):
            raise expected
        return expected or ()


# --- certificates ---------------------------------------------------------------------------------


class Certificates:
    """Valid certificates for all hosts, and bad ones for hosts named after the defect."""

    def __init__(self) -> None:
        self.authority = trustme.CA()
        stranger = trustme.CA()
        now = dt.datetime.now(dt.UTC)
        day = dt.timedelta(days=1)
        issue = self.authority.issue_cert
        self.special = {
            "expired.test": issue("expired.test", not_before=now - 90 * day, not_after=now - day),
            "not-yet.test": issue("not-yet.test", not_before=now + day, not_after=now + 90 * day),
            "wrong-host.test": issue("elsewhere.test"),
            "stranger.test": stranger.issue_cert("stranger.test"),
        }
        self.between = self.authority.create_child_ca()

    def server(self) -> ssl.SSLContext:
        contexts = {name: self._context(certificate) for name, certificate in self.special.items()}
        itself = trustme.CA()
        contexts["self-signed.test"] = _alone(
            itself.private_key_pem.bytes(), itself.cert_pem.bytes()
        )
        contexts["incomplete.test"] = _alone(
            *_as_public_authorities_do("incomplete.test", self.between)
        )

        def choose(line: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            if name not in contexts:
                contexts[name or ""] = self._context(
                    self.authority.issue_cert(name or "nobody.test")
                )
            line.context = contexts[name or ""]

        main = self._context(self.authority.issue_cert("any.test"))
        main.sni_callback = choose
        return main

    @staticmethod
    def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    def client(self, context: ssl.SSLContext) -> ssl.SSLContext:
        """Make a context trust this authority."""
        self.authority.configure_trust(context)
        return context


def _alone(key: bytes, certificate: bytes) -> ssl.SSLContext:
    """Send a certificate without the one that signed it, as every tenth server does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with trustme.Blob(key + certificate).tempfile() as path:
        context.load_cert_chain(path)
    return context


def _as_public_authorities_do(host: str, authority: trustme.CA) -> tuple[bytes, bytes]:
    """Return a key and a certificate that gives the address of its issuer's certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    now = dt.datetime.now(dt.UTC)
    place = x509.UniformResourceIdentifier("http://authority.test/between.der")
    expected = x509.AccessDescription(x509.AuthorityInformationAccessOID.CA_ISSUERS, place)
    certificate = (
        x509.CertificateBuilder(
            issuer.subject, x509.Name([]), key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        .add_extension(x509.AuthorityInformationAccess([expected]), critical=False)
        .sign(
            serialization.load_pem_private_key(authority.private_key_pem.bytes(), None),
            hashes.SHA256(),
        )
    )
    pem = serialization.Encoding.PEM
    bare = serialization.NoEncryption()
    return key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, bare
    ), certificate.public_bytes(pem)

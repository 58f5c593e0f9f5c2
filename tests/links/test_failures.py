"""Why a request got no response, in the words of the report."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from typing import Any

import aiohttp
import pytest
from aiohttp import http_exceptions
from aiohttp.client_reqrep import ConnectionKey

from newsletter.links.failure import LinkFailure, classify_failure
from newsletter.links.options import LinkOptions
from newsletter.links.resolve import PrivateAddress, UnresolvedHost

OPTIONS = LinkOptions("agent", timeout=12.5, connect=3)
KEY: Any = ConnectionKey("quay.example", 443, True, True, None, None, None)
CLOSED = LinkFailure("broken", "connection closed without a response", retry=True)
UNREACHABLE = LinkFailure("timeout", "not reachable from this machine", silent=True)
INCOMPLETE = LinkFailure(
    "suspect",
    "incomplete certificate chain; browsers may download the missing certificate",
    incomplete_chain=True,
)


def certificate(code: int, message: str = "odd") -> Exception:
    error = ssl.SSLCertVerificationError(1, "verify failed")
    error.verify_code, error.verify_message = code, message
    return aiohttp.ClientConnectorCertificateError(KEY, error)


def unconnected(error: OSError) -> Exception:
    return aiohttp.ClientConnectorError(KEY, error)


def system(number: int) -> Exception:
    return unconnected(OSError(number, os.strerror(number)))


def insecure(error: OSError) -> Exception:
    return aiohttp.ClientConnectorSSLError(KEY, error)


def several(*numbers: int) -> str:
    """Return how aiohttp joins the errors of several addresses."""
    return "Multiple exceptions: " + ", ".join(f"[Errno {number}] at x" for number in numbers)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def malformed(cause: Exception | None) -> Exception:
    error = aiohttp.ClientResponseError(None, ())  # type: ignore[arg-type]
    error.__cause__ = cause
    return error


FAILURES: list[tuple[Exception, LinkFailure]] = [
    (
        aiohttp.ServerTimeoutError(),
        LinkFailure("timeout", "no connection within 3 seconds", silent=True),
    ),
    (TimeoutError(), LinkFailure("timeout", "no response within 12.5 seconds", silent=True)),
    (certificate(2), INCOMPLETE),
    (certificate(20), INCOMPLETE),
    (certificate(21), INCOMPLETE),
    (certificate(9), LinkFailure("broken", "certificate not valid yet")),
    (certificate(10), LinkFailure("broken", "certificate expired")),
    (certificate(18), LinkFailure("broken", "self-signed certificate")),
    (certificate(19), LinkFailure("broken", "certificate from an unknown authority")),
    (certificate(23), LinkFailure("broken", "certificate revoked")),
    (certificate(62), LinkFailure("broken", "certificate for another host")),
    (certificate(64), LinkFailure("broken", "certificate for another address")),
    (certificate(99), LinkFailure("broken", "certificate rejected: odd")),
    (
        aiohttp.ClientConnectorSSLError(
            KEY, ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] Wrong version number (_ssl.c:1006)")
        ),
        LinkFailure("broken", "no secure connection: wrong version number"),
    ),
    (
        insecure(OSError(1, "Closed [by] the server (_ssl.c:1) early")),
        LinkFailure("broken", "no secure connection: closed [by] the server (_ssl.c:1) early"),
    ),
    (insecure(OSError("No number")), LinkFailure("broken", "no secure connection: no number")),
    (
        insecure(OSError(1, "[SSL] " + "Long" * 40)),
        LinkFailure("broken", "no secure connection: " + "long" * 30),
    ),
    (system(errno.ECONNRESET), CLOSED),
    (system(errno.EPIPE), CLOSED),
    (system(errno.ECONNABORTED), CLOSED),
    (aiohttp.ServerDisconnectedError(), CLOSED),
    (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), CLOSED),
    (
        system(errno.ECONNREFUSED),
        LinkFailure("broken", "connection refused: no web server is running there"),
    ),
    (system(errno.ETIMEDOUT), LinkFailure("timeout", "connection timed out", silent=True)),
    (system(errno.ENETUNREACH), UNREACHABLE),
    (system(errno.EHOSTUNREACH), UNREACHABLE),
    (
        unconnected(OSError(None, f"many: [Errno {errno.ENETUNREACH}] a, [Errno 999] b")),
        UNREACHABLE,
    ),
    (system(errno.EADDRNOTAVAIL), UNREACHABLE),
    (system(errno.EAFNOSUPPORT), UNREACHABLE),
    (  # of several addresses, the one that a server answered at says most
        unconnected(OSError(None, several(errno.ENETUNREACH, errno.ECONNRESET))),
        CLOSED,
    ),
    (
        unconnected(OSError(None, several(errno.ETIMEDOUT, errno.ECONNREFUSED))),
        LinkFailure("broken", "connection refused: no web server is running there"),
    ),
    (
        unconnected(OSError(None, several(errno.ENETUNREACH, errno.ETIMEDOUT))),
        LinkFailure("timeout", "connection timed out", silent=True),
    ),
    (
        unconnected(OSError(errno.EMFILE, "Too many open files")),
        LinkFailure("suspect", "no connection: too many open files"),
    ),
    (
        unconnected(PrivateAddress("10.0.0.1")),
        LinkFailure("broken", "private address (10.0.0.1), which readers cannot open"),
    ),
    (
        unconnected(PrivateAddress("0.0.0.0", filtered=True)),
        LinkFailure("blocked", "blocked by a filter in this network (0.0.0.0)"),
    ),
    (unconnected(UnresolvedHost()), LinkFailure("timeout", "no name server responded")),
    (
        unconnected(socket.gaierror(socket.EAI_NONAME, "unknown")),
        LinkFailure("broken", "host does not exist"),
    ),
    (aiohttp.InvalidURL("http://"), LinkFailure("broken", "not a valid address")),
    (
        malformed(http_exceptions.BadStatusLine("x")),
        LinkFailure("broken", "the server does not speak HTTP"),
    ),
    (
        malformed(http_exceptions.LineTooLong("x", "1")),
        LinkFailure("suspect", "response with a header of more than 64 KB"),
    ),
    (malformed(None), LinkFailure("suspect", "malformed HTTP response")),
    (
        malformed(caused(ValueError(), http_exceptions.BadStatusLine("x"))),
        LinkFailure("broken", "the server does not speak HTTP"),
    ),
    (RuntimeError("a\n b"), LinkFailure("suspect", "unexpected error while checking: a b")),
    (RuntimeError(), LinkFailure("suspect", "unexpected error while checking: RuntimeError")),
    (
        RuntimeError("x" * 200 + "\ud800"),
        LinkFailure("suspect", "unexpected error while checking: " + "x" * 120),
    ),
]


@pytest.mark.parametrize(("error", "failure"), FAILURES, ids=lambda value: type(value).__name__)
def test_each_error_has_its_verdict_and_reason(error: Exception, failure: LinkFailure) -> None:
    assert classify_failure(error, OPTIONS) == failure

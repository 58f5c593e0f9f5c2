"""Describe why a request failed."""

from __future__ import annotations

import errno
import re
import socket
import ssl

import aiohttp
from aiohttp import http_exceptions
from msgspec import Struct

from newsletter.links.options import LinkOptions
from newsletter.links.resolve import PrivateAddress, UnresolvedHost
from newsletter.links.result import Verdict

# X509_verify_cert(3): an intermediate certificate is missing.
INCOMPLETE_CHAIN = (2, 20, 21)
UNKNOWN_AUTHORITY = "certificate from an unknown authority"
_OUT_OF_REACH = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
_CERTIFICATE = {  # by the numbers of X509_verify_cert(3)
    9: "certificate not valid yet",
    10: "certificate expired",
    18: "self-signed certificate",
    19: UNKNOWN_AUTHORITY,
    23: "certificate revoked",
    62: "certificate for another host",
    64: "certificate for another address",
}


class LinkFailure(Struct, frozen=True):
    """Why a request got no response.

    `retry`: another attempt may succeed. `silent`: the server sent nothing at all.
    `incomplete_chain`: browsers may complete the certificate chain.
    """

    verdict: Verdict
    reason: str
    retry: bool = False
    silent: bool = False
    incomplete_chain: bool = False


def classify_failure(error: Exception, options: LinkOptions) -> LinkFailure:
    """Classify an error of one request; an unexpected error is never attributed to the link."""
    match error:
        case aiohttp.ServerTimeoutError():
            reason = f"no connection within {options.connect:g} seconds"
            return LinkFailure("timeout", reason, silent=True)
        case TimeoutError():
            reason = f"no response within {options.timeout:g} seconds"
            return LinkFailure("timeout", reason, silent=True)
        case aiohttp.ClientConnectorCertificateError(
            certificate_error=ssl.SSLCertVerificationError() as inner
        ):
            return _certificate(inner)
        case aiohttp.ClientConnectorSSLError():
            return LinkFailure("broken", f"no secure connection: {_phrase(error.os_error)}")
        case aiohttp.ClientConnectorError():
            return _not_connected(error.os_error)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return LinkFailure("broken", "connection closed without a response", retry=True)
        case aiohttp.InvalidURL():
            return LinkFailure("broken", "not a valid address")
        case aiohttp.ClientResponseError():
            return _not_http(_root(error))
        case _:
            return LinkFailure("suspect", f"unexpected error while checking: {_one_line(error)}")


def _not_http(error: BaseException) -> LinkFailure:
    match error:
        case http_exceptions.BadStatusLine():
            return LinkFailure("broken", "the server does not speak HTTP")
        case http_exceptions.LineTooLong():
            return LinkFailure("suspect", "response with a header of more than 64 KB")
    return LinkFailure("suspect", "malformed HTTP response")


def _root(error: BaseException) -> BaseException:
    return _root(error.__cause__) if error.__cause__ else error


def _not_connected(error: OSError) -> LinkFailure:
    match error:
        case PrivateAddress(filtered=True):
            return LinkFailure("blocked", "blocked by a filter in this network (0.0.0.0)")
        case PrivateAddress():
            reason = f"private address ({error.address}), which readers cannot open"
            return LinkFailure("broken", reason)
        case UnresolvedHost():
            return LinkFailure("timeout", "no name server responded")
        case socket.gaierror():
            return LinkFailure("broken", "host does not exist")
    # aiohttp joins the errors for all addresses of a host into one message.
    numbers = {error.errno} | {int(number) for number in re.findall(r"\[Errno (\d+)\]", str(error))}
    if numbers & {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED}:
        return LinkFailure("broken", "connection closed without a response", retry=True)
    if errno.ECONNREFUSED in numbers:
        return LinkFailure("broken", "connection refused: no web server is running there")
    if errno.ETIMEDOUT in numbers:
        return LinkFailure("timeout", "connection timed out", silent=True)
    if numbers & _OUT_OF_REACH:
        return LinkFailure("timeout", "not reachable from this machine", silent=True)
    return LinkFailure("suspect", f"no connection: {_phrase(error)}")


def _certificate(error: ssl.SSLCertVerificationError) -> LinkFailure:
    code, message = error.verify_code, error.verify_message
    if code in INCOMPLETE_CHAIN:
        reason = "incomplete certificate chain; browsers may download the missing certificate"
        return LinkFailure("suspect", reason, incomplete_chain=True)
    return LinkFailure("broken", _CERTIFICATE.get(code) or f"certificate rejected: {message}")


def _one_line(error: BaseException) -> str:
    """Return an error's message in one line that can be printed and stored."""
    message = " ".join(str(error).split()) or type(error).__name__
    return message.encode("utf-8", "replace").decode()[:120]


def _phrase(error: OSError) -> str:
    """Return the message of OpenSSL or the system without its numbers: `wrong version number`."""
    message = re.sub(r"^\[.*?\]\s*|\s*\(_\w+\.c:\d+\)$", "", error.strerror or str(error))
    return message[:120].lower()

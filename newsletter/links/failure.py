"""What it means that there was no answer, in words."""

from __future__ import annotations

import errno
import re
import socket
import ssl

import aiohttp
from aiohttp import http_exceptions
from msgspec import Struct

from newsletter.links.resolve import PrivateAddress, UnresolvedHost
from newsletter.links.result import Verdict
from newsletter.links.settings import LinkSettings

UNTRACED = (
    2,
    20,
    21,
)  # of X509_verify_cert(3): a certificate between the server's and an authority's is missing
UNKNOWN_AUTHORITY = "its certificate is signed by an authority that nobody knows"
_OUT_OF_REACH = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class LinkFailure(Struct, frozen=True):
    """Why a request had no answer.

    `again`: another try may have one. `silent`: nobody said a word. `untraced`: browsers may know the certificate.
    """

    verdict: Verdict
    why: str
    again: bool = False
    silent: bool = False
    untraced: bool = False


def explain(error: Exception, settings: LinkSettings) -> LinkFailure:
    """Return what an error of one request says; one that nobody foresaw is our fault, never the link's."""
    match error:
        case aiohttp.ServerTimeoutError():
            return LinkFailure(
                "timeout", f"no connection within {settings.connect:g} seconds", silent=True
            )
        case TimeoutError():
            return LinkFailure(
                "timeout", f"no answer within {settings.timeout:g} seconds", silent=True
            )
        case aiohttp.ClientConnectorCertificateError(
            certificate_error=ssl.SSLCertVerificationError() as inner
        ):
            return _certificate(inner)
        case aiohttp.ClientConnectorSSLError():
            return LinkFailure("broken", f"no secure connection: {_phrase(error.os_error)}")
        case aiohttp.ClientConnectorError():
            return _unconnected(error.os_error)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
            return LinkFailure("broken", "the connection was broken off", again=True)
        case aiohttp.InvalidURL():
            return LinkFailure("broken", "it is not an address")
        case aiohttp.ClientResponseError():
            return _unread(_root(error))
        case _:
            return LinkFailure("suspect", f"the check stumbled over it: {_told(error)}")


def _unread(error: BaseException) -> LinkFailure:
    match error:
        case http_exceptions.BadStatusLine():
            return LinkFailure("broken", "what answers there is no web server")
        case http_exceptions.LineTooLong():
            return LinkFailure("suspect", "it answers with a header of more than 64 KB")
    return LinkFailure("suspect", "it answers with what can hardly be read as HTTP")


def _root(error: BaseException) -> BaseException:
    return _root(error.__cause__) if error.__cause__ else error


def _unconnected(error: OSError) -> LinkFailure:
    match error:
        case PrivateAddress(filtered=True):
            return LinkFailure("blocked", "a filter in this network answers in its place (0.0.0.0)")
        case PrivateAddress():
            return LinkFailure(
                "broken",
                f"it leads to a private address ({error.address}), which readers cannot open",
            )
        case UnresolvedHost():
            return LinkFailure(
                "timeout", "its name could not be looked up: no name server answered"
            )
        case socket.gaierror():
            return LinkFailure("broken", "there is no such host")
    numbers = {error.errno} | {
        int(number) for number in re.findall(r"\[Errno (\d+)\]", str(error))
    }  # one an address
    if numbers & {errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED}:
        return LinkFailure("broken", "the connection was broken off", again=True)
    if errno.ECONNREFUSED in numbers:
        return LinkFailure("broken", "the connection is refused: no web server runs there")
    if errno.ETIMEDOUT in numbers:
        return LinkFailure("timeout", "no connection in time", silent=True)
    if numbers & _OUT_OF_REACH:
        return LinkFailure("timeout", "this machine has no way to it", silent=True)
    return LinkFailure("suspect", f"no connection: {_phrase(error)}")


def _certificate(error: ssl.SSLCertVerificationError) -> LinkFailure:
    code, said = error.verify_code, error.verify_message
    if code in UNTRACED:
        why = "its certificate cannot be traced to an authority; browsers may get the missing part"
        return LinkFailure("suspect", why, untraced=True)
    known = {
        9: "its certificate is not valid yet",
        10: "its certificate has expired",
        18: "its certificate is signed by itself",
        19: UNKNOWN_AUTHORITY,
        23: "its certificate was revoked",
        62: "its certificate is for another host",
        64: "its certificate is for another address",
    }
    return LinkFailure("broken", known.get(code) or f"its certificate is not accepted: {said}")


def _told(error: BaseException) -> str:
    """Return what an error says, in one line that can be printed and kept."""
    said = " ".join(str(error).split()) or type(error).__name__
    return said.encode("utf-8", "replace").decode()[:120]


def _phrase(error: OSError) -> str:
    """Return what OpenSSL or the system says, without the numbers: `wrong version number`."""
    said = re.sub(r"^\[.*?\]\s*|\s*\(_\w+\.c:\d+\)$", "", error.strerror or str(error))
    return said[:120].lower()

"""Which requests the preview accepts, and what its responses may do in the browser."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Besides addresses: names of this machine in /etc/hosts, and RFC 6761, section 6.3, for `.localhost`.
LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback")
TOKEN = "x-newsletter-token"

# The page runs its own scripts, frames its own emails, and connects to no other host.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# An email runs nothing, sends nothing and loads only its images, from here. The page reads the
# frame to mark elements and to update what changed, hence the same origin; without scripts, that
# gives the email no access.
FRAME = (
    "default-src 'none'; img-src {images}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
REST = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": REST,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-dns-prefetch-control": "off",
}


class Guard:
    """Refuses requests for other host names, and requests sent by pages of other sites.

    A site may point its own name at 127.0.0.1 (DNS rebinding): then `Host` is not allowed. A page
    of another site may send requests directly: then `Origin` differs, or the browser sends
    `Sec-Fetch-Site: cross-site`. Any port is accepted, because SSH, containers and editors forward
    one port to another. `allowed` returns additional names.
    """

    def __init__(self, app: ASGIApp, allowed: Callable[[], Collection[str]], token: str) -> None:
        self.app = app
        self.allowed = allowed
        self.token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            raise RuntimeError(f"the preview accepts HTTP only, not {scope['type']}")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = ((name.encode(), value.encode()) for name, value in HEADERS.items())
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in added if pair[0] not in own),
                ]
            await send(message)

        if refusal := refused(scope, self.allowed(), self.token):
            await PlainTextResponse(f"{refusal}\n", 403)(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)


def refused(scope: Scope, allowed: Collection[str], token: str) -> str | None:
    """Return why a request is refused, with a hint, or `None` if it is accepted."""
    headers: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.lower(), []).append(value)
    hosts = [value.decode("latin-1").lower() for value in headers.get(b"host", [])]
    name = _name(hosts[0]) if len(hosts) == 1 else ""
    if not (name in allowed or is_loopback(name)):
        return _wrong_host(hosts[0] if hosts else "", (scope.get("server") or ("", None))[1])
    origins = [value.decode("latin-1").lower() for value in headers.get(b"origin", [])]
    if not all(_same_origin(origin, hosts[0], allowed) for origin in origins):
        return "Refused: only the preview's own page may send requests here."
    site = headers.get(b"sec-fetch-site", [b"none"])
    # Other sites may link to the page itself (such as a chat), but may fetch or frame nothing.
    opens_page = scope["path"] == "/" and headers.get(b"sec-fetch-dest") == [b"document"]
    if site[-1] not in (b"none", b"same-origin") and not opens_page:
        return "Refused: only the preview's own page may send requests here."
    if scope["method"] in ("GET", "HEAD"):
        return None
    sent = headers.get(TOKEN.encode(), [b""])[0].decode("latin-1")
    if scope["method"] == "POST" and origins and secrets.compare_digest(sent, token):
        return None
    return "Refused: changes need the token of the preview's own page. Reload it and try again."


def is_loopback(name: str) -> bool:
    """Return whether browsers look for a host on their own machine, whatever a name server says.

    That includes the unspecified addresses, which systems connect to themselves.
    """
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _name(host: str) -> str:
    """Return the name in a Host header without its port and brackets; empty if it is malformed."""
    match = re.fullmatch(r"(?:\[([\da-f:.]+)\]|([^\[\]:/@\s]+?)\.?)(?::\d{1,5})?", host)
    return (match[1] or match[2]) if match else ""


def _same_origin(origin: str, host: str, allowed: Collection[str]) -> bool:
    """Return whether an origin is the page's own.

    A forwarder may serve the page under an allowed name with TLS.
    """
    scheme, mark, rest = origin.partition("://")
    if not mark or scheme not in ("http", "https"):
        return False
    return rest == host or _name(rest) in allowed


def _wrong_host(host: str, port: int | None) -> str:
    shown = "".join(filter(str.isprintable, host))[:100]
    name = _name(shown)
    lines = [
        f'Refused: "{shown}" is not an address of this preview.',
        f"Open http://127.0.0.1:{port}/ on the machine it runs on, or forward a local port to it.",
    ]
    if name and not _is_number(name):
        lines.append(f'To allow this name, add "{name}" to allow_hosts under [preview].')
    elif name:
        lines.append(f"To use this address, start it with --host {name}.")
    return "\n".join(lines)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

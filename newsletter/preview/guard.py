"""Who may ask, and what an answer may do: the studio speaks to this machine's own browser, and to the studio's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost", "[::1]")

# The page runs our own script and frames our own mails, and knows no other address.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# A mail runs nothing, sends nothing and fetches nothing but its pictures from here. The page looks into the frame to
# mark elements and to repaint what changed, hence the same origin; without scripts that gives the mail nothing.
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
    """Refuses requests that did not come to this machine by its own name, or that another site's page sent.

    A site may let its own name lead to 127.0.0.1 (DNS rebinding); then `Host` is not ours. A page of another site may
    ask directly; then `Origin` is not ours, or the browser says `Sec-Fetch-Site: cross-site`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import PlainTextResponse

        if scope["type"] != "http":
            raise RuntimeError(f"the studio speaks HTTP, not {scope['type']}")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = ((name.encode(), value.encode()) for name, value in HEADERS.items())
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in added if pair[0] not in own),
                ]
            await send(message)

        if refusal := refused(scope):
            await PlainTextResponse(f"{refusal}\n", 403)(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)


def refused(scope: Scope) -> str | None:
    """Return why a request is not answered; `None` for one that is."""
    headers: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.lower(), []).append(value)
    port = (scope.get("server") or (None, None))[1]
    ours = {f"{name}:{port}".encode() for name in NAMES}
    hosts = headers.get(b"host", [])
    if len(hosts) != 1 or hosts[0].lower() not in ours:
        return "The studio answers at its own address only."
    if any(
        origin.lower() != b"http://" + hosts[0].lower() for origin in headers.get(b"origin", ())
    ):
        return "The studio answers its own page only."
    site = headers.get(b"sec-fetch-site", [b"none"])
    # From elsewhere the page itself may be opened (a link in a chat), but nothing may be fetched or framed.
    if site[-1] not in (b"none", b"same-origin") and not (
        scope["path"] == "/" and headers.get(b"sec-fetch-dest") == [b"document"]
    ):
        return "The studio answers its own page only."
    if scope["method"] not in ("GET", "HEAD"):
        return "The studio only shows."
    return None

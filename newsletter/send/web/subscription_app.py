"""The web side of a list. GET only shows a page, as scanners open every link; POST makes changes.

`GET /`            the subscription form            `POST /subscribe`  emails a confirmation request
`GET /c/TOKEN`     one button                       `POST /c/TOKEN`    confirms
`GET /u/TOKEN`     one button                       `POST /u/TOKEN`    unsubscribes
`GET /p/TOKEN`     name and lists                   `POST /p/TOKEN`    saves them
`GET /health`      JSON; 503 without the database   `GET /metrics`     Prometheus text, if enabled

`POST /u/TOKEN` also accepts one-click requests (RFC 8058). This file needs starlette, and is
imported by `newsletter serve` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

from newsletter.errors import NewsletterError
from newsletter.send.sending import SendServices
from newsletter.send.web.subscription_site import SubscriptionSite

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

BODY = 16_384  # bytes of a form
UNCACHED = {"Cache-Control": "no-store"}
HEADERS = {
    **UNCACHED,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
}


def make_subscription_app(services: SendServices, *, metrics: bool = False) -> ASGIApp:
    """Return the ASGI application; `metrics` adds `/metrics`."""
    handlers = SubscriptionHandlers(SubscriptionSite(services))
    both = ["GET", "POST"]
    routes = [
        Route("/", handlers.form),
        Route("/subscribe", handlers.subscribe, methods=["POST"]),
        Route("/c/{token}", handlers.confirm, methods=both),
        Route("/u/{token}", handlers.leave, methods=both),
        Route("/p/{token}", handlers.preferences, methods=both),
        Route("/health", handlers.health),
    ]
    if metrics:
        routes.append(Route("/metrics", handlers.metrics))
    return Starlette(routes=routes, exception_handlers={NewsletterError: _unavailable})


class SubscriptionHandlers:
    """One handler for each route: HTTP in, an operation of the site, HTTP out."""

    def __init__(self, site: SubscriptionSite) -> None:
        self.site = site

    async def form(self, request: Request) -> Response:
        return _page(200, await run_in_threadpool(self.site.form))

    async def subscribe(self, request: Request) -> Response:
        form = await _read_form(request)
        subscribe = partial(self.site.subscribe, form, _visitor(request))
        status, text, emails = await run_in_threadpool(subscribe)
        return HTMLResponse(text, status, HEADERS, background=BackgroundTask(_send_all, emails))

    async def confirm(self, request: Request) -> Response:
        return _page(*await self._follow(self.site.confirm, request))

    async def leave(self, request: Request) -> Response:
        return _page(*await self._follow(self.site.leave, request))

    async def preferences(self, request: Request) -> Response:
        form = await _read_form(request) if request.method == "POST" else None
        token = request.path_params["token"]
        save = partial(self.site.preferences, token, _visitor(request), form)
        return _page(*await run_in_threadpool(save))

    async def health(self, request: Request) -> Response:
        status, row = await run_in_threadpool(self.site.health)
        return JSONResponse(row, status, UNCACHED)

    async def metrics(self, request: Request) -> Response:
        return PlainTextResponse(await run_in_threadpool(self.site.metrics), headers=UNCACHED)

    async def _follow(
        self, operation: Callable[..., tuple[int, str]], request: Request
    ) -> tuple[int, str]:
        """Return status and page of a signed link."""
        token, post = request.path_params["token"], request.method == "POST"
        return await run_in_threadpool(partial(operation, token, _visitor(request), post=post))


async def _unavailable(request: Request, error: Exception) -> Response:
    return PlainTextResponse("The database is not available.\n", 503)


def _page(status: int, text: str) -> Response:
    return HTMLResponse(text, status, HEADERS)


def _visitor(request: Request) -> str:
    """Return the network address of the client."""
    return request.client.host if request.client else ""


def _send_all(emails: Iterable[Callable[[], object]]) -> None:
    for send in emails:
        send()


async def _read_form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a form; empty if it is too long or not a form."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY:
            return {}
    return parse_qs(data.decode("utf-8", "replace"), max_num_fields=50)

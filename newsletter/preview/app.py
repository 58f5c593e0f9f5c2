"""The preview's HTTP interface. Responses are UTF-8 and never cached (`no-store`).

`/`  and `/static/…`
    The page: `static/index.html` and the files next to it.

`/api/issues`
    `{publication, settings_errors, current, editor, editor_address, token, issues}`. `current` is
    the slug to open first or null, `editor_address` the address of any location in the editor, with
    `{path}`, `{line}` and `{column}` to fill in, `token` what a POST must send, `settings_errors`
    are findings if the settings file is broken (the last good settings stay in force). `issues`,
    the latest first, have `slug title date state words problems checked`; `title`, `state`, `words`
    and `problems` are null until the folder was read (a `list` event follows). `problems` counts
    the errors of all rules if `checked`, else those that block the build.

`/api/issues/{slug}`  404 `{error}` if there is no such issue
    slug version email stale checked     `version` is a number that grows; `email`: whether there is
                    an email to show, `stale`: it is the last good one, since the current files do
                    not build (see `errors`), `checked`: `findings` are those of this version
                    (otherwise a `findings` event follows)
    title subject preheader date number language direction tags theme state web_url
    errors          findings that block the build; empty if there are none
    findings        all, errors included; each `{code name severity message hint path line column
                    editor target view fix}`: `editor` is the link that opens the location in the
                    editor, `target` the `data-at` of the element to mark, `view` is `inbox` if that
                    shows it best, `fix` is the key of its fix; each may be null
    counts          words minutes bytes clip near links images remote_images error warning info;
                    `bytes` is what Gmail counts, `clip` and `near` are limits in bytes
    sections        `{path editor kind title words bytes target}`, `bytes` of the HTML
    source          `{html total limit parts clip}`: parts are `{name path editor start end bytes}`,
                    offsets in characters of `html`; `clip` is `{offset line bytes}` or null if
                    nothing is cut
    credits         `{label names text}`
    links           `{number url text target path line column editor verdict reason checked_at}` in
                    reading order, the theme's own too (path null); the last three are from the
                    cache of `newsletter links`, or null
    remote          addresses of images elsewhere on the web, which the preview never loads
    inbox           `{client device sender subject subject_rest preheader preheader_rest}`: what is
                    shown, and cut off
    text            the text part
    screen_reader   what a screen reader announces, in order: `{role text direction level url items
                    rows columns row column target}`; a line with links is split. Roles are article
                    heading paragraph list listitem table cell columnheader rowheader image link
                    blockquote separator text
    views           `{name label medium dark}`: names for `/email/{slug}/{name}`; medium is `email`,
                    `web` or `text`
    published       `{at subject target place}` of the last receipt, or null

`/api/issues/{slug}/changes`
    `{available why since changes}`; each change is `{kind target details before after}`, kind one of
    subject, preheader, sender, changed, added, removed, moved, typography, appearance; `details` are
    sentences on what is not words: addresses of links, images, emphasis, where it was moved from;
    `before` and `after` are lists of `[mark, words]` with mark `=`, `-` or `+`. The view `changes`
    shows the same in the email, as `<ins>` and `<del>`.

`/api/issues/{slug}/fixes/{fix}`
    GET: `{path digest diff}`, the change that `newsletter check --fix` would make; diff is a list
    of `[mark, line]`.
    POST `{digest}` with the token: makes it if the file still has that digest. 404 if there is no
    such fix, 409 `{error}` if it no longer applies.

`/api/look`
    GET: `{choice digest path looks fonts densities images widths}`: `choice` is `{name accent font logo
    logo_dark width density}` of `[theme]`, null where it is left to the look; the lists are what can
    be chosen, `digest` is that of the settings file, `path`.
    POST `{choice digest}` with the token: writes it into `[theme]` if the file still has that
    digest. 409 `{error}` if not, or if the look has problems.

`/api/look/tried?choice=…`
    `{contrasts problems notes toml}` of a choice as JSON, which is written nowhere: each contrast is
    `{scheme use front behind ratio needed kept}`; problems and notes are `{message hint}`.

`/download/{slug}.eml`  `/download/{slug}.html`
    The message file and the HTML, as built.

`/email/{slug}/{view}`  `/email/{slug}/{view}?look=…`
    The second is in a look that is only tried, a choice as JSON; 409 `{error}` if it has problems.
    HTML for a frame (`<iframe sandbox="allow-same-origin">`): never with scripts, forms or anything
    from elsewhere. The bytes of the email except for what the view is about, addresses of images
    (served from here) and `data-at` attributes: `data-at="issues/…/10-essay.md:12:1"`, on the
    element that contains what was written there.

`/email/{slug}/images/{name}`
    An image of the email.

    Both the email and the description of an issue have an `x-newsletter-digest`. A page that sends
    the digest of the text it has as `x-newsletter-have` gets 226 and a list of
    `[start, end, text]`: parts that replace its own from `start` to `end`, in UTF-16 units.

`/archive/…`
    The public archive as `newsletter archive --drafts` would build it now: its pages and files. 404
    with the reason if it cannot be built.

`/events`  503 if 64 pages are listening already
    Server-sent events, each with JSON: `hello {started program}`, `issue {slug version edited}` (a
    new version, or the email became stale; `edited` is the `data-at` of the element whose source
    changed, or null), `findings {slug version}` (rules have run), `removed {slug}`, `list {}`,
    `settings {}` (of either: request `/api/issues`). Comments as heartbeat every 15 seconds.
    Nothing is replayed: after a reconnection request what is shown.

When a version is on screen, the page calls
`performance.mark("painted", {detail: {slug, version}})`, after the second `requestAnimationFrame`
that follows the change of the frame; `benchmarks/preview.py` measures saves by it.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from newsletter.errors import NewsletterError
from newsletter.preview.archive_view import POLICY, ArchiveView, media_type
from newsletter.preview.deltas import SentTexts
from newsletter.preview.guard import FRAME, PAGE, Guard
from newsletter.preview.look_panel import read_choice
from newsletter.preview.studio import Studio

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

STATIC = Path(str(files("newsletter.preview"))) / "static"


NOTHING = (
    "<!DOCTYPE html><html lang=en><title>No email</title>"
    "<p>No email to show. Open / for the issues and what blocks them.</html>"
)
DOWNLOADS = {"eml": "message/rfc822", "html": "text/html; charset=utf-8"}
HAVE = "x-newsletter-have"
DIGEST = "x-newsletter-digest"


def make_app(studio: Studio) -> ASGIApp:
    """Return the preview as an ASGI application; it opens no socket and starts nothing."""
    from starlette.applications import Starlette
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    pages = _Pages(studio)
    routes = [
        Route("/", pages.page),
        Route("/api/issues", pages.issues),
        Route("/api/issues/{slug}", pages.issue),
        Route("/api/issues/{slug}/changes", pages.changes),
        Route("/api/issues/{slug}/fixes/{fix}", pages.fix, methods=["GET"]),
        Route("/api/issues/{slug}/fixes/{fix}", pages.apply_fix, methods=["POST"]),
        Route("/api/look", pages.look, methods=["GET"]),
        Route("/api/look", pages.save_look, methods=["POST"]),
        Route("/api/look/tried", pages.tried_look),
        Route("/download/{slug}.{kind:str}", pages.download),
        Route("/email/{slug}/images/{name}", pages.image),
        Route("/email/{slug}/{view}", pages.email),
        Route("/archive/{path:path}", pages.archive),
        Route("/events", pages.events),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _nothing_here, 405: _only_read})
    return Guard(app, studio.allowed_hosts, studio.token)


class _Pages:
    """One method for each route; the module's docstring lists what each returns."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.archive_view = ArchiveView()
        self.sent = SentTexts()

    async def page(self, request: Request) -> Response:
        from starlette.responses import FileResponse

        return FileResponse(STATIC / "index.html", headers={"content-security-policy": PAGE})

    async def issues(self, request: Request) -> Response:
        return _json(await self.studio.list())

    async def issue(self, request: Request) -> Response:
        document = await self.studio.issue(request.path_params["slug"])
        if document is None:
            return _json(None)
        # A line for each value, as texts are compared line by line.
        text = msgspec.json.format(msgspec.json.encode(document), indent=1).decode()
        return self._text(request, text, "application/json", {})

    async def changes(self, request: Request) -> Response:
        return _json(await self.studio.changes(request.path_params["slug"]))

    async def email(self, request: Request) -> Response:
        from starlette.responses import HTMLResponse

        slug, view = request.path_params["slug"], request.path_params["view"]
        try:
            html = await self._html(slug, view, request.query_params.get("look"))
        except NewsletterError as error:
            return _refusal(error)
        images = "'none'"
        if html is not None and view != "images-off":
            images = f"{request.url.scheme}://{request.url.netloc}/email/{slug}/images/"
        headers = {"content-security-policy": FRAME.format(images=images)}
        if html is None:
            return HTMLResponse(NOTHING, 404, headers)
        return self._text(request, html, "text/html; charset=utf-8", headers)

    async def _html(self, slug: str, view: str, look: str | None) -> str | None:
        if look is None:
            return await self.studio.view(slug, view)
        return await self.studio.view_in_look(slug, view, read_choice(look))

    def _text(self, request: Request, text: str, kind: str, headers: dict[str, str]) -> Response:
        """Return a text, or what differs from the one that the page has."""
        from starlette.responses import Response

        deltas = self.sent.deltas(request.headers.get(HAVE), text)
        headers = headers | {DIGEST: self.sent.sent(text)}
        if deltas is not None:
            return Response(deltas, 226, headers, "application/json")
        return Response(text.encode("utf-8", "replace"), 200, headers, kind)

    async def image(self, request: Request) -> Response:
        from starlette.responses import Response

        slug, name = request.path_params["slug"], request.path_params["name"]
        image = await self.studio.image(slug, name)
        if image is None:
            return _missing(f"No image {name} in this email", "Reload the preview's page.")
        return Response(image[0], media_type=f"image/{image[1]}")

    async def fix(self, request: Request) -> Response:
        slug, key = request.path_params["slug"], request.path_params["fix"]
        try:
            return _json(await self.studio.proposed_fix(slug, key))
        except NewsletterError as error:
            return _refusal(error)

    async def apply_fix(self, request: Request) -> Response:
        slug, key = request.path_params["slug"], request.path_params["fix"]
        try:
            digest = str((await request.json())["digest"])
            return _json({} if await self.studio.apply_fix(slug, key, digest) else None)
        except NewsletterError as error:
            return _refusal(error)
        except (ValueError, KeyError, TypeError):
            return _json({"error": "Expected JSON with a digest"}, 400)

    async def look(self, request: Request) -> Response:
        try:
            return _json(await self.studio.look())
        except NewsletterError as error:
            return _refusal(error)

    async def tried_look(self, request: Request) -> Response:
        try:
            choice = read_choice(request.query_params.get("choice", ""))
            return _json(await self.studio.tried_look(choice))
        except NewsletterError as error:
            return _refusal(error)

    async def save_look(self, request: Request) -> Response:
        try:
            sent = await request.json()
            choice, digest = read_choice(json.dumps(sent["choice"])), str(sent["digest"])
            await self.studio.save_look(choice, digest)
            return _json({})
        except NewsletterError as error:
            return _refusal(error)
        except (ValueError, KeyError, TypeError):
            return _json({"error": "Expected JSON with a choice and a digest"}, 400)

    async def download(self, request: Request) -> Response:
        from starlette.responses import Response

        slug, kind = request.path_params["slug"], request.path_params["kind"]
        data = await self.studio.download(slug, kind)
        if data is None:
            hint = "Open / for the issues; one that builds has /download/SLUG.eml and .html."
            return _missing(f"Nothing to download at {request.url.path}", hint)
        name = {"content-disposition": f'attachment; filename="{slug}.{kind}"'}
        return Response(data, headers=name, media_type=DOWNLOADS[kind])

    async def archive(self, request: Request) -> Response:
        from starlette.responses import FileResponse, HTMLResponse

        view, path = self.archive_view, request.path_params["path"]
        file = await self.studio.run_when_idle(view.file, self.studio.cache.workspace, path)
        headers = {"content-security-policy": POLICY}
        if view.problem or file is None:
            return HTMLResponse(view.problem_page(), 404, headers)
        return FileResponse(file, headers=headers, media_type=media_type(file))

    async def events(self, request: Request) -> Response:
        from starlette.responses import Response, StreamingResponse

        events = self.studio.events
        if events.full:
            self.studio.log_full()
            return Response(
                "Too many open pages. Close some of them.\n", 503, media_type="text/plain"
            )
        queue = events.join()

        class EventResponse(StreamingResponse):
            async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
                try:  # also for a page that is gone before its first event
                    await super().__call__(scope, receive, send)
                finally:
                    events.leave(queue)

        return EventResponse(events.stream(queue), media_type="text/event-stream")


async def _nothing_here(request: Request, error: Exception) -> Response:
    return _missing(f"Nothing at {request.url.path}", "Open / for the preview.")


async def _only_read(request: Request, error: Exception) -> Response:
    from starlette.responses import PlainTextResponse

    text = f"{request.url.path} accepts no {request.method}. Open / for the preview.\n"
    return PlainTextResponse(text, 405)


def _missing(message: str, hint: str) -> Response:
    """Return a 404 that says what to do; text, so that nothing in an address is markup."""
    from starlette.responses import PlainTextResponse

    printable = "".join(filter(str.isprintable, message))
    return PlainTextResponse(f"{printable}.\n{hint}\n", 404)


def _json(document: dict[str, Any] | None, status: int = 200) -> Response:
    from starlette.responses import JSONResponse

    if document is None:
        message = "Not found: the issue or fix is gone. Reload the preview's page."
        return JSONResponse({"error": message}, 404)
    return JSONResponse(document, status)


def _refusal(error: NewsletterError) -> Response:
    return _json({"error": f"{error.message}. {error.hint or ''}".strip()}, 409)

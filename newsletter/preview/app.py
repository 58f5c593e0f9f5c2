"""What a browser asks of the studio. Everything is GET, answers are UTF-8, nothing is cached (`no-store`).

`/`  and `/static/…`
    The page: `static/index.html` and the files beside it.

`/api/issues`
    `{publication, settings_errors, current, editor, opens, issues}`. `current` is the slug to open first or null,
    `opens` the address of any place in the editor, with `{path}`, `{line}` and `{column}` to be filled in,
    `settings_errors` are findings where the settings file is broken (the last good one stays in force). Of `issues`,
    the latest first, each has `slug title date state words problems checked`; `title`, `state`, `words` and `problems`
    are null until the folder was read (a `list` event follows). `problems` counts errors; those of all rules where
    `checked`, else those that keep the issue from being built, as in `newsletter list`.

`/api/issues/{slug}`  404 `{error}` where there is no such issue
    slug version mail stale checked     `version` is a number that grows; `mail` tells whether there is a mail to show,
                    `stale` that it is the last good one because the files as they are now make none (see `errors`),
                    `checked` that `findings` are what the rules say of this version (else a `findings` event follows)
    title subject preheader date number language direction tags theme state web_url
    errors          findings that keep the issue from being a mail; empty when all is well
    findings        all, errors included; each `{code name severity message hint path line column editor target}`
                    `editor` is the link that opens the place in the editor, `target` the `data-at` of the element of
                    the mail to mark; either may be null
    counts          words minutes bytes clip near links pictures remote_pictures error warning info;
                    `bytes` is what Gmail may count, `clip` and `near` the limits in bytes
    sections        `{path editor kind title words bytes target}`, `bytes` of the HTML
    source          `{html total limit parts clip}`: parts are `{name path editor start end bytes}`, offsets in
                    characters of `html`; `clip` is `{offset line bytes}` or null where nothing is cut
    credits         `{label names text}`
    links           `{url text target path line column editor}` in reading order, the theme's own too (path null)
    remote          addresses of pictures elsewhere on the web, which the studio never loads
    inbox           `{client device sender subject subject_rest preheader preheader_rest}`: what is shown, and what is
                    cut off
    text            the text part
    reading         what a screen reader says, in order: `{role text level url items target}`; a line that has links
                    comes in pieces. `items` counts those of a list and the rows of a table. Roles are article heading
                    paragraph list listitem table cell columnheader rowheader image link blockquote separator text
    views           `{name label medium dark}`: names for `/mail/{slug}/{name}`; medium is `mail`, `web` or `text`:
                    light dark outlook gmail images-off no-styles web web-dark text, and changes where there are bytes
                    to compare with
    published       `{at subject target place}` of the last receipt, or null

`/api/issues/{slug}/changes`
    `{available why since changes}`; each change is `{kind target before after}`, kind one of changed, added, removed,
    `before` and `after` are lists of `[mark, words]` where mark is `=`, `-` or `+`. The view `changes` shows the same
    in the mail, as `<ins>` and `<del>`.

`/mail/{slug}/{view}`
    HTML for a frame (`<iframe sandbox="allow-same-origin">`): never with scripts, forms or anything from elsewhere.
    Bytes of the mail but for what the view is about, addresses of pictures (served from here) and `data-at` attributes:
    `data-at="issues/…/10-essay.md:12:1"`, on the element that holds what was written there. 404 where there is none.

`/mail/{slug}/images/{name}`
    A picture of the mail.

`/archive/…`
    The public archive as `newsletter archive --drafts` would build it now: its pages and files. 404 with what is
    wrong where it cannot be built.

`/events`
    Server-sent events, each with JSON: `hello {started}` (another number than before: the server was started anew,
    load the page again), `issue {slug version}` (a new version, or the mail went stale), `findings {slug version}`
    (rules have spoken), `removed {slug}`, `list {}`, `settings {}` (of either: ask `/api/issues`). Comments as
    heartbeat every 15 seconds. Nothing is replayed: after a reconnection ask for what is shown.

When a version is on screen, the page calls `performance.mark("painted", {detail: {slug, version}})`, after the second
`requestAnimationFrame` that follows the change of the frame; `benchmarks/preview.py` measures saves by it.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsletter.preview.archive_view import POLICY, ArchiveView, media_type
from newsletter.preview.guard import FRAME, PAGE, Guard
from newsletter.preview.studio import Studio

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

STATIC = Path(str(files("newsletter.preview"))) / "static"


def make_app(studio: Studio) -> ASGIApp:
    """Return the studio as an ASGI application; it opens no socket and starts nothing."""
    from starlette.applications import Starlette
    from starlette.responses import (
        FileResponse,
        HTMLResponse,
        JSONResponse,
        Response,
        StreamingResponse,
    )
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    async def page(request: Request) -> Response:
        return FileResponse(STATIC / "index.html", headers={"content-security-policy": PAGE})

    async def issues(request: Request) -> Response:
        return JSONResponse(await studio.list())

    async def issue(request: Request) -> Response:
        return _json(await studio.issue(request.path_params["slug"]))

    async def changes(request: Request) -> Response:
        return _json(await studio.changes(request.path_params["slug"]))

    async def mail(request: Request) -> Response:
        slug, view = request.path_params["slug"], request.path_params["view"]
        html = await studio.view(slug, view)
        pictures = html is not None and view != "images-off"
        images = (
            f"{request.url.scheme}://{request.url.netloc}/mail/{slug}/images/"
            if pictures
            else "'none'"
        )
        headers = {"content-security-policy": FRAME.format(images=images)}
        return HTMLResponse(
            html if html is not None else NOTHING, 404 if html is None else 200, headers
        )

    async def picture(request: Request) -> Response:
        found = await studio.picture(request.path_params["slug"], request.path_params["name"])
        return (
            Response(status_code=404)
            if found is None
            else Response(found[0], media_type=f"image/{found[1]}")
        )

    archive_view = ArchiveView()

    async def archive(request: Request) -> Response:
        path = request.path_params["path"]
        file = await studio.aside(archive_view.file, studio.kept.workspace, path)
        headers = {"content-security-policy": POLICY}
        if archive_view.problem or file is None:
            return HTMLResponse(archive_view.problem_page(), 404, headers)
        return FileResponse(file, headers=headers, media_type=media_type(file))

    async def events(request: Request) -> Response:
        return StreamingResponse(studio.events.stream(), media_type="text/event-stream")

    def _json(told: dict[str, Any] | None) -> Response:
        return JSONResponse(
            {"error": "there is no such issue"} if told is None else told,
            404 if told is None else 200,
        )

    return Guard(
        Starlette(
            routes=[
                Route("/", page),
                Route("/api/issues", issues),
                Route("/api/issues/{slug}", issue),
                Route("/api/issues/{slug}/changes", changes),
                Route("/mail/{slug}/images/{name}", picture),
                Route("/mail/{slug}/{view}", mail),
                Route("/archive/{path:path}", archive),
                Route("/events", events),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )
    )


NOTHING = "<!DOCTYPE html><html lang=en><title>No mail</title><p>There is no mail to show.</html>"

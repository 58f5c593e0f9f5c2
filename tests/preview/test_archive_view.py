"""The archive in the preview: includes drafts, is built when opened, and contains nothing external."""

from __future__ import annotations

from typing import Any

from newsletter.preview.studio import Studio
from tests.desk import SLUG, Desk
from tests.preview.asgi import fetch
from tests.preview.conftest import Visit


def test_site_includes_drafts(visit: Visit[Any]) -> None:
    async def look(app: Any, studio: Studio) -> None:
        front = await fetch(app, "/archive/")
        assert front.status == 200
        assert b"Draft preview: not published" in front.body
        assert SLUG.encode() in front.body
        assert "default-src 'none'" in front.headers["content-security-policy"]
        page = await fetch(app, f"/archive/{SLUG}/")
        assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert (await fetch(app, f"/archive/{SLUG}/card.png")).headers[
            "content-type"
        ] == "image/png"
        assert (await fetch(app, "/archive/nowhere/")).status == 404
        assert (await fetch(app, "/archive/../../../newsletter.toml")).status == 404

    visit(look)


def test_errors_that_block_the_site_are_shown(desk: Desk, visit: Visit[Any]) -> None:
    desk.write("pages/topics.md", "# Topics\n")

    async def look(app: Any, studio: Studio) -> None:
        response = await fetch(app, "/archive/")
        assert response.status == 404
        assert b"Reserved page name" in response.body

    visit(look)

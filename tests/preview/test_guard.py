"""The preview serves only local browsers and its own page; an email shown in it has no access to
anything.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from newsletter.preview.studio import Studio
from tests.desk import SLUG
from tests.preview.asgi import HOST, Response, fetch
from tests.preview.conftest import Visit

STUDIO_URL = "http://127.0.0.1:8765"

REQUESTS: list[tuple[str, int, str | None, tuple[tuple[str, str], ...]]] = [
    # case, expected status, Host, further headers
    ("by number", 200, "127.0.0.1:8765", ()),
    ("by name", 200, "localhost:8765", ()),
    ("by the other number", 200, "[::1]:8765", ()),
    ("by another number of this machine", 200, "127.0.0.9:8765", ()),
    ("by the other number, mapped", 200, "[::ffff:127.0.0.1]:8765", ()),
    ("by a number that leads here", 200, "0.0.0.0:8765", ()),
    ("by the other number that leads here", 200, "[::]:8765", ()),
    ("by a name below ours (RFC 6761)", 200, "app.localhost:8765", ()),
    ("by the other names in /etc/hosts", 200, "ip6-localhost:8765", ()),
    ("with a final dot", 200, "localhost.:8765", ()),
    ("another machine's number", 403, "192.168.1.7:8765", ()),
    ("another machine's number, mapped", 403, "[::ffff:192.168.1.7]:8765", ()),
    ("in capitals", 200, "LocalHost:8765", ()),
    ("a name that leads here (DNS rebinding)", 403, "evil.example:8765", ()),
    ("a port forwarded from elsewhere (SSH, a container)", 200, "127.0.0.1:9999", ()),
    ("the port of http", 200, "127.0.0.1", ()),
    ("a name the settings allow", 200, "studio.example:443", ()),
    ("that name with TLS in front", 200, "studio.example", (("Origin", "https://studio.example"),)),
    ("a part of that name", 403, "a.studio.example", ()),
    ("a malformed host", 403, "127.0.0.1:8765:9", ()),
    ("a user in front", 403, "me@127.0.0.1:8765", ()),
    ("a name that starts like ours", 403, "localhost.evil.example:8765", ()),
    ("a name that ends like ours", 403, "notlocalhost:8765", ()),
    ("a name that only contains our number", 403, "127.0.0.1.evil.example:8765", ()),
    ("an address that means ours", 403, "2130706433:8765", ()),
    ("no host", 403, None, ()),
    ("two hosts", 403, HOST, (("Host", "evil.example"),)),
    ("our own page", 200, HOST, (("Origin", STUDIO_URL), ("Sec-Fetch-Site", "same-origin"))),
    ("a page of another site", 403, HOST, (("Origin", "https://evil.example"),)),
    ("a page of another port", 403, HOST, (("Origin", "http://127.0.0.1:3000"),)),
    ("a page by our other name", 403, HOST, (("Origin", "http://localhost:8765"),)),
    ("a sandboxed frame or a file", 403, HOST, (("Origin", "null"),)),
    (
        "a picture in another site's page",
        403,
        HOST,
        (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "image")),
    ),
    (
        "a frame in another port's page",
        403,
        HOST,
        (("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Dest", "iframe")),
    ),
    (
        "a link in a chat",
        403,
        HOST,
        (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "document")),
    ),
    ("the address bar", 200, HOST, (("Sec-Fetch-Site", "none"), ("Sec-Fetch-Dest", "document"))),
]


@pytest.mark.parametrize(
    ("status", "host", "headers"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS]
)
def test_which_hosts_may_connect(
    visit: Visit[Any], status: int, host: str | None, headers: tuple[tuple[str, str], ...]
) -> None:
    async def scenario(app: Any, studio: Studio) -> Response:
        settings = studio.cache.workspace.preview
        preview = replace(settings, allow_hosts=["studio.example"])
        studio.cache.workspace = replace(studio.cache.workspace, preview=preview)
        return await fetch(app, "/api/issues", *headers, host=host)

    response = visit(scenario)
    assert response.status == status
    if status == 403:
        assert "issues" not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_the_page_itself_may_be_opened_from_a_link(visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> list[int]:
        link = (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "document"))
        frame = (("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "iframe"))
        return [(await fetch(app, "/", *headers)).status for headers in (link, frame)]

    assert visit(scenario) == [200, 403]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_the_preview_is_read_only(visit: Visit[Any], method: str) -> None:
    async def scenario(app: Any, studio: Studio) -> Response:
        return await fetch(app, "/api/issues", method=method)

    assert visit(scenario).status == 403


PATHS = [
    "/email/../../newsletter.toml",
    "/email/..%2f..%2fnewsletter.toml",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static//etc/passwd",
    "/static/..\\app.py",
    f"/email/{SLUG}/images/../../../credits.yaml",
    f"/email/{SLUG}/images/credits.yaml",
    f"/email/{SLUG}/../10-essay.md",
    f"/email/{SLUG}/issue.yaml",
    "/api/issues/..",
    "/api/issues/2026-03-01",
    "/issues/2026-03-01-quay/10-essay.md",
    "/newsletter.toml",
    "/.newsletter/cache",
    "/favicon.ico",
]


@pytest.mark.parametrize("path", PATHS)
def test_only_workspace_output_is_served(visit: Visit[Any], path: str) -> None:
    async def scenario(app: Any, studio: Studio) -> Response:
        return await fetch(app, path)

    response = visit(scenario)
    assert response.status == 404
    assert b"kind: essay" not in response.body
    assert b"[sender]" not in response.body


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/nothing", "Nothing at /nothing.\nOpen / for the preview.\n"),
        ("/static/nothing.js", "Nothing at /static/nothing.js.\nOpen / for the preview.\n"),
        (
            f"/download/{SLUG}.exe",
            f"Nothing to download at /download/{SLUG}.exe.\n"
            "Open / for the issues; one that builds has /download/SLUG.eml and .html.\n",
        ),
        (
            f"/email/{SLUG}/images/none.png",
            "No image none.png in this email.\nReload the preview's page.\n",
        ),
        (
            "/api/issues/2026-01-01-none",
            '{"error":"Not found: the issue or fix is gone. Reload the preview\'s page."}',
        ),
    ],
)
def test_what_is_missing_is_named_with_a_remedy(visit: Visit[Any], path: str, text: str) -> None:
    async def scenario(app: Any, studio: Studio) -> Response:
        return await fetch(app, path)

    response = visit(scenario)
    assert (response.status, response.text) == (404, text)


def test_each_response_states_what_the_page_may_do(visit: Visit[Any]) -> None:
    """Complete policies, because every missing word is a security hole."""
    mail = (
        "default-src 'none'; img-src {}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-same-origin"
    )
    page = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    rest = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
    )
    images = mail.format(f"{STUDIO_URL}/email/{SLUG}/images/")
    expected = {
        "/": page,
        "/static/index.html": rest,
        "/api/issues": rest,
        f"/api/issues/{SLUG}": rest,
        f"/email/{SLUG}/light": images,
        f"/email/{SLUG}/web": images,
        f"/email/{SLUG}/images-off": mail.format("'none'"),
        "/email/2026-03-01 ; script-src */light": mail.format("'none'"),
        "/nothing": rest,
    }

    async def scenario(app: Any, studio: Studio) -> dict[str, Response]:
        return {path: await fetch(app, path) for path in expected}

    answers = visit(scenario)
    assert {
        path: response.headers["content-security-policy"] for path, response in answers.items()
    } == expected
    for response in answers.values():
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cross-origin-resource-policy"] == "same-origin"

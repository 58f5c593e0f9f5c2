"""The look as controls: tried on the real email, written only on request."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from newsletter.preview.studio import Studio
from tests.desk import SLUG, Desk
from tests.preview.asgi import HOST, fetch, scope
from tests.preview.conftest import Visit

PLAIN = {"name": "default", "accent": None, "font": None, "logo": None, "logo_dark": None}
PLAIN |= {"width": None, "density": "regular"}
BLUE = PLAIN | {"accent": "#0b57d0", "font": "sans", "width": 520}


async def get(app: Any, path: str, **query: Any) -> Any:
    """Return the response to a GET with JSON in its query."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asked = scope(path, "GET", (("Host", HOST),))
    pairs = (f"{name}={quote(json.dumps(value))}" for name, value in query.items())
    asked["query_string"] = "&".join(pairs).encode()
    await app(asked, receive, send)
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:]).decode()


async def save(app: Any, studio: Studio, choice: Any, digest: str, token: str = "") -> Any:
    body = json.dumps({"choice": choice, "digest": digest}).encode()
    headers = (
        ("Origin", f"http://{HOST}"),
        ("x-newsletter-token", token or studio.token),
        ("Content-Type", "application/json"),
    )
    return await fetch(app, "/api/look", *headers, method="POST", body=body)


def test_a_look_is_tried_on_the_real_email(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        settings = studio.cache.workspace.settings
        before = settings.read_bytes()
        for view in ("light", "dark"):
            _, now = await get(app, f"/email/{SLUG}/{view}")
            status, tried = await get(app, f"/email/{SLUG}/{view}", look=BLUE)
            assert status == 200
            assert tried != now
            assert "Helvetica" in tried
            assert "520" in tried
        status, facts = await get(app, "/api/look/tried", choice=BLUE)
        result = json.loads(facts)
        assert (
            result["toml"]
            == '[theme]\nname = "default"\naccent = "#0b57d0"\nfont = "sans"\nwidth = 520\n'
        )
        assert result["problems"] == []
        assert {row["scheme"] for row in result["contrasts"]} >= {"light", "dark"}
        assert all(row["sufficient"] for row in result["contrasts"])
        assert settings.read_bytes() == before

    visit(scenario)


def test_a_look_is_saved_once_it_has_been_shown(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        settings = studio.cache.workspace.settings
        shown = (await fetch(app, "/api/look")).json
        assert shown["choice"] == PLAIN
        assert "signal" in shown["looks"]
        before = settings.read_text("utf-8")
        assert (await save(app, studio, BLUE, shown["digest"], token="x")).status == 403
        assert (await save(app, studio, BLUE, "another")).status == 409
        assert settings.read_text("utf-8") == before
        assert (await save(app, studio, BLUE, shown["digest"])).status == 200
        after = settings.read_text("utf-8")
        assert after.startswith(before.rstrip("\n"))
        assert 'accent = "#0b57d0"' in after
        await studio.changed([], settings=True)
        assert (await fetch(app, "/api/look")).json["choice"] == BLUE
        back = (await fetch(app, "/api/look")).json["digest"]
        assert (await save(app, studio, PLAIN, back)).status == 200
        assert "accent" not in settings.read_text("utf-8")

    visit(scenario)


@pytest.mark.parametrize(
    ("choice", "part"),
    [
        (PLAIN | {"accent": "blue-ish"}, "expected a color"),
        (PLAIN | {"font": "serrif"}, "expected a kind or a list of fonts"),
        (PLAIN | {"name": "no-such-look"}, "Unknown theme"),
        (PLAIN | {"logo": "nothing.png"}, "Image not found"),
        (PLAIN | {"width": 9000}, "Expected a width from 400 to 680 pixels"),
        (PLAIN | {"density": "dense"}, "Not a look"),
        ([], "Not a look"),
    ],
)
def test_a_look_with_a_problem_is_neither_shown_nor_saved(
    desk: Desk, visit: Visit[Any], choice: Any, part: str
) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        digest = (await fetch(app, "/api/look")).json["digest"]
        _, facts = await get(app, "/api/look/tried", choice=choice)
        assert part in facts
        assert (await get(app, f"/email/{SLUG}/light", look=choice))[0] == 409
        refused = await save(app, studio, choice, digest)
        assert refused.status == 409
        assert part in refused.text

    visit(scenario)

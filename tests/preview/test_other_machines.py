"""The preview from another machine: names, addresses, many pages, folders that appear later; and
fixes on a click.
"""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import AsyncExitStack
from typing import Any

import pytest

from newsletter.errors import WrongUsage
from newsletter.preview.event_streams import STREAMS
from newsletter.preview.server import NoRepeats, OneLine, listen
from newsletter.preview.studio import Studio
from newsletter.preview.watcher import report_changes
from tests.desk import SLUG, Desk
from tests.preview.asgi import HOST, Response, fetch, listening
from tests.preview.conftest import Visit, cache_of

ESSAY = f"issues/{SLUG}/10-essay.md"
STUDIO_URL = f"http://{HOST}"


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("studio.example:8765", ('"studio.example:8765"', 'add "studio.example" to allow_hosts')),
        ("192.168.7.7:8765", ("start it with --host 192.168.7.7", "http://127.0.0.1:8765/")),
    ],
)
def test_a_rejection_names_the_address_and_a_fix(
    visit: Visit[Any], host: str, words: tuple[str, ...]
) -> None:
    async def scenario(app: Any, studio: Studio) -> Response:
        return await fetch(app, "/", host=host)

    response = visit(scenario)
    assert response.status == 403
    for word in words:
        assert word in response.text


def test_an_unassigned_address_is_rejected() -> None:
    for host in ("192.0.2.1", "no such host"):
        with pytest.raises(WrongUsage, match="Expected an address of this machine"):
            listen(0, host)


def test_streams_are_capped_and_that_is_logged_once(
    visit: Visit[Any], caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario(app: Any, studio: Studio) -> list[int]:
        async with AsyncExitStack() as pages:
            for _ in range(STREAMS):
                await pages.enter_async_context(listening(app))
            while not studio.events.full:  # they count from the request on, before any event
                await asyncio.sleep(0)
            statuses = [(await fetch(app, "/events")).status for _ in range(3)]
        assert studio.events.listeners == set()
        return statuses

    with caplog.at_level(logging.ERROR):
        assert visit(scenario) == [503, 503, 503]
    assert [record.getMessage() for record in caplog.records] == [
        "64 pages are open already; close some, or they will not update"
    ]


def test_a_traceback_is_one_line_and_not_repeated() -> None:
    try:
        raise ConnectionResetError(104, "Connection reset by peer")
    except ConnectionResetError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI\nx", (), info
    )
    repeats = NoRepeats()
    assert [repeats.filter(record) for _ in range(3)] == [True, False, False]
    line = OneLine().format(record)
    assert (
        line
        == "preview: Exception in ASGI: ConnectionResetError: [Errno 104] Connection reset by peer"
    )


def test_issues_may_appear_after_the_start(tmp_path: Any) -> None:
    desk = Desk(tmp_path / "desk")
    desk.write("newsletter.toml", 'name = "The Quay"\nurl = "https://quay.example"\n')

    async def run_scenario() -> list[str]:
        studio = Studio(cache_of(desk.root))
        try:
            assert (await studio.list())["issues"] == []
            desk.write(f"issues/{SLUG}/issue.yaml", "title: The Quay\n")
            await report_changes(studio, [desk.root / "issues"])
            return [row["slug"] for row in (await studio.list())["issues"]]
        finally:
            studio.close()

    assert asyncio.run(run_scenario()) == [SLUG]


# --- fixes ----------------------------------------------------------------------------------------

BEFORE = "---\nkind: essay\n---\nRead [it](https://quay.example/report?utm_source=letter).\n"
AFTER = BEFORE.replace("?utm_source=letter", "")


async def fix_of(app: Any, studio: Studio) -> tuple[str, dict[str, Any]]:
    """Check the issue and return the address of its first fix, and its preview."""
    await fetch(app, f"/api/issues/{SLUG}")
    await studio.run(studio.cache.check, SLUG, lambda: None)
    issue = (await fetch(app, f"/api/issues/{SLUG}")).json
    key = next(f["fix"] for f in issue["findings"] if f["code"] == "NL204")
    address = f"/api/issues/{SLUG}/fixes/{key}"
    return address, (await fetch(app, address)).json


def headers(studio: Studio, **others: str) -> list[tuple[str, str]]:
    sent = {
        "Origin": STUDIO_URL,
        "Sec-Fetch-Site": "same-origin",
        "X-Newsletter-Token": studio.token,
    }
    return list((sent | {name.replace("_", "-"): value for name, value in others.items()}).items())


async def post(app: Any, address: str, digest: str, sent: list[tuple[str, str]]) -> int:
    body = json.dumps({"digest": digest}).encode()
    return (await fetch(app, address, *sent, method="POST", body=body)).status


def test_a_fix_is_previewed_and_applied_on_a_click(desk: Desk, visit: Visit[Any]) -> None:
    path = desk.write(ESSAY, BEFORE)

    async def scenario(app: Any, studio: Studio) -> None:
        address, shown = await fix_of(app, studio)
        assert shown["path"] == ESSAY
        assert [line for line in shown["diff"] if line[0] in "-+"] == [
            ["-", "Read [it](https://quay.example/report?utm_source=letter)."],
            ["+", "Read [it](https://quay.example/report)."],
        ]
        assert path.read_text() == BEFORE, "a preview changes nothing"
        assert await post(app, address, shown["digest"], headers(studio)) == 200
        assert path.read_text() == AFTER

    visit(scenario)


@pytest.mark.parametrize(
    ("others", "status"),
    [
        ({"X_Newsletter_Token": "guessed"}, 403),
        ({"X_Newsletter_Token": ""}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
    ],
)
def test_no_other_page_can_apply_a_fix(
    desk: Desk, visit: Visit[Any], others: dict[str, str], status: int
) -> None:
    path = desk.write(ESSAY, BEFORE)

    async def scenario(app: Any, studio: Studio) -> None:
        address, shown = await fix_of(app, studio)
        assert await post(app, address, shown["digest"], headers(studio, **others)) == status
        assert path.read_text() == BEFORE

    visit(scenario)


def test_a_file_changed_in_the_meantime_is_left_alone(desk: Desk, visit: Visit[Any]) -> None:
    path = desk.write(ESSAY, BEFORE)

    async def scenario(app: Any, studio: Studio) -> None:
        address, shown = await fix_of(app, studio)
        edited = f"{BEFORE}One more line.\n"
        path.write_text(edited)
        assert await post(app, address, shown["digest"], headers(studio)) == 409
        path.write_text(BEFORE.replace("Read", "See"))
        assert await post(app, address, shown["digest"], headers(studio)) == 409
        path.unlink()
        assert await post(app, address, shown["digest"], headers(studio)) in (404, 409)
        desk.write(ESSAY, edited)
        assert path.read_text() == edited
        unknown = f"/api/issues/{SLUG}/fixes/0123456789abcdef"
        assert await post(app, unknown, shown["digest"], headers(studio)) == 404

    visit(scenario)


def test_downloads_are_the_bytes_of_the_build(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        shown = await studio.shown(SLUG)
        assert shown
        assert shown.email_views
        email = shown.email_views.checked_email.email
        message = await fetch(app, f"/download/{SLUG}.eml")
        html = await fetch(app, f"/download/{SLUG}.html")
        assert (message.body, html.text) == (email.message, email.html)
        for response in (message, html):
            assert response.headers["content-disposition"].startswith("attachment; filename=")
        assert (await fetch(app, f"/download/{SLUG}.yaml")).status == 404

    visit(scenario)

"""Which events the page receives, and when: the build first, the rules a moment later, the list
when it changes.
"""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from newsletter import __version__
from newsletter.preview.app import make_app
from newsletter.preview.studio import Studio
from newsletter.preview.watcher import report_changes
from tests.desk import ISSUES, SLUG, Desk
from tests.preview.asgi import fetch, listening
from tests.preview.conftest import Visit, cache_of

HERE = Path(__file__).parent
ESSAY = f"issues/{SLUG}/10-essay.md"


async def until(events: asyncio.Queue[tuple[str, Any]], name: str) -> list[tuple[str, Any]]:
    """Return the events up to the first with a given name."""
    heard = []
    while not heard or heard[-1][0] != name:
        heard.append(await asyncio.wait_for(events.get(), 30))
    return heard


def test_a_save_is_shown_first_and_checked_later(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        async with listening(app) as events:
            hello = (await until(events, "hello"))[0][1]
            assert hello == {"started": studio.events.started, "program": __version__}
            first = (await fetch(app, f"/api/issues/{SLUG}")).json
            assert (first["checked"], first["stale"]) == (False, False)
            assert (await until(events, "findings"))[-1][1] == {
                "slug": SLUG,
                "version": first["version"],
            }
            assert (await fetch(app, f"/api/issues/{SLUG}")).json["checked"]

            path = desk.write(
                ESSAY, "---\nkind: essay\n---\nRead it [here](https://quay.example/report).\n"
            )
            await report_changes(studio, [path])
            heard = await until(events, "findings")
            assert [name for name, _ in heard if name != "list"] == ["issue", "findings"]
            second = (await fetch(app, f"/api/issues/{SLUG}")).json
            assert second["version"] == heard[0][1]["version"] > first["version"]
            (vague,) = [finding for finding in second["findings"] if finding["code"] == "NL201"]
            assert vague["target"] == f"{ESSAY}:4:9"
            html = (await fetch(app, f"/email/{SLUG}/light")).text
            assert f'<a data-at="{ESSAY}:4:9"' in html

    visit(scenario)


def test_a_page_loaded_during_a_change_is_notified_too(desk: Desk, visit: Visit[Any]) -> None:
    """Its request already returns the new version; other tabs, and its own next request, must be
    notified.
    """

    async def scenario(app: Any, studio: Studio) -> None:
        async with listening(app) as events:
            first = (await fetch(app, f"/api/issues/{SLUG}")).json["version"]
            desk.write(ESSAY, "---\nkind: essay\n---\nTwo ships came in.\n")
            await studio.run(studio.cache.invalidate, SLUG)
            second = (await fetch(app, f"/api/issues/{SLUG}")).json["version"]
            await studio.changed([])
            edited = f"{ESSAY}:4:1"  # the paragraph that was changed
            reported = ("issue", {"slug": SLUG, "version": second, "edited": edited})
            assert reported in await until(events, "findings")
            assert second > first

    visit(scenario)


def test_a_broken_file_is_reported_above_the_last_good_email(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        good = (await fetch(app, f"/email/{SLUG}/light")).text
        async with listening(app) as events:
            await report_changes(studio, [desk.write(ESSAY, "---\nkind: [\n---\nShips.\n")])
            await until(events, "issue")
            reported = (await fetch(app, f"/api/issues/{SLUG}")).json
            assert (reported["email"], reported["stale"]) == (True, True)
            assert [
                f"{error['path']}:{error['line']} {error['code']}" for error in reported["errors"]
            ] == [f"{ESSAY}:3 NL002"]
            assert (await fetch(app, f"/email/{SLUG}/light")).text == good

    visit(scenario)


def test_issues_are_added_and_removed(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        async with listening(app) as events:
            listed = (await fetch(app, "/api/issues")).json
            assert listed["current"] == SLUG
            assert listed["issues"][0]["title"] is None
            await until(events, "list")
            new = "2026-04-01-ship"
            await report_changes(studio, [desk.another(new)])
            await until(events, "list")
            listed = (await fetch(app, "/api/issues")).json
            assert [row["slug"] for row in listed["issues"]] == [new, SLUG]
            assert {row["title"] for row in listed["issues"]} == {"The Quay"}
            assert (await fetch(app, f"/api/issues/{new}")).status == 200
            shutil.rmtree(desk.root / "issues" / new)
            await report_changes(studio, [desk.root / "issues" / new / "issue.yaml"])
            assert ("removed", {"slug": new}) in await until(events, "list")
            assert (await fetch(app, f"/api/issues/{new}")).status == 404
            assert (await fetch(app, f"/email/{new}/light")).status == 404
            assert [row["slug"] for row in (await fetch(app, "/api/issues")).json["issues"]] == [
                SLUG
            ]

    visit(scenario)


def test_settings_that_break_are_reported(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        settings = desk.root / "newsletter.toml"
        async with listening(app) as events:
            await report_changes(
                studio, [desk.write("newsletter.toml", "nme = 1\n" + settings.read_text("utf-8"))]
            )
            await until(events, "settings")
            (error,) = (await fetch(app, "/api/issues")).json["settings_errors"]
            assert (error["path"], error["message"]) == ("newsletter.toml", 'Unknown key "nme"')

    visit(scenario)


def test_everything_an_issue_shares_is_watched(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        version = (await fetch(app, f"/api/issues/{SLUG}")).json["version"]
        for name, content in (
            ("templates/default/tokens.toml", '[light]\nink = "#101010"\n'),
            ("credits.yaml", "people: {rui: {name: Rui}}\n"),
            ("lexicon.yaml", "- {prefer: quay, avoid: [wharf]}\n"),
        ):
            await report_changes(studio, [desk.write(name, content)])
            now = (await fetch(app, f"/api/issues/{SLUG}")).json["version"]
            assert now > version, name
            version = now
        await report_changes(
            studio, [desk.write("README.md", "Ours."), desk.write("dist/x.html", "")]
        )
        assert (await fetch(app, f"/api/issues/{SLUG}")).json["version"] == version

    visit(scenario)


def test_files_that_only_rules_read_are_checked_again(desk: Desk, visit: Visit[Any]) -> None:
    """The email is the same, so it keeps its version; the findings change."""

    async def scenario(app: Any, studio: Studio) -> None:
        desk.write(ESSAY, "---\nkind: essay\n---\nRead it [here](https://quay.example/report).\n")
        settings = 'check.baseline = "known.json"\n' + (desk.root / "newsletter.toml").read_text(
            "utf-8"
        )
        await report_changes(studio, [desk.write("newsletter.toml", settings)])

        async def codes() -> set[str]:
            return {
                finding["code"]
                for finding in (await fetch(app, f"/api/issues/{SLUG}")).json["findings"]
            }

        async with listening(app) as events:
            await codes()
            desk.write("known.json", '{"findings": {}}')
            await report_changes(studio, [desk.root / "known.json"])
            await until(events, "findings")
            assert "NL201" in await codes()
            assert desk.run("check", "--write-baseline").code == 0
            await report_changes(studio, [desk.root / "known.json"])
            heard = await until(events, "findings")
            assert "issue" not in dict(heard)
            while "NL201" in await codes():  # findings of the previous state may come first
                await until(events, "findings")

    visit(scenario)


def test_a_change_while_findings_are_published_is_checked_too(
    desk: Desk, visit: Visit[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check of the state before has ended by then, though its list is not sent yet."""

    async def scenario(app: Any, studio: Studio) -> None:
        settings = (desk.root / "newsletter.toml").read_text("utf-8")
        desk.write("newsletter.toml", 'check.baseline = "known.json"\n' + settings)
        await studio.changed((), settings=True)
        listed, published = await studio.list(), asyncio.Event()

        async def slow_list() -> dict[str, Any]:
            await published.wait()
            return listed

        monkeypatch.setattr(studio, "list", slow_list)
        async with listening(app) as events:
            await fetch(app, f"/api/issues/{SLUG}")
            await until(events, "findings")
            await report_changes(studio, [desk.write("known.json", '{"findings": {}}')])
            published.set()
            await until(events, "findings")

    visit(scenario)


def test_everything_the_page_receives(rewrite_expected: bool) -> None:
    """Complete, for the weekly issue: the expected file is the interface."""
    cache = cache_of(ISSUES / "weekly")
    slug = cache.workspace.folders()[-1].name

    async def run_scenario() -> Any:
        studio = Studio(cache, slug)
        app = make_app(studio)
        try:
            async with listening(app) as events:
                await fetch(app, f"/api/issues/{slug}")
                await until(events, "findings")
                return (await fetch(app, f"/api/issues/{slug}")).json
        finally:
            studio.close()

    reported = asyncio.run(run_scenario())
    assert reported["source"]["html"] == cache.shown[slug].email_views.checked_email.email.html  # type: ignore[union-attr]
    assert reported["text"] == cache.shown[slug].email_views.checked_email.email.text  # type: ignore[union-attr]
    assert sum(part["bytes"] for part in reported["source"]["parts"]) == len(
        reported["source"]["html"].encode()
    )
    # tests/check covers which rules report; this covers how a finding is sent.
    reported["findings"] = [
        finding for finding in reported["findings"] if finding["code"] == "NL107"
    ]
    reported["source"]["html"], reported["text"] = "…", "…"
    reported["counts"] |= dict.fromkeys(("error", "warning", "information"), 0)
    actual = json.dumps(reported, ensure_ascii=False, indent=1).replace(
        cache.workspace.root.as_posix().lstrip("/"), "ROOT"
    )
    actual = (
        re.sub(
            r"\{\n\s+([^{}\[\]]*?)\n\s+\}",
            lambda match: "{" + re.sub(r"\n\s+", " ", match[1]) + "}",
            actual,
        )
        + "\n"
    )
    path = HERE / "weekly.json"
    if rewrite_expected:
        path.write_text(actual, encoding="utf-8")
    assert actual == path.read_text(encoding="utf-8")


def test_ten_tabs_and_many_saves_leak_nothing(desk: Desk, visit: Visit[Any]) -> None:
    """`benchmarks/preview.py --leaks` does a thousand saves, and measures memory too."""

    async def scenario(app: Any, studio: Studio) -> None:
        before = len(asyncio.all_tasks())
        await fetch(app, f"/api/issues/{SLUG}")
        for turn in range(3):
            tabs = [listening(app) for _ in range(10)]
            queues = [await tab.__aenter__() for tab in tabs]
            for number in range(5):
                await report_changes(
                    studio,
                    [
                        desk.write(
                            ESSAY, f"---\nkind: essay\n---\nShip {number} of {turn} came in.\n"
                        )
                    ],
                )
            for queue in queues:
                await until(queue, "issue")
            for tab in tabs:
                await tab.__aexit__(None, None, None)
        await asyncio.sleep(0.6)
        assert studio.events.listeners == set()
        assert studio.pending == {}
        assert studio.urgent == 0
        assert len(asyncio.all_tasks()) == before

    visit(scenario)


def test_a_sleeping_page_is_not_waited_for(desk: Desk, visit: Visit[Any]) -> None:
    async def scenario(app: Any, studio: Studio) -> None:
        queue = studio.events.join()
        stream = studio.events.stream(queue)
        await anext(stream)
        for number in range(500):
            studio.events.publish("issue", slug=SLUG, version=number)
        assert queue.qsize() == 64
        await stream.aclose()
        studio.events.leave(queue)

    visit(scenario)

"""The archive in Chromium, served below a path as a static host does: four widths, light and dark,
keyboard, search.
"""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.archive.sample import ARABIC, DIGEST, UNLISTED, WEEKLY, quay

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PAGES = [
    "",
    f"{WEEKLY}/",
    f"{DIGEST}/",
    f"{DIGEST}/light/",
    f"{ARABIC}/",
    f"{UNLISTED}/",
    "topics/",
    "people/mira/",
    "2026/",
    "about/",
    "search/",
    "404.html",
]
WIDTHS = (320, 375, 768, 1280)
SHIFTS = """
() => new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) total += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(total), 100);
})
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """A static host: files and `index.html`, no rewrite rules."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, below `/letters/` as in its settings."""
    desk = quay(tmp_path_factory.mktemp("served") / "quay")
    root = tmp_path_factory.mktemp("www")
    ran = desk.run("archive", "--out", str(root / "letters"))
    assert (ran.code, ran.err) == (0, "")
    handler = functools.partial(Handler, directory=str(root))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/letters/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """One tab; its errors are collected in `complaints`."""
    page = browser.new_page()
    complaints.clear()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda expected: complaints.append(expected.text) if expected.type == "error" else None,
    )
    page.on("requestfailed", lambda request: aborted(request) or complaints.append(request.url))
    page.route("https://**/*", lambda route: route.fulfill(status=204))
    yield page
    page.close()


complaints: list[str] = []


def aborted(request: Request) -> bool:
    """Return whether a request was cancelled because the next page was opened."""
    return request.failure == "net::ERR_ABORTED"


def show(page: Page, address: str, width: int, *, dark: bool) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto(address)


@pytest.mark.parametrize("path", PAGES)
def test_every_width_fits_without_sideways_scrolling_or_errors(
    page: Page, address: str, path: str
) -> None:
    complaints.clear()
    for width in WIDTHS:
        for dark in (False, True):
            show(page, address + path, width, dark=dark)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("h1").count() == 1
    assert complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_moves(
    page: Page, address: str, path: str, dark: bool
) -> None:
    show(page, address + path, 375, dark=dark)
    assert page.evaluate(SHIFTS) == 0
    page.evaluate(AXE)
    rules = {"target-size": {"enabled": True}}
    result: Any = page.evaluate("(rules) => axe.run(document, {rules})", rules)
    assert len(result["passes"]) > 15, "axe checked nothing"
    assert [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ] == []


def test_keyboard_reaches_the_content_and_everything_shows_focus(page: Page, address: str) -> None:
    show(page, f"{address}{WEEKLY}/", 768, dark=False)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    assert page.locator(".skip").bounding_box()["height"] > 20  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('main'))")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_print_hides_the_navigation(page: Page, address: str) -> None:
    show(page, f"{address}{WEEKLY}/", 768, dark=False)
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert not page.locator("nav.around").is_visible()
    assert page.locator("article").is_visible()
    page.emulate_media(media="screen")


def test_search_finds_filters_and_counts(page: Page, address: str) -> None:
    complaints.clear()
    show(page, f"{address}search/", 768, dark=False)
    field = page.get_by_label("Search the archive")
    field.fill("crane")
    page.wait_for_selector(".found li")
    assert page.locator("[role=status]").inner_text().startswith("Results: ")
    titles = page.locator(".found a").all_inner_texts()
    assert "Cranes, Cables & Container Queues" in " ".join(titles)
    assert page.locator(".found mark").count() > 0
    page.get_by_label("Topic").select_option("lights")
    field.fill("light")
    expect(page.locator(".found li")).to_have_count(2)  # the issue and its article
    result = [link.get_attribute("href") for link in page.locator(".found a").all()]
    assert sorted(map(str, result)) == [f"/letters/{DIGEST}/", f"/letters/{DIGEST}/light/"]
    field.press("Escape")
    expect(field).to_have_value("")
    page.goto(f"{address}search/?q=xylophone")
    expect(page.locator("[role=status]")).to_have_text("No results")
    assert UNLISTED not in page.content()
    assert complaints == []


def test_without_javascript_the_search_page_lists_all_issues(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}search/")
    assert page.locator("input").count() == 0
    assert page.locator(".rows li").count() == 3
    page.get_by_role("link", name="Three Articles on Harbours").click()
    assert page.locator("h1").inner_text() == "Three Articles on Harbours"
    context.close()


def test_an_old_address_redirects_to_the_new_one(page: Page, address: str) -> None:
    page.goto(f"{address}p/the-quiet-port/")
    page.wait_for_url(f"**/{WEEKLY}/")

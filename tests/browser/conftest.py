"""Emails and pages in a local Chromium: opened from memory, with no network access."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from newsletter.model import Email
from newsletter.pipeline.build import build
from newsletter.workspace import find
from tests.browser.studio import Studio
from tests.browser.studio import desk as studio_desk

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
SAMPLES = {
    "weekly": "issues/2026-11-13-repair-ships",
    "every-block": "tests/issues/every-block/issues/2026-03-29-blocks",
    "right-to-left": "tests/issues/right-to-left/issues/2026-03-22-mina",
}
# Root needs --no-sandbox; the other flags keep Chromium from making requests or using hardware.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


class NoCache:
    def get(self, key: str) -> bytes | None:
        return None

    def put(self, key: str, data: bytes) -> None:
        pass


@pytest.fixture(scope="session")
def emails() -> dict[str, Email]:
    built_issues = {}
    for name, path in SAMPLES.items():
        folder = REPOSITORY / path
        built_issues[name] = build(find(folder), folder, NoCache())
    return built_issues


@pytest.fixture(params=SAMPLES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["email", "web"])
def medium(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser for one module: while Playwright is open, no other test of the worker can run an
    event loop.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser
        browser.close()


ADDRESS = "https://reader.example/"


class Desk:
    """Opens an email or page once and reuses it for every test, because opening is the slow part."""

    def __init__(self, browser: Browser, emails: dict[str, Email]) -> None:
        self.browser, self.emails = browser, emails
        self.pages: dict[tuple[str, str, bool], Page] = {}

    def page(self, name: str, medium: str, *, images: bool) -> Page:
        if (name, medium, images) not in self.pages:
            page = self.pages[name, medium, images] = self.browser.new_page()
            page.route("**/*", partial(self.answer, self.emails[name], medium, images))
            page.goto(ADDRESS)
        return self.pages[name, medium, images]

    def answer(self, email: Email, medium: str, images: bool, route: Route) -> None:
        """Serve the page and the build's images; every other request is blocked."""
        if route.request.url == ADDRESS:
            html = email.html if medium == "email" else email.web
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
            return
        files = {image.name: image for image in email.images if image.data is not None}
        image = files.get(route.request.url.rpartition("/")[2])
        if image is None or image.data is None or not images:
            route.abort()
        else:
            route.fulfill(body=image.data, content_type=f"image/{image.type}")


@pytest.fixture(scope="module")
def desk(browser: Browser, emails: dict[str, Email]) -> Desk:
    return Desk(browser, emails)


Show = Callable[..., Page]


@pytest.fixture
def show(desk: Desk, name: str, medium: str) -> Show:
    """Show this email or page at a given width, in light or dark mode, with or without images."""

    def show(width: int = 375, *, dark: bool = False, images: bool = True) -> Page:
        page = desk.page(name, medium, images=images)
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if dark else "light")
        return page

    return show


# --- the preview ----------------------------------------------------------------------------------


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A separate browser with a window of laptop size."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    yield context
    context.close()


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A read-only one, shared by many tests."""
    studio = Studio.start(studio_desk(tmp_path_factory.mktemp("studio") / "desk"))
    yield studio
    studio.stop()


@pytest.fixture
def own_studio(tmp_path: Path) -> Iterator[Studio]:
    """One whose files a test may change."""
    studio = Studio.start(studio_desk(tmp_path / "desk"))
    yield studio
    studio.stop()

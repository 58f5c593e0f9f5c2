"""Every packaged look as a browser computes it; `test_browser.py` covers the default one in more
detail.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from newsletter.model import Email
from newsletter.pipeline.build import build
from newsletter.theme.looks import DEFAULT, packaged_looks
from newsletter.workspace import find
from tests.browser.conftest import Desk, NoCache
from tests.browser.test_browser import AXE, COLOURS, TOO_WIDE
from tests.desk import Desk as Workspace
from tests.look_cases import WEEKLY, workspace_of

LOOKS = [look for look in packaged_looks() if look != DEFAULT]
CASES = ("every-block", "right-to-left", "digest", WEEKLY)
MEDIA = ("email", "web")
# Rules about a site's regions: an email is one article inside another page and has none.
AXE_RUN = """() => axe.run(document, {resultTypes: ["violations"], rules:
  {region: {enabled: false}, bypass: {enabled: false}, "landmark-one-main": {enabled: false}}})"""


@pytest.fixture(scope="module", params=LOOKS)
def emails(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Email]:
    built_issues, cache = {}, tmp_path_factory.mktemp("cache")
    for case in CASES:
        folder = workspace_of(case, request.param, tmp_path_factory.mktemp("look") / "desk", cache)
        built_issues[case] = build(find(folder), folder, NoCache())
    return built_issues


@pytest.fixture(scope="module")
def desk(browser: Browser, emails: dict[str, Email]) -> Desk:
    return Desk(browser, emails)


def shown(desk: Desk, case: str, medium: str, width: int, *, dark: bool = False) -> Page:
    page = desk.page(case, medium, images=False)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if dark else "light")
    return page


@pytest.mark.parametrize("medium", MEDIA)
def test_nothing_is_wider_than_the_screen(desk: Desk, medium: str) -> None:
    """From 320 px to a desktop, and at 200 % zoom, where only data tables may need more room;
    without images.
    """
    for case in CASES:
        for width in (320, 1100):
            assert shown(desk, case, medium, width).evaluate(TOO_WIDE) == [], (case, width)
        text_only = TOO_WIDE.replace(".filter(", ".filter((it) => !it.closest('.t')).filter(", 1)
        assert shown(desk, case, medium, 188).evaluate(text_only) == [], (case, "zoomed")


@pytest.mark.parametrize("medium", MEDIA)
def test_axe_finds_nothing(desk: Desk, medium: str) -> None:
    for case, width, dark in [
        ("every-block", 320, True),
        ("every-block", 1100, False),
        ("right-to-left", 375, False),
        ("digest", 1100, True),
    ]:
        page = shown(desk, case, medium, width, dark=dark)
        if not page.evaluate("Boolean(window.axe)"):
            page.evaluate(AXE)
        result = page.evaluate(AXE_RUN)
        nodes = [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]
        assert nodes == [], (case, width)


@pytest.mark.parametrize("medium", MEDIA)
def test_every_word_has_enough_contrast(desk: Desk, medium: str) -> None:
    for case in ("every-block", "right-to-left"):
        for look in ("light", "dark", "inverted", "outlook"):
            page = shown(desk, case, medium, 375, dark=look == "dark")
            result = page.evaluate(COLOURS, look)
            assert result, "no text was checked"
            assert [entry for entry in result if entry["ratio"] < entry["needed"]] == [], (
                case,
                look,
            )


MEASURE = """() => [...document.querySelectorAll("p")]
  .filter((p) => p.innerText.length > 300 && !p.closest(".t, .c, .w, .in, .n"))
  .map((p) => {
    const range = document.createRange();
    range.selectNodeContents(p);
    const lines = [...range.getClientRects()].map((box) => Math.round(box.bottom / 8));
    return p.innerText.length / new Set(lines).size;
  })"""


def test_line_length_is_readable(desk: Desk) -> None:
    """50 to 75 characters on a desktop, averaged over the paragraphs of the weekly essay."""
    for medium in MEDIA:
        counts = shown(desk, WEEKLY, medium, 1100).evaluate(MEASURE)
        assert len(counts) > 10
        assert 50 <= sum(counts) / len(counts) <= 75, (medium, sum(counts) / len(counts))


@pytest.mark.parametrize("emails", ["digest"], indirect=True)
def test_two_columns_become_one_on_phones(desk: Desk) -> None:
    """Cards in a row are stacked on a phone, in the same order."""
    first, second = boxes(shown(desk, "digest", "email", 1100))
    assert (first["y"], first["height"]) == (second["y"], second["height"])
    assert first["x"] < second["x"]
    first, second = boxes(shown(desk, "digest", "email", 375))
    assert first["y"] + first["height"] <= second["y"]
    assert first["width"] == second["width"] == 375 - 2 * 20


def boxes(page: Page) -> list[dict[str, float]]:
    cards = [card.bounding_box() for card in page.locator(".hf").all()]
    return [dict(box) for box in cards if box]


# --- the archive ----------------------------------------------------------------------------------

ARTICLES = "2026-03-15-articles"
ARCHIVE_PAGES = ("index.html", f"{ARTICLES}/index.html", f"{ARTICLES}/light/index.html")
# Only the page's own style sheet is requested; search and the rest are in `test_archive_site.py`.
SITE = "https://quay.example/"


@pytest.fixture(scope="module", params=LOOKS)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make = tmp_path_factory.mktemp
    folder = workspace_of("digest", request.param, make("site") / "desk", make("cache"))
    ran = Workspace(folder.parents[1]).run("archive", "--drafts", "--out", "site")
    assert ran.code == 0, ran.err
    return folder.parents[1] / "site"


def test_the_archive_in_each_look(browser: Browser, site: Path) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()

    def answer(route: Route) -> None:
        path = site / route.request.url.removeprefix(SITE)
        if path.is_file() and path.suffix in (".html", ".css", ".png"):
            route.fulfill(path=path)
        else:
            route.abort()

    page.route("**/*", answer)
    for name, width, dark in zip(ARCHIVE_PAGES, (320, 1280, 375), (True, False, True), strict=True):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.goto(SITE + name)
        assert page.evaluate(TOO_WIDE) == [], (name, width)
        page.evaluate(AXE)
        result = page.evaluate(AXE_RUN)["violations"]
        nodes = [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in result
            for node in violation["nodes"]
        ]
        assert nodes == [], (name, width)
    context.close()

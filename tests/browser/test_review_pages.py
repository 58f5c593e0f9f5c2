"""The redline and the review page in Chromium: axe finds nothing, and nothing is wider than a
phone.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.desk import Desk
from tests.review.conftest import LETTER, SLUG

HERE = Path(__file__).parent
AXE = (HERE.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# One page with everything a redline can contain.
EDITS = [
    ("10-essay.md", "37 per cent", "73 per cent"),
    (
        "10-essay.md",
        "/report-2025",
        "/a-report-with-an-address-that-is-much-longer-than-a-phone-is-wide-2026",
    ),
    ("10-essay.md", "A yellow crane", "A crane"),
    (
        "20-brief.md",
        "The agreement runs",
        "Read it [here](https://quay.example/a). The agreement runs",
    ),
    ("data/ships.csv", "Porto,7,-1", "Porto,8,0\nSines,31,+4"),
    ("issue.yaml", "Cranes at Night", "Cranes by Day"),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, compiled: Path) -> dict[str, Path]:
    desk = Desk.of(LETTER, tmp_path_factory.mktemp("pages") / "letter")
    shutil.copytree(compiled, desk.root / ".newsletter" / "cache")
    shutil.copytree(desk.root / "issues" / SLUG, desk.root / "issues" / "2026-04-24-before")
    for name, old, new in EDITS:
        path = desk.root / "issues" / SLUG / name
        path.write_text(path.read_text().replace(old, new))
    redline, review = desk.root / "redline.html", desk.root / "review"
    # Separate processes: while Playwright is open, no event loop can run in this one.
    assert desk.process("diff", SLUG, "2026-04-24-before", "--html", str(redline)).code == 0
    assert desk.process("review", SLUG, "--out", str(review)).code == 0
    return {"redline": redline, "review": review / "index.html"}


@pytest.fixture(params=[(375, "light"), (375, "dark"), (1200, "light"), (1200, "dark")], ids=str)
def look(request: pytest.FixtureRequest) -> tuple[int, str]:
    width, scheme = request.param
    return width, scheme


@pytest.mark.parametrize("name", ["redline", "review"])
def test_axe_finds_nothing_and_nothing_is_too_wide(
    browser: Browser, pages: dict[str, Path], name: str, look: tuple[int, str]
) -> None:
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(pages[name].as_uri())
    page.evaluate(AXE)
    result = page.evaluate("() => axe.run(document)")
    assert len(result["passes"]) > 15, "axe checked nothing"
    assert [
        (violation["id"], violation["nodes"][0]["html"]) for violation in result["violations"]
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_page_makes_no_requests_and_shows_its_screenshots(
    browser: Browser, pages: dict[str, Path]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    expected: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: expected.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages["review"].as_uri())
    page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    images = page.evaluate(
        "[...document.images].map(image => image.complete && image.naturalWidth > 0)"
    )
    assert len(images) > 15
    assert all(images)
    assert expected == []
    assert all(url.startswith(("file:", "data:")) for url in asked)
    context.close()


def test_a_screen_reader_announces_deletions_and_insertions(
    browser: Browser, pages: dict[str, Path]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(pages["redline"].as_uri())
    text = page.evaluate("document.querySelector('.change p.words:not(.heading)').textContent")
    assert "handled deleted: 37 inserted: 73 number per cent" in text
    context.close()

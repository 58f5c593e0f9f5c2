"""The look panel: tried on the email in light and dark, written only on a click."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.studio import CRANES, Studio, mail

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
LINK = "a[href^='http']"
COLOR = "link => getComputedStyle(link).color"


@pytest.fixture
def page(own_studio: Studio, context: BrowserContext) -> Iterator[Page]:
    studio = own_studio
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = studio.open(context, f"{CRANES}/light@375")
    mail(page).locator("h1").wait_for()
    page.get_by_role("button", name="Look", exact=True).click()
    page.locator(".contrasts td").first.wait_for()
    yield page
    refused = [text for text in studio.complaints if "409" in text]
    assert [text for text in studio.complaints if text not in refused] == []


def settings(studio: Studio) -> str:
    return (studio.desk.root / "newsletter.toml").read_text("utf-8")


def color(page: Page, pane: int) -> Any:
    return mail(page, pane).locator(f"p {LINK}").first.evaluate(COLOR)


def test_controls_change_both_views_and_write_nothing(page: Page, own_studio: Studio) -> None:
    studio = own_studio
    before = settings(studio)
    light, dark = color(page, 0), color(page, 1)
    page.get_by_label("Accent as #rrggbb").fill("#0b57d0")
    expect(page.locator(".look pre")).to_contain_text('accent = "#0b57d0"')
    expect(mail(page).locator(f"p {LINK}").first).to_have_css("color", "rgb(11, 87, 208)")
    assert color(page, 1) not in (dark, "rgb(11, 87, 208)"), "dark has its own color"
    page.get_by_label("Font", exact=True).select_option("mono")
    expect(mail(page).locator("h1")).to_have_css(
        "font-family", 'Menlo, Consolas, "Courier New", monospace'
    )
    cells = page.locator(".contrasts td[data-sufficient]")
    assert cells.count() >= 40
    assert page.locator(".contrasts td[data-sufficient=false]").count() == 0
    assert settings(studio) == before

    page.get_by_role("button", name="Copy as TOML").click()
    expect(page.locator("#spoken")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == '[theme]\nname = "default"\naccent = "#0b57d0"\nfont = "mono"\n'

    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".pane")).to_have_count(1)
    expect(mail(page).locator(f"p {LINK}").first).to_have_css("color", light)
    assert settings(studio) == before


def test_an_invalid_value_is_explained_and_the_last_good_look_stays(page: Page) -> None:
    light = color(page, 0)
    page.get_by_label("Accent as #rrggbb").fill("#12")
    expect(page.locator(".look-message")).to_contain_text("expected a color")
    assert color(page, 0) == light


def test_it_is_saved_unless_the_file_has_changed(page: Page, own_studio: Studio) -> None:
    studio = own_studio
    before = settings(studio)
    page.get_by_label("Density").select_option("airy")
    expect(page.locator(".look pre")).to_contain_text("airy")
    path = studio.desk.root / "newsletter.toml"
    path.write_text(f"{before}\n# edited meanwhile\n", "utf-8")
    page.get_by_role("button", name="Save to settings").click()
    expect(page.locator(".look-message")).to_contain_text("has changed since it was shown")
    assert "airy" not in settings(studio)
    page.get_by_role("button", name="Save to settings").click()
    expect(page.locator(".look-message")).to_contain_text("Saved to newsletter.toml")
    assert 'density = "airy"' in settings(studio)
    assert settings(studio).count("# edited meanwhile") == 1


def test_the_panel_fits_and_is_accessible(page: Page) -> None:
    page.evaluate(AXE)
    result = page.evaluate("axe.run('#look')")
    assert [each["id"] for each in result["violations"]] == []
    for width in (320, 720, 900, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
        panes = page.evaluate(
            "[...document.querySelectorAll('.pane')].map(pane => pane.getBoundingClientRect().width)"
        )
        assert min(panes) >= 280

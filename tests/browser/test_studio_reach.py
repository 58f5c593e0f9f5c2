"""Accessibility of the preview page: keyboard only, screen readers, dark mode, zoom, narrow
windows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.studio import CRANES, UNFINISHED, Studio, mail, tab

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# axe waits for frames to respond; the email's frame runs no scripts and has its own test.
RUN = "() => axe.run({exclude: ['iframe']}, {iframes: false})"


@pytest.fixture
def page(studio: Studio, context: BrowserContext) -> Iterator[Page]:
    studio.complaints.clear()
    page = studio.open(context, UNFINISHED)
    mail(page).locator("h1").wait_for()
    page.locator(".kinds").wait_for()
    yield page
    assert studio.complaints == []


def faults(page: Page) -> list[str]:
    page.evaluate(AXE) if not page.evaluate("Boolean(window.axe)") else None
    result = page.evaluate(RUN)
    assert len(result["passes"]) > 15, "axe checked nothing"
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


COLOR_SCHEMES = {
    "email": f"{UNFINISHED}/light@375",
    "inverted": f"{UNFINISHED}/outlook@1024",
    "text": f"{UNFINISHED}/text@375",
    "inbox": f"{UNFINISHED}/inbox@375",
    "source": f"{UNFINISHED}/source@375",
    "reading": f"{UNFINISHED}/reading@375",
    "changes": f"{UNFINISHED}/changes@375",
    "side by side": f"{CRANES}/light@375/source@375",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", COLOR_SCHEMES)
def test_axe_finds_nothing(studio: Studio, browser: Browser, scheme: Any, look: str) -> None:
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = studio.open(context, COLOR_SCHEMES[look])
    page.locator(".problem").first.wait_for()
    page.wait_for_function("() => !document.querySelector('.coming')")
    page.keyboard.press("n")
    for summary in page.locator(".notes summary").all():
        summary.click()
    assert faults(page) == []
    page.keyboard.press("?")
    assert faults(page) == []
    context.close()


def test_axe_finds_nothing_in_a_narrow_window(studio: Studio, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800}, bypass_csp=True)
    page = studio.open(context, UNFINISHED)
    page.locator(".problem").first.wait_for()
    assert faults(page) == []
    context.close()


@pytest.mark.parametrize("before", ["changes@375", "text@375"])
def test_keys_pressed_while_the_email_loads_act_on_it(page: Page, before: str) -> None:
    for _ in range(3):
        page.keyboard.press("j")
    marked = mail(page).locator("[data-studio-mark]")
    third = marked.get_attribute("data-at")
    page.goto(f"{page.url.partition('#')[0]}#/{UNFINISHED}/{before}")
    page.reload()
    page.locator(".kinds").wait_for()
    held: list[Route] = []
    page.route("**/email/**", lambda route: held.append(route))
    page.keyboard.press("1")
    for _ in range(3):
        page.keyboard.press("j")
    page.wait_for_function("() => document.querySelector('.coming')")
    for route in held:
        route.continue_()
    expect(marked).to_have_attribute("data-at", str(third))


def test_listed_keys_work_as_labelled(page: Page) -> None:
    for key, name in zip("1234567890olc", page.get_by_role("tab").all_inner_texts(), strict=True):
        page.keyboard.press(key)
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("1")
    for width in ("768", "1024", "375"):
        page.keyboard.press("w")
        expect(page.get_by_label("Width in pixels")).to_have_value(width)
    page.keyboard.press("n")
    expect(page.locator(".problem.open")).to_contain_text("TK")
    first = page.locator(".problem.open").inner_text()
    page.keyboard.press("n")
    expect(page.locator(".problem.open")).not_to_have_text(first)
    page.keyboard.press("p")
    expect(page.locator(".problem.open")).to_contain_text("TK")
    page.keyboard.press("Escape")
    expect(page.locator(".problem.open")).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("j")
    third = mail(page).locator("[data-studio-mark]").inner_text()
    page.keyboard.press("k")
    expect(mail(page).locator("[data-studio-mark]")).not_to_have_text(third)
    expect(page.locator(".location code")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator(".pane")).to_have_count(2)
    page.keyboard.press("v")
    page.keyboard.press("6")
    expect(page.locator(".pane").nth(1).locator(".sheet")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator(".pane")).to_have_count(1)
    page.keyboard.press("]")
    expect(mail(page).locator("h1")).to_have_text("Ferries")
    page.keyboard.press("[")
    expect(mail(page).locator("h1")).to_have_text("Buoys")
    for key, side in (("i", "#issues"), ("d", "#notes")):
        page.keyboard.press(key)
        expect(page.locator(side)).to_be_hidden()
        page.keyboard.press(key)
        expect(page.locator(side)).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("crane")
    expect(page.locator("#issue-list a")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")


def test_keys_work_from_within_the_email_and_can_be_turned_off(page: Page) -> None:
    mail(page).get_by_role("link").first.focus()
    page.keyboard.press("2")
    expect(tab(page, "Dark")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("1")
    expect(tab(page, "Dark")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("?")
    page.get_by_label("Use single keys").check()


def test_everything_is_reachable_by_tab_and_shows_its_focus(page: Page) -> None:
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
              const at = document.activeElement;
              if (at === document.body) return ["", true]; // round the end, in the browser itself
              const style = getComputedStyle(at);
              const shown = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none";
              return [at.id || at.dataset.slug || at.getAttribute("aria-label") || at.textContent.trim(),
                      at.tagName === "IFRAME" || shown];
            }"""
        )
        assert outline, f"{name!r} does not show the focus"
        seen.append(name)
    for name in (
        "split",
        "show-help",
        "find",
        UNFINISHED,
        "tab-0-0",
        "Width of the email",
        "notes",
    ):
        assert name in seen, f"{name} is not reachable: {seen}"
    page.keyboard.press("Home")


def test_arrow_keys_switch_tabs(page: Page) -> None:
    tab(page, "Light").focus()
    page.keyboard.press("ArrowRight")
    expect(tab(page, "Dark")).to_be_focused()
    expect(tab(page, "Dark")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(tab(page, "Changes")).to_be_focused()


@pytest.mark.parametrize("width", [320, 400, 720, 1000])
def test_nothing_is_lost_when_narrow_or_enlarged(
    studio: Studio, browser: Browser, width: int
) -> None:
    """Zoom by 200 % halves a window: 1440 becomes 720; WCAG 2.2 requires 320 (1.4.10)."""
    context = browser.new_context(viewport={"width": width, "height": 700})
    page = studio.open(context, UNFINISHED)
    page.locator(".problem").first.wait_for()
    assert page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth") <= 0, (
        "the page scrolls sideways"
    )
    expect(mail(page).locator("h1")).to_be_visible()
    for view, name in (("reading", "Read aloud"), ("light", "Light")):
        if tab(page, name).is_visible():
            tab(page, name).click()
        else:
            page.get_by_label("First view: choose a view").select_option(view)
        expect(page.locator(".order")).to_be_visible(visible=view == "reading")
    page.locator(".problem > button").first.click()
    expect(page.locator(".problem.open .hint")).to_be_visible()
    for name in ("List of issues", "Keys and help"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    context.close()


def test_reduced_motion_scrolls_instantly(studio: Studio, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 700}, reduced_motion="reduce")
    page = studio.open(context, UNFINISHED)
    mail(page).locator("h1").wait_for()
    page.locator(".problem", has_text="TK").locator("button").click()
    mark = mail(page).locator("[data-studio-mark]")
    top = mark.evaluate("e => e.getBoundingClientRect().top")
    assert 0 <= top <= 700
    assert page.evaluate("() => document.getAnimations().length") == 0
    context.close()


def test_the_email_is_announced_by_its_view_and_title(page: Page) -> None:
    frame = page.locator("iframe:not(.coming)")
    expect(frame).to_have_attribute("title", "Light: Buoys")
    expect(page.get_by_role("tabpanel")).to_have_attribute("aria-labelledby", re.compile("tab-0-0"))
    assert page.locator("#spoken").inner_text() == "", "an unnecessary announcement was made"

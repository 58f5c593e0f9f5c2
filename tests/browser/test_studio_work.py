"""Editing in the page: fixes on a click, edits followed, verdicts shown, and a server that stops."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.studio import CRANES, OLDER, UNFINISHED, Studio, mail, tab
from tests.browser.test_studio_reach import faults

FRAME = "iframe:not(.coming)"
TRACKED = "[the sheet](https://market.example/sheet?utm_source=letter)"


def test_a_fix_is_previewed_and_applied_on_a_click(
    own_studio: Studio, context: BrowserContext
) -> None:
    page = own_studio.open(context, CRANES)
    own_studio.edit("10-essay.md", "It ends with a pencil.", f"It ends with {TRACKED}.")
    problem = page.locator(".problem", has_text="utm_source")
    problem.locator("> button").click()
    problem.get_by_role("button", name="Show fix").click()
    expect(problem.locator(".fix ins")).to_contain_text("https://market.example/sheet)")
    expect(problem.locator(".fix del mark")).to_have_text("?utm_source=letter")
    problem.get_by_role("button", name="Apply fix").click()
    expect(page.locator(".problem", has_text="utm_source")).to_have_count(0)
    assert "utm_source" not in (own_studio.issue / "10-essay.md").read_text("utf-8")
    assert own_studio.complaints == []


def test_the_page_follows_the_paragraph_being_edited(
    own_studio: Studio, context: BrowserContext
) -> None:
    page = own_studio.open(context, CRANES)
    mail(page).locator("h1").wait_for()
    own_studio.edit("10-essay.md", "It ends with a pencil.", "It ends with a red pencil.")
    expect(mail(page).locator("[data-studio-mark]")).to_contain_text("red pencil")
    place = (
        "e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= innerHeight"
    )
    page.wait_for_function(
        "() => { const e = document.querySelector('iframe').contentDocument.querySelector('[data-studio-mark]');"
        f" const inside = {place.replace('innerHeight', 'e.ownerDocument.defaultView.innerHeight')};"
        " return e && inside(e); }"
    )
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    own_studio.edit("20-brief.md", "Nobody has been able", "No one has been able")
    expect(mail(page).get_by_text("No one has been able")).to_have_count(1)
    expect(mail(page).locator("[data-studio-mark]")).to_have_count(0)
    page.keyboard.press("f")


def test_with_the_server_gone_nothing_is_shown_under_a_wrong_label(
    own_studio: Studio, context: BrowserContext
) -> None:
    page = own_studio.open(context, CRANES)
    mail(page).get_by_text("It ends with a pencil.").evaluate(
        "e => e.scrollIntoView({behavior: 'instant'})"
    )
    own_studio.stop()
    expect(page.locator("#link")).to_contain_text("Preview stopped")
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    tab(page, "Dark").click()
    expect(page.locator(".empty", has_text="The preview has stopped")).to_be_visible()
    expect(page.locator(FRAME)).to_have_count(0)
    page.locator("#issue-list a", has_text="Ferries").click()
    expect(page.locator("#title")).to_have_text(OLDER)
    expect(page.locator(FRAME)).to_have_count(0)
    own_studio.complaints.clear()


def test_a_restart_keeps_the_readers_place(own_studio: Studio, context: BrowserContext) -> None:
    page = own_studio.open(context, CRANES)
    top = "() => document.querySelector('iframe').contentDocument.scrollingElement.scrollTop"
    mail(page).get_by_text("It ends with a pencil.").evaluate(
        "e => e.scrollIntoView({behavior: 'instant'})"
    )
    before = page.evaluate(top)
    page.evaluate("() => { window.samePage = true; }")
    port = re.search(r":(\d+)/", own_studio.address)
    assert port
    own_studio.stop()
    expect(page.locator("#link")).to_contain_text("Preview stopped")
    second = Studio.start(own_studio.desk, port[1])
    try:
        expect(page.locator("#link")).to_have_text("Live")
        assert page.evaluate("() => window.samePage === true")
        assert page.evaluate(top) == before
    finally:
        own_studio.process = second.process


def test_links_have_numbers_and_their_last_verdicts(
    own_studio: Studio, context: BrowserContext
) -> None:
    cache = own_studio.desk.root / ".newsletter/cache/links.jsonl"
    cache.parent.mkdir(parents=True, exist_ok=True)
    result = {
        "url": "https://market.example/old",
        "verdict": "broken",
        "reason": "404 Not Found",
        "checked_at": "2026-03-07T09:00:00Z",
    }
    cache.write_text(json.dumps(result) + "\n")
    page = own_studio.open(context, f"{CRANES}/links@375")
    numbers = mail(page).locator("[data-link-number]")
    entries = page.locator(".links li")
    expect(entries.first).to_be_visible()
    assert entries.count() > 5
    expect(numbers).to_have_count(entries.count())
    entry = entries.filter(has_text="market.example/old")
    expect(entry.locator(".verdict")).to_have_text("broken, 404 Not Found, checked 7 March 2026")
    number = entry.locator(".number").inner_text()
    after = (
        mail(page).locator("a", has_text="old fish market").locator("xpath=following-sibling::*[1]")
    )
    expect(after).to_have_text(number)


def test_a_problem_of_the_preheader_marks_the_visible_deck(
    own_studio: Studio, context: BrowserContext
) -> None:
    own_studio.edit("issue.yaml", "This week, why", "TK This week, why")
    page = own_studio.open(context, CRANES)
    problem = page.locator(".problem", has_text="TK").first
    problem.locator("> button").click()
    mark = mail(page).locator("[data-studio-mark]")
    expect(mark).to_contain_text("This week, why")
    expect(mark).to_be_visible()


def test_find_and_enter_returns_the_focus_and_the_list_shows_the_issue(
    studio: Studio, context: BrowserContext
) -> None:
    page = studio.open(context, CRANES)
    mail(page).locator("h1").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("buoys")
    page.keyboard.press("Enter")
    expect(mail(page).locator("h1")).to_have_text("Buoys")
    expect(page.locator("#stage")).to_be_focused()
    page.keyboard.press("2")
    expect(tab(page, "Dark")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#issue-list [aria-current]")).to_be_in_viewport()


def test_badges_count_checked_results_only(studio: Studio, context: BrowserContext) -> None:
    page = studio.open(context, UNFINISHED)
    row = page.locator("#issue-list a", has_text="Buoys")
    expect(row.locator(".badge [aria-hidden]")).to_have_text("1")
    expect(page.locator("#issue-list a", has_text="Cranes").locator(".badge")).to_have_count(0)


def test_outlook_is_labelled_as_an_approximation(studio: Studio, context: BrowserContext) -> None:
    page = studio.open(context, CRANES)
    page.keyboard.press("o")
    expect(page.locator(FRAME)).to_have_attribute(
        "title", re.compile(r"^Outlook \(Word engine\), approximated")
    )
    expect(page.locator(".bar-2 .kind")).to_have_text("Word engine, approximated")
    body = mail(page).locator("body")
    expect(body).not_to_contain_text("96")
    radius = (
        "e => [...e.querySelectorAll('*')].every((x) => getComputedStyle(x).borderRadius === '0px')"
    )
    assert body.evaluate(radius)


@pytest.mark.parametrize("forced", ["active", "none"])
def test_axe_finds_nothing_with_colours_forced_and_the_dialog_open(
    studio: Studio, browser: Browser, forced: str
) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 900}, bypass_csp=True)
    page = studio.open(context, f"{UNFINISHED}/light@375/links@375")
    page.emulate_media(forced_colors=forced)  # type: ignore[arg-type]
    page.locator(".problem").first.wait_for()
    page.wait_for_function("() => !document.querySelector('.coming')")
    assert faults(page) == []
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page) == []
    context.close()


def test_forced_colours_leave_every_state_visible(studio: Studio, context: BrowserContext) -> None:
    page = studio.open(context, CRANES)
    page.emulate_media(forced_colors="active")
    page.locator(".overview").wait_for()
    outline = "e => getComputedStyle(e).outlineStyle !== 'none' && parseFloat(getComputedStyle(e).outlineWidth) >= 2"
    for state in (
        "[role=tab][aria-selected=true]",
        "#issue-list [aria-current]",
        ".widths [aria-pressed=true]",
    ):
        assert page.locator(state).first.evaluate(outline), state

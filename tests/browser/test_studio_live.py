"""The preview follows the files: saves, errors and fixes, issues added and removed, many tabs, a
stopped server.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.studio import CRANES, OLDER, UNFINISHED, Studio, mail, tab

# What a browser logs for a stopped server, and for an issue that is removed while it is requested.
EXPECTED = ("ERR_CONNECTION_REFUSED", "404 (Not Found)")
MARKS = "() => performance.getEntriesByName('painted').map((mark) => mark.detail)"


@pytest.fixture
def page(own_studio: Studio, context: BrowserContext) -> Iterator[Page]:
    page = own_studio.open(context, CRANES)
    mail(page).locator("h1").wait_for()
    page.locator("#problems-title", has_text="checking").wait_for(state="detached")
    yield page
    assert [
        words for words in own_studio.complaints if not any(map(words.__contains__, EXPECTED))
    ] == []


def test_a_save_reaches_the_screen(page: Page, own_studio: Studio) -> None:
    own_studio.edit("10-essay.md", "nothing moves at berth nine", "all is still at berth nine")
    expect(mail(page).locator("body")).to_contain_text("all is still at berth nine")
    own_studio.edit("issue.yaml", "Cranes, Cables & Container Queues", "Cranes at Rest")
    expect(mail(page).locator("h1")).to_have_text("Cranes at Rest")
    expect(page.locator("#title")).to_have_text("Cranes at Rest")
    expect(page.locator("#issue-list [aria-current]")).to_contain_text("Cranes at Rest")
    marks = page.evaluate(MARKS)
    assert {mark["slug"] for mark in marks} == {CRANES}
    versions = [mark["version"] for mark in marks]
    assert versions == sorted(versions)
    assert len(set(versions)) >= 3


def test_unchanged_parts_are_not_touched_and_the_position_is_kept(
    page: Page, own_studio: Studio
) -> None:
    page.keyboard.press("f")  # edits are not followed
    mail(page).get_by_text("It ends with a pencil.").evaluate(
        "e => e.scrollIntoView({behavior: 'instant'})"
    )
    page.evaluate(
        """() => {
          const mail = frames[0].document;
          window.same = mail;
          window.touched = [];
          new MutationObserver((found) => touched.push(...found.map(({ type, target }) =>
            [type, (target.nodeType === 3 ? target.parentElement : target).textContent.slice(0, 40)])))
            .observe(mail, { subtree: true, childList: true, characterData: true });
        }"""
    )
    top = "() => frames[0].document.scrollingElement.scrollTop"
    before = page.evaluate(top)
    own_studio.edit("10-essay.md", "Most do[^most].", "Most of them do[^most].")
    expect(mail(page).locator("body")).to_contain_text("Most of them do")
    assert page.evaluate("() => frames[0].document === window.same"), "the frame was reloaded"
    touched = page.evaluate("() => window.touched")
    assert {kind for kind, _ in touched} == {"characterData"}, touched
    assert all(words.startswith("It ends with a pencil.") for _, words in touched), touched
    assert abs(page.evaluate(top) - before) < 2


def test_a_new_paragraph_is_styled_like_its_neighbours(page: Page, own_studio: Studio) -> None:
    own_studio.edit(
        "10-essay.md",
        "\n## How it ends",
        "\nAnd then it [rains](https://rain.example/).\n\n## How it ends",
    )
    look = "e => [getComputedStyle(e).marginBottom, getComputedStyle(e).fontSize]"
    fresh = mail(page).locator("p", has_text="And then it rains.")
    assert fresh.evaluate(look) == mail(page).locator(
        "p", has_text="It ends with a pencil."
    ).evaluate(look)
    colour = "e => getComputedStyle(e).color"
    links = (
        mail(page).get_by_role("link", name="rains"),
        mail(page).get_by_role("link", name="old fish market"),
    )
    assert links[0].evaluate(colour) == links[1].evaluate(colour)


def test_saves_leave_nothing_behind(page: Page, own_studio: Studio) -> None:
    inspector = page.context.new_cdp_session(page)
    inspector.send("Performance.enable")

    def counts() -> dict[str, float]:
        inspector.send("HeapProfiler.collectGarbage")
        metrics = inspector.send("Performance.getMetrics")["metrics"]
        names = {"Nodes", "JSEventListeners", "Frames"}
        return {metric["name"]: metric["value"] for metric in metrics if metric["name"] in names}

    def save(number: int) -> None:
        settings = own_studio.issue / "issue.yaml"
        settings.write_text(re.sub(r"number: \d+", f"number: {number}", settings.read_text()))
        expect(mail(page).locator("body")).to_contain_text(f"No. {number}")

    save(1)
    page.locator("#problems-title", has_text="checking").wait_for(state="detached")
    before = counts()
    for number in range(2, 22):
        save(number)
    page.locator("#problems-title", has_text="checking").wait_for(state="detached")
    after = counts()
    for _ in range(40):  # on a busy machine the browser collects the last frame's nodes later
        if after["Nodes"] < before["Nodes"] * 1.1:
            break
        page.wait_for_timeout(250)
        after = counts()
    assert after["JSEventListeners"] == before["JSEventListeners"]
    assert after["Frames"] == before["Frames"]
    assert after["Nodes"] < before["Nodes"] * 1.1


def test_a_theme_edit_reaches_the_screen(page: Page, own_studio: Studio) -> None:
    colour = "() => getComputedStyle(frames[0].document.querySelector('h1')).color"
    before = page.evaluate(colour)
    own_studio.desk.write("templates/default/tokens.toml", '[light]\nink = "#123456"\n')
    page.wait_for_function(f"before => ({colour})() !== before", arg=before)


def test_a_broken_file_keeps_the_last_good_email_below_the_errors(
    page: Page, own_studio: Studio
) -> None:
    own_studio.edit("10-essay.md", "kind: essay", "kind: esay")
    banner = page.locator("#banner")
    expect(banner).to_contain_text("Errors: the email below is the last good one")
    expect(banner).to_contain_text("esay")
    expect(banner.get_by_role("link")).to_have_attribute(
        "href", f"vscode://file{own_studio.issue}/10-essay.md:2:7"
    )
    expect(page.locator("#spoken")).to_contain_text("The email cannot be built")
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    own_studio.edit("10-essay.md", "kind: esay", "kind: essay")
    expect(banner).to_be_hidden()
    expect(page.locator("#spoken")).to_have_text("Fixed: the email is built again.")


def test_an_issue_broken_from_the_start_becomes_an_email(
    own_studio: Studio, context: BrowserContext
) -> None:
    (own_studio.issue / "issue.yaml").rename(own_studio.desk.root / "aside.yaml")
    page = own_studio.open(context, CRANES)
    expect(page.locator(".empty", has_text="No email yet")).to_be_visible()
    expect(page.locator("#banner")).to_contain_text("issue.yaml")
    (own_studio.desk.root / "aside.yaml").rename(own_studio.issue / "issue.yaml")
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    expect(page.locator("#banner")).to_be_hidden()


def test_a_problem_appears_and_disappears_with_its_text(page: Page, own_studio: Studio) -> None:
    own_studio.edit("10-essay.md", "It waits.", "It waits TK.")
    problem = page.locator(".problem", has_text="TK")
    problem.locator("button").click()
    expect(mail(page).locator("[data-studio-mark=error]")).to_contain_text(
        "A queue begins with one ship."
    )
    expect(page.locator(".location code")).to_have_text("10-essay.md:12")
    own_studio.edit(
        "10-essay.md", "\n## How a queue begins", "\nOne more paragraph.\n\n## How a queue begins"
    )
    expect(page.locator(".problem.open")).to_contain_text("10-essay.md:14")
    mail(page).get_by_text("One more paragraph.").click()
    expect(page.locator(".problem.open")).to_have_count(0)
    mail(page).get_by_text("A queue begins with one ship.").click()
    expect(page.locator(".problem.open")).to_contain_text("TK")
    own_studio.edit("10-essay.md", "It waits TK.", "It waits.")
    expect(problem).to_have_count(0)


def test_issues_are_added_and_removed(page: Page, own_studio: Studio) -> None:
    issues = page.locator("#issue-list a")
    expect(issues).to_have_count(3)
    fresh = own_studio.desk.root / "issues" / "2026-03-15-fresh"
    shutil.copytree(own_studio.issue, fresh)
    text = (
        (fresh / "issue.yaml")
        .read_text()
        .replace("Cranes, Cables & Container Queues", "Fresh Paint")
    )
    (fresh / "issue.yaml").write_text(text.replace("2026-03-08", "2026-03-15"))
    expect(issues.first).to_contain_text("Fresh Paint")
    issues.first.click()
    expect(mail(page).locator("h1")).to_have_text("Fresh Paint")
    shutil.rmtree(fresh)
    expect(issues).to_have_count(3)
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    expect(page.locator("#banner")).to_be_hidden()


def test_an_issue_missing_on_another_branch_is_shown_again_afterwards(
    page: Page, own_studio: Studio
) -> None:
    aside, missed = own_studio.desk.root / "aside", page.locator("#missed")
    shutil.move(own_studio.issue, aside)
    expect(missed).to_contain_text(f"{CRANES} does not exist any more. Showing {OLDER} instead.")
    expect(mail(page).locator("h1")).to_have_text("Ferries")
    shutil.move(aside, own_studio.issue)
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    expect(missed).to_be_hidden()
    shutil.move(own_studio.issue, aside)
    page.locator(f"[data-slug='{UNFINISHED}']").click()
    expect(missed).to_be_hidden()
    shutil.move(aside, own_studio.issue)
    expect(page.locator("#issue-list a")).to_have_count(3)
    expect(page).to_have_url(re.compile(UNFINISHED))


def test_the_last_issue_is_removed_and_a_first_one_added(page: Page, own_studio: Studio) -> None:
    shutil.move(own_studio.issue, own_studio.desk.root / "aside")
    for slug in (OLDER, UNFINISHED):
        shutil.rmtree(own_studio.desk.root / "issues" / slug)
    expect(page.get_by_role("heading", name="No issues yet")).to_be_visible()
    shutil.move(own_studio.desk.root / "aside", own_studio.issue)
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")


def test_two_tabs_show_two_issues_independently(
    page: Page, own_studio: Studio, context: BrowserContext
) -> None:
    other = own_studio.open(context, f"{OLDER}/dark@768")
    expect(mail(other).locator("h1")).to_have_text("Ferries")
    own_studio.edit("issue.yaml", "Cranes, Cables & Container Queues", "Two Tabs")
    expect(mail(page).locator("h1")).to_have_text("Two Tabs")
    expect(other.locator("#issue-list")).to_contain_text("Two Tabs")
    expect(mail(other).locator("h1")).to_have_text("Ferries")


def test_ten_tabs_all_update_even_after_the_first_is_closed(
    own_studio: Studio, context: BrowserContext
) -> None:
    pages = [own_studio.open(context, CRANES) for _ in range(10)]
    for page in pages:
        mail(page).locator("h1").wait_for()
    own_studio.edit("issue.yaml", "Cranes, Cables & Container Queues", "Ten Tabs")
    for page in pages:
        expect(mail(page).locator("h1")).to_have_text("Ten Tabs")
    pages[0].close()
    pages[1].locator("#link[data-link=live]").wait_for()
    pages[1].wait_for_timeout(500)
    own_studio.edit("issue.yaml", "Ten Tabs", "Nine Tabs")
    for page in pages[1:]:
        expect(mail(page).locator("h1")).to_have_text("Nine Tabs")


def test_the_page_reconnects_to_a_restarted_server(page: Page, own_studio: Studio) -> None:
    port = own_studio.address.rstrip("/").rpartition(":")[2]
    own_studio.stop()
    expect(page.locator("#link")).to_have_text("Preview stopped. Waiting for it to restart")
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    own_studio.edit("issue.yaml", "Cranes, Cables & Container Queues", "While You Were Out")
    own_studio.process = Studio.start(own_studio.desk, port).process
    expect(page.locator("#link")).to_have_text("Live", timeout=20_000)
    expect(mail(page).locator("h1")).to_have_text("While You Were Out")
    tab(page, "Source").click()
    expect(page.locator(".source")).to_be_visible()


def test_broken_settings_are_reported_and_the_last_good_ones_apply(
    page: Page, own_studio: Studio
) -> None:
    settings: Path = own_studio.desk.root / "newsletter.toml"
    good = settings.read_text()
    settings.write_text(good.replace('name = "The Quay"', "name = ", 1))
    expect(page.locator("#banner")).to_contain_text("newsletter.toml")
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    settings.write_text(good.replace('name = "The Quay"', 'name = "The Other Quay"', 1))
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("#publication")).to_have_text("The Other Quay")

"""The preview page as an editor uses it: every view, problems and lines, two views at once,
changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.studio import CRANES, OLDER, UNFINISHED, Studio, mail, tab

FRAME = "iframe:not(.coming)"


@pytest.fixture
def page(studio: Studio, context: BrowserContext) -> Iterator[Page]:
    studio.complaints.clear()
    yield studio.open(context, CRANES)
    assert studio.complaints == []


# --- views ----------------------------------------------------------------------------------------


def test_it_opens_with_the_latest_issue_on_a_phone(studio: Studio, context: BrowserContext) -> None:
    page = studio.open(context)
    expect(page).to_have_title("Cranes, Cables & Container Queues · The Quay")
    expect(page.locator("#issue-list a")).to_have_count(3)
    expect(page.locator("#issue-list [aria-current]")).to_contain_text(
        "Cranes, Cables & Container Queues"
    )
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    assert page.locator(FRAME).evaluate("frame => frame.contentWindow.innerWidth") == 375


def test_every_view_of_the_email_renders(page: Page) -> None:
    looks = {}
    for name in ("Light", "Dark", "Inverted", "No images", "No styles", "Web page"):
        tab(page, name).click()
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
        expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
        expect(page.locator(FRAME)).to_have_attribute("title", re.compile(f"^{name}"))
        looks[name] = page.locator(".device").screenshot()
    assert len(set(looks.values())) >= 5, "views look alike"


def test_both_methods_of_forced_inversion_can_be_selected(page: Page) -> None:
    tab(page, "Inverted").click()
    paper = """() => getComputedStyle(
        document.querySelector('iframe').contentDocument.querySelector('.m')).backgroundColor"""
    seen = []
    for name in ("Outlook.com", "Gmail’s apps"):
        page.get_by_role("button", name=name).click()
        expect(page.locator(FRAME)).to_have_attribute("title", re.compile(name))
        seen.append(page.evaluate(paper))
    assert len(set(seen)) == 2
    assert all(max(map(int, re.findall(r"\d+", colour))) < 100 for colour in seen), seen


def test_plain_text_marks_column_72(page: Page, studio: Studio) -> None:
    tab(page, "Text").click()
    expect(page.locator(".sheet code")).to_contain_text(
        "At six in the morning nothing moves at berth nine."
    )
    edges = page.evaluate(
        """() => {
          const text = document.querySelector(".sheet code").firstChild;
          const rule = text.data.split("\\n").findIndex((line) => /^[*]{72}$/.test(line));
          const start = text.data.split("\\n").slice(0, rule).join("\\n").length + (rule ? 1 : 0);
          const range = document.createRange();
          range.setStart(text, start);
          range.setEnd(text, start + 72);
          return [range.getBoundingClientRect().right, document.querySelector(".sheet i").getBoundingClientRect().left];
        }"""
    )
    assert abs(edges[0] - edges[1]) < 2, "a line of 72 columns ends at the mark"


def test_inbox_rows_show_what_is_truncated(page: Page) -> None:
    tab(page, "Inbox").click()
    programs = page.locator(".program")
    expect(programs).to_have_count(6)
    expect(page.locator(".inbox h2")).to_have_text(["On a phone", "On a desktop"])
    for row in programs.all():
        expect(row.locator(".row-sender")).to_have_text("The Quay")
        expect(row.locator(".row-subject")).to_contain_text("Cranes, Cables & Container")
    assert (
        "not shown"
        in page.locator(".program", has_text="Gmail").first.locator(".lost").inner_text()
    )


def test_the_source_lists_the_bytes_of_each_section(page: Page) -> None:
    tab(page, "Source").click()
    names = page.locator(".source summary .name").all_inner_texts()
    assert "The Quiet Berth" in [name.strip() for name in names]
    page.locator(".source summary", has_text="The Quiet Berth").click()
    expect(page.locator(".source details[open] code")).to_contain_text("<em>closed</em>")
    expect(page.locator(".clip")).to_have_count(0)


def test_reading_order_has_headings_and_links_and_leads_to_lines(page: Page) -> None:
    tab(page, "Read aloud").click()
    expect(page.locator(".order li[data-role=heading]").first).to_contain_text(
        "Cranes, Cables & Container Queues"
    )
    expect(
        page.locator(".order li[data-role=link]", has_text="statistics of the past year")
    ).to_be_visible()
    page.locator(".order li", has_text="At six in the morning").first.click()
    expect(page.locator(".location code")).to_have_text("10-essay.md:6")


@pytest.mark.parametrize(("device", "width"), [("Phone", 375), ("Tablet", 768), ("Desktop", 1024)])
def test_a_device_keeps_its_width_whatever_the_room(page: Page, device: str, width: int) -> None:
    page.get_by_role("button", name=device).click()
    assert page.locator(FRAME).evaluate("frame => frame.contentWindow.innerWidth") == width
    expect(page.get_by_label("Width in pixels")).to_have_value(str(width))


def test_the_width_is_resized_by_pointer_and_by_keys(page: Page) -> None:
    grip = page.get_by_role("separator", name="Width of the email")
    box = grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y, steps=3)
    page.mouse.up()
    expect(grip).to_have_attribute("aria-valuenow", "435")
    page.mouse.move(x + 200, y)
    expect(grip).to_have_attribute("aria-valuenow", "435")
    grip.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    expect(grip).to_have_attribute("aria-valuenow", "424")
    assert page.locator(FRAME).evaluate("frame => frame.contentWindow.innerWidth") == 424


def test_the_view_survives_a_reload_and_the_back_button(page: Page) -> None:
    tab(page, "Dark").click()
    page.get_by_role("button", name="Tablet").click()
    page.locator("#issue-list a", has_text="Ferries").click()
    expect(mail(page).locator("h1")).to_have_text("Ferries")
    page.reload()
    expect(mail(page).locator("h1")).to_have_text("Ferries")
    expect(tab(page, "Dark")).to_have_attribute("aria-selected", "true")
    assert page.url.endswith(f"#/{OLDER}/dark@768")
    page.go_back()
    expect(mail(page).locator("h1")).to_have_text("Cranes, Cables & Container Queues")


def test_the_scroll_position_is_kept_between_views(page: Page) -> None:
    inside = mail(page)
    inside.get_by_text("It ends with a pencil.").evaluate(
        "e => e.scrollIntoView({behavior: 'instant'})"
    )
    for name in ("Dark", "No styles", "Light"):
        tab(page, name).click()
        expect(page.locator(FRAME)).to_have_attribute("title", re.compile(f"^{name}"))
        top = inside.get_by_text("It ends with a pencil.").evaluate(
            "e => e.getBoundingClientRect().top"
        )
        assert abs(top) < 60, f"{name} starts {top} pixels away"


# --- problems, paragraphs, lines ------------------------------------------------------------------


def test_a_problem_links_to_its_place_and_its_line(page: Page, studio: Studio) -> None:
    page.locator("#problems-title", has_text=re.compile(r"\d")).wait_for()
    problem = page.locator(".problem > button").first
    problem.click()
    opened = page.locator(".problem.open")
    expect(opened).to_have_count(1)
    expect(opened.locator(".hint")).not_to_be_empty()
    link = opened.get_by_role("link", name="Open in the editor")
    assert re.fullmatch(r"vscode://file/.+\.(md|yaml):\d+:\d+", link.get_attribute("href") or "")
    place = (opened.locator(".place").inner_text()).strip()
    expect(page.locator(".location code")).to_have_text(place)
    problem.click()
    expect(opened).to_have_count(0)
    expect(mail(page).locator("[data-studio-mark]")).to_have_count(0)


def test_a_paragraph_shows_its_file_and_line(page: Page, studio: Studio) -> None:
    mail(page).get_by_text("A queue begins with one ship.").click()
    expect(page.locator(".location code")).to_have_text("10-essay.md:12")
    link = page.locator(".location").get_by_role("link", name="Open in the editor")
    address = f"vscode://file{studio.issue.as_posix()}/10-essay.md:12:1"
    expect(link).to_have_attribute("href", address)
    expect(mail(page).locator("[data-studio-mark]")).to_contain_text(
        "A queue begins with one ship."
    )


def test_a_link_in_the_email_is_shown_and_not_followed(page: Page) -> None:
    pages = len(page.context.pages)
    link = mail(page).get_by_role("link", name="statistics of the past year")
    for how in ({}, {"modifiers": ["Control"]}, {"button": "middle"}):
        link.click(**how)
    expect(page.locator(".location .words")).to_have_text(
        "https://statistics.example/berths?year=2025&port=lisbon"
    )
    expect(page.locator(".location code")).to_have_text("10-essay.md:8")
    link.focus()
    page.keyboard.press("Enter")
    assert len(page.context.pages) == pages
    assert all("statistics.example" not in frame.url for frame in page.frames)


def test_kinds_of_problems_can_be_hidden(page: Page, studio: Studio) -> None:
    page.goto(f"{studio.address}#/{UNFINISHED}")
    page.locator(".kinds").wait_for()
    for button in page.locator(".kinds button").all():
        button.click()
    expect(page.locator(".problem")).to_have_count(0)
    page.locator(".kinds button").first.click()
    expect(page.locator(".problem").first).to_be_visible()


def test_counts_credits_and_links_are_shown_at_a_glance(page: Page) -> None:
    page.locator(".overview").wait_for()
    names, values = (page.locator(f".overview {tag}").all_inner_texts() for tag in ("dt", "dd"))
    glance = dict(zip(names, values, strict=True))
    assert glance["words"].isdigit()
    assert glance["sections"] == "5"
    assert [name for name, value in glance.items() if name.endswith("s") == (value == "1")] == []
    expect(page.locator(".gauge p")).to_have_text(
        re.compile(r"^[\d.]+ KB of the 102 KB Gmail shows$")
    )
    expect(page.locator(".credits li")).to_contain_text(["Essay: Mira Oduya"])
    page.locator("summary", has_text="Links").click()
    page.get_by_role("button", name="statistics of the past year").click()
    expect(mail(page).locator("[data-studio-mark]")).to_have_text("statistics of the past year")


# --- two views ------------------------------------------------------------------------------------


def test_side_by_side_shows_both_and_scrolls_together(page: Page) -> None:
    page.get_by_role("button", name="Side by side").click()
    expect(page.locator(".pane")).to_have_count(2)
    expect(mail(page, 1).locator("h1")).to_have_text("Cranes, Cables & Container Queues")
    widths = [
        frame.evaluate("frame => frame.contentWindow.innerWidth")
        for frame in page.locator(FRAME).all()
    ]
    assert widths == [375, 1024]
    page.locator(".pane").first.hover()
    mail(page).get_by_text("It ends with a pencil.").evaluate(
        "e => e.scrollIntoView({behavior: 'instant'})"
    )
    page.wait_for_function(
        "() => Math.abs([...document.querySelectorAll('iframe')][1].contentDocument.scrollingElement.scrollTop) > 100"
    )
    mail(page, 1).get_by_text("Berth nine lies across").click(position={"x": 5, "y": 5})
    for pane in (0, 1):
        expect(mail(page, pane).locator("[data-studio-mark]")).to_contain_text(
            "Berth nine lies across"
        )
    page.get_by_role("button", name="Close this view").click()
    expect(page.locator(".pane")).to_have_count(1)


def test_the_published_version_is_compared_with_the_current_one(
    studio: Studio, context: BrowserContext
) -> None:
    page = studio.open(context, f"{OLDER}/changes@375")
    expect(page.locator(".empty", has_text="Nothing to compare with")).to_be_visible()
    assert studio.desk.run("publish", OLDER).code == 0
    essay = studio.desk.root / "issues" / OLDER / "10-essay.md"
    essay.write_text(
        essay.read_text().replace("somebody waiting for a bus", "a clerk waiting for a tram")
    )
    page.reload()
    words = page.locator(".change-list li .change-words")
    expect(words).to_have_text(
        "… with its arm up, like somebody a clerk waiting for a bus tram, and the water under …"
    )
    expect(mail(page).locator("ins").first).to_contain_text("clerk")
    expect(mail(page).locator("del").first).to_contain_text("somebody")
    page.locator(".change-list button").click()
    expect(mail(page).locator("[data-studio-mark]")).to_contain_text("At six in the morning")
    essay.write_text(
        essay.read_text().replace("a clerk waiting for a tram", "somebody waiting for a bus")
    )
    (essay.parent / "published.json").unlink()


def test_no_external_requests_are_made(studio: Studio, context: BrowserContext) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = studio.open(context, CRANES)
    for name in ("Dark", "Web page", "Source"):
        tab(page, name).click()
    expect(page.locator(".source")).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith((studio.address, "data:"))] == []

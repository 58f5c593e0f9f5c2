"""The look as a browser computes it: on phones and desktops, in light and dark, without images, for
screen readers.
"""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from newsletter.model import Email

HERE = Path(__file__).parent
AXE = (HERE.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
COLOURS = (HERE / "colours.js").read_text(encoding="utf-8")
WIDTHS = (320, 375, 700)
PICTURE_BYTES = 60_000

# Elements that extend beyond either edge. Elements moved off screen on purpose have no box.
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth;
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility())
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.right > edge + 0.5 || box.left < -0.5))
    .map(([element, box]) => `${box.left}–${box.right}: ${element.outerHTML.slice(0, 80)}`);
}"""


def fits(page: Page) -> None:
    assert page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth") <= 0, (
        "the page scrolls sideways"
    )
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_is_wider_than_the_screen(show: Any, dark: bool) -> None:
    for width in WIDTHS:
        fits(show(width, dark=dark))


def test_nothing_is_wider_than_the_screen_at_200_percent_zoom(show: Any) -> None:
    """Zoom by 200 % halves the viewport width. Only data tables may need more room then (WCAG 2.2,
    1.4.10).
    """
    fits(show(700 // 2))
    page = show(375 // 2)
    if page.locator("table.t").count():
        assert (
            page.evaluate(
                TOO_WIDE.replace(
                    ".filter(", ".filter((element) => !element.closest('.t')).filter(", 1
                )
            )
            == []
        )
    else:
        fits(page)


def test_images_that_do_not_load_show_their_alternative_text(
    show: Any, emails: dict[str, Email], name: str
) -> None:
    page = show(320, images=False)
    fits(page)
    for picture in page.locator("img").all():
        alt = picture.get_attribute("alt")
        assert alt is not None
        if alt:
            box = picture.bounding_box()
            assert box is not None
            assert box["width"] > 30, f"no room to read {alt!r}"
            assert box["height"] > 10, f"no room to read {alt!r}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(show: Any, dark: bool) -> None:
    page = show(375, dark=dark)
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    # Rules about a site's regions: an email is one article inside another page and has none.
    off = {rule: {"enabled": False} for rule in ("region", "bypass", "landmark-one-main")}
    result = page.evaluate("(rules) => axe.run(document, {rules})", off)
    assert result["passes"], "axe checked nothing"
    assert [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ] == []


@pytest.mark.parametrize("look", ["light", "dark", "inverted", "outlook"])
def test_every_word_has_enough_contrast(show: Any, look: str) -> None:
    page = show(375, dark=look == "dark")
    result = page.evaluate(COLOURS, look)
    assert len(result) > 20, "too little text was checked"
    assert [entry for entry in result if entry["ratio"] < entry["needed"]] == []


def test_links_in_text_are_underlined(show: Any) -> None:
    """Colour is not the only sign of a link; a button and the nameplate are recognizable by
    themselves.
    """
    plain = show(375).evaluate("""() => [...document.links]
      .filter((link) => !link.closest(".u, .h") && !link.querySelector("img"))
      .filter((link) => !getComputedStyle(link).textDecorationLine.includes("underline"))
      .map((link) => link.outerHTML)""")
    assert plain == []


HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .map((heading) => [Number(heading.tagName[1]), heading.innerText])"""


def test_headings_form_an_outline_and_match_the_text_part(
    show: Any, emails: dict[str, Email], name: str
) -> None:
    headings = show(700).evaluate(HEADINGS)
    levels = [level for level, _ in headings]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), headings
    read = squeezed(emails[name].text)
    position = -1
    for _, words in headings:
        position = read.find(squeezed(words), position + 1)
        assert position >= 0, f"the text part does not have {words!r} here"


def squeezed(text: str) -> str:
    return re.sub(r"[\s_*\u2066-\u2069]", "", text).casefold()


def test_screen_readers_get_language_and_direction(show: Any, name: str) -> None:
    page = show(375)
    root = page.evaluate(
        "() => [document.documentElement.lang, document.documentElement.dir, document.title]"
    )
    assert root[0]
    assert root[1] == ("rtl" if name == "right-to-left" else "ltr")
    assert root[2]
    direction = page.evaluate("() => getComputedStyle(document.querySelector('h1')).direction")
    assert direction == root[1]


@pytest.mark.parametrize("medium", ["email"], indirect=True)
def test_the_preheader_is_hidden_and_contains_the_deck(
    show: Any, emails: dict[str, Email], name: str
) -> None:
    page = show(375)
    first = page.locator("body > div > div").first
    assert not first.is_visible()
    deck = (first.text_content() or "").rstrip("\u034f\u2007 ")
    assert deck
    assert squeezed(deck) in squeezed(emails[name].text)
    assert page.evaluate("() => document.body.innerText").count(deck) == 1, "the deck appears once"


TABLES = """() => [...document.querySelectorAll("table")].map((table) =>
  [table.getAttribute("role"),
   table.querySelectorAll(":scope > * > tr > th").length,
   table.querySelectorAll(":scope > * > tr > th:not([scope])").length, table.outerHTML])"""


@pytest.mark.parametrize("medium", ["email"], indirect=True)
def test_layout_tables_are_distinguished_from_data_tables(show: Any) -> None:
    tables = show(375).evaluate(TABLES)
    for role, heads, unscoped, html in tables:
        assert (role == "presentation") != bool(heads), html[:200]
        assert not unscoped, html[:200]


# --- screenshots for review -----------------------------------------------------------------------

VIEWS = [
    ("weekly", "email", 375, False),
    ("weekly", "email", 700, True),
    ("every-block", "email", 700, False),
    ("right-to-left", "email", 375, False),
    ("weekly", "web", 1000, False),
]


@pytest.mark.parametrize(
    ("name", "medium", "width", "dark"),
    [
        pytest.param(*view, id="-".join(map(str, view[:3])) + ("-dark" if view[3] else ""))
        for view in VIEWS
    ],
    indirect=["name", "medium"],
)
def test_screenshot(
    show: Any, name: str, medium: str, width: int, dark: bool, rewrite_expected: bool
) -> None:
    """Keep screenshots of the look as last reviewed.

    Fonts vary by machine, so they are not compared.

    `--rewrite-expected` takes new ones.
    """
    path = HERE / "screenshots" / f"{name}-{medium}-{width}{'-dark' if dark else ''}.png"
    if rewrite_expected:
        page = show(width, dark=dark)
        height = min(
            page.evaluate("() => document.scrollingElement.scrollHeight"), 700_000 // width
        )
        shot = page.screenshot(
            full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height}
        )
        few = Image.open(io.BytesIO(shot)).convert("RGB").quantize(12, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    assert path.stat().st_size <= PICTURE_BYTES
    with Image.open(path) as cache:
        assert cache.width == width

"""Every layout combination, measured: one or two views, list and notes open or closed, from 320 to
2,560 pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.studio import CRANES, Studio, mail

# 720 is 1440 at 200 % zoom; 640 is 1280 at 200 %.
WIDTHS = (
    320,
    375,
    600,
    640,
    720,
    800,
    880,
    881,
    960,
    1024,
    1120,
    1121,
    1150,
    1200,
    1280,
    1400,
    1401,
    1440,
    1700,
)
WIDTHS += (1701, 1920, 2560)
SIDES = tuple(product((False, True), ("open", "closed"), ("open", "closed")))
NARROWEST = 280
TABS_FROM = 1200

MEASURE = """([issues, notes]) => {
  document.body.dataset.issues = issues;
  document.body.dataset.notes = notes;
  const box = (element) => {
    const { left, right, top, bottom, width } = element.getBoundingClientRect();
    return { left, right, top: top + scrollY, bottom: bottom + scrollY, width };
  };
  const shown = (element) => element && getComputedStyle(element).display !== "none" && element.getClientRects().length;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const panes = all(".pane").map(box);
  const sides = ["#issues", "#notes"].map((id) => document.querySelector(id)).filter(shown).map(box);
  return {
    panes, sides,
    overflow: document.scrollingElement.scrollWidth - innerWidth,
    tabs: [...document.querySelectorAll("[role=tablist]")].every(shown),
    chosen: all(".pane").every((pane) => ["[role=tablist]", ".pick"].some((kind) => shown(pane.querySelector(kind)))),
    cut: all("[role=tab]").filter(shown).some((tab) => box(tab).right > box(tab.closest(".pane")).right + 1),
    email: all("iframe:not(.coming)").every((frame) => frame.getBoundingClientRect().height > 100),
  };
}"""


@pytest.fixture(scope="module")
def pages(studio: Studio, browser: Browser) -> Iterator[dict[bool, Page]]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    opened = {}
    for split, look in ((False, f"{CRANES}/light@375"), (True, f"{CRANES}/light@375/dark@1024")):
        opened[split] = page = studio.open(context, look)
        mail(page, int(split)).locator("h1").wait_for()
        page.locator(".overview").wait_for()
    yield opened
    context.close()


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    wide = min(one["right"], other["right"]) - max(one["left"], other["left"]) > 0.5
    high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 0.5
    return wide and high


def faults(measured: dict[str, Any], width: int, *, split: bool) -> Iterator[str]:
    panes, boxes = measured["panes"], [*measured["panes"], *measured["sides"]]
    if len(panes) != 1 + split:
        yield f"{len(panes)} panes"
    if narrow := [round(pane["width"]) for pane in panes if pane["width"] < NARROWEST]:
        yield f"panes of {narrow} pixels"
    if any(overlap(one, other) for one, other in combinations(boxes, 2)):
        yield "boxes overlap"
    if measured["overflow"] > 0:
        yield f"scrolls sideways by {measured['overflow']}"
    if any(pane["right"] > width + 0.5 for pane in panes):
        yield "a pane leaves the window"
    if width >= TABS_FROM and not split and not measured["tabs"]:
        yield "no tabs"
    if not measured["chosen"] or measured["cut"]:
        yield "views cannot be chosen"
    if not measured["email"]:
        yield "no room for the email"


@pytest.mark.parametrize("width", WIDTHS)
def test_every_combination_fits(pages: dict[bool, Page], width: int) -> None:
    result = {}
    for split, issues, notes in SIDES:
        page = pages[split]
        page.set_viewport_size({"width": width, "height": 900})
        measured = page.evaluate(MEASURE, [issues, notes])
        if wrong := list(faults(measured, width, split=split)):
            result[f"split {split}, list {issues}, notes {notes}"] = wrong
    assert result == {}


def test_side_by_side_fits_next_to_an_editor(pages: dict[bool, Page]) -> None:
    """A window half the width of a large screen: both views in one row, as the button promises."""
    page = pages[True]
    for width in (881, 960, 1024, 1150):
        page.set_viewport_size({"width": width, "height": 900})
        first, second = page.evaluate(MEASURE, ["closed", "open"])["panes"]
        assert first["top"] == second["top"]
        assert first["right"] <= second["left"] + 0.5

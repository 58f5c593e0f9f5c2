"""Pictures of every view, for a pull request."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from newsletter.errors import IssueRejected
from newsletter.files.output import write_file
from newsletter.preview.browser import TALLEST, BrowserTab, browser, find_browser
from newsletter.preview.server import HOST, listen, serve
from newsletter.preview.studio import Studio

# Medium of a view -> the widths it is shown at, in CSS pixels.
WIDTHS = {
    "mail": {"phone": 375, "desktop": 800},
    "web": {"phone": 375, "desktop": 1280},
    "text": {"desktop": 720},
}
OWN = ("inbox", "source", "reading")  # what the page itself draws
PAGE = 1500  # CSS pixels: the list and the notes stand beside what is shown
PAINTED = "performance.getEntriesByName('painted').length > 0"
BOX = """(() => {
  const box = document.querySelector(".doc");
  const { x, y, width, height } = box.getBoundingClientRect();
  return { x, y, width, height: Math.max(height, box.scrollHeight) };
})()"""


async def shoot(studio: Studio, slug: str, folder: Path) -> list[Path]:
    """Write a PNG of every view of an issue into a folder and return their paths; other files there are left alone.

    Raises `IssueRejected` where there is no mail to show, and `NewsletterError` without a browser.
    """
    find_browser()
    issue = await studio.issue(slug)
    shown = await studio.shown(slug)
    if issue is None or shown is None or shown.made is None:
        raise IssueRejected(slug, shown.errors if shown else ())
    listener = listen(0)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    ready, done = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(studio, listener, ready.set, done))
    try:
        await ready.wait()
        async with browser() as tab:
            pictures = [
                picture
                for view in issue["views"]
                for picture in await _view(tab, address, slug, view)
            ]
            pictures += [(f"{view}.png", await _own(tab, address, slug, view)) for view in OWN]
    finally:
        done.set()
        await serving
    for name, data in pictures:
        write_file(folder / name, data)
    return [folder / name for name, _ in pictures]


async def _view(
    tab: BrowserTab, address: str, slug: str, view: dict[str, Any]
) -> list[tuple[str, bytes]]:
    pictures = []
    for device, width in WIDTHS[view["medium"]].items():
        await tab.go(f"{address}/mail/{slug}/{view['name']}", width, 800, dark=view["dark"])
        height = min(int(await tab.value("document.documentElement.scrollHeight") or 800), TALLEST)
        await tab.size(width, height)
        pictures.append((f"{view['name']}-{device}.png", await tab.picture()))
    return pictures


async def _own(tab: BrowserTab, address: str, slug: str, view: str) -> bytes:
    await tab.go(f"{address}/#/{slug}/{view}@375", PAGE, 900, PAINTED)
    box = await tab.value(BOX)
    await tab.size(PAGE, min(int(box["y"] + box["height"]) + 40, TALLEST))
    box = await tab.value(BOX)
    return await tab.picture(box | {"height": min(box["height"], TALLEST - box["y"])})

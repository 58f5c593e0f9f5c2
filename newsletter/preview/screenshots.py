"""Screenshots of every view, and one self-contained page that shows them all."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter.errors import IssueRejected
from newsletter.files.output import write_file
from newsletter.preview.chromium import BrowserTab, browser, find_browser
from newsletter.preview.server import HOST, listen, serve
from newsletter.preview.studio import Studio

# Medium of a view -> the widths it is shown at, in CSS pixels.
WIDTHS = {
    "email": {"phone": 375, "desktop": 800},
    "web": {"phone": 375, "desktop": 1280},
    "text": {"desktop": 720},
}
OWN = {"inbox": "Inbox", "source": "Source", "reading": "Read aloud"}  # rendered by the page itself
PAGE = 1500  # CSS pixels: the list and the notes are next to what is shown
PART = (
    6_000  # CSS pixels of height; a longer screenshot is split, because viewers shrink or refuse it
)
PAINTED = "performance.getEntriesByName('painted').length > 0"
BOX = """(() => {
  const box = document.querySelector(".doc");
  const { x, y, width, height } = box.getBoundingClientRect();
  return { x, y, width, height: Math.max(height, box.scrollHeight) };
})()"""
CONTACT_SHEET = "index.html"


class Screenshot(Struct, frozen=True):
    """One image of a view, or of a part of a long view."""

    name: str  # of the file
    view: str  # its label
    device: str  # phone, desktop, or empty
    width: int  # CSS pixels
    data: bytes  # PNG
    part: str = ""  # such as "part 1 of 2", if it is one


async def take_screenshots(studio: Studio, slug: str, folder: Path) -> list[Path]:
    """Write PNGs of every view and `index.html` to a folder and return their paths.

    Other files in the folder are left unchanged.

    Raises `IssueRejected` if there is no email to show, and `NewsletterError` without a browser.
    """
    find_browser()
    issue = await studio.issue(slug)
    shown = await studio.shown(slug)
    if issue is None or shown is None or shown.email_views is None:
        raise IssueRejected(slug, shown.errors if shown else ())
    listener = listen(0)
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    ready, done = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(studio, listener, ready.set, done))
    try:
        await ready.wait()
        async with browser() as tab:
            screenshots = []
            for view in issue["views"]:
                screenshots += await _view(tab, address, slug, view)
            for name, label in OWN.items():
                screenshots += await _own(tab, address, slug, name, label=label)
    finally:
        done.set()
        await serving
    for screenshot in screenshots:
        write_file(folder / screenshot.name, screenshot.data)
    title = str(issue["title"] or slug)
    write_file(folder / CONTACT_SHEET, contact_sheet(title, slug, screenshots).encode())
    return [folder / CONTACT_SHEET, *(folder / screenshot.name for screenshot in screenshots)]


async def _view(tab: BrowserTab, address: str, slug: str, view: dict[str, Any]) -> list[Screenshot]:
    screenshots = []
    for device, width in WIDTHS[view["medium"]].items():
        await tab.go(f"{address}/email/{slug}/{view['name']}", width, 800, dark=view["dark"])
        height = int(await tab.value("document.documentElement.scrollHeight") or 800)
        box: dict[str, float] = {"x": 0, "y": 0, "width": width, "height": height}
        name = f"{view['name']}-{device}"
        parts = await _parts(tab, box, width)
        for number, data in enumerate(parts, 1):
            one_of_many = len(parts) > 1
            file = f"{name}-{number}.png" if one_of_many else f"{name}.png"
            part = f"part {number} of {len(parts)}" if one_of_many else ""
            screenshots.append(Screenshot(file, view["label"], device, width, data, part))
    return screenshots


async def _own(
    tab: BrowserTab, address: str, slug: str, name: str, *, label: str
) -> list[Screenshot]:
    await tab.go(f"{address}/#/{slug}/{name}@375", PAGE, 900, PAINTED)
    box = await tab.value(BOX)
    await tab.size(PAGE, min(int(box["y"] + box["height"]) + 40, PART))
    box = await tab.value(BOX)
    height = min(box["height"], PART - box["y"])
    data = await tab.screenshot(box | {"height": height})
    return [Screenshot(f"{name}.png", label, "", int(box["width"]), data)]


async def _parts(tab: BrowserTab, box: dict[str, float], width: int) -> list[bytes]:
    """Return the screenshots of a box from top to bottom."""
    height = box["height"]
    await tab.size(width, int(min(height, PART)))
    if height <= PART:
        return [await tab.screenshot()]
    parts = []
    for top in range(0, int(height), PART):
        part = box | {"y": top, "height": min(PART, height - top)}
        parts.append(await tab.screenshot(part))
    return parts


# --- the contact sheet -----------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; font: 0.9375rem/1.5 system-ui, sans-serif; }
h1 { font: 500 1.75rem/1.2 Georgia, serif; margin: 0 0 0.25rem; }
h2 { font-size: 1rem; margin: 0 0 0.5rem; }
nav ul, .views { list-style: none; padding: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0 0 1.5rem; }
.views { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.5rem; margin: 0; }
figure { margin: 0 0 1rem; }
figcaption { font-size: 0.8125rem; opacity: 0.75; margin-bottom: 0.25rem; }
.frame { max-height: 32rem; overflow: auto; border: 1px solid #8b8f8f; border-radius: 6px; background: #fff; }
.frame img { display: block; width: 100%; height: auto; }
"""


def contact_sheet(title: str, slug: str, screenshots: Sequence[Screenshot]) -> str:
    """Return a self-contained page with all screenshots, which makes no requests."""
    views = list(dict.fromkeys(screenshot.view for screenshot in screenshots))
    links = "".join(f'<li><a href="#{_anchor(view)}">{escape(view)}</a></li>' for view in views)
    sections = "".join(_section(view, screenshots) for view in views)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}: all views</title><style>{_STYLE}</style></head>"
        f'<body><h1>{escape(title)}</h1><p>{escape(slug)}, all views</p><nav aria-label="Views">'
        f'<ul>{links}</ul></nav><main><ul class="views">{sections}</ul></main></body></html>\n'
    )


def _section(view: str, screenshots: Sequence[Screenshot]) -> str:
    figures = "".join(_figure(screenshot) for screenshot in screenshots if screenshot.view == view)
    return f'<li id="{_anchor(view)}"><h2>{escape(view)}</h2>{figures}</li>'


def _figure(screenshot: Screenshot) -> str:
    size = f"{screenshot.width} pixels"
    caption = ", ".join(filter(None, (screenshot.device, size, screenshot.part)))
    alt = escape(f"{screenshot.view}, {caption}")
    source = base64.b64encode(_as_webp(screenshot.data)).decode()
    return (
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="frame" tabindex="0">'
        f'<img alt="{alt}" src="data:image/webp;base64,{source}"></div></figure>'
    )


def _as_webp(png: bytes) -> bytes:
    """Return a screenshot without loss in a quarter of the bytes."""
    from PIL import Image

    data = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(data, "WEBP", lossless=True, method=1)
    return data.getvalue()


def _anchor(view: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in view.lower())

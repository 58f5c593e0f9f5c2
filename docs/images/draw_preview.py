"""Draw the images of the preview: the sample publication's latest issue, in a window of a laptop's size.

Run `.venv/bin/python docs/images/draw_preview.py`. It needs Chromium, and Georgia or a font of its metrics (Gelasio).
"""

import signal
import subprocess
import sys
from pathlib import Path

from framing import chromium, screenshot
from PIL import Image
from playwright.sync_api import Browser

HERE = Path(__file__).parent
ISSUE = "2026-11-13-repair-ships"
WINDOW = {"width": 1440, "height": 860}
IMAGES = [  # name, views, color scheme of the page itself, keys pressed
    ("preview", "light@375/dark@1024", "light", ""),
    ("preview-problem", "gmail@600", "dark", "n"),
    ("preview-inbox", "inbox@375", "light", ""),
    ("preview-source", "source@375", "light", ""),
]


def window(browser: Browser, address: str, views: str, scheme: str, keys: str) -> Image.Image:
    """Return the window of the preview once everything in it is up to date."""
    page = browser.new_page(viewport=WINDOW, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{address}#/{ISSUE}/{views}")
    page.locator("#link[data-link=live]").wait_for()
    page.locator(".problem").first.wait_for()
    page.wait_for_function("() => !document.querySelector('.coming')")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    return screenshot(page)


def main() -> None:
    command = [sys.executable, "-m", "newsletter", "preview", "--no-open", "--port", "0"]
    with subprocess.Popen(
        command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True
    ) as preview:
        assert preview.stdout is not None
        address = preview.stdout.readline().strip()
        with chromium() as browser:
            for name, views, scheme, keys in IMAGES:
                image = window(browser, address, views, scheme, keys)
                few = image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
                few.save(HERE / f"{name}.png", optimize=True)
        preview.send_signal(signal.SIGINT)


main()

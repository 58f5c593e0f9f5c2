"""Take the pictures of the studio: the sample publication's latest issue, in a window such as a laptop has.

Run `.venv/bin/python docs/pictures/studio.py`. It needs Chromium, and Georgia or a font of its metrics (Gelasio).
"""

import io
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
ISSUE = "2026-11-13-repair-ships"
WINDOW = {"width": 1440, "height": 860}
PICTURES = [  # name, what is looked at, colours of the studio itself, keys pressed
    ("studio", "light@375/dark@1024", "light", ""),
    ("studio-problem", "gmail@600", "dark", "n"),
    ("studio-inbox", "inbox@375", "light", ""),
    ("studio-source", "source@375", "light", ""),
]


def shot(browser: Browser, address: str, look: str, scheme: str, keys: str) -> Image.Image:
    page = browser.new_page(viewport=WINDOW, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"{address}#/{ISSUE}/{look}")
    page.locator("#link[data-link=live]").wait_for()
    page.locator(".problem").first.wait_for()
    page.wait_for_function("() => !document.querySelector('.coming')")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_timeout(500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def main() -> None:
    command = [sys.executable, "-m", "newsletter", "preview", "--no-open", "--port", "0"]
    with subprocess.Popen(
        command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True
    ) as studio:
        assert studio.stdout is not None
        address = studio.stdout.readline().strip()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for name, look, scheme, keys in PICTURES:
                picture = shot(browser, address, look, scheme, keys)
                few = picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
                few.save(HERE / f"{name}.png", optimize=True)
            browser.close()
        studio.send_signal(signal.SIGINT)


main()

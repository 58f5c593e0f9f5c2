"""Draw the picture in the README: the sample issue on a phone in light, and on a desktop in dark.

Run `make issue`, then `.venv/bin/python docs/pictures/make.py`. It needs Chromium, and Georgia or a font of its
metrics (Gelasio).
"""

import io
import shutil
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
MAIL = next((HERE.parents[1] / "dist").glob("*-repair-ships/email.html"))
PAPER, EDGE = "#dfe3e4", "#b9c0c3"
GAP, HEIGHT, RADIUS = 36, 760, 14


def shot(browser: Browser, width: int, scheme: str, heading: str) -> Image.Image:
    """Return what one sees with a heading at the top of the window, at one and a half pixels a CSS pixel."""
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=1.5
    )
    page.goto(MAIL.as_uri())
    page.evaluate(
        "words => { const e = [...document.querySelectorAll('h1,h2,b')].find(e => e.innerText.includes(words));"
        "scrollBy(0, e.getBoundingClientRect().top - 56) }",
        heading,
    )
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return picture


def rounded(picture: Image.Image) -> Image.Image:
    """Return the picture as its mask: white inside rounded corners."""
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, picture.width - 1, picture.height - 1), RADIUS, fill=255
    )
    return mask


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        shots = [
            shot(browser, 375, "light", "Slack Water"),
            shot(browser, 640, "dark", "What moves through the narrow places"),
        ]
        browser.close()
    width = sum(picture.width for picture in shots) + GAP * (len(shots) + 1)
    canvas = Image.new("RGB", (width, shots[0].height + 2 * GAP), PAPER)
    left = GAP
    for picture in shots:
        canvas.paste(Image.new("RGB", picture.size, EDGE), (left + 1, GAP + 3), rounded(picture))
        canvas.paste(picture, (left, GAP), rounded(picture))
        left += picture.width + GAP
    canvas.quantize(128, dither=Image.Dither.NONE).save(HERE / "issue.png", optimize=True)


main()

"""Draw the image in the README: the sample issue on a phone in light, and on a desktop in dark.

Run `make issue`, then `.venv/bin/python docs/images/draw_issue.py`. It needs Chromium, and Georgia or a font of its
metrics (Gelasio).
"""

from pathlib import Path

from framing import Frame, chromium, screenshot
from PIL import Image
from playwright.sync_api import Browser

HERE = Path(__file__).parent
EMAIL = next((HERE.parents[1] / "dist").glob("*-repair-ships/email.html"))
FRAME = Frame(paper="#dfe3e4", edge="#b9c0c3", gap=36, radius=14, shadow=3)
HEIGHT = 760


def opened_at(browser: Browser, width: int, scheme: str, heading: str) -> Image.Image:
    """Return the email with a heading at the top of the window, at one and a half pixels a CSS pixel."""
    page = browser.new_page(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=1.5
    )
    page.goto(EMAIL.as_uri())
    page.evaluate(
        # The last two words of a title are held together by a no-break space.
        "words => { const e = [...document.querySelectorAll('h1,h2,b')]"
        ".find(e => e.innerText.replace(/\\s+/g, ' ').includes(words));"
        "scrollBy(0, e.getBoundingClientRect().top - 56) }",
        heading,
    )
    return screenshot(page)


def main() -> None:
    with chromium() as browser:
        images = [
            opened_at(browser, 375, "light", "Slack Water"),
            opened_at(browser, 640, "dark", "What moves through the narrow places"),
        ]
    few = FRAME.side_by_side(images).quantize(128, dither=Image.Dither.NONE)
    few.save(HERE / "issue.png", optimize=True)


main()

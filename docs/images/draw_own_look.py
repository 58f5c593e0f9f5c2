"""Draw the images of "An own look": one for each question, in light and in dark.

Run `.venv/bin/python docs/images/draw_own_look.py`. It needs Chromium.
"""

import io
import shutil
import tempfile
from pathlib import Path

from framing import chromium, screenshot
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from newsletter import build_email, open_workspace

FOLDER = Path(__file__).parent / "own-look"
SLUG = "2026-03-01-ports"
SETTINGS = 'name = "The Harbour Letter"\nurl = "https://harbour.example"\nunsubscribe_url = "https://harbour.example/leave"\n'
ISSUE = (
    "title: The port that nobody counted\npreheader: Why the quietest port is the one to watch.\n"
    "date: 2026-03-01\nnumber: 12\n"
)
ESSAY = """---
kind: essay
title: The quiet port
---
Nobody counts the ships at noon, says [the harbour log](https://harbour.example/log), and at night there are none.

::: button
label: Read the log
url: https://harbour.example/log
:::
"""
TALK = (
    "---\nkind: interview\ntitle: Four questions for a pilot\n---\n"
    "What do you see first? The water, and then the quay.\n"
)
COLUMN = (Path(__file__).parents[1] / "how-to/own-look.md").read_text("utf-8")
# name of the image -> settings, further section, what is at the top, height
IMAGES = {
    "color": ('[theme]\naccent = "#b3261e"\n', "", "The quiet", 250),
    "logo": ('[theme]\nlogo = "logo.png"\nlogo_dark = "logo-dark.png"\n', "", "", 150),
    "font": ('[theme]\nfont = "slab"\ndensity = "airy"\n', "", "The port that", 240),
    "footer": (
        '[theme.foot]\nlinks = [{text = "About us", url = "https://harbour.example/about"}, '
        '{text = "Archive", url = "https://harbour.example/"}]\n',
        "",
        "About us",
        150,
    ),
    "kind": (
        '[theme.sections.interview]\nlabel = "In conversation"\n',
        TALK,
        "In conversation",
        160,
    ),
    "column": ("", TALK, "Four questions", 170),
}


def logo(color: str) -> bytes:
    """Return a wave and a bar, transparent around them."""
    image = Image.new("RGBA", (360, 96), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((4, 8, 84, 88), fill=color)
    for top in (30, 52):
        draw.rectangle((0, top, 88, top + 8), fill=(0, 0, 0, 0))
    draw.text((104, 24), "HARBOUR", fill=color, font_size=50)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def workspace(root: Path, name: str) -> Path:
    """Write a workspace for one image, and return the path of its email."""
    settings, section, _, _ = IMAGES[name]
    files = {
        "newsletter.toml": SETTINGS + settings,
        "credits.yaml": "",
        f"issues/{SLUG}/issue.yaml": ISSUE,
        f"issues/{SLUG}/credits.yaml": "location: Lisbon, Portugal\n",
        f"issues/{SLUG}/10-essay.md": ESSAY,
    }
    if section:
        files[f"issues/{SLUG}/20-interview.md"] = section
    if name == "column":
        files["templates/default/sections/interview.j2"] = part("sections/interview.j2")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    images = root / "templates/default/images"
    images.mkdir(parents=True, exist_ok=True)
    for file, data in (("logo.png", logo("#14284b")), ("logo-dark.png", logo("#c9dcff"))):
        (images / file).write_bytes(data)
    shutil.copy(images / "logo.png", images / "pilot.png")
    draw_pilot(images / "pilot.png")
    email = build_email(open_workspace(root), SLUG)
    for file, data in email.files().items():
        (root / "out" / file).parent.mkdir(parents=True, exist_ok=True)
        (root / "out" / file).write_bytes(data)
    page = root / "out/email.html"
    page.write_text(
        email.html.replace(f"https://harbour.example/{SLUG}/images/", "images/"), "utf-8"
    )
    return page


def draw_pilot(path: Path) -> None:
    """Draw a boat."""
    image = Image.new("RGB", (240, 240), "#dbe7ee")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 150, 240, 240), fill="#3d6f8e")
    draw.polygon(((40, 130), (200, 130), (170, 172), (70, 172)), fill="#14284b")
    draw.rectangle((96, 88, 150, 130), fill="#f3f1ea")
    image.save(path)


def part(name: str) -> str:
    """Return the file that the page shows under a name."""
    start = COLUMN.index(f"<!-- file: templates/default/{name} -->")
    return COLUMN[start:].split("```jinja\n", 1)[1].split("```", 1)[0]


def scrolled_to(browser: Browser, email: Path, scheme: str, words: str, height: int) -> Image.Image:
    """Return the part of an email that starts at some words, 600 pixels wide."""
    page = browser.new_page(viewport={"width": 600, "height": height}, color_scheme=scheme)
    page.goto(email.as_uri())
    page.evaluate(
        "words => { const e = [...document.querySelectorAll('h1,h2,p,a')].find(e => e.textContent.includes(words)"
        " && e.offsetHeight); if (words && e) scrollBy(0, e.getBoundingClientRect().top - 24) }",
        words,
    )
    return screenshot(page)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name, (_, _, words, height) in IMAGES.items():
            with tempfile.TemporaryDirectory() as folder:
                email = workspace(Path(folder).resolve(), name)
                light, dark = (
                    scrolled_to(browser, email, scheme, words, height)
                    for scheme in ("light", "dark")
                )
            both = Image.new("RGB", (1200, height))
            both.paste(light, (0, 0))
            both.paste(dark, (600, 0))
            small = both.quantize(48, dither=Image.Dither.NONE)
            small.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()

"""Draw the images of the gallery of looks: `make gallery`.

Each look shows the sample issue it suits, as `newsletter preview --shots` renders it: phone and desktop side by
side, one image in light and one in dark. It needs Chromium, and Georgia or a font of its metrics (Gelasio).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from framing import Frame
from PIL import Image

from newsletter.theme.looks import packaged_looks

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "docs" / "looks"
ARTICLES = ROOT / "tests" / "issues" / "digest"  # three short articles
NOTE = "2026-10-30-clocks-and-tides"
WEEKLY = "2026-11-13-repair-ships"
FRAME = Frame(paper="#d9dee0", edge="#b4bcc0", gap=26, radius=10, shadow=2)
HEIGHT = 900  # CSS pixels of a page that are shown
SCALE = 0.72
COLORS = 64


def settings(look: str) -> str:
    """Return the settings of the sample publication, which are in pyproject.toml, with another look."""
    tables = re.split(r"(?m)^(?=\[)", (ROOT / "pyproject.toml").read_text("utf-8"))
    own = "".join(table for table in tables if table.startswith("[tool.newsletter"))
    own = own.replace("[tool.newsletter]", "").replace("[tool.newsletter.", "[")
    return f'theme = "{look}"\n' + re.sub(r"(?m)^theme = .*\n", "", own)


def shots(look: str, folder: Path) -> Path:
    """Write the screenshots of the issue that suits a look and return their folder."""
    if look == "digest":
        shutil.copytree(ARTICLES / "issues", folder / "issues")
        shutil.copy(ARTICLES / "credits.yaml", folder)
        (article,) = folder.rglob("10-*.md")  # addressed to a reader; an image has none
        words = article.read_text("utf-8").replace("Dear %%first_name|reader%%, there", "There")
        article.write_text(words, encoding="utf-8")
        text = re.sub(r'(?m)^(name|url) = ".*', "", settings(look))
        text = f'name = "The Quay"\nurl = "https://quay.example"\n{text}'
    else:
        slug = NOTE if look == "plain" else WEEKLY
        shutil.copytree(ROOT / "issues" / slug, folder / "issues" / slug)
        shutil.copy(ROOT / "credits.yaml", folder)
        text = settings(look)
    (folder / "newsletter.toml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "newsletter", "preview", "--shots", "shots"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "shots"


def top_of_page(path: Path) -> Image.Image:
    """Return the top of a screenshot, made smaller."""
    image = Image.open(path).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, HEIGHT)))
    size = (round(image.width * SCALE), round(image.height * SCALE))
    return image.resize(size, Image.Resampling.LANCZOS)


def draw(look: str, scheme: str, folder: Path) -> None:
    """Write one image: phone and desktop of a look in light or in dark."""
    paths = {path.name: path for path in sorted(folder.glob("*.png"))}
    images = [
        top_of_page(paths.get(f"{scheme}-{device}.png") or paths[f"{scheme}-{device}-1.png"])
        for device in ("phone", "desktop")
    ]
    canvas = FRAME.side_by_side(images)
    few = canvas.quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(GALLERY / f"{look}-{scheme}.png", optimize=True)


def main() -> None:
    """Draw all looks, or those named on the command line."""
    for look in sys.argv[1:] or packaged_looks():
        with tempfile.TemporaryDirectory() as name:
            folder = shots(look, Path(name))
            for scheme in ("light", "dark"):
                draw(look, scheme, folder)


main()

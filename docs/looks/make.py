"""Draw the pictures of the gallery of looks: `make gallery`.

Each look shows the sample issue it suits, as `newsletter preview --shots` photographs it: phone and desktop side by
side, one picture in light and one in dark. It needs Chromium, and Georgia or a font of its metrics (Gelasio).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from newsletter.theme.looks import packaged_looks

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ARTICLES = ROOT / "tests" / "issues" / "digest"  # three short articles
NOTE = "2026-10-30-clocks-and-tides"
WEEKLY = "2026-11-13-repair-ships"
PAPER, EDGE = "#d9dee0", "#b4bcc0"
SCALE, HEIGHT, GAP, RADIUS = (
    0.72,
    900,
    26,
    10,
)  # height in CSS pixels, the rest in pixels of the picture
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
        (article,) = folder.rglob("10-*.md")  # addressed to a reader whom a picture does not have
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


def card(path: Path) -> Image.Image:
    """Return the top of a screenshot, made smaller."""
    picture = Image.open(path).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, HEIGHT)))
    size = (round(picture.width * SCALE), round(picture.height * SCALE))
    return picture.resize(size, Image.Resampling.LANCZOS)


def rounded(picture: Image.Image) -> Image.Image:
    """Return the picture's mask: white inside rounded corners."""
    mask = Image.new("L", picture.size)
    box = (0, 0, picture.width - 1, picture.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, RADIUS, fill=255)
    return mask


def draw(look: str, scheme: str, folder: Path) -> None:
    """Write one picture: phone and desktop of a look in light or in dark."""
    names = {path.name: path for path in sorted(folder.glob("*.png"))}
    pictures = [
        card(names.get(f"{scheme}-{device}.png") or names[f"{scheme}-{device}-1.png"])
        for device in ("phone", "desktop")
    ]
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    canvas = Image.new("RGB", (width, max(p.height for p in pictures) + 2 * GAP), PAPER)
    left = GAP
    for picture in pictures:
        canvas.paste(Image.new("RGB", picture.size, EDGE), (left + 1, GAP + 2), rounded(picture))
        canvas.paste(picture, (left, GAP), rounded(picture))
        left += picture.width + GAP
    few = canvas.quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(HERE / f"{look}-{scheme}.png", optimize=True)


def main() -> None:
    """Draw all looks, or those named on the command line."""
    for look in sys.argv[1:] or packaged_looks():
        with tempfile.TemporaryDirectory() as name:
            folder = shots(look, Path(name))
            for scheme in ("light", "dark"):
                draw(look, scheme, folder)


main()

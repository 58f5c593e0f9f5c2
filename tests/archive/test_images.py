"""Both files of an image are next to every page that references them."""

from __future__ import annotations

import re

from PIL import Image

from tests.archive.sample import DIGEST, URL
from tests.desk import Desk

FIGURE = (
    "\n\n::: figure\nsrc: images/quay.png\nalt: Ships at the quay\ncredit: Ana\nlicence: CC0\n:::\n"
)


def test_pages_and_feeds_have_both_files(copy: Desk) -> None:
    folder = copy.root / "issues" / DIGEST
    (folder / "images").mkdir()
    Image.radial_gradient("L").resize((1120, 300)).save(folder / "images" / "quay.png")
    for section in sorted(folder.glob("*.md")):
        section.write_text(section.read_text("utf-8").rstrip() + FIGURE, "utf-8")
    ran = copy.run("archive")
    assert ran.code == 0, ran.err
    site = copy.root / "site"
    pages = [*(site / DIGEST).glob("*/index.html")]  # the articles of a digest
    assert len(pages) > 1
    for page in pages:
        sets = re.findall(r'srcset="(\S+) 1x, (\S+) 2x"', page.read_text("utf-8"))
        assert sets, page
        files = [(page.parent / name).resolve() for pair in sets for name in pair]
        assert all(file.is_file() for file in files), files
    (feed,) = site.glob("feed.json")
    sets = re.findall(r'srcset=\\"(\S+) 1x, (\S+) 2x', feed.read_text("utf-8"))
    assert sets
    for address in {address for pair in sets for address in pair}:
        assert address.startswith(f"{URL}/")
        assert (site / address.removeprefix(f"{URL}/")).is_file()

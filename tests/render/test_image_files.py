"""The files of an image: formats, densities, sizes, and that each output includes every file it
references.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from PIL import Image, ImageDraw

from newsletter.render.image_formats import prepared_image
from tests.desk import SLUG, Desk

COLUMN = 560


def photograph(width: int, height: int) -> Image.Image:
    grain = (width // 4, height // 4)
    noise = Image.frombytes("L", grain, random.Random(1).randbytes(grain[0] * grain[1]))
    radial, linear = Image.radial_gradient("L"), Image.linear_gradient("L")
    return Image.merge(
        "RGB",
        [
            noise.resize((width, height)),
            radial.resize((width, height)),
            linear.resize((width, height)),
        ],
    )


def drawing(width: int, height: int, mode: str = "RGB") -> Image.Image:
    ground: Any = "white" if mode == "RGB" else (0, 0, 0, 0)
    image = Image.new(mode, (width, height), ground)
    pen = ImageDraw.Draw(image)
    for step in range(9):
        box = (step * 90, step * 40, step * 90 + 300, step * 40 + 300)
        pen.ellipse(box, fill=(step * 25, 90, 200 - step * 10))
    return image


def saved(picture: Image.Image, kind: str, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **settings)
    return buffer.getvalue()


def turned(picture: Image.Image, quality: int) -> bytes:
    """A photograph taken with the camera turned sideways."""
    notes = picture.getexif()
    notes[0x0112] = 6
    return saved(picture, "JPEG", quality=quality, exif=notes)


def animation(width: int, height: int) -> bytes:
    frames = [Image.new("RGB", (width, height), (step * 60, 9, 90)) for step in range(3)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


FILES: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    # original: (bytes, type and width of each file)
    "large JPEG": (lambda: saved(photograph(2400, 1600), "JPEG"), ["jpeg 1120", "jpeg 560"]),
    "photograph as PNG": (lambda: saved(photograph(1600, 900), "PNG"), ["jpeg 1120", "jpeg 560"]),
    "photograph as WebP": (
        lambda: saved(photograph(1600, 900), "WEBP"),
        ["jpeg 1120", "jpeg 560"],
    ),
    "less than twice": (lambda: saved(photograph(800, 500), "JPEG"), ["jpeg 800", "jpeg 560"]),
    "hardly wider": (lambda: saved(photograph(600, 400), "JPEG"), ["jpeg 600"]),
    "small": (lambda: saved(photograph(300, 200), "JPEG"), ["jpeg 300"]),
    "four colors": (lambda: saved(photograph(300, 200), "JPEG", quality=5), ["jpeg 300"]),
    "drawing": (lambda: saved(drawing(1600, 900), "PNG"), ["png 1120", "png 560"]),
    "transparent": (lambda: saved(drawing(1400, 700, "RGBA"), "PNG"), ["png 1120", "png 560"]),
    "on its side": (lambda: turned(photograph(1200, 1600), 75), ["jpeg 1120", "jpeg 560"]),
    "on its side, coarse": (lambda: turned(photograph(800, 1200), 20), ["jpeg 1200", "jpeg 560"]),
    "animation": (lambda: animation(1300, 400), ["gif 1300"]),
    "small animation": (lambda: animation(90, 40), ["gif 90"]),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_an_image(name: str) -> None:
    make, expected = FILES[name]
    data = make()
    made = prepared_image(Image.open(io.BytesIO(data)), data, COLUMN)
    assert [f"{file.type} {file.pixels}" for file in made.files] == expected
    for file in made.files:
        with Image.open(io.BytesIO(file.data)) as image:
            assert image.width == file.pixels
            assert abs(image.height / image.width - made.height / made.width) < 0.01
            if file.type == "png":
                assert image.mode == "P"
            if file.type == "jpeg" and file.data not in data:
                assert image.info.get("progressive") or name == "four colors"
        if "WebP" not in name:  # mail clients do not support it; another format takes more bytes
            assert len(file.data) <= len(data)
    assert [len(file.data) for file in made.files] == sorted(
        (len(file.data) for file in made.files), reverse=True
    )


def test_colors_of_a_drawing_survive() -> None:
    data = saved(drawing(1600, 900), "PNG")
    for file in prepared_image(Image.open(io.BytesIO(data)), data, COLUMN).files:
        image = Image.open(io.BytesIO(file.data)).convert("RGB")
        assert image.getpixel((image.width - 1, 0)) == (255, 255, 255)


# --- each output includes every file it references ------------------------------------------------


FIGURE = (
    "::: figure\nsrc: images/quay.jpg\nalt: Ships at the quay\ncredit: Ana\nlicence: CC0\n:::\n"
)


def with_photograph(desk: Desk) -> None:
    desk.write(f"issues/{SLUG}/images/quay.jpg", saved(photograph(1400, 500), "JPEG"))
    essay = f"---\nkind: essay\ntitle: Ships\n---\nShips.\n\n{FIGURE}"
    desk.write(f"issues/{SLUG}/10-essay.md", essay)


def named(html: str) -> list[str]:
    """Return the addresses in `src` and `srcset` of all images, in order."""
    sources = re.findall(r'<(?:img|source)\b[^>]*?\bsrc="([^"]*)"', html)
    sets = re.findall(r'\bsrcset="([^"]*)"', html)
    return [*sources, *(part.strip().split(" ")[0] for item in sets for part in item.split(","))]


def test_email_and_page_reference_both_files(desk: Desk) -> None:
    with_photograph(desk)
    assert desk.run("build").code == 0
    folder = desk.root / "dist" / SLUG
    files = {f"images/{path.name}" for path in (folder / "images").iterdir()}
    assert len(files) == 2
    manifest = (folder / "manifest.json").read_text("utf-8")
    assert all(name in manifest for name in files)
    web = named((folder / "web.html").read_text("utf-8"))
    assert (len(web), set(web)) == (3, files)
    email = (folder / "email.html").read_text("utf-8")
    (image,) = re.findall(r"<img\b[^>]*>", email)
    dense, ordinary = re.search(r'srcset="\S+/(\S+) 1x, \S+/(\S+) 2x"', image).group(2, 1)  # type: ignore[union-attr]
    assert f'/images/{dense}" srcset=' in image, "src is the file that works everywhere"
    assert 'width="560"' in image
    for name, width in ((dense, 1120), (ordinary, 560)):
        with Image.open(folder / "images" / name) as picture:
            assert picture.width == width
    ran = desk.run("check")
    assert ran.code == 0, ran.out
    assert "NL51" not in ran.out


def test_an_embedded_image_has_one_file(desk: Desk) -> None:
    with_photograph(desk)
    settings = (desk.root / "newsletter.toml").read_text("utf-8")
    desk.write("newsletter.toml", f"{settings}\n[images]\ninline = true\n")
    assert desk.run("build").code == 0
    folder = desk.root / "dist" / SLUG
    message = message_from_bytes((folder / "message.eml").read_bytes(), policy=default)
    parts = {part.get_content_type(): part for part in message.walk()}
    image, html = parts["image/jpeg"], parts["text/html"]
    assert isinstance(html, EmailMessage)
    (address,) = named(html.get_content())
    assert address == f"cid:{image['Content-ID'].strip('<>')}"
    assert len([p for p in message.walk() if p.get_content_maintype() == "image"]) == 1
    assert Image.open(io.BytesIO(image.get_content())).width == 1120  # type: ignore[attr-defined]


def test_a_file_that_does_not_exist_is_reported(desk: Desk) -> None:
    with_photograph(desk)
    template = (
        '<div><img src="{{ block.src }}" srcset="{{ block.src }}.webp 2x" alt="{{ block.alt }}" '
        'width="{{ block.width }}" /></div>\n'
    )
    desk.write("templates/default/blocks/figure.html.j2", template)
    out = desk.run("check").out
    assert "figure.html.j2:1:6: error NL513 unsupported-image-source: No file for this image" in out

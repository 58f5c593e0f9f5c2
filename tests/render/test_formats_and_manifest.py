"""The format an image is sent in, and what the manifest says of each file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from newsletter.model.outputs import Email
from newsletter.pipeline.library import build_email, open_workspace
from newsletter.render.image_formats import prepared_image, without_metadata
from tests.desk import SLUG, Desk


def picture(mode: str, size: tuple[int, int], *, alpha: int = 255) -> Image.Image:
    """Return noise, which no palette describes, or one color where the mode is `P`."""
    made = Image.merge("RGB", [Image.effect_noise(size, 90) for _ in range(3)])
    if mode == "P":
        made = Image.new("RGB", size, "#123456")
    if mode == "RGBA":
        made.putalpha(alpha)
    return made


def saved(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "alpha", "kind", "expected"),
    [
        ("RGB", 255, "PNG", "jpeg"),
        ("RGBA", 255, "PNG", "jpeg"),
        ("RGBA", 254, "PNG", "png"),
        ("RGBA", 0, "PNG", "png"),
        ("P", 255, "PNG", "png"),
        ("RGB", 255, "JPEG", "jpeg"),
        ("RGB", 255, "WEBP", "jpeg"),
    ],
)
def test_photographs_are_jpeg_and_drawings_png(
    mode: str, alpha: int, kind: str, expected: str
) -> None:
    data = saved(picture(mode, (300, 200), alpha=alpha), kind)
    made = prepared_image(Image.open(io.BytesIO(data)), data, 600)
    assert (made.width, made.height) == (300, 200)
    assert [(file.type, file.pixels) for file in made.files] == [(expected, 300)]


@pytest.mark.parametrize(
    ("width", "pixels"),
    [(749, [749]), (750, [750, 600]), (1320, [1320, 600]), (1321, [1200, 600]), (599, [599])],
)
def test_dense_screens_get_twice_the_pixels(width: int, pixels: list[int]) -> None:
    data = saved(picture("RGB", (width, 20)), "JPEG")
    made = prepared_image(Image.open(io.BytesIO(data)), data, 600)
    assert made.width == min(width, 600)
    assert [file.pixels for file in made.files] == pixels


def noise(mode: str, size: tuple[int, int]) -> Image.Image:
    return picture("RGB", size).convert(mode)


def gradient(mode: str = "L") -> Image.Image:
    return Image.linear_gradient("L").convert(mode)


def deep() -> Image.Image:
    """Return a scan with 65,536 shades of gray."""
    return gradient("I").point(lambda shade: shade * 257).convert("I;16")


def two_layers(alpha: int) -> Image.Image:
    return Image.merge("LA", [gradient(), Image.new("L", (256, 256), alpha)])


def transparent_palette(width: int) -> bytes:
    image = gradient().resize((width, 200)).quantize(16)
    image.paste(0, (0, 0, 90, 90))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=0)
    return buffer.getvalue()


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (90, 40), color) for color in ("#cc0000", "#0000cc")]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], lossless=True)
    return buffer.getvalue()


# Original -> its size on a page, and type, width and mode of each file.
MODES: dict[str, tuple[Callable[[], bytes], tuple[int, int], list[tuple[str, int, str]]]] = {
    "JPEG for print": (
        lambda: saved(noise("CMYK", (200, 100)), "JPEG"), (200, 100), [("jpeg", 200, "RGB")],
    ),
    "gray JPEG": (lambda: saved(noise("L", (200, 100)), "JPEG"), (200, 100), [("jpeg", 200, "L")]),
    "black and white": (
        lambda: saved(Image.new("1", (200, 100)), "PNG"), (200, 100), [("png", 200, "1")],
    ),
    "gray photograph": (
        lambda: saved(noise("L", (1300, 100)), "PNG"), (560, 43),
        [("png", 1120, "P"), ("png", 560, "L")],
    ),
    "gray drawing": (
        lambda: saved(gradient().resize((1300, 100)).quantize(8).convert("L"), "PNG"), (560, 43),
        [("png", 1120, "L"), ("png", 560, "L")],
    ),
    "16 bits": (lambda: saved(deep(), "PNG"), (256, 256), [("png", 256, "L")]),
    "gray, transparent": (
        lambda: saved(two_layers(100), "PNG"), (256, 256), [("png", 256, "RGBA")],
    ),
    "gray, opaque": (lambda: saved(two_layers(255), "PNG"), (256, 256), [("png", 256, "LA")]),
    "transparent palette": (
        lambda: transparent_palette(300), (300, 200), [("png", 300, "P")],
    ),
    "transparent palette, wide": (
        lambda: transparent_palette(1100), (560, 102), [("png", 1100, "P")],
    ),
    "a line": (
        lambda: saved(Image.new("RGB", (3000, 1), "red"), "PNG"), (560, 1), [("png", 1120, "P")],
    ),
    "GIF": (
        lambda: saved(gradient().quantize(8), "GIF"), (256, 256), [("png", 256, "P")],
    ),
    "animated WebP": (lambda: animated("WEBP"), (90, 40), [("png", 90, "P")]),
    "animated GIF": (lambda: animated("GIF"), (90, 40), [("gif", 90, "P")]),
}  # fmt: skip


@pytest.mark.parametrize("name", MODES)
def test_every_kind_of_image_becomes_one_that_mail_clients_show(name: str) -> None:
    make, size, files = MODES[name]
    data = make()
    original = Image.open(io.BytesIO(data))
    made = prepared_image(Image.open(io.BytesIO(data)), data, 560)
    opened = [Image.open(io.BytesIO(file.data)) for file in made.files]
    assert (made.width, made.height) == size
    assert [(f.type, f.pixels, i.mode) for f, i in zip(made.files, opened, strict=True)] == files
    for file, image in zip(made.files, opened, strict=True):
        assert (image.format or "").lower() == file.type
        assert image.width == file.pixels
        if image.size == original.size and file.type == "png" and original.mode != "I;16":
            change = ImageChops.difference(image.convert("RGBA"), original.convert("RGBA"))
            assert max(high for _, high in change.getextrema()) <= 24


def test_all_shades_of_a_scan_survive() -> None:
    data = saved(deep(), "PNG")
    (file,) = prepared_image(Image.open(io.BytesIO(data)), data, 560).files
    image = Image.open(io.BytesIO(file.data)).convert("L")
    assert [image.getpixel((9, row)) for row in (0, 1, 128, 254, 255)] == [0, 1, 128, 254, 255]


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + b"\1\2\3\4"


def test_of_a_jpeg_only_what_its_pixels_need_is_kept() -> None:
    needed = {
        0xE0: b"JFIF",
        0xE2: b"ICC",
        0xEE: b"Adobe",
        0xDB: b"quantized",
        0xC0: b"",
        0xC4: b"x",
    }
    scan = b"\xff\xda\0\x08scan\xff\xe1\0\x04no\xff\xd9"
    dropped = [segment(marker, b"GPS") for marker in (0xE1, 0xE3, 0xED, 0xEF, 0xFE)]
    kept = [segment(marker, body) for marker, body in needed.items()]
    start = b"\xff\xd8"
    mixed = [part for pair in zip(kept, [*dropped, dropped[0]], strict=True) for part in pair]
    assert without_metadata(start + b"".join(mixed) + scan) == start + b"".join(kept) + scan
    for damaged in (start, start + kept[0], start + b"".join(mixed), start + b"no marker" + scan):
        assert without_metadata(damaged) is None


def test_of_a_png_only_what_its_pixels_need_is_kept() -> None:
    start = b"\x89PNG\r\n\x1a\n"
    needed = (b"IHDR", b"gAMA", b"sRGB", b"iCCP", b"PLTE", b"tRNS", b"IDAT", b"IDAT", b"IEND")
    kept = [chunk(name, name * 3) for name in needed]
    dropped = [chunk(name, b"Lisbon") for name in (b"tEXt", b"eXIf", b"tIME", b"iTXt", b"zTXt")]
    mixed = kept[0] + b"".join(dropped) + b"".join(kept[1:])
    assert without_metadata(start + mixed + b"trail") == start + b"".join(kept)
    assert without_metadata(start) == start


def test_metadata_is_dropped_and_pixels_stay() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of the harbour desk"
    for kind in ("JPEG", "PNG"):
        buffer = io.BytesIO()
        picture("RGB", (30, 20)).save(buffer, kind, exif=exif, comment=b"secret")
        bare = without_metadata(buffer.getvalue())
        assert bare is not None
        assert b"Camera" not in bare
        assert b"secret" not in bare
        one, two = Image.open(io.BytesIO(bare)), Image.open(buffer)
        assert one.tobytes() == two.tobytes()
    assert without_metadata(b"GIF89a") is None


def test_the_manifest_names_each_file_with_its_size_and_digest(desk: Desk) -> None:
    email: Email = build_email(open_workspace(desk.root), SLUG)
    data = json.loads(email.manifest)
    files = {name: body for name, body in email.files().items() if name != "manifest.json"}
    assert data["files"] == {
        name: {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in files.items()
    }
    assert (data["slug"], data["subject"], data["date"]) == (SLUG, "The Quay", "2026-03-01")
    assert (data["words"], data["minutes"], data["language"]) == (4, 1, "en")
    assert data["sections"] == [{"kind": "essay", "title": None, "words": 4}]
    assert data["tool"]["name"] == "newsletter"
    assert set(data["theme"]) == {"name", "sha256"}

"""The format an image is sent in, and what the manifest says of each file."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from PIL import Image

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

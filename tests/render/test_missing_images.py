"""Which file an address of an image means, and what is said where there is none to send."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import read
from newsletter.pipeline.library import open_workspace
from tests.desk import Desk

NOT_SHOWN = "Unsupported image type {}: Gmail and Outlook do not show it"
COPY = "Copy the image into the issue's images/ folder."
SMALLER = "Save a smaller copy; 1,200 pixels across are enough."


def png(width: int = 40, height: int = 20) -> bytes:
    buffer = io.BytesIO()
    Image.radial_gradient("L").resize((width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def declared(width: int, height: int) -> bytes:
    """Return the start of a PNG that declares a size."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (head, b"IDAT")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in chunks
    )


FILES = {
    "images/quay.png": png(),
    "images/at the quay.png": png(),
    "images/100%.png": png(),
    "images/words.png": b"no image",
    "images/cut.png": png(400, 300)[:-300],
    "images/wide.png": declared(12_000, 12_000),
    "images/bomb.png": declared(60_000, 60_000),
}
# The address as typed -> the message and the hint, or `None` for one that is sent.
ADDRESSES: dict[str, tuple[str, str] | None] = {
    "images/quay.png": None,
    "images/at%20the%20quay.png": None,
    "images/100%.png": None,
    "http://cdn.example/a.png": (
        "Remote image without an https address",
        "Save the image in the issue's images/ folder and name it there.",
    ),
    "https://cdn.example/a.png": (
        "Remote image without a width",
        "Save the image in the issue's images/ folder and name it there. "
        "Or use `::: figure` with `width:`; `check --fix --links` fills it in.",
    ),
    "images/quay.svg": (NOT_SHOWN.format("SVG"), "Export the image as PNG."),
    "data:image/png;base64,AAAA": (NOT_SHOWN.format("data: addresses"), "Export the image as PNG."),
    "../../shared.png": ("Image outside the issue's folder: '../../shared.png'", COPY),
    "../../../out.png": ("Image outside the workspace: '../../../out.png'", COPY),
    "images/quai.png": ("Image not found: 'images/quai.png'", "Did you mean 'images/quay.png'?"),
    "images/words.png": (
        "Not an image that mail clients show (JPEG, PNG, GIF, WEBP)",
        "Export it as PNG or JPEG.",
    ),
    "images/cut.png": ("Damaged image: ", "Export or download it again."),
    "images/wide.png": ("Image of 144 megapixels (12,000 × 12,000); the limit is 50", SMALLER),
    "images/bomb.png": ("Image of 3,600 megapixels; the limit is 50", SMALLER),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_image_is_found_or_the_reason_is_reported(desk: Desk, address: str) -> None:
    for name, data in FILES.items():
        path = desk.issue / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    (desk.root / "shared.png").write_bytes(png())
    (desk.root.parent / "out.png").write_bytes(png())
    section = next(desk.issue.glob("*.md"))
    section.write_text(f"---\nkind: essay\n---\nText.\n\n![A quay](<{address}>)\n")
    workspace = open_workspace(desk.root)
    loaded = read(workspace, desk.issue, BuildCache(workspace.state / "cache"))
    findings = [finding for finding in loaded.findings if finding.code != "NL012"]  # unused files
    expected = ADDRESSES[address]
    if expected is None:
        assert findings == []
        assert [image.src for image in loaded.images.values()] == [address]
        return
    (finding,) = findings
    assert finding.message.startswith(expected[0])
    assert finding.hint == expected[1]
    assert finding.where.line == 6
    assert not loaded.images


def test_without_images_the_hint_names_the_folder(desk: Desk) -> None:
    section = next(desk.issue.glob("*.md"))
    section.write_text("---\nkind: essay\n---\n![A quay](images/quay.png)\n")
    workspace = open_workspace(desk.root)
    (finding,) = read(workspace, desk.issue, BuildCache(workspace.state / "cache")).findings
    assert finding.hint == COPY

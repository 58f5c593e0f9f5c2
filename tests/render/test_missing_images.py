"""Which file an address of an image means, and what is said where there is none to send."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image

from newsletter.files.cache import BuildCache
from newsletter.model import Image as Picture
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
    "images/most.png": declared(10_000, 5_000),
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
    "../../shared.png": ('Image outside the issue\'s folder: "../../shared.png"', COPY),
    "../../../out.png": ('Image outside the workspace: "../../../out.png"', COPY),
    "images/quai.png": (
        'Image not found: "images/quai.png"',
        'Write "images/quay.png" if that is what you meant.',
    ),
    "images/folder.png": (
        'Image not found: "images/folder.png"',
        'Write "images/wide.png" if that is what you meant.',
    ),
    "images/zzzzzzzzzzzzzzzz": (
        'Image not found: "images/zzzzzzzzzzzzzzzz"',
        "Use one of the available images: images/100%.png, images/at the quay.png, images/bomb.png, "
        "images/cut.png, images/heavy.png, images/most.png, images/quay.png, images/wide.png, "
        "images/words.png.",
    ),
    "images/link.png": (
        'Broken symbolic link: "images/link.png"',
        "Replace the link with the file itself.",
    ),
    "images/words.png": (
        "Not an image that mail clients show (JPEG, PNG, GIF, WEBP)",
        "Export it as PNG or JPEG.",
    ),
    "images/cut.png": ("Damaged image: ", "Export or download it again."),
    "images/most.png": ("Damaged image: ", "Export or download it again."),
    "images/heavy.png": ("Image of 40 MB; the limit is 40 MB", SMALLER),
    "images/wide.png": ("Image of 144 megapixels (12,000 × 12,000); the limit is 50", SMALLER),
    "images/bomb.png": ("Image of 3,600 megapixels; the limit is 50", SMALLER),
}

CODES = {  # how a message starts -> its code
    "Remote": "NL505",
    "Unsupported": "NL505",
    "Not an image": "NL505",
    "Damaged": "NL502",
    "Image of": "NL503",
    "Image outside": "NL504",
    "Image not found": "NL501",
    "Broken symbolic link": "NL501",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_image_is_found_or_the_reason_is_reported(desk: Desk, address: str) -> None:
    for name, data in FILES.items():
        path = desk.issue / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    with (desk.issue / "images" / "heavy.png").open("wb") as heavy:
        heavy.truncate(40_000_001)
    (desk.issue / "images" / "folder.png").mkdir()
    (desk.issue / "images" / "link.png").symlink_to("missing.png")
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
    assert [finding.code] == [
        code for start, code in CODES.items() if expected[0].startswith(start)
    ]
    assert finding.where.line == 6
    assert not loaded.images


def test_without_images_the_hint_names_the_folder(desk: Desk) -> None:
    section = next(desk.issue.glob("*.md"))
    section.write_text("---\nkind: essay\n---\n![A quay](images/quay.png)\n")
    workspace = open_workspace(desk.root)
    (finding,) = read(workspace, desk.issue, BuildCache(workspace.state / "cache")).findings
    assert finding.hint == COPY


# A file name -> the name of the image that is sent, without the digest of its bytes.
NAMES = {
    "quay.png": "quay-(digest).png",
    "The Quay_2.PNG": "the-quay-2-(digest).png",
    "--Cais da Ribeira!.png": "cais-da-ribeira-(digest).png",
    "港.png": "picture-(digest).png",
    "a.b.png": "a-b-(digest).png",
}


@pytest.mark.parametrize("name", NAMES)
def test_an_image_is_sent_under_a_plain_name(desk: Desk, name: str) -> None:
    desk.write(f"issues/{desk.issue.name}/images/{name}", png())
    (image,) = sent(desk, f"![A quay](<images/{name}>)")
    digest = hashlib.sha256(image.data or b"").hexdigest()[:8]
    assert image.name == NAMES[name].replace("(digest)", digest)
    assert (image.src, image.width, image.height, image.type) == (f"images/{name}", 40, 20, "png")
    assert (image.variant_of, image.ordinary, image.density) == (None, None, "")


def sent(desk: Desk, text: str) -> list[Picture]:
    """Return the images of an issue, after a second reading, from the cache, gave the same."""
    next(desk.issue.glob("*.md")).write_text(f"---\nkind: essay\n---\n{text}\n")
    workspace = open_workspace(desk.root)
    cache = BuildCache(workspace.state / "cache")
    once, again = (read(workspace, desk.issue, cache).images for _ in range(2))
    assert once == again
    return list(once.values())


def test_an_image_for_dense_screens_names_its_smaller_file(desk: Desk) -> None:
    desk.write(f"issues/{desk.issue.name}/images/quay.png", png(1000, 500))
    dense, ordinary = sent(desk, "![A quay](images/quay.png)\n\n![Again](images/quay.png)")
    assert (dense.width, dense.height, dense.density) == (560, 280, "1.79x")
    assert (dense.ordinary, dense.variant_of) == (ordinary.name, None)
    assert (ordinary.width, ordinary.height, ordinary.density) == (560, 280, "")
    assert (ordinary.ordinary, ordinary.variant_of) == (None, dense.name)
    assert Image.open(io.BytesIO(dense.data or b"")).width == 1000
    assert Image.open(io.BytesIO(ordinary.data or b"")).width == 560


FIGURE = "::: figure\nsrc: {}\nalt: A quay\nwidth: {}\n:::\n"


@pytest.mark.parametrize(("asked", "width"), [(300, 300), (560, 560), (900, 560)])
def test_a_figure_is_as_wide_as_asked_and_as_the_column_at_most(
    desk: Desk, asked: int, width: int
) -> None:
    desk.write(f"issues/{desk.issue.name}/images/quay.png", png(1000, 500))
    near, far = (FIGURE.format(src, asked) for src in ("images/quay.png", "https://cdn.example/a"))
    images = sent(desk, near + "\n" + far)
    assert {image.width for image in images} == {width}
    remote = images[-1]
    assert (remote.src, remote.name, remote.height) == (
        "https://cdn.example/a", "https://cdn.example/a", None,
    )  # fmt: skip
    assert (remote.data, remote.type) == (None, "")


def test_an_unusable_image_is_reported_where_it_is_first_used(desk: Desk) -> None:
    next(desk.issue.glob("*.md")).write_text(
        "---\nkind: essay\n---\n![A](images/a.png)\n\n![B](images/b.png)\n\n![A](images/a.png)\n"
    )
    workspace = open_workspace(desk.root)
    loaded = read(workspace, desk.issue, BuildCache(workspace.state / "cache"))
    assert [(f.where.line, f.message) for f in loaded.findings] == [
        (4, 'Image not found: "images/a.png"'),
        (6, 'Image not found: "images/b.png"'),
    ]

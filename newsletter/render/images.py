"""The images of an issue, prepared for email: sized, doubled for dense screens, compressed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

from newsletter.diagnostics import (
    BROKEN_IMAGE,
    HUGE_IMAGE,
    MISSING_IMAGE,
    OUTSIDE_IMAGE,
    WRONG_IMAGE,
    Report,
)
from newsletter.errors import NewsletterError
from newsletter.files.find import find_file
from newsletter.files.suggest import did_you_mean
from newsletter.markup.inline import InlineImage
from newsletter.model import Image, Issue, Location, walk
from newsletter.render.vega import is_vega, vega_png

if TYPE_CHECKING:
    from PIL import Image as Pillow

MAX_PIXELS = 50_000_000  # a good camera's; 100 megapixels are a mistake and need 400 MB of memory
MAX_BYTES = 40 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_SMALLER = "Save a smaller copy; 1,200 pixels across are enough."
QUALITY = 82  # JPEG; above this, files grow without a visible difference
TOO_DENSE = 2.2  # dense screens show twice the width; a drawing slightly larger is left unchanged
PHOTO_BYTES = 60_000  # an opaque PNG larger than this is also encoded as JPEG


class BlobCache(Protocol):
    """A store for prepared images between builds."""

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...


def prepare(
    issue: Issue, root: Path, column: int, shelf: BlobCache, report: Report
) -> dict[str, Image]:
    """Return each image an issue uses, keyed by its name as the author wrote it.

    `column` is the width of the text in CSS pixels. An unusable image is reported at the line that
    refers to it.
    """
    pictures: dict[str, Image] = {}
    failed: set[str] = set()
    images = [
        node
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage)
    ]
    for image in images:
        if image.src in pictures or image.src in failed:
            continue
        picture = (
            _remote(image, column, report)
            if "://" in image.src
            else _local(image, issue, root, column, shelf, report)
        )
        if picture is None:
            failed.add(image.src)
        else:
            pictures[image.src] = picture
    return pictures


def _remote(image: InlineImage, column: int, report: Report) -> Image | None:
    hint = "Save the image in the issue's images/ folder and name it there."
    if not image.src.startswith("https://"):
        report.add(WRONG_IMAGE, image.where, "Remote image without an https address", hint)
    elif image.width is None:
        message = "Remote image without a width"
        report.add(WRONG_IMAGE, image.where, message, f"{hint} Or use `::: figure` with `width:`.")
    else:
        return Image(image.src, image.src, min(image.width, column), None, "", None)
    return None


def _local(
    image: InlineImage, issue: Issue, root: Path, column: int, shelf: BlobCache, report: Report
) -> Image | None:
    path = _find(image, issue.folder, root, report)
    data = _read(path, image, report) if path else None
    if path is not None and data is not None and is_vega(path.name):
        data = _drawn(data, path, image.where, report)
    if path is None or data is None:
        return None
    key = hashlib.sha256(
        f"{column} {image.width} {_pillow_version()}\n".encode() + data
    ).hexdigest()
    if kept := shelf.get(f"{key}.picture"):
        head, _, prepared = kept.partition(b"\n")
        width, height, type_ = json.loads(head)
    else:
        made = _make(data, image.where, image.width, column, report)
        if made is None:
            return None
        width, height, type_, prepared = made
        shelf.put(f"{key}.picture", json.dumps([width, height, type_]).encode() + b"\n" + prepared)
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "picture"
    name = (
        f"{stem}-{hashlib.sha256(prepared).hexdigest()[:8]}.{'jpg' if type_ == 'jpeg' else type_}"
    )
    return Image(image.src, name, width, height, type_, prepared)


def _drawn(data: bytes, path: Path, where: Location, report: Report) -> bytes | None:
    """Return a Vega-Lite file as PNG, or `None` after reporting."""
    try:
        return vega_png(data, path, where)
    except NewsletterError as error:
        report.add(WRONG_IMAGE, where, error.message, error.hint)
        return None


def _find(image: InlineImage, folder: Path, root: Path, report: Report) -> Path | None:
    src = image.src
    if src.startswith("data:") or src.lower().endswith((".svg", ".svgz")):
        kind = "data: addresses" if src.startswith("data:") else "SVG"
        report.add(
            WRONG_IMAGE,
            image.where,
            f"Unsupported image type {kind}: Gmail and Outlook do not show it",
            "Export the image as PNG.",
        )
        return None
    path = folder / src
    if not path.exists():
        path = folder / unquote(src)
    hint = "Copy the image into the issue's images/ folder."
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        report.add(OUTSIDE_IMAGE, image.where, f"Image outside the workspace: {src!r}", hint)
        return None
    # An image outside the issue's folder could change without a rebuild. A symbolic link inside the
    # folder may lead elsewhere in the workspace, since the bytes of its target are hashed.
    if not os.path.normpath(path).startswith(os.path.normpath(folder) + os.sep):
        report.add(OUTSIDE_IMAGE, image.where, f"Image outside the issue's folder: {src!r}", hint)
        return None
    existing = find_file(folder, src) or find_file(folder, unquote(src))
    if existing is None:
        near = [
            file.relative_to(folder).as_posix()
            for file in sorted(folder.glob("images/*"))
            if file.is_file()
        ]
        hint = (
            did_you_mean(src, near, what="Available images")
            if near
            else "Copy the image into the issue's images/ folder."
        )
        report.add(MISSING_IMAGE, image.where, f"Image not found: {src!r}", hint)
        return None
    return existing


def _read(path: Path, image: InlineImage, report: Report) -> bytes | None:
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            message = f"Image of {size / 1e6:,.0f} MB; the limit is {MAX_BYTES / 1e6:.0f} MB"
            report.add(HUGE_IMAGE, image.where, message, _SMALLER)
            return None
        return path.read_bytes()
    except OSError as error:
        report.add(MISSING_IMAGE, image.where, f"Cannot read {image.src}: {error.strerror}")
        return None


def _pillow_version() -> str:
    import PIL

    return PIL.__version__


def _make(
    data: bytes, where: Location, asked: int | None, column: int, report: Report
) -> tuple[int, int, str, bytes] | None:
    """Return the width and height in CSS pixels, the type and the bytes of the image as sent."""
    from PIL import Image as Pillow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about large images; our limit is stricter
        try:
            picture = Pillow.open(io.BytesIO(data), formats=FORMATS)
        except (
            Pillow.DecompressionBombError
        ) as error:  # above 179 megapixels, Pillow reports only their number
            pixels = re.search(r"\d+", str(error))
            _huge(where, int(pixels[0]) if pixels else 0, "", report)
            return None
        except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly anything on broken files
            message = f"Not an image that mail clients show ({', '.join(FORMATS)})"
            report.add(WRONG_IMAGE, where, message, "Export it as PNG or JPEG.")
            return None
        width, height = picture.size
        if width * height > MAX_PIXELS:
            _huge(where, width * height, f" ({width:,} × {height:,})", report)
            return None
        try:
            return _sized(picture, data, min(asked or column, column))
        except Exception as error:  # noqa: BLE001 - as above
            message = f"Damaged image: {str(error) or type(error).__name__}"
            report.add(BROKEN_IMAGE, where, message, "Export or download it again.")
            return None


def _huge(where: Location, pixels: int, sides: str, report: Report) -> None:
    message = f"Image of {pixels / 1e6:,.0f} megapixels{sides}; the limit is {MAX_PIXELS / 1e6:.0f}"
    report.add(HUGE_IMAGE, where, message, _SMALLER)


def _sized(picture: Pillow.Image, data: bytes, widest: int) -> tuple[int, int, str, bytes]:
    from PIL import Image as Pillow
    from PIL import ImageOps

    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and picture.format == "GIF":
        picture.seek(frames - 1)  # reads all frames, to detect a truncated file here
        width = min(picture.width, widest)
        return width, round(picture.height * width / picture.width), "gif", data
    origin = picture.format
    upright = picture.getexif().get(ORIENTATION, 1) == 1
    picture.load()
    picture = ImageOps.exif_transpose(
        picture
    )  # rotated as the camera was held; GPS and camera data are dropped
    width_before = picture.width
    width = min(picture.width, widest)
    height = max(round(picture.height * width / picture.width), 1)
    drawn = picture.mode in ("1", "P") or (
        picture.mode in ("L", "RGB") and picture.getcolors(256) is not None
    )
    if picture.width > TOO_DENSE * width:
        if picture.mode not in ("L", "RGB", "RGBA"):
            picture = picture.convert("RGBA" if _transparent(picture) else "RGB")
        picture = picture.resize(
            (2 * width, max(round(picture.height * 2 * width / picture.width), 1))
        )
        if drawn and picture.mode == "RGB":
            picture = picture.quantize(256, dither=Pillow.Dither.NONE)
    kind, encoded = _encoded(picture, origin or "PNG")
    if len(encoded) > len(data) and picture.width == width_before and upright:
        # A well-compressed image is sent unchanged, except for its camera metadata.
        smaller = without_metadata(data)
        if smaller is not None:
            kind, encoded = (origin or "").lower(), smaller
    return width, height, kind, encoded


ORIENTATION = 0x0112  # Exif 2.32, 4.6.4
# JPEG segments that images need: JFIF, the ICC profile, Adobe's color transform
# (ITU-T T.81, B.1.1.3).
_KEPT_SEGMENTS = frozenset((0xE0, 0xE2, 0xEE))
_KEPT_CHUNKS = frozenset((b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"iCCP"))


def without_metadata(data: bytes) -> bytes | None:
    """Return a JPEG or PNG with the same pixels, but without GPS data, camera data and comments.

    Returns `None` for other formats.
    """
    if data[:2] == b"\xff\xd8":
        return _bare_jpeg(data)
    return _bare_png(data) if data[:8] == b"\x89PNG\r\n\x1a\n" else None


def _bare_jpeg(data: bytes) -> bytes | None:
    kept, place = [data[:2]], 2
    while data[place : place + 1] == b"\xff":
        marker = data[place + 1]
        if marker == 0xDA:  # start of scan: only pixels follow
            return b"".join((*kept, data[place:]))
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        dropped = 0xE0 <= marker <= 0xEF and marker not in _KEPT_SEGMENTS
        if not dropped and marker != 0xFE:
            kept.append(data[place:end])
        place = end
    return None


def _bare_png(data: bytes) -> bytes:
    kept, place = [data[:8]], 8
    while place + 8 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        if data[place + 4 : place + 8] in _KEPT_CHUNKS:
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


def _encoded(picture: Pillow.Image, origin: str) -> tuple[str, bytes]:
    if _transparent(picture):
        return "png", _png(picture)
    if origin == "JPEG":
        return "jpeg", _jpeg(picture)
    png = _png(picture)
    if len(png) <= PHOTO_BYTES:
        return "png", png
    if (flat := _flat_png(picture)) is not None and len(flat) < len(png):
        png = flat
    jpeg = _jpeg(picture)
    # Drawings stay PNG, with sharp edges, unless a JPEG is far smaller.
    return ("jpeg", jpeg) if len(jpeg) < len(png) / 2 else ("png", png)


def _transparent(picture: Pillow.Image) -> bool:
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return False
    lowest = picture.convert("RGBA").getchannel("A").getextrema()[0]
    return isinstance(lowest, int | float) and lowest < 255


def _png(picture: Pillow.Image) -> bytes:
    if picture.mode not in ("1", "L", "P", "RGB", "RGBA"):
        picture = picture.convert("RGBA" if _transparent(picture) else "RGB")
    from PIL import Image as Pillow

    if picture.mode == "RGB" and (colours := picture.getcolors(256)) is not None:
        picture = picture.quantize(
            len(colours), dither=Pillow.Dither.NONE
        )  # the same pixels in a third of the bytes
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


FLAT_ERROR = (
    2.0  # of 255, root mean square; below this, a palette of 256 colors looks like the original
)


def _flat_png(picture: Pillow.Image) -> bytes | None:
    """Return a drawing with a palette of 256 colors, or `None` if the difference is visible."""
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageStat

    whole = picture.convert("RGB")
    small = whole.quantize(256, method=Pillow.Quantize.MEDIANCUT, dither=Pillow.Dither.NONE)
    errors = ImageStat.Stat(ImageChops.difference(whole, small.convert("RGB"))).rms
    if max(errors) > FLAT_ERROR:
        return None
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _jpeg(picture: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()

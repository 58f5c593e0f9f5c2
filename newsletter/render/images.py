"""The pictures of an issue, made ready for mail: sized, doubled for dense screens, compressed, never enlarged."""

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
from newsletter.files.yaml_reader import did_you_mean
from newsletter.markup.inline import InlineImage
from newsletter.model import Image, Issue, Location, walk

if TYPE_CHECKING:
    from PIL import Image as Pillow

MAX_PIXELS = (
    50_000_000  # what a good camera makes; 100 megapixels are a mistake and 400 MB of memory
)
MAX_BYTES = 40 * 1024 * 1024
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_SMALLER = "Save a smaller copy: 1,200 pixels across are plenty."
QUALITY = 82  # of JPEG: past this the files grow and nobody sees why
TOO_DENSE = 2.2  # twice the width is what dense screens show; a drawing a little over that is better left alone
PHOTO_BYTES = 60_000  # an opaque PNG above this is tried as a JPEG


class BlobCache(Protocol):
    """Where prepared pictures are kept between builds."""

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...


def prepare(
    issue: Issue, root: Path, column: int, shelf: BlobCache, report: Report
) -> dict[str, Image]:
    """Return each picture an issue names, by the name its author wrote.

    `column` is the width of the text in CSS pixels. What cannot be used is reported at the line that names it.
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
    hint = "Save the picture in the issue's images/ folder and name it there."
    if not image.src.startswith("https://"):
        report.add(WRONG_IMAGE, image.where, "a picture on the web needs an https address", hint)
    elif image.width is None:
        message = "a picture on the web needs its width in pixels, for a build asks no network"
        report.add(WRONG_IMAGE, image.where, message, f"{hint} Or use `::: figure` with `width:`.")
    else:
        return Image(image.src, image.src, min(image.width, column), None, "", None)
    return None


def _local(
    image: InlineImage, issue: Issue, root: Path, column: int, shelf: BlobCache, report: Report
) -> Image | None:
    path = _find(image, issue.folder, root, report)
    data = _read(path, image, report) if path else None
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


def _find(image: InlineImage, folder: Path, root: Path, report: Report) -> Path | None:
    src = image.src
    if src.startswith("data:") or src.lower().endswith((".svg", ".svgz")):
        kind = "data: addresses" if src.startswith("data:") else "SVG"
        report.add(
            WRONG_IMAGE,
            image.where,
            f"Gmail and Outlook show no {kind}",
            "Export the picture as PNG.",
        )
        return None
    path = folder / src
    if not path.exists():
        path = folder / unquote(src)
    hint = "Copy the picture into the issue's images/ folder."
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, ValueError, RuntimeError):
        inside = False
    if not inside:
        report.add(OUTSIDE_IMAGE, image.where, f"{src!r} leads out of the workspace", hint)
        return None
    # An issue is its folder: a picture beside it could change without the issue being built anew. A link inside may
    # lead elsewhere in the workspace, for its bytes are looked at.
    if not os.path.normpath(path).startswith(os.path.normpath(folder) + os.sep):
        report.add(OUTSIDE_IMAGE, image.where, f"{src!r} leads out of the issue's folder", hint)
        return None
    if not path.is_file():
        near = [
            file.relative_to(folder).as_posix()
            for file in sorted(folder.glob("images/*"))
            if file.is_file()
        ]
        hint = (
            did_you_mean(src, near, what="There are")
            if near
            else "Put the picture into the issue's images/ folder."
        )
        report.add(MISSING_IMAGE, image.where, f"there is no file {src!r}", hint)
        return None
    return path


def _read(path: Path, image: InlineImage, report: Report) -> bytes | None:
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            message = (
                f"{image.src} has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:.0f} are read"
            )
            report.add(HUGE_IMAGE, image.where, message, _SMALLER)
            return None
        return path.read_bytes()
    except OSError as error:
        report.add(MISSING_IMAGE, image.where, f"{image.src} cannot be read: {error.strerror}")
        return None


def _pillow_version() -> str:
    import PIL

    return PIL.__version__


def _make(
    data: bytes, where: Location, asked: int | None, column: int, report: Report
) -> tuple[int, int, str, bytes] | None:
    """Return width and height in CSS pixels, type and bytes of the picture as it is sent."""
    from PIL import Image as Pillow

    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # Pillow warns of large pictures; ours is the stricter limit
        try:
            picture = Pillow.open(io.BytesIO(data), formats=FORMATS)
        except (
            Pillow.DecompressionBombError
        ) as error:  # past 179 megapixels Pillow says only how many there are
            pixels = re.search(r"\d+", str(error))
            _huge(where, int(pixels[0]) if pixels else 0, "", report)
            return None
        except Exception:  # noqa: BLE001 - Pillow's decoders raise nearly anything on broken files
            message = f"this is no picture that mail clients show ({', '.join(FORMATS)})"
            report.add(WRONG_IMAGE, where, message, "Export it as PNG or JPEG.")
            return None
        width, height = picture.size
        if width * height > MAX_PIXELS:
            _huge(where, width * height, f" ({width:,} × {height:,})", report)
            return None
        try:
            return _sized(picture, data, min(asked or column, column))
        except Exception as error:  # noqa: BLE001 - as above
            message = f"the picture is broken: {str(error) or type(error).__name__}"
            report.add(BROKEN_IMAGE, where, message, "Export or download it again.")
            return None


def _huge(where: Location, pixels: int, sides: str, report: Report) -> None:
    message = f"the picture has {pixels / 1e6:,.0f} megapixels{sides}; at most {MAX_PIXELS / 1e6:.0f} are read"
    report.add(HUGE_IMAGE, where, message, _SMALLER)


def _sized(picture: Pillow.Image, data: bytes, widest: int) -> tuple[int, int, str, bytes]:
    from PIL import Image as Pillow
    from PIL import ImageOps

    frames = getattr(picture, "n_frames", 1)
    if frames > 1 and picture.format == "GIF":
        picture.seek(frames - 1)  # reads all frames, so that a truncated one is found here
        width = min(picture.width, widest)
        return width, round(picture.height * width / picture.width), "gif", data
    origin = picture.format
    picture.load()
    picture = ImageOps.exif_transpose(
        picture
    )  # turned as the camera was held; place and camera data are dropped
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
    return width, height, kind, encoded


def _encoded(picture: Pillow.Image, origin: str) -> tuple[str, bytes]:
    if _transparent(picture):
        return "png", _png(picture)
    if origin == "JPEG":
        return "jpeg", _jpeg(picture)
    png = _png(picture)
    if len(png) <= PHOTO_BYTES:
        return "png", png
    jpeg = _jpeg(picture)
    # Drawings keep their sharp edges unless the photograph's format is far smaller.
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


def _jpeg(picture: Pillow.Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()

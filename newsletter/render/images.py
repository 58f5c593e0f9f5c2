"""The images of an issue, prepared for email: sized, doubled for dense screens, compressed."""

from __future__ import annotations

import hashlib
import io
import os
import re
import warnings
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from newsletter.diagnostics import (
    BROKEN_IMAGE,
    HUGE_IMAGE,
    MISSING_IMAGE,
    OUTSIDE_IMAGE,
    WRONG_IMAGE,
    Report,
)
from newsletter.errors import NewsletterError
from newsletter.files.find import find_file, real_path
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.markup.inline import InlineImage
from newsletter.model import Image, Issue, Location, walk
from newsletter.render.image_formats import PreparedImage, prepared_image
from newsletter.render.vega import is_vega, vega_png

MAX_PIXELS = 50_000_000  # a good camera's; 100 megapixels are a mistake and need 400 MB of memory
MAX_BYTES = 40_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_SMALLER = "Save a smaller copy; 1,200 pixels across are enough."
_FILES = "two densities"  # what a cached entry holds


class BlobCache(Protocol):
    """A store for prepared images between builds."""

    def get(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...


def prepare(
    issue: Issue, root: Path, column: int, blobs: BlobCache, *, report: Report
) -> dict[str, Image]:
    """Return each image an issue uses, keyed by its name as the author wrote it.

    `column` is the width of the text in CSS pixels. An image with a smaller file for ordinary
    screens also has an entry for that file. An unusable image is reported at the line that refers
    to it.
    """
    prepared: dict[str, Image] = {}
    failed: set[str] = set()
    images = [
        node
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage)
    ]
    for image in images:
        if image.src in prepared or image.src in failed:
            continue
        if "://" in image.src:
            files = _remote(image, column, report)
        else:
            files = _local(image, issue, root, column, blobs=blobs, report=report)
        if files is None:
            failed.add(image.src)
        else:
            prepared |= files
    return prepared


def _remote(image: InlineImage, column: int, report: Report) -> dict[str, Image] | None:
    hint = "Save the image in the issue's images/ folder and name it there."
    if not image.src.startswith("https://"):
        report.add(WRONG_IMAGE, image.where, "Remote image without an https address", hint)
    elif image.width is None:
        message = "Remote image without a width"
        hint += " Or use `::: figure` with `width:`; `check --fix --links` fills it in."
        report.add(WRONG_IMAGE, image.where, message, hint)
    else:
        width = min(image.width, column)
        return {image.src: Image(image.src, image.src, width, None, "", None)}
    return None


def _local(
    image: InlineImage, issue: Issue, root: Path, column: int, *, blobs: BlobCache, report: Report
) -> dict[str, Image] | None:
    path = _find(image, issue.folder, root, report)
    data = _read(path, image, report) if path else None
    if path is not None and data is not None and is_vega(path.name):
        data = _drawn(data, path, image.where, report)
    if path is None or data is None:
        return None
    state = f"{_FILES} {column} {image.width} {_pillow_version()}\n".encode()
    key = f"{hashlib.sha256(state + data).hexdigest()}.picture"
    if kept := blobs.get(key):
        return _named(image.src, path.stem, msgspec.msgpack.decode(kept, type=PreparedImage))
    made = _make(data, image.where, image.width, column, report=report)
    if made is None:
        return None
    blobs.put(key, msgspec.msgpack.encode(made))
    return _named(image.src, path.stem, made)


def _named(src: str, stem: str, made: PreparedImage) -> dict[str, Image]:
    """Return the files of an image, the one for dense screens first, with their names."""
    stem = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "picture"
    images = []
    for file in made.files:
        suffix = "jpg" if file.type == "jpeg" else file.type
        name = f"{stem}-{hashlib.sha256(file.data).hexdigest()[:8]}.{suffix}"
        images.append(Image(src, name, made.width, made.height, file.type, file.data))
    main, *others = images
    if not others:
        return {src: main}
    (ordinary,) = others
    density = f"{made.files[0].pixels / made.width:.3g}x"
    return {
        src: replace(main, ordinary=ordinary.name, density=density),
        f"{src}\0ordinary": replace(ordinary, variant_of=main.name),
    }


def _drawn(data: bytes, path: Path, where: Location, report: Report) -> bytes | None:
    """Return a Vega-Lite file as PNG, or `None` after reporting."""
    try:
        return vega_png(data, path)
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
        inside = real_path(path).is_relative_to(real_path(root))
    except (OSError, ValueError):
        inside = False
    if not inside:
        report.add(OUTSIDE_IMAGE, image.where, f"Image outside the workspace: {quoted(src)}", hint)
        return None
    # An image outside the issue's folder could change without a rebuild. A symbolic link inside the
    # folder may lead elsewhere in the workspace, since the bytes of its target are hashed.
    if not os.path.normpath(path).startswith(os.path.normpath(folder) + os.sep):
        report.add(
            OUTSIDE_IMAGE, image.where, f"Image outside the issue's folder: {quoted(src)}", hint
        )
        return None
    existing = find_file(folder, src) or find_file(folder, unquote(src))
    if existing is None and path.is_symlink():
        hint = "Replace the link with the file itself."
        report.add(MISSING_IMAGE, image.where, f"Broken symbolic link: {quoted(src)}", hint)
        return None
    if existing is None:
        near = [
            file.relative_to(folder).as_posix()
            for file in sorted(folder.glob("images/*"))
            if file.is_file()
        ]
        hint = (
            spelling_hint(src, near, what="available images")
            if near
            else "Copy the image into the issue's images/ folder."
        )
        report.add(MISSING_IMAGE, image.where, f"Image not found: {quoted(src)}", hint)
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
    data: bytes, where: Location, asked: int | None, column: int, *, report: Report
) -> PreparedImage | None:
    """Return the image as sent, or `None` after reporting."""
    from PIL import Image as Pillow

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about large images; our limit is stricter
        try:
            image = Pillow.open(io.BytesIO(data), formats=FORMATS)
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
        width, height = image.size
        if width * height > MAX_PIXELS:
            _huge(where, width * height, f" ({width:,} × {height:,})", report)
            return None
        try:
            return prepared_image(image, data, min(asked or column, column))
        except Exception as error:  # noqa: BLE001 - as above
            message = f"Damaged image: {str(error) or type(error).__name__}"
            report.add(BROKEN_IMAGE, where, message, "Export or download it again.")
            return None


def _huge(where: Location, pixels: int, sides: str, report: Report) -> None:
    message = f"Image of {pixels / 1e6:,.0f} megapixels{sides}; the limit is {MAX_PIXELS / 1e6:.0f}"
    report.add(HUGE_IMAGE, where, message, _SMALLER)

"""The images of a theme: `images/` of its folders. They travel with every output, byte by byte."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from newsletter.diagnostics import BROKEN_IMAGE, HUGE_IMAGE, UNREAD_FILE, Report
from newsletter.files.quotation import quoted
from newsletter.model import Image, Location

FOLDER = "images"
MAX_BYTES = 200_000  # a logo of 600 × 200 pixels has about 20,000; more makes every email heavy
SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".gif"))
_SYSTEM_FILES = frozenset(("Thumbs.db", "desktop.ini", "Icon\r"))


def read_theme_images(
    folders: Sequence[Path], shown: Mapping[str, str], report: Report
) -> dict[str, Image]:
    """Return file name -> image, with its size in pixels; an earlier folder wins.

    Files of other types, and damaged ones, are reported.
    """
    images: dict[str, Image] = {}
    for folder in folders:
        for path in sorted((folder / FOLDER).glob("*")):
            if path.name.startswith(".") or path.name in images or not path.is_file():
                continue
            where = Location(f"{shown[str(folder)]}/{FOLDER}/{path.name}")
            if image := _read(path, where, report):
                images[path.name] = image
    return images


def _read(path: Path, where: Location, report: Report) -> Image | None:
    if path.suffix.lower() not in SUFFIXES:
        if path.name not in _SYSTEM_FILES:
            hint = "Export it as PNG; keep originals in another folder."
            report.add(
                UNREAD_FILE,
                where,
                f"Unused file: not an image that mail clients show: {quoted(path.name)}",
                hint,
            )
        return None
    if (size := path.stat().st_size) > MAX_BYTES:
        message = f"Image of {size:,} bytes; the limit for a theme is {MAX_BYTES:,}"
        report.add(HUGE_IMAGE, where, message, "Save a smaller copy, twice as wide as it is shown.")
        return None
    data = path.read_bytes()
    parsed = image_size(data)
    if parsed is None:
        message = "Not a PNG, JPEG or GIF file that can be read"
        report.add(BROKEN_IMAGE, where, message, "Export or download it again.")
        return None
    type_, width, height = parsed
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "image"
    suffix = "jpg" if type_ == "jpeg" else type_
    name = f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{suffix}"
    return Image(path.name, name, width, height, type_, data)


def image_size(data: bytes) -> tuple[str, int, int] | None:
    """Return type, width and height from the head of a file; `None` for an unsupported format.

    PNG 3 §11.2.1, GIF89a §18, ITU-T T.81 §B.2.2.
    """
    if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and len(data) > 32:
        return "png", int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 12:
        return "gif", int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return _jpeg_size(data) if data[:2] == b"\xff\xd8" else None


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start-of-frame markers


def _jpeg_size(data: bytes) -> tuple[str, int, int] | None:
    offset = 2
    while offset + 9 < len(data) and data[offset] == 0xFF:
        marker, length = data[offset + 1], int.from_bytes(data[offset + 2 : offset + 4], "big")
        if marker in _FRAMES:
            height = int.from_bytes(data[offset + 5 : offset + 7], "big")
            return "jpeg", int.from_bytes(data[offset + 7 : offset + 9], "big"), height
        offset += 2 + length
    return None

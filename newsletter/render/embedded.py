"""Credits embedded in image files (Exif, IPTC, XMP).

They are proposals for a person to check and are never trusted.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from html import unescape

_XMP: Mapping[str, re.Pattern[bytes]] = {
    # Adobe XMP 1: the value is an attribute, an element, or the first item of a list.
    "credit": re.compile(rb"photoshop:Credit(?:=\"([^\"]*)\"|>\s*([^<]+))"),
    "creator": re.compile(rb"dc:creator>.*?<rdf:li[^>]*>([^<]+)", re.DOTALL),
    "rights": re.compile(rb"dc:rights>.*?<rdf:li[^>]*>([^<]+)", re.DOTALL),
}
_EXIF = {0x013B: "creator", 0x8298: "rights"}  # Artist, Copyright (Exif 2.32, 4.6.4)
_IPTC = {(2, 80): "creator", (2, 110): "credit", (2, 116): "rights"}  # IIM 4.2
LONGEST = 200


def embedded_credits(data: bytes) -> dict[str, str]:
    """Return `credit`, `creator` and `rights` as stated in an image file.

    The result is empty for a broken file.
    """
    found: dict[str, str] = {}
    try:
        for key, words in _stated(data):
            text = " ".join(unescape(words).split())[:LONGEST]
            if text and text.isprintable():
                found.setdefault(key, text)
    except Exception:  # noqa: BLE001 - Pillow's readers raise nearly anything on broken files
        return found
    return found


def _stated(data: bytes) -> Iterator[tuple[str, str]]:
    from PIL import Image as Pillow
    from PIL import IptcImagePlugin

    packet = data.partition(b"<x:xmpmeta")[2].partition(b"</x:xmpmeta>")[0]
    for key, pattern in _XMP.items():
        if match := pattern.search(packet):
            yield key, next(group for group in match.groups() if group).decode("utf-8", "replace")
    with Pillow.open(io.BytesIO(data)) as image:
        iptc = IptcImagePlugin.getiptcinfo(image) or {}
        for tag, key in _IPTC.items():
            value = iptc.get(tag)
            if isinstance(value, bytes):
                yield key, value.decode("utf-8", "replace")
        exif = image.getexif()
        for number, key in _EXIF.items():
            if isinstance(words := exif.get(number), str):
                yield key, words

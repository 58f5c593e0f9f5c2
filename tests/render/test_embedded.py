"""Credits in image files: from XMP, IPTC and Exif, in this order."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from newsletter.render.embedded import embedded_credits

START = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description '
END = b"</rdf:Description></x:xmpmeta>"
CREATOR = b"<dc:creator>\n <rdf:Seq><rdf:li xml:lang='x'>Mira Oduya</rdf:li></rdf:Seq></dc:creator>"
RIGHTS = b"<dc:rights><rdf:Alt><rdf:li>\xc2\xa9 Quay</rdf:li><rdf:li>other</rdf:li></rdf:Alt></dc:rights>"


def iptc(entries: dict[int, bytes]) -> bytes:
    """Return a segment of a JPEG with IPTC entries (IIM 4.2, in a Photoshop resource)."""
    data = b"".join(
        b"\x1c\x02" + bytes((number,)) + len(value).to_bytes(2, "big") + value
        for number, value in entries.items()
    )
    data += b"\0" * (len(data) % 2)
    resource = b"8BIM\x04\x04\0\0" + len(data).to_bytes(4, "big") + data
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def jpeg(xmp: bytes = b"", entries: dict[int, bytes] | None = None, **words: str) -> bytes:
    exif = Image.Exif()
    for name, number in (("artist", 0x013B), ("copyright", 0x8298)):
        if name in words:
            exif[number] = words[name]
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", xmp=xmp, exif=exif)
    data = buffer.getvalue()
    return data[:2] + iptc(entries or {}) + data[2:] if entries else data


# File -> the credits in it.
FILES: dict[str, tuple[bytes, dict[str, str]]] = {
    "none": (jpeg(), {}),
    "an attribute": (jpeg(START + b'photoshop:Credit="A &amp; B">' + END), {"credit": "A & B"}),
    "an element": (
        jpeg(START + b"><photoshop:Credit>\n A  &lt;B </photoshop:Credit>" + END),
        {"credit": "A <B"},
    ),
    "lists": (jpeg(START + b">" + CREATOR + RIGHTS + END), {"creator": "Mira Oduya", "rights": "© Quay"}),
    "XMP of another alphabet": (
        jpeg(START + b'photoshop:Credit="Tom\xe1s">' + END),
        {"credit": "Tom\ufffds"},
    ),
    "outside the packet": (jpeg(b'photoshop:Credit="A"' + START + b">" + END), {}),
    "no packet": (jpeg(b'photoshop:Credit="A"'), {}),
    "empty": (jpeg(START + b'photoshop:Credit="  ">' + END, artist="Ines"), {"creator": "Ines"}),
    "IPTC": (
        jpeg(entries={80: b"Tom\xc3\xa1s", 110: b"Port Office", 116: b"2026"}),
        {"creator": "Tomás", "credit": "Port Office", "rights": "2026"},
    ),
    "IPTC of another alphabet": (jpeg(entries={80: b"Tom\xe1s"}), {"creator": "Tom\ufffds"}),
    "Exif": (jpeg(artist="Ines", copyright="1931"), {"creator": "Ines", "rights": "1931"}),
    "all": (
        jpeg(START + b">" + CREATOR + END, {80: b"Tomas", 116: b"2026"}, artist="Ines", copyright="1931"),
        {"creator": "Mira Oduya", "rights": "2026"},
    ),
    "too long": (jpeg(artist="x" * 300), {"creator": "x" * 200}),
    "control characters": (jpeg(artist="a\x07b", copyright="c\td"), {"rights": "c d"}),
    "damaged": (jpeg(START + b'photoshop:Credit="A">' + END)[:200], {"credit": "A"}),
    "no image": (b"no image", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_credits_are_read_as_stated(name: str) -> None:
    data, expected = FILES[name]
    assert embedded_credits(data) == expected

"""Fonts for drawings: text widths and character coverage."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from newsletter.errors import NewsletterError

FOLDER = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans, sans-serif"  # named in drawings; other scripts are resolved per character
PACKAGED_FONTS: tuple[Path, ...] = tuple(
    FOLDER / f"NotoSans{name}.ttf"
    for name in (
        "-Regular",
        "-Bold",
        "Math-Regular",
        "Arabic-Regular",
        "Arabic-Bold",
        "Hebrew-Regular",
        "Hebrew-Bold",
    )
)
JOINED = 1.15  # margin for shaping: joined letters are wider or narrower than isolated ones
ELLIPSIS = "…"


class FontFile(Struct, frozen=True, eq=False):
    """The parts of a font file that layout needs."""

    path: Path
    family: str
    bold: bool
    units: int  # per em
    advances: tuple[int, ...]  # by glyph; the last one applies to all later glyphs
    glyphs: Mapping[int, int]  # code point -> glyph

    def width(self, character: str) -> float | None:
        """Return the width of a character in ems, or `None` if the font lacks it."""
        glyph = self.glyphs.get(ord(character))
        if glyph is None:
            return None
        return self.advances[min(glyph, len(self.advances) - 1)] / self.units


class FontSet(Struct, frozen=True, eq=False):
    """The fonts of a drawing; the first font that covers a character is used for it."""

    files: tuple[FontFile, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(font.path for font in self.files)

    def measure(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return the width of a line in pixels, with a margin for scripts with joined letters."""
        return sum(_advance(self, character, bold) for character in text) * size

    def missing(self, text: str) -> str:
        """Return the characters no font covers, each once; invisible characters need no glyph."""
        return "".join(
            dict.fromkeys(
                character
                for character in text
                if character.isprintable()
                and not any(ord(character) in font.glyphs for font in self.files)
            )
        )

    def wrap(
        self, text: str, size: float, room: float, *, lines: int, bold: bool = False
    ) -> list[str]:
        """Break text into at most `lines` lines of `room` pixels, ending in an ellipsis if cut."""
        broken: list[str] = []
        for word in text.split():
            joined = f"{broken[-1]} {word}" if broken else word
            if broken and self.measure(joined, size, bold=bold) <= room:
                broken[-1] = joined
            else:
                broken.append(word)
        if len(broken) > lines:
            broken = [*broken[: lines - 1], " ".join(broken[lines - 1 :])]
        return [self.cut(line, size, room, bold=bold) for line in broken] or [""]

    def cut(self, text: str, size: float, room: float, *, bold: bool = False) -> str:
        """Return a line that fits into `room` pixels, ending in an ellipsis if it was cut."""
        if self.measure(text, size, bold=bold) <= room:
            return text
        room -= self.measure(ELLIPSIS, size, bold=bold)
        used, end = 0.0, 0
        for end, character in enumerate(text):  # noqa: B007 - the end is what is looked for
            used += _advance(self, character, bold) * size
            if used > room:
                break
        return text[:end].rstrip() + ELLIPSIS


@lru_cache(maxsize=4096)
def _advance(fonts: FontSet, character: str, bold: bool) -> float:
    for font in sorted(fonts.files, key=lambda font: font.bold is not bold):
        width = font.width(character)
        if width is not None:
            return width * (JOINED if "\u0590" <= character <= "\u08ff" else 1)
    return 0.6 if character.isprintable() else 0.0


def font_set(own: Sequence[Path] = ()) -> FontSet:
    """Return the packaged fonts and the publication's own.

    Raises `NewsletterError` for a file that is not a font.
    """
    return _font_set(tuple(own))


@lru_cache(maxsize=8)
def _font_set(own: tuple[Path, ...]) -> FontSet:
    return FontSet(tuple(read_font(path) for path in (*PACKAGED_FONTS, *own)))


@lru_cache(maxsize=32)
def read_font(path: Path) -> FontFile:
    """Return names, widths and character map of a TrueType or OpenType font.

    Reads the tables `cmap`, `hmtx` and `name` (OpenType 1.9). Raises `NewsletterError` if the file
    is missing or in another format such as WOFF2, with which resvg would silently draw no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NewsletterError(f"Cannot read the font {path.name}: {error.strerror}") from error
    hint = "Use a .ttf or .otf file; convert WOFF2 with fontTools."
    if data[:4] not in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        raise NewsletterError(f"{path.name} is not a TrueType or OpenType font", hint=hint)
    try:
        return _parsed(path, data)
    except (struct.error, KeyError, IndexError, UnicodeDecodeError, StopIteration) as error:
        raise NewsletterError(f"{path.name} is a broken font", hint=hint) from error


def _parsed(path: Path, data: bytes) -> FontFile:
    count = struct.unpack_from(">H", data, 4)[0]
    entries = (struct.unpack_from(">4sIII", data, 12 + 16 * index) for index in range(count))
    tables = {tag.decode("latin-1"): data[start : start + size] for tag, _, start, size in entries}
    units = struct.unpack_from(">H", tables["head"], 18)[0]
    style = struct.unpack_from(">H", tables["head"], 44)[0]
    metrics = struct.unpack_from(">H", tables["hhea"], 34)[0]
    advances = struct.unpack_from(">" + "Hh" * metrics, tables["hmtx"])[::2]
    family = next(_family(tables["name"]))
    return FontFile(path, family, bool(style & 1), units, advances, dict(_mapping(tables["cmap"])))


def _family(name: bytes) -> Iterator[str]:
    """Yield family names, the typographic family (id 16) first."""
    count, storage = struct.unpack_from(">HH", name, 2)
    records = [struct.unpack_from(">6H", name, 6 + 12 * index) for index in range(count)]
    for name_id in (16, 1):
        for platform, _, _, id_, size, start in records:
            if id_ == name_id and platform in (0, 3):
                yield name[storage + start : storage + start + size].decode("utf-16-be")


def _mapping(cmap: bytes) -> Iterator[tuple[int, int]]:
    """Yield code points with their glyphs, from formats 4 and 12."""
    count = struct.unpack_from(">H", cmap, 2)[0]
    for index in range(count):
        _, _, start = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        format_ = struct.unpack_from(">H", cmap, start)[0]
        if format_ == 4:
            yield from _segments(cmap, start)
        elif format_ == 12:
            groups = struct.unpack_from(">I", cmap, start + 12)[0]
            for group in range(groups):
                first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * group)
                yield from zip(
                    range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True
                )


def _segments(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", cmap, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", cmap, start + 14)
    base = start + 16 + 2 * count
    starts = struct.unpack_from(f">{count}H", cmap, base)
    deltas = struct.unpack_from(f">{count}h", cmap, base + 2 * count)
    ranges = base + 4 * count
    for index in range(count):
        offset = struct.unpack_from(">H", cmap, ranges + 2 * index)[0]
        for code in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = code
            if offset:
                place = ranges + 2 * index + offset + 2 * (code - starts[index])
                glyph = struct.unpack_from(">H", cmap, place)[0]
            if glyph or not offset:
                yield code, (glyph + deltas[index]) & 0xFFFF

"""A section's text with its locations: byte offsets -> line and column."""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct

from newsletter.model import Location

STEP = 1024  # bytes between cached columns, so that a long line is not recounted
_CONTINUATION = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that start no character


class SourceText(Struct, frozen=True):
    path: str  # path for display
    data: bytes  # the whole file as UTF-8, so that offsets are offsets in the file
    body: int  # where the Markdown starts, after the front matter
    lines: tuple[int, ...]  # offset of each line's first byte
    marks: tuple[
        int, ...
    ] = ()  # characters before every STEP bytes; empty where a byte is a character
    fixed: Location | None = None  # one location for all of it: a caption is part of a YAML value

    @classmethod
    def of(cls, path: str, text: str, body: int = 0, fixed: Location | None = None) -> SourceText:
        """Return the source of a text; `body` is the offset of the Markdown in characters."""
        data = text.encode()
        starts = [0]
        for line in data.split(b"\n"):
            starts.append(starts[-1] + len(line) + 1)
        marks = [0]
        if not text.isascii():
            for start in range(0, len(data), STEP):
                marks.append(marks[-1] + _characters(data[start : start + STEP]))
        return cls(
            path, data, len(text[:body].encode()), tuple(starts[:-1]), tuple(marks[:-1]), fixed
        )

    def line_start(self, offset: int) -> int:
        """Return the offset of the first byte of the line that contains an offset."""
        return self.lines[bisect_right(self.lines, offset) - 1]

    def at(self, offset: int) -> Location:
        if self.fixed:
            return self.fixed
        line = bisect_right(self.lines, offset)
        start = self.lines[line - 1]
        if not self.marks or offset - start > STEP:
            return Location(self.path, line, self.characters(offset) - self.characters(start) + 1)
        return Location(self.path, line, _characters(self.data[start:offset]) + 1)

    def characters(self, offset: int) -> int:
        """Return the number of characters before an offset."""
        if not self.marks:
            return offset
        index = min(offset // STEP, len(self.marks) - 1)
        return self.marks[index] + _characters(self.data[index * STEP : offset])


def _characters(data: bytes) -> int:
    return len(data.translate(None, _CONTINUATION))

"""HTML whose elements say which source line they print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from functools import cached_property

from msgspec import Struct

from newsletter.model import Location
from newsletter.preview.printed_elsewhere import PrintedElsewhere

FileLine = tuple[str, int | None]  # path and line


class SourceMark(Struct, frozen=True):
    """An element, and the range of a file that it prints."""

    at: Location
    end: tuple[int, int]  # line and column up to which an inline element goes; (0, 0) for a block


class MarkedHtml(Struct, frozen=True, dict=True):
    """HTML with `data-at` on its elements, and these marks."""

    html: str
    marks: tuple[SourceMark, ...]
    elsewhere: tuple[PrintedElsewhere, ...] = ()
    lines: Mapping[
        tuple[str, int | None], str
    ] = {}  # path and line -> `data-at`, where not in order

    def target(self, where: Location) -> str | None:
        """Return the `data-at` of the element that prints a location, or `None` if none does.

        The innermost inline element around it, or else the block that was opened last before it.
        """
        if at := self.lines.get((where.path, where.line)):
            return at
        where = self._printed(where)
        own = self._by_path.get(where.path)
        if not own:
            return None
        place = (where.line or 1, where.column or 1)
        before = [(start, mark) for start, mark in own if start <= place]
        around = [(start, mark) for start, mark in before if place <= mark.end]
        blocks = [(start, mark) for start, mark in before if mark.end == (0, 0)]
        return str(max(around or blocks or own[:1], key=lambda pair: pair[0])[1].at)

    @cached_property
    def _by_path(self) -> Mapping[str, Sequence[tuple[tuple[int, int], SourceMark]]]:
        """Return the marks of each file, with their line and column."""
        marks: dict[str, list[tuple[tuple[int, int], SourceMark]]] = {}
        for mark in self.marks:
            marks.setdefault(mark.at.path, []).append((_start(mark), mark))
        return marks

    def _printed(self, where: Location) -> Location:
        """Return the location that marks the printed content, if it differs from `where`."""
        line = where.line or 1
        before = [other for other in self._printed_from(where.path) if other.line <= line]
        return max(before, key=lambda other: other.line).printed if before else where

    def _printed_from(self, path: str) -> Sequence[PrintedElsewhere]:
        """Return what a file prints that is marked with a location in another."""
        if path not in self._elsewhere:
            matching = (other for other in self.elsewhere if fnmatch(path, other.pattern))
            self._elsewhere[path] = tuple(matching)
        return self._elsewhere[path]

    @cached_property
    def _elsewhere(self) -> dict[str, Sequence[PrintedElsewhere]]:
        return {}


def _start(mark: SourceMark) -> tuple[int, int]:
    return (mark.at.line or 1, mark.at.column or 1)

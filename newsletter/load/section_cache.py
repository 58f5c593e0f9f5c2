"""The sections of one issue between readings, as most saves change a single file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.load.sections import SectionReader
from newsletter.model import Finding, Section


class ReadSection(Struct, frozen=True):
    """A section with the bytes of its file and what was reported while it was read."""

    data: bytes
    section: Section
    findings: tuple[Finding, ...]


class SectionCache:
    """Sections by file. All are read again if anything else changed that they are read with.

    A section that refers to another file, such as a table, is always read again.
    """

    def __init__(self) -> None:
        self._inputs: tuple[object, ...] | None = None
        self._known: Mapping[Path, ReadSection] = {}

    def read_all(self, reader: SectionReader) -> tuple[Section, ...]:
        """Return and report what `reader.read_all` would."""
        known = self._known if self._inputs == reader.inputs else {}
        read: dict[Path, ReadSection] = {}
        sections = []
        for path in reader.paths():
            data = _content(path)
            entry = known.get(path)
            if entry is not None and entry.data == data:
                reader.files.report.findings += entry.findings
                section, read[path] = entry.section, entry
            else:
                section = _read(reader, path, data, read)
            sections.append(section)
        self._inputs, self._known = reader.inputs, read
        return tuple(sections)


def _read(
    reader: SectionReader, path: Path, data: bytes | None, read: dict[Path, ReadSection]
) -> Section:
    """Read a section, and enter it if its own file is all it was read from."""
    reported = reader.files.report.findings
    first, others = len(reported), []
    section = replace(reader, on_file=lambda: others.append(path)).read(path)
    if data is not None and not others and data == _content(path):  # not saved meanwhile
        read[path] = ReadSection(data, section, tuple(reported[first:]))
    return section


def _content(path: Path) -> bytes | None:
    """Return the bytes of a file; `None` for a link, or if it cannot be read."""
    try:
        return None if path.is_symlink() else path.read_bytes()
    except OSError:
        return None

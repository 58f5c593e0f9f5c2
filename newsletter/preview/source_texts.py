"""The lines of an issue's files, to find where an edit was made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.model import Location
from newsletter.workspace import Workspace

READ = (".md", ".yaml", ".csv")


class SourceTexts(Struct, frozen=True):
    """The text files of one issue at one moment."""

    lines: Mapping[str, tuple[str, ...]]  # path relative to the workspace -> lines

    @classmethod
    def read(cls, workspace: Workspace, folder: Path) -> SourceTexts:
        """Read the files of an issue; those that cannot be read are left out."""
        lines = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix not in READ:
                continue
            try:
                text = path.read_text("utf-8", errors="replace")
            except OSError:
                continue
            lines[workspace.display_path(path)] = tuple(text.splitlines())
        return cls(lines)

    def first_change(self, before: SourceTexts) -> Location | None:
        """Return the first line that differs from an earlier moment; `None` if none does."""
        for path, lines in self.lines.items():
            old = before.lines.get(path)
            if old is None or old == lines:
                continue
            pairs = zip(old, lines, strict=False)
            first = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(old), len(lines)))
            return Location(path, min(first + 1, max(len(lines), 1)), 1)
        return None

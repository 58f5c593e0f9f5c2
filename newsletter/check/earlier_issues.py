"""The issues before the one being checked, each read once: a window that slides along the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from newsletter.check.subjects import DEPTH
from newsletter.load import load
from newsletter.model import Issue
from newsletter.workspace import Workspace


class EarlierIssues(Struct):
    """Issues of one workspace, at most `DEPTH` of them in memory however many are checked."""

    workspace: Workspace
    folders: Sequence[Path]  # all of the workspace, oldest first
    kept: dict[Path, Issue | None] = field(default_factory=dict)

    def before(self, folder: Path) -> tuple[Issue, ...]:
        """Return the issues before one, the latest first; those that cannot be read are left out."""
        place = self.folders.index(folder)
        window = self.folders[max(place - DEPTH, 0) : place]
        self.kept = {
            path: self.kept[path] if path in self.kept else self._read(path) for path in window
        }
        return tuple(issue for path in reversed(window) if (issue := self.kept[path]))

    def keep(self, folder: Path, issue: Issue | None) -> None:
        """Remember an issue that was just read, for the ones after it."""
        self.kept[folder] = issue

    def _read(self, folder: Path) -> Issue | None:
        return load(self.workspace, folder).issue

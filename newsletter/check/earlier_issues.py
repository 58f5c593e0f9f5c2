"""Earlier issues to compare with, each read once: a sliding window over the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from newsletter.check.subjects import DEPTH
from newsletter.load import load
from newsletter.model import Issue
from newsletter.workspace import Workspace


class EarlierIssues(Struct):
    """Issues of one workspace; at most `DEPTH` are in memory, however many are checked."""

    workspace: Workspace
    folders: Sequence[Path]  # all of the workspace, oldest first
    cached: dict[Path, Issue | None] = field(default_factory=dict)

    def before(self, folder: Path) -> tuple[Issue, ...]:
        """Return the issues before `folder`, latest first, skipping those that cannot be read."""
        index = self.folders.index(folder)
        window = self.folders[max(index - DEPTH, 0) : index]
        self.cached = {
            path: self.cached[path] if path in self.cached else self._read(path) for path in window
        }
        return tuple(issue for path in reversed(window) if (issue := self.cached[path]))

    def put(self, folder: Path, issue: Issue | None) -> None:
        """Cache an issue that was just read, for use when later issues are checked."""
        self.cached[folder] = issue

    def _read(self, folder: Path) -> Issue | None:
        return load(self.workspace, folder).issue

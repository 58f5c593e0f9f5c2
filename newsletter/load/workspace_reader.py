"""Reading the files of a workspace into typed entries, with the path to display."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_origin

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.files.text import LIMIT, read_text
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap, read_yaml
from newsletter.model import Location
from newsletter.workspace import Workspace


class WorkspaceReader(Struct, frozen=True):
    """Reads the files of one workspace into one report."""

    workspace: Workspace
    report: Report

    def place(self, path: Path) -> Location:
        return Location(self.workspace.display_path(path))

    def text(self, path: Path, *, limit: int = LIMIT) -> str | None:
        return read_text(
            path,
            self.workspace.display_path(path),
            self.report,
            limit=limit,
            root=self.workspace.root,
        )

    def yaml(
        self, path: Path, type_: Any, *, optional: bool = False
    ) -> tuple[Any, PositionMap] | None:
        """Return a file converted to a type, with its positions; `None` after reporting errors."""
        if optional and not path.exists():
            return None
        text = self.text(path)
        read = (
            read_yaml(text, self.workspace.display_path(path), self.report)
            if text is not None
            else None
        )
        if read is None:
            return None
        value, places = read
        empty: Any = [] if get_origin(type_) is list else {}
        entry = convert(empty if value is None else value, type_, places, self.report)
        return None if entry is None else (entry, places)

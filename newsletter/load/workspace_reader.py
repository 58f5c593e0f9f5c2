"""Reading the files of a workspace into typed entries, with the path to display."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, get_origin

from msgspec import Struct

from newsletter.diagnostics import Report
from newsletter.files.text import LIMIT, read_text
from newsletter.files.typed_values import convert
from newsletter.files.yaml_reader import PositionMap, read_yaml
from newsletter.model import Finding, Location
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
        if text is None:
            return None
        return _parsed(text, self.workspace.display_path(path), type_, self.report)

    def shared_yaml(
        self, path: Path, type_: Any, *, optional: bool = False
    ) -> tuple[Any, PositionMap] | None:
        """Like `yaml`, for a file that all issues share: parsed once as long as its text is equal."""
        if optional and not path.exists():
            return None
        text = self.text(path)
        if text is None:
            return None
        read, findings = _parsed_once(text, self.workspace.display_path(path), type_)
        self.report.findings.extend(findings)
        return read


@lru_cache(maxsize=16)
def _parsed_once(
    text: str, shown: str, type_: Any
) -> tuple[tuple[Any, PositionMap] | None, tuple[Finding, ...]]:
    report = Report()
    return _parsed(text, shown, type_, report), tuple(report.findings)


def _parsed(text: str, shown: str, type_: Any, report: Report) -> tuple[Any, PositionMap] | None:
    read = read_yaml(text, shown, report)
    if read is None:
        return None
    value, places = read
    empty: Any = [] if get_origin(type_) is list else {}
    entry = convert(empty if value is None else value, type_, places, report)
    return None if entry is None else (entry, places)

"""What a service last received from us, below `.newsletter/`, so that an edit made there can be shown as a diff.

It can be thrown away: without it the diff is against the build.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from newsletter.files.output import write_file
from newsletter.workspace import Workspace


def read_copy(workspace: Workspace, target: str, slug: str) -> dict[str, str] | None:
    """Return the fields last read back, or `None`."""
    try:
        fields = json.loads(_path(workspace, target, slug).read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(fields, dict):
        return None
    return {str(name): str(text) for name, text in fields.items()}


def write_copy(workspace: Workspace, target: str, slug: str, fields: Mapping[str, str]) -> None:
    """Store the fields that were read back."""
    path = _path(workspace, target, slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, json.dumps(dict(fields), ensure_ascii=False, indent=1).encode())


def _path(workspace: Workspace, target: str, slug: str) -> Path:
    return workspace.state / "targets" / target / f"{slug}.json"

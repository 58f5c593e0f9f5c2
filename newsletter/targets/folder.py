"""`type = "folder"`: deliver into a folder, from where a web server or another tool takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.output import ensure_only_outputs, write_folder
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model import Email, Plan, Receipt
from newsletter.targets.receipts import MANIFEST, digest_of
from newsletter.targets.service_draft import StatusState, TargetStatus
from newsletter.workspace import Workspace

KEYS = ("type", "path")


class FolderTarget(Struct, frozen=True):
    name: str
    path: Path  # issues become folders below it
    shown: str

    @classmethod
    def from_config(cls, name: str, table: Mapping[str, Any], workspace: Workspace) -> FolderTarget:
        for key in table:
            if key not in KEYS:
                raise NewsletterError(
                    f"Unknown key {quoted(key)} in target {quoted(name)}",
                    hint=spelling_hint(key, KEYS),
                )
        path = table.get("path", "dist")
        if not isinstance(path, str) or not path:
            raise NewsletterError(
                f"Expected a folder as path of target {quoted(name)}",
                hint='Write the name of a folder: `path = "public"`.',
            )
        return cls(name, workspace.root / Path(path).expanduser(), path.rstrip("/"))

    def plan(self, email: Email) -> Plan:
        """Return what would be written; a folder with the same bytes is left unchanged."""
        folder = self.path / email.slug
        steps = []
        files = email.files()
        for name, data in files.items():
            path = folder / name
            there = path.read_bytes() if path.is_file() else None
            if there != data and not (name == MANIFEST and _differ_in_tool_only(there, data)):
                steps.append(
                    f"{'write' if there is None else 'replace'} {self.shown}/{email.slug}/{name} ({len(data):,} bytes)"
                )
        if folder.is_dir():
            ensure_only_outputs(folder)
            kept = {
                path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
            }
            steps += [
                f"remove {self.shown}/{email.slug}/{name}" for name in sorted(kept - set(files))
            ]
        return Plan(self.name, tuple(steps), changes=bool(steps))

    def deliver(self, email: Email) -> Receipt:
        if self.plan(email).changes:
            write_folder(self.path / email.slug, email.files())
        return Receipt(self.name, "folder", digest(email), f"{self.shown}/{email.slug}")

    def status(self, email: Email) -> TargetStatus:
        """Return whether the folder holds these bytes, others, or nothing."""
        folder = self.path / email.slug
        place = f"{self.shown}/{email.slug}"
        if not folder.is_dir():
            return TargetStatus(self.name, "folder", "absent", place)
        state: StatusState = "older" if self.plan(email).changes else "same"
        return TargetStatus(self.name, "folder", state, place)


def digest(email: Email) -> str:
    """Return a SHA-256 over the names and bytes of everything delivered, except the manifest.

    The manifest names the version of this package, which changes when nothing else does.
    """
    return digest_of(email.files())


def _differ_in_tool_only(there: bytes | None, data: bytes) -> bool:
    """Return whether two manifests describe the same files, built by two versions."""
    try:
        before, after = (json.loads(text or b"") for text in (there, data))
        return {**before, **_UNSTABLE} == {**after, **_UNSTABLE}
    except (ValueError, TypeError):
        return False


_UNSTABLE = {"tool": None, "theme": None}  # keys that a new version changes

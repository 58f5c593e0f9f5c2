"""The files of a new workspace, by their paths, and which of them later versions bring up to date."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping

from msgspec import Struct

from newsletter import __version__, blueprint

# Files of the blueprint that would take effect in this package's own repository.
PLACES = {
    "editorconfig": ".editorconfig",
    "gitattributes": ".gitattributes",
    "gitignore": ".gitignore",
    "markdownlint-cli2.yaml": ".markdownlint-cli2.yaml",
    "prettierignore": ".prettierignore",
    "prettierrc.yaml": ".prettierrc.yaml",
    "vscode-extensions.json": ".vscode/extensions.json",
    "vscode-settings.json": ".vscode/settings.json",
}
# Files that take effect only at the top of a repository -> their name there.
AT_TOP = {
    "gitlab-ci.yml": ".gitlab-ci.yml",
    "pre-commit-config.yaml": ".pre-commit-config.yaml",
    "workflow.yml": ".github/workflows/{newsletter}.yml",
    "pages.yml": ".github/workflows/{archive}.yml",
    "workflow-comment.yml": ".github/workflows/{newsletter}-comment.yml",
}
# Left unchanged by `init` if the repository already has them.
NEVER_REPLACED = frozenset({*PLACES.values(), ".gitlab-ci.yml", ".pre-commit-config.yaml"})
# Written once and never updated: they belong to the publication.
OWN = ("newsletter.toml", "credits.yaml", "requirements-newsletter.txt", "pages/", "issues/")
RECORD = "templates/init.json"  # what was written, so that an update knows what was edited


class WorkspacePlace(Struct, frozen=True):
    """Where a workspace is in its repository: `` for its top, else a folder such as `letters`."""

    folder: str = ""

    @property
    def values(self) -> dict[str, str | None]:
        """Return the names that workflows are filled with."""
        suffix = "-" + re.sub(r"[^\w]+", "-", self.folder) if self.folder else ""
        path = f"{self.folder}/" if self.folder else ""
        return {
            "folder": self.folder or ".",
            "path": path,
            "path_pattern": re.escape(path),
            "workflow": f"newsletter{suffix}",
            "workflow_id": f"newsletter{suffix}",
            "archive": f"archive{suffix}",
            "archive_id": f"archive{suffix}",
        }

    def at_top(self, path: str) -> str:
        """Return the path from the workspace to a file at the top of its repository."""
        depth = len(self.folder.split("/")) if self.folder else 0
        return "../" * depth + path


def workspace_files(title: str, place: WorkspacePlace, install: str) -> dict[str, bytes]:
    """Return path in the workspace -> content, for a new workspace without its first issue."""
    packaged = blueprint.PACKAGED
    name = json.dumps(title, ensure_ascii=False)
    values = {**place.values, "name": name, "install": install}
    files = blueprint.fill_blueprint(packaged / "workspace", values)
    for source, path in PLACES.items():
        files[path] = files.pop(source)
    names = {"newsletter": str(values["workflow_id"]), "archive": str(values["archive_id"])}
    for source, path in AT_TOP.items():
        files[place.at_top(path.format(**names))] = files.pop(source)
    files |= {
        f"templates/blueprint/{path.name}": path.read_bytes()
        for path in sorted((packaged / "issue").iterdir())
    }
    return files


def first_issue(today: dt.date) -> dict[str, bytes]:
    """Return path -> content of the first issue, which explains the format."""
    folder = f"issues/{blueprint.slug('First issue', today, 1)}"
    files = blueprint.issue_files(blueprint.PACKAGED / "first-issue", "Your first issue", today, 1)
    return {f"{folder}/{path}": data for path, data in files.items()}


def maintained(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that a later version brings up to date: not what people write in."""
    own = (*OWN, "templates/blueprint/")
    return {path: data for path, data in files.items() if not path.startswith(own)}


def record(files: Mapping[str, bytes]) -> bytes:
    """Return the record of what was written: the version, and a digest of each file."""
    digests = {path: init_digest(data) for path, data in sorted(files.items())}
    rows = {"tool": f"newsletter {__version__}", "files": digests}
    return (json.dumps(rows, indent=2) + "\n").encode()


def init_digest(data: bytes) -> str:
    """Return a SHA-256 of a file that does not depend on the line endings of a checkout."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()

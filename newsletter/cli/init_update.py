"""`newsletter init --update` and `--schemas`: bring what newsletter maintains up to date."""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from newsletter import __version__
from newsletter.blueprint import workspace_files as blueprints
from newsletter.blueprint.install_line import install_line
from newsletter.cli.json_output import print_json
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.find import real_path
from newsletter.files.output import write_file
from newsletter.schema.json_schema import schemas
from newsletter.workspace import SETTINGS, find

if TYPE_CHECKING:
    from newsletter.blueprint.workspace_files import WorkspacePlace


def workspace_schemas(root: Path) -> dict[str, bytes]:
    """Return path -> JSON Schema, with the names that the workspace defines, if there is one."""
    from newsletter.pipeline.named_schemas import named_schemas

    if not _has_settings(root):
        return {f"templates/schemas/{file}": data for file, data in schemas().items()}
    written = named_schemas(find(root))
    return {f"templates/schemas/{file}": data for file, data in written.items()}


class UpdatedFiles(Struct, frozen=True):
    """What an update changes, and the files that it leaves because they were edited."""

    changed: tuple[str, ...]
    edited: tuple[str, ...]
    diffs: tuple[str, ...]  # unified, of each changed file


def update_workspace(
    root: Path, place: WorkspacePlace, *, diff: bool, overwrite: bool
) -> UpdatedFiles:
    """Write the files that newsletter maintains in a workspace, unless `diff`.

    A file that was edited since `init` wrote it is left alone, unless `overwrite`. Raises
    `WrongUsage` outside a workspace.
    """
    if not _has_settings(root):
        hint = "Change to the workspace's folder, or create one with `newsletter init`."
        raise WrongUsage(f"No workspace in {root}", hint=hint)
    current = blueprints.maintained(
        blueprints.workspace_files(find(root).publication.name, place, install_line().line)
    )
    current |= workspace_schemas(root)
    recorded = _recorded(root)
    edited: list[str] = []
    changed: dict[str, str] = {}
    for path, data in sorted(current.items()):
        before = _content(root / path)
        if before is not None and blueprints.init_digest(before) == blueprints.init_digest(data):
            continue
        if before is not None and not overwrite and _is_edited(path, before, recorded):
            edited.append(path)
            continue
        changed[path] = _unified(path, before or b"", data)
        if not diff:
            write_file(real_path(root / path), data)
    if not diff:
        known = {path: digest for path, digest in recorded.items() if path in edited}
        _write_record(
            root, {path: data for path, data in current.items() if path not in edited}, known
        )
    return UpdatedFiles(tuple(changed), tuple(edited), tuple(changed.values()))


def _is_edited(path: str, before: bytes, recorded: Mapping[str, str]) -> bool:
    """Return whether a file differs from what was written; schemas are never written by hand."""
    if path.startswith("templates/schemas/"):
        return False
    return recorded.get(path) != blueprints.init_digest(before)


def _unified(path: str, before: bytes, after: bytes) -> str:
    old, new = (
        data.decode("utf-8", "replace").splitlines(keepends=True) for data in (before, after)
    )
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def print_update(files: UpdatedFiles, *, diff: bool, json_: bool) -> None:
    """Write the changes to standard output, and a summary to standard error."""
    if json_:
        print_json({"changed": files.changed, "edited": files.edited, "written": not diff})
        return
    click.echo("".join(files.diffs), nl=False)
    for path in files.edited:
        click.echo(f"{path}: edited since it was written; left as it is", err=True)
    if files.edited:
        click.echo(
            "Replace edited files with --overwrite, and compare them with git diff.", err=True
        )
    verb = "would change" if diff else "updated"
    count = f"{len(files.changed)} file{'' if len(files.changed) == 1 else 's'}"
    click.echo(f"{count} {verb}; newsletter {__version__}", err=True)


def _has_settings(root: Path) -> bool:
    if (root / SETTINGS).is_file():
        return True
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8-sig"))
    except (OSError, ValueError):
        return False
    return "newsletter" in project.get("tool", {})


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NewsletterError(f"Cannot read {path}: {error.strerror}") from error


def _recorded(root: Path) -> dict[str, str]:
    """Return path -> digest of what was written before; empty for an older workspace."""
    try:
        rows: dict[str, Any] = json.loads((root / blueprints.RECORD).read_bytes())
        return dict(rows["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write_record(root: Path, files: Mapping[str, bytes], known: Mapping[str, str]) -> None:
    rows = json.loads(blueprints.record(files))
    rows["files"] = dict(sorted({**rows["files"], **known}.items()))
    write_file(root / blueprints.RECORD, (json.dumps(rows, indent=2) + "\n").encode())

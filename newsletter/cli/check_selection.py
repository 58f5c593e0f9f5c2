"""Which issues a check covers: those named, those that changed, or those that use a shared file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from newsletter.check.git import changed_since, depending_on
from newsletter.cli.issue_argument import here
from newsletter.errors import WrongUsage
from newsletter.files.find import real_path
from newsletter.workspace import Workspace, locate, select


def issues_to_check(
    workspace: Workspace, names: Sequence[str], *, all_: bool, since: str | None
) -> list[Path]:
    """Return the folders of the issues to check, each once.

    A name may be the path of a file that issues share: the settings, the masthead, the lexicon or a
    file of a theme. It selects all issues that use it. Raises `WrongUsage`.
    """
    if names and (all_ or since is not None):
        raise click.UsageError(f"{'--all' if all_ else '--since'} selects the issues; omit ISSUE")
    folders = workspace.folders()
    if since is not None:
        return changed_since(workspace, folders, since)
    if all_:
        return folders
    if not names:
        return [select(workspace, None, here())]
    _refuse_two_workspaces(workspace, names)
    chosen: dict[Path, None] = {}
    for name in names:
        if _is_shared_file(workspace, folders, name):
            shared = workspace.display_path(real_path(here() / name))
            chosen |= dict.fromkeys(depending_on(workspace, folders, {shared}))
        else:
            chosen[select(workspace, name, here())] = None
    return list(chosen)


def _is_shared_file(workspace: Workspace, folders: Sequence[Path], name: str) -> bool:
    """Return whether a name is the path of an existing file outside the folders of issues."""
    path = real_path(here() / name)
    return path.is_file() and not any(parent in folders for parent in path.parents)


def _refuse_two_workspaces(workspace: Workspace, names: Sequence[str]) -> None:
    for name in names:
        path = here() / name
        if not path.is_file():
            continue
        try:
            root = locate(path.parent)[0]
        except WrongUsage:
            continue
        if root != workspace.root and root.is_relative_to(real_path(here())):
            raise WrongUsage(
                f"Files of two workspaces: {workspace.root.name} and {root.name}",
                hint="Check one workspace at a time; give each its own hook with its own `files`.",
            )

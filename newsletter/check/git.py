"""Issues changed since a git revision, in their own files or in shared ones."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from newsletter.diagnostics import Report
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.schema.documents import IssueFile
from newsletter.workspace import Workspace


def changed_since(workspace: Workspace, folders: Sequence[Path], revision: str) -> list[Path]:
    """Return the issues with inputs that differ from the branch point from `revision`.

    Uncommitted changes count. Inputs are the files of the issue's folder, its theme in templates/,
    and the settings, masthead and lexicon, which all issues share. Comments and blank lines of the
    settings do not count, nor do other tables of pyproject.toml.

    Raises `WrongUsage` for an unknown revision, and `NewsletterError` without git or a repository.
    """
    base = branched(workspace.root, revision)
    changed = _changed(workspace.root, base)
    settings = workspace.display_path(workspace.settings)
    if settings in changed and not _settings_differ(workspace, base):
        changed.remove(settings)
    return depending_on(workspace, folders, changed)


def depending_on(
    workspace: Workspace, folders: Sequence[Path], changed: Collection[str]
) -> list[Path]:
    """Return the issues of which one of `changed`, as paths in the workspace, is an input."""
    own = (workspace.settings, workspace.masthead, workspace.lexicon)
    if not {workspace.display_path(path) for path in own}.isdisjoint(changed):
        return list(folders)
    tops = {tuple(path.split("/")[:2]) for path in changed}
    themes = {top[1] for top in tops if top[0] == workspace.templates.name and len(top) > 1}
    return [
        folder
        for folder in folders
        if (workspace.issues.name, folder.name) in tops
        or (themes and _theme(workspace, folder) in themes)
    ]


def branched(root: Path, revision: str) -> str:
    """Return the merge base, so that later commits on the other branch do not count as changes."""
    if not revision.strip():
        raise WrongUsage("Empty revision for --since", hint="Name a branch, a tag or a commit.")
    named = git(
        root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if named is None:
        if git(root, "rev-parse", "--git-dir") is None:
            raise NewsletterError("--since requires a git repository; this workspace is not in one")
        hint = "Check out the full history; in CI, set fetch-depth: 0."
        raise WrongUsage(f'Unknown revision "{revision}" for --since', hint=hint)
    return (git(root, "merge-base", named.strip(), "HEAD") or named).strip()


def _changed(root: Path, base: str) -> set[str]:
    """Return the files that differ, including new ones; renamed files under both names."""
    listed = (
        git(root, "diff", "--name-only", "--no-renames", "-z", "--relative", base, "--", ".") or ""
    )
    listed += git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", ".") or ""
    return set(filter(None, listed.split("\0")))


def _settings_differ(workspace: Workspace, base: str) -> bool:
    before = git(workspace.root, "show", f"{base}:./{workspace.display_path(workspace.settings)}")
    return before is None or _settings(before) != _settings(
        workspace.settings.read_text("utf-8-sig")
    )


def _settings(text: str) -> Any:
    """Return the publication's settings in a file, or its text if that is not valid TOML."""
    try:
        tables = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return text
    return tables.get("tool", {}).get("newsletter", tables)


def _theme(workspace: Workspace, folder: Path) -> str:
    """Return an issue's theme, or the publication's if its issue.yaml cannot be read."""
    read = WorkspaceReader(workspace, Report()).yaml(folder / "issue.yaml", IssueFile)
    return (read[0].theme if read else None) or workspace.publication.theme


def git(folder: Path, *arguments: str, stdin: str = "") -> str | None:
    """Return git's output, or `None` if it fails.

    Bytes that are not UTF-8 are escaped in both directions.
    """
    try:
        data = stdin.encode("utf-8", "surrogateescape")
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], input=data, capture_output=True, check=False
        )
    except OSError as error:
        raise NewsletterError(
            f"--since requires git, which cannot be run: {error.strerror}"
        ) from error
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None

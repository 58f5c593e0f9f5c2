"""Which issues changed since a revision, as git says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.workspace import Workspace


def changed_since(workspace: Workspace, folders: Sequence[Path], revision: str) -> list[Path]:
    """Return the issues with a file that differs from where this branch left `revision`, committed or not.

    Raises `WrongUsage` for a revision that is none, and `NewsletterError` where git cannot say.
    """
    if not workspace.issues.is_dir():
        return []
    named = _git(workspace.issues, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if named is None:
        if _git(workspace.issues, "rev-parse", "--git-dir") is None:
            raise NewsletterError("--since asks git, and this workspace is in no git repository")
        hint = "In CI, check out the whole history: fetch-depth: 0."
        raise WrongUsage(f"--since: git knows no revision {revision!r}", hint=hint)
    # Where the branch began: what others did on the other branch meanwhile is not a change of this one.
    base = _git(workspace.issues, "merge-base", named.strip(), "HEAD") or named
    changed = set(_names(_git(workspace.issues, "diff", "--name-only", "-z", "--relative", base.strip(), "--", ".")))
    changed |= set(_names(_git(workspace.issues, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")))
    return [folder for folder in folders if folder.name in changed]


def _names(listed: str | None) -> Iterator[str]:
    """Yield the issue each listed file lies in."""
    for path in (listed or "").split("\0"):
        yield path.partition("/")[0]


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git answers, or `None` where it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise NewsletterError(f"--since asks git, which cannot be run: {error.strerror}") from error
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None

"""Read a workspace's git history: files at a revision, and the commits that changed a file."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from newsletter.errors import NewsletterError, WrongUsage
from newsletter.workspace import Workspace, find

# The inputs of an email: an issue's own files, shared files, and the texts of earlier issues.
_SHARED = re.compile(
    r"newsletter\.toml|pyproject\.toml|credits\.yaml|lexicon\.yaml|templates/.*"
    r"|issues/[^/]+/(?:[^/]+\.(?:md|yaml)|data/.*)"
)


def run_git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """Return git's output, or `None` if it fails. Raises `NewsletterError` without git."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    except OSError as error:
        hint = "Install git, or compare with another issue's folder."
        raise NewsletterError(f"Cannot run git: {error.strerror}", hint=hint) from error
    return done.stdout if done.returncode == 0 else None


def git_line(folder: Path, *arguments: str) -> str | None:
    """Return git's output as one line, or `None` if it fails or prints nothing."""
    printed = run_git(folder, *arguments)
    return (printed.decode("utf-8", "replace").strip() or None) if printed is not None else None


def is_repository(folder: Path) -> bool:
    """Return whether a folder is under git and git is installed."""
    try:
        return run_git(folder, "rev-parse", "--git-dir") is not None
    except NewsletterError:
        return False


def commit_of(folder: Path, revision: str) -> str | None:
    """Return the commit of a branch, tag or id."""
    if not revision.strip() or revision.startswith("-"):
        return None
    name = f"{revision}^{{commit}}"
    return git_line(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name)


def head_commit(folder: Path) -> str | None:
    """Return the commit that is checked out; `None` outside a repository."""
    return commit_of(folder, "HEAD") if is_repository(folder) else None


def is_clean(workspace: Workspace, folder: Path) -> bool:
    """Return whether all inputs of an issue are committed without changes."""
    names = ("credits.yaml", "lexicon.yaml", "templates", workspace.settings.name)
    paths = [*names, workspace.display_path(folder)]
    shown = run_git(workspace.root, "status", "--porcelain", "-z", "--", *paths)
    if shown is None:
        return False
    outputs = re.compile(r".*/(?:published\.json|approvals/.*|sent/.*)")
    lines = shown.decode("utf-8", "replace").split("\0")
    return all(not line or outputs.fullmatch(line[3:]) for line in lines)


def commits_of(folder: Path, path: str, count: int = 5) -> list[str]:
    """Return the commits that changed a file with their parents, latest first."""
    log = git_line(folder, "log", f"--max-count={count}", "--format=%H %P", "--", path) or ""
    commits = [commit for line in log.splitlines() for commit in line.split()[:2]]
    return list(dict.fromkeys(commits))


@contextlib.contextmanager
def workspace_at(
    workspace: Workspace, folder: Path, commit: str
) -> Iterator[tuple[Workspace, Path]]:
    """Check out the workspace and the issue at a commit into a temporary folder.

    Caches are shared with the workspace. Raises `WrongUsage` if the issue did not exist yet.
    """
    with tempfile.TemporaryDirectory(prefix="newsletter-") as place:
        root = Path(place).resolve()
        slug = _slug_at(workspace, folder, commit)
        for name, data in _files_at(workspace.root, commit, slug):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        workspace.state.mkdir(exist_ok=True)
        former = replace(find(root), root=root, lent_state=workspace.state)
        yield former, root / "issues" / slug


def _slug_at(workspace: Workspace, folder: Path, commit: str) -> str:
    """Return the name of the issue's folder at a commit.

    Raises `WrongUsage` if it did not exist.
    """
    path = f"{workspace.display_path(folder)}/issue.yaml"
    if run_git(workspace.root, "cat-file", "-e", f"{commit}:./{path}") is not None:
        return folder.name
    log = git_line(
        workspace.root, "log", "--follow", "--format=", "--name-status", "--diff-filter=R", "-z",
        "--relative", "--", path,
    )  # fmt: skip
    for name in (log or "").split("\0"):
        slug = name.split("/")[-2] if name.endswith("/issue.yaml") else folder.name
        if slug != folder.name and run_git(
            workspace.root, "cat-file", "-e", f"{commit}:./issues/{slug}/issue.yaml"
        ) is not None:  # fmt: skip
            return slug
    message = f"{folder.name} is not in revision {commit[:10]}"
    raise WrongUsage(message, hint="Name a revision in which the issue was committed.")


def _files_at(root: Path, commit: str, slug: str) -> Iterator[tuple[str, bytes]]:
    """Yield path below the workspace -> bytes of an email's input files.

    Symbolic links are left out.
    """
    listed = run_git(root, "ls-tree", "-r", "-z", commit, "--", ".") or b""
    inputs: list[tuple[str, str]] = []
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        if not entry:
            continue
        about, _, name = entry.partition("\t")
        mode, kind, blob = about.split()
        outputs = re.match(rf"issues/{re.escape(slug)}/(?:approvals|sent)/", name)
        is_input = _SHARED.fullmatch(name) or name.startswith(f"issues/{slug}/")
        if kind == "blob" and mode != "120000" and is_input and not outputs:
            inputs.append((name, blob))
    blobs = "".join(f"{blob}\n" for _, blob in inputs).encode()
    data = run_git(root, "cat-file", "--batch", stdin=blobs) or b""
    start = 0
    for name, _ in inputs:
        end = data.index(b"\n", start)
        size = int(data[start:end].split()[-1])
        yield name, data[end + 1 : end + 1 + size]
        start = end + size + 2

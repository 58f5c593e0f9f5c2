"""Open the subscriber database of the settings, and reject a path that git would track."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command
from newsletter.files.output import os_errors_explained
from newsletter.send.database import Database, PostgresDatabase, SqliteDatabase
from newsletter.send.migrations import migrate
from newsletter.workspace import Workspace

DEFAULT = "private/subscribers.db"


def open_database(workspace: Workspace) -> Database:
    """Return the database of `[send] database`, with its schema up to date.

    Raises `NewsletterError` if it cannot be opened or git would track its file.
    """
    address = _address(workspace)
    if address.startswith(("postgresql://", "postgres://")):
        require("psycopg")
        database: Database = PostgresDatabase(address)
    else:
        database = SqliteDatabase(_prepared(workspace, workspace.root / Path(address).expanduser()))
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _address(workspace: Workspace) -> str:
    """Return the address or path; resolves `env:NAME`, as passwords do not belong in git."""
    address = workspace.send.database or DEFAULT
    if not address.startswith("env:"):
        return address
    name = address.removeprefix("env:")
    if not (value := os.environ.get(name)):
        raise NewsletterError(
            f"The environment variable {name} is not set",
            hint="Set it to an address such as postgresql://user:password@host/newsletter.",
        )
    return value


def require(*packages: str) -> None:
    """Raise `NewsletterError` if a package of the extra is not installed."""
    from importlib.util import find_spec

    for package in packages:
        try:
            missing = find_spec(package) is None
        except ModuleNotFoundError:
            missing = True
        if missing:
            raise NewsletterError(
                f"{package} is not installed", hint=f"Run `{install_command('send')}`."
            )


def _prepared(workspace: Workspace, path: Path) -> Path:
    """Return the file's path, in a private folder that git ignores."""
    with os_errors_explained(path):
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
            (path.parent / ".gitignore").write_text("*\n", "utf-8")
    refuse_tracked(path, workspace)
    if not path.exists():
        with os_errors_explained(path):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    return path


def refuse_tracked(path: Path, workspace: Workspace) -> None:
    """Raise `NewsletterError` if git tracks this path, or would after `git add`."""
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if _git(folder, "rev-parse", "--is-inside-work-tree") != 0:
        return
    tracked = _git(folder, "ls-files", "--error-unmatch", "--", str(path)) == 0
    if tracked or _git(folder, "check-ignore", "--quiet", "--no-index", "--", str(path)) == 1:
        name = workspace.display_path(path)
        raise NewsletterError(
            f"Personal data not ignored by git: {name}",
            hint=f"Add /{name} to .gitignore, or choose a path outside the repository.",
        )


def _git(folder: Path, *arguments: str) -> int:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError:  # git is not installed, so nothing is tracked
        return 128
    return done.returncode

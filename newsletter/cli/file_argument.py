"""Files and folders named on the command line: one that does not exist is wrong usage."""

from __future__ import annotations

from pathlib import Path

from newsletter.cli.issue_argument import here
from newsletter.errors import WrongUsage


def named_file(name: str | Path, *, hint: str) -> Path:
    """Return the path of a file named on the command line; raise `WrongUsage` if it is none.

    Pipes and other special files are files here.
    """
    path = here() / name
    if not _exists(path):
        raise WrongUsage(f"No such file: {name}", hint=hint)
    if path.is_dir():
        raise WrongUsage(f"Not a file, but a folder: {name}", hint=hint)
    return path


def named_folder(name: str | Path, *, hint: str) -> Path:
    """Return the path of a folder named on the command line; raise `WrongUsage` if it is none."""
    path = here() / name
    if not _exists(path):
        raise WrongUsage(f"No such folder: {name}", hint=hint)
    if not path.is_dir():
        raise WrongUsage(f"Not a folder, but a file: {name}", hint=hint)
    return path


def _exists(path: Path) -> bool:
    """Return whether there is a file; one that must not be looked at is reported when read."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a parent is closed to us; a NUL character
        return True

"""Find a file by the name an author typed, with the same result on every file system."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from unicodedata import normalize


def real_path(path: Path) -> Path:
    """Return a path without symbolic links; those that lead to themselves stay.

    `Path.resolve` raises `RuntimeError` for the latter before Python 3.13.
    """
    return Path(os.path.realpath(path))


def find_file(folder: Path, name: str) -> Path | None:
    """Return the file with this name below a folder, or `None`.

    Names are compared after Unicode normalisation, since macOS stores `é` as two code points. Case
    is significant even if the file system ignores it, so that what builds on a Mac also builds in
    CI. Symbolic links are not resolved.
    """
    path = folder
    for part in PurePosixPath(name.replace("\\", "/")).parts:
        if part in ("..", "/"):
            path = path / part
            continue
        entry = _entry(path, part)
        if entry is None:
            return None
        path = path / entry
    return path if path.is_file() else None


def _entry(folder: Path, name: str) -> str | None:
    """Return the entry of a folder with exactly this name, or else an equal name in Unicode."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return None
    if name in names:
        return name
    wanted = normalize("NFC", name)
    return next((name for name in sorted(names) if normalize("NFC", name) == wanted), None)

"""Finding a file by the name an author typed, alike on every file system."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from unicodedata import normalize


def find_file(folder: Path, name: str) -> Path | None:
    """Return the file with this name below a folder, or `None`.

    Names are compared after Unicode normalisation, since macOS stores `é` in two code points, and
    case counts even where the file system ignores it: what builds on a Mac then builds in CI.
    Symbolic links are not resolved.
    """
    path = folder
    for part in PurePosixPath(name.replace("\\", "/")).parts:
        if part in ("..", "/"):
            path = path / part
            continue
        found = _entry(path, part)
        if found is None:
            return None
        path = path / found
    return path if path.is_file() else None


def _entry(folder: Path, name: str) -> str | None:
    """Return the entry of a folder with this name: the very one, or one that is spelled alike."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return None
    if name in names:
        return name
    wanted = normalize("NFC", name)
    return next((one for one in sorted(names) if normalize("NFC", one) == wanted), None)

"""The files next to a draft: images that a Markdown file or a saved page refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from newsletter.files.find import real_path

LARGEST = 40 * 1024 * 1024  # bytes: `render/images.py` takes no larger one either
VAULT = ".obsidian"  # a folder that contains this one is an Obsidian vault
MANY = 50_000  # files of a vault that are examined


class SiblingFiles(Mapping[str, bytes]):
    """Reads a file on demand; paths that lead out of the draft's folder are absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = real_path(folder)

    def __getitem__(self, key: str) -> bytes:
        path = self._path(key)
        if path is None:
            raise KeyError(key)
        return path.read_bytes()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._path(key) is not None

    def __bool__(self) -> bool:
        return True  # without counting: the folder may contain thousands of files

    def __iter__(self) -> Iterator[str]:
        return (
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @cached_property
    def vault(self) -> Path | None:
        """Return the root of the Obsidian vault that the draft is in."""
        folders = (self.folder, *self.folder.parents)
        return next((folder for folder in folders if (folder / VAULT).is_dir()), None)

    def in_vault(self, name: str) -> bytes | None:
        """Return the vault file that a wikilink names: matched by path, else the shortest path."""
        root = self.vault or self.folder
        own = root / name.lstrip("/")
        candidates = [own, *self._named.get(Path(name).name.casefold(), ())]
        for path in candidates:
            if path != own and not path.as_posix().casefold().endswith(f"/{name.casefold()}"):
                continue
            if (inside := _inside(path, root)) is not None:
                return inside.read_bytes()
        return None

    @cached_property
    def _named(self) -> dict[str, list[Path]]:
        """Return the files of the vault by lower-case name, shortest paths first."""
        result: dict[str, list[Path]] = {}
        root = self.vault or self.folder
        for count, path in enumerate(root.rglob("*")):
            if count >= MANY:
                break
            if VAULT not in path.parts:
                result.setdefault(path.name.casefold(), []).append(path)
        for paths in result.values():
            paths.sort(key=lambda path: (len(path.parts), path.as_posix()))
        return result

    def _path(self, key: str) -> Path | None:
        return _inside(self.folder / key, self.folder)


def _inside(path: Path, folder: Path) -> Path | None:
    """Return a file's real path if it is in a folder and not too large."""
    try:
        real = real_path(path)
        inside = real.is_relative_to(folder) and real.is_file()
        return real if inside and real.stat().st_size <= LARGEST else None
    except (OSError, ValueError):  # not a valid file name
        return None

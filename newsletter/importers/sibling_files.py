"""The files beside a draft: pictures that a Markdown file or a saved page shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

LARGEST = 40 * 1024 * 1024  # bytes: `pictures.py` takes no larger one either


class SiblingFiles(Mapping[str, bytes]):
    """Reads a file when it is asked for; what lies outside the draft's folder is not there, whatever leads to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def __getitem__(self, key: str) -> bytes:
        path = self._path(key)
        if path is None:
            raise KeyError(key)
        return path.read_bytes()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._path(key) is not None

    def __bool__(self) -> bool:
        return True  # without counting: a draft may lie in a folder of thousands

    def __iter__(self) -> Iterator[str]:
        return (
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, key: str) -> Path | None:
        try:
            path = (self.folder / key).resolve()
            inside = path.is_relative_to(self.folder) and path.is_file()
            return path if inside and path.stat().st_size <= LARGEST else None
        except (OSError, ValueError, RuntimeError):  # a name no file can have
            return None

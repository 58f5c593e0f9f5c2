"""The site on disk: link unchanged files into a new folder, then swap it for the old one.

At any moment the folder contains either the old site or the new one. It includes a list of our own
files, so a file added by someone else is never deleted, and a folder that is not one of our sites
is never replaced.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.files.output import STAGING, cleanup_stale, exchange
from newsletter.pipeline.web_page import LISTING

FileState = tuple[int, int]  # size, modified in ns


class WrittenFile(Struct, frozen=True, array_like=True):
    """A file of the site as it was written."""

    path: str
    size: int
    modified: int  # ns


def scan(folder: Path) -> dict[str, FileState]:
    """Return every file below a folder with its size and time, without opening any."""
    return dict(_entries(str(folder), ""))


def _entries(folder: str, prefix: str) -> Iterator[tuple[str, FileState]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, f"{name}/")
        else:
            status = entry.stat(follow_symlinks=False)
            yield name, (status.st_size, status.st_mtime_ns)


def own_files(out: Path, existing: Mapping[str, FileState]) -> frozenset[str]:
    """Return the files of the site in a folder.

    Raises `NewsletterError` if the folder contains anything else, which must never be replaced.
    """
    if not existing and not (out.exists() and not out.is_dir()):
        return frozenset()
    try:
        listed = frozenset(json.loads((out / LISTING).read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        message = f"{out} contains files but is not a complete site made by newsletter archive"
        hint = "Choose another folder with --out, or empty this one."
        raise NewsletterError(message, hint=hint) from None
    strange = sorted(name for name in existing if name not in listed and name != LISTING)
    if strange:
        message = (
            f"{out} contains {strange[0]}, which newsletter did not create; refusing to replace it"
        )
        hint = "Move it to pages/, which is copied into the site, or to another folder."
        raise NewsletterError(message, hint=hint)
    return listed


class Staging:
    """The new site while it is assembled next to the old one.

    It may start as the site before the old one (`existing`), so that only differences are written.
    Files are shared between sites as hard links, so none is ever modified in place.
    """

    def __init__(self, out: Path, folder: Path, existing: Mapping[str, FileState]) -> None:
        self.out, self.folder, self.existing = out, folder, dict(existing)
        self.folders = {path.rpartition("/")[0] for path in existing}
        self.files: list[str] = []

    def write(self, path: str, data: bytes) -> WrittenFile:
        """Write a new file into the site."""
        target = self._target(path)
        target.write_bytes(data)
        status = target.stat()
        return WrittenFile(path, status.st_size, status.st_mtime_ns)

    def keep(self, file: WrittenFile) -> None:
        """Reuse a file of the old site."""
        if self.existing.get(file.path) == (file.size, file.modified):
            self.files.append(file.path)
            return
        _link(self.out / file.path, self._target(file.path))

    def clear(self, folder: str) -> None:
        """Empty a folder that another program writes to."""
        shutil.rmtree(self.folder / folder, ignore_errors=True)
        self.existing = {
            path: state
            for path, state in self.existing.items()
            if not path.startswith(f"{folder}/")
        }

    def remove_rest(self) -> None:
        """Remove files the new site does not have."""
        paths = set(self.files)
        obsolete = [path for path in self.existing if path not in paths]
        self.existing = {path: state for path, state in self.existing.items() if path in paths}
        for path in obsolete:
            target = self.folder / path
            with contextlib.suppress(OSError):  # ends at the first folder that still holds a file
                target.unlink()
                for parent in target.parents:
                    parent.rmdir()

    def _target(self, path: str) -> Path:
        target = self.folder / path
        parent = path.rpartition("/")[0]
        if parent not in self.folders:
            with contextlib.suppress(FileExistsError, NotADirectoryError):
                target.parent.mkdir(parents=True, exist_ok=True)
            if not target.parent.is_dir():  # a file of the previous site, now a folder
                self._clear_way(target.parent)
            self.folders.add(parent)
        if path in self.existing:
            target.unlink(missing_ok=True)
        elif target.is_dir():
            shutil.rmtree(target)
        self.files.append(path)
        return target

    def _clear_way(self, folder: Path) -> None:
        for parent in reversed([folder, *folder.parents]):
            if parent.is_file():
                parent.unlink()
        folder.mkdir(parents=True, exist_ok=True)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a different file system, or one without links
        shutil.copy2(source, target)


class Exchange:
    """Write a new site next to the old one; `finish` swaps them.

    The old one is stored as `spare`, the starting point of the next run: with thousands of pages,
    linking all of them again would take longer than everything else.
    """

    def __init__(self, out: Path, spare: Path) -> None:
        self.out, self.spare = out, spare

    def __enter__(self) -> Staging:
        self.out.parent.mkdir(parents=True, exist_ok=True)
        cleanup_stale(self.out.parent)
        prefix = f"{STAGING}{self.out.name}-"
        self.folder = Path(tempfile.mkdtemp(prefix=prefix, dir=self.out.parent))
        with contextlib.suppress(OSError):  # there is none yet, or it is on another disk
            self.spare.rename(self.folder)
        self.folder.chmod(0o755)
        self.staging = Staging(self.out, self.folder, scan(self.folder))
        return self.staging

    def finish(self) -> None:
        """Write the list of files and swap the new site for the old one."""
        self.staging.remove_rest()
        data = {"made_by": "newsletter archive", "files": sorted(self.staging.files)}
        text = json.dumps(data, ensure_ascii=False, indent=0) + "\n"
        (self.folder / LISTING).unlink(missing_ok=True)
        (self.folder / LISTING).write_text(text, "utf-8")
        exchange(self.folder, self.out)
        with contextlib.suppress(OSError):
            self.folder.rename(self.spare)

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def intact(files: Iterable[WrittenFile], existing: Mapping[str, FileState]) -> bool:
    """Return whether files are unchanged since they were written."""
    return all(existing.get(file.path) == (file.size, file.modified) for file in files)

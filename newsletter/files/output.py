"""Atomic output: files are written to a staging folder, which then replaces the old folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.model.outputs import OUTPUT_NAMES

STAGING = ".newsletter-"  # prefix of unfinished output; a killed run may leave some behind
STALE = 3600  # seconds after which staging folders count as abandoned


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace the contents of a folder with `files` (path below the folder -> bytes).

    At any moment the folder contains either the old files or the new ones; if they are equal it is
    left unchanged. Symbolic links are followed. Raises `NewsletterError`, with the old files intact,
    if writing fails, or if a file stands there or in it that newsletter did not create.
    """
    with os_errors_explained(folder):
        folder = Path(os.path.realpath(folder))
        folder.parent.mkdir(parents=True, exist_ok=True)
        cleanup_stale(folder.parent)
        if _holds(folder, files):
            return
        _ensure_no_file(folder)
        ensure_only_outputs(folder)
        staging = Path(tempfile.mkdtemp(prefix=f"{STAGING}{folder.name}-", dir=folder.parent))
        try:
            staging.chmod(0o755)
            for name, data in files.items():
                path = staging / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            exchange(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def change_folder(
    folder: Path, before: Mapping[str, bytes], changes: Mapping[str, bytes | None]
) -> None:
    """Change files of a folder (path below it -> bytes, `None` to delete) atomically.

    `before` is the contents of its files when the changes were computed. Symbolic links to the
    folder are followed. Raises `NewsletterError`, with nothing changed, if one of the files was saved
    since.
    """
    with os_errors_explained(folder):
        shown, folder = folder, Path(os.path.realpath(folder))
        cleanup_stale(folder.parent)
        staging = Path(tempfile.mkdtemp(prefix=f"{STAGING}{folder.name}-", dir=folder.parent))
        try:
            shutil.copytree(folder, staging, symlinks=True, dirs_exist_ok=True)
            for name, data in changes.items():
                path = staging / name
                if data is None:
                    path.unlink()
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(data)
            now = {
                path.relative_to(folder).as_posix(): path
                for path in folder.rglob("*")
                if path.is_file()
            }
            if now.keys() != before.keys() or any(
                now[name].read_bytes() != data for name, data in before.items()
            ):
                message = f"{shown} changed in the meantime; nothing was written"
                raise NewsletterError(
                    message, hint="Save open files in your editor, then try again."
                )
            exchange(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _ensure_no_file(folder: Path) -> None:
    """Raise the `OSError` of a path that is a file; an exchange would replace it."""
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def ensure_only_outputs(folder: Path) -> None:
    """Raise `NewsletterError` if a folder contains anything that newsletter did not create."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    if foreign := next((name for name in names if not OUTPUT_NAMES.fullmatch(name)), None):
        message = (
            f"{folder} contains {foreign}, which newsletter did not create; "
            "refusing to overwrite it"
        )
        raise NewsletterError(message, hint="Choose another folder, or move that file elsewhere.")


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    there = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if not path.is_dir()
    }
    return there.keys() == files.keys() and all(
        path.is_file()
        and path.stat().st_size == len(files[name])
        and path.read_bytes() == files[name]
        for name, path in there.items()
    )


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder against other runs while a file in it is read, changed and written.

    Blocks until the lock is free. A killed run leaves no lock behind. Windows cannot lock folders:
    there a file in the user's folder for temporary files is locked instead.
    """
    is_windows = os.name == "nt"
    place, mode = (
        (_lock_file(folder), os.O_RDWR | os.O_CREAT) if is_windows else (folder, os.O_RDONLY)
    )
    held = os.open(place, mode)
    try:
        (_lock_on_windows if is_windows else _lock_elsewhere)(held)
        yield
    finally:
        os.close(held)


def _lock_file(folder: Path) -> Path:
    """Return the file that stands for a folder's lock."""
    place = os.path.normcase(os.path.realpath(folder))
    name = hashlib.sha256(place.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Path(tempfile.gettempdir()) / f"newsletter-{name}.lock"


def _lock_elsewhere(held: int) -> None:
    fcntl: Any = importlib.import_module("fcntl")
    fcntl.flock(held, fcntl.LOCK_EX)


def _lock_on_windows(held: int) -> None:
    """Lock the first byte of an open file; closing it releases the lock."""
    msvcrt: Any = importlib.import_module("msvcrt")
    while True:
        try:
            msvcrt.locking(held, msvcrt.LK_LOCK, 1)
        except OSError as error:  # the other run took longer than ten seconds
            if error.errno not in (errno.EDEADLK, errno.EACCES):
                raise
        else:
            return


def write_file(path: Path, data: bytes) -> None:
    """Replace one file atomically, keeping its permissions; symbolic links are followed."""
    with os_errors_explained(path):
        path = Path(os.path.realpath(path))
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=STAGING, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(mode)
            Path(name).replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()


@contextlib.contextmanager
def os_errors_explained(path: Path) -> Iterator[None]:
    """Convert an `OSError` while writing to a `NewsletterError` with a hint."""
    try:
        yield
    except OSError as error:
        hints = {
            errno.ENOSPC: "Free some disk space and try again; the last good output is intact.",
            errno.EDQUOT: "Free some of your disk quota and try again; the last good output is intact.",
            errno.EROFS: "Work in a folder that is not read-only.",
            errno.EACCES: "Choose another folder, or ask its owner for permission.",
            errno.EFBIG: "Raise the limit on file sizes (ulimit -f); the last good output is intact.",
            errno.EEXIST: "Move or rename the file that has the name of the folder.",
            errno.ENOTDIR: "Move or rename the file that has the name of the folder.",
        }
        reason = error.strerror or str(error)
        raise NewsletterError(
            f"Cannot write {path}: {reason}", hint=hints.get(error.errno or 0)
        ) from error


def cleanup_stale(parent: Path) -> None:
    """Remove what killed runs left behind, and restore a folder caught between two renames."""
    for path in parent.glob(f"{STAGING}*"):
        with contextlib.suppress(OSError):
            if (match := re.fullmatch(rf"{re.escape(STAGING)}old-(.+)-\d+", path.name)) and not (
                parent / match[1]
            ).exists():
                path.rename(parent / match[1])
            elif time.time() - path.stat().st_mtime > STALE:
                shutil.rmtree(path, ignore_errors=True)


def exchange(staging: Path, folder: Path) -> None:
    """Exchange two folders atomically, so that neither is ever missing."""
    if not folder.exists():
        try:
            staging.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return  # otherwise another build was faster; exchange with its output
    if sys.platform == "linux":
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        # renameat2(AT_FDCWD, …, RENAME_EXCHANGE): Linux 3.15; Python has no wrapper for it.
        if libc.renameat2(-100, os.fsencode(staging), -100, os.fsencode(folder), 2) == 0:
            return
    old = folder.with_name(f"{STAGING}old-{folder.name}-{os.getpid()}")
    folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)

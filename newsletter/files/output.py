"""Files appear whole: a folder is written aside and then takes the old one's place in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.model.outputs import OURS

ASIDE = ".newsletter-"  # what unfinished work is called; a killed run may leave one behind
STALE = 3600  # seconds after which nobody is working on it any more


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put `files` (path below the folder -> bytes) in place of whatever the folder holds.

    At every moment the folder holds the old files or the new ones; one that holds these very bytes is left alone.
    Raises `NewsletterError` with the old ones untouched, also where there are files that no build of ours makes.
    """
    with told(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        sweep(folder.parent)
        if _holds(folder, files):
            return
        refuse_strangers(folder)
        aside = Path(tempfile.mkdtemp(prefix=f"{ASIDE}{folder.name}-", dir=folder.parent))
        try:
            aside.chmod(0o755)
            for name, data in files.items():
                path = aside / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            exchange(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def change_folder(
    folder: Path, before: Mapping[str, bytes], changes: Mapping[str, bytes | None]
) -> None:
    """Put changed files (path below the folder -> bytes, `None` for one that goes) into a folder, all in one step.

    `before` is what its files held when the changes were thought of. Raises `NewsletterError`, with nothing changed,
    where one of them was saved since.
    """
    with told(folder):
        sweep(folder.parent)
        aside = Path(tempfile.mkdtemp(prefix=f"{ASIDE}{folder.name}-", dir=folder.parent))
        try:
            shutil.copytree(folder, aside, symlinks=True, dirs_exist_ok=True)
            for name, data in changes.items():
                path = aside / name
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
                message = f"{folder} was changed meanwhile: nothing was written"
                raise NewsletterError(
                    message, hint="Save what is open in an editor, and try again."
                )
            exchange(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def refuse_strangers(folder: Path) -> None:
    """Raise `NewsletterError` where a folder holds what is not ours: a manuscript, a repository, somebody's notes."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    if stranger := next((name for name in names if not OURS.fullmatch(name)), None):
        message = f"{folder} holds {stranger}, which no build makes: nothing is replaced there"
        raise NewsletterError(
            message, hint="Choose another folder, or move that file out of the way."
        )


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
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder against other runs that hold it too, while a file in it is read, changed and written.

    Waits for its turn. Nothing is left behind, not even by a killed run; Windows has no such lock on folders.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def write_file(path: Path, data: bytes) -> None:
    """Replace one file in one step. What a link leads to is replaced, not the link; a file keeps who may read it."""
    with told(path):
        path = Path(os.path.realpath(path))
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=ASIDE, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(mode)
            Path(name).replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the disk says into a message with a remedy."""
    try:
        yield
    except OSError as error:
        hints = {
            errno.ENOSPC: "The disk is full: free some room and try again; the last good output is untouched.",
            errno.EDQUOT: "Your share of the disk is used up; the last good output is untouched.",
            errno.EROFS: "The disk is read-only: work in a folder that can be written to.",
            errno.EACCES: "You may not write there: choose another place, or ask who owns the folder.",
            errno.EFBIG: "A limit on the size of files is set (ulimit -f); the last good output is untouched.",
            errno.EEXIST: "Something that is not a folder is in the way.",
            errno.ENOTDIR: "Something that is not a folder is in the way.",
        }
        reason = error.strerror or str(error)
        raise NewsletterError(
            f"{path} cannot be written: {reason}", hint=hints.get(error.errno or 0)
        ) from error


def sweep(parent: Path) -> None:
    """Remove what runs that were killed left behind, and bring back a folder caught between two renames."""
    for path in parent.glob(f"{ASIDE}*"):
        with contextlib.suppress(OSError):
            if (match := re.fullmatch(rf"{re.escape(ASIDE)}old-(.+)-\d+", path.name)) and not (
                parent / match[1]
            ).exists():
                path.rename(parent / match[1])
            elif time.time() - path.stat().st_mtime > STALE:
                shutil.rmtree(path, ignore_errors=True)


def exchange(aside: Path, folder: Path) -> None:
    """Let two folders change places, so that there is no moment without one."""
    if not folder.exists():
        try:
            aside.rename(folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return  # otherwise another build was quicker, and the two take their turns
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        # renameat2(AT_FDCWD, …, RENAME_EXCHANGE): Linux 3.15; Python has no wrapper for it.
        if libc.renameat2(-100, os.fsencode(aside), -100, os.fsencode(folder), 2) == 0:
            return
    old = folder.with_name(f"{ASIDE}old-{folder.name}-{os.getpid()}")
    folder.rename(old)
    try:
        aside.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)

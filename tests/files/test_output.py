"""Output appears whole or not at all, and nothing of somebody else's is overwritten."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from newsletter.errors import NewsletterError
from newsletter.files import output
from newsletter.files.output import (
    STAGING,
    change_folder,
    cleanup_stale,
    exchange,
    locked,
    os_errors_explained,
    write_file,
    write_folder,
)

OLD = {"email.html": b"old", "images/a.png": b"png"}
NEW = {"email.html": b"new", "email.txt": b"text"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "dist"
    write_folder(folder, OLD)
    write_folder(folder, NEW)
    assert contents(folder) == NEW
    assert [path.name for path in folder.parent.iterdir()] == ["dist"], "no staging folder is left"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


# What stands there -> whether writing OLD replaces the folder.
THERE: dict[str, tuple[dict[str, bytes], bool]] = {
    "the same": (OLD, False),
    "a file less": ({"email.html": b"old"}, True),
    "a file more": ({**OLD, "email.txt": b""}, True),
    "other bytes of the same length": ({**OLD, "email.html": b"odl"}, True),
    "other bytes of another length": ({**OLD, "email.html": b"older"}, True),
}


@pytest.mark.parametrize("case", THERE)
def test_an_equal_folder_is_left_unchanged(tmp_path: Path, case: str) -> None:
    files, replaced = THERE[case]
    folder = tmp_path / "dist"
    write_folder(folder, files)
    before = folder.stat().st_ino
    write_folder(folder, OLD)
    assert contents(folder) == OLD
    assert (folder.stat().st_ino != before) is replaced


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "dist", OLD)
    (tmp_path / "dist" / "novel.docx").write_bytes(b"mine")
    with pytest.raises(NewsletterError) as caught:
        write_folder(tmp_path / "dist", NEW)
    assert str(caught.value).endswith(
        "dist contains novel.docx, which newsletter did not create; refusing to overwrite it"
    )
    assert caught.value.hint == "Choose another folder, or move that file elsewhere."
    assert contents(tmp_path / "dist") == {**OLD, "novel.docx": b"mine"}


def test_a_file_where_the_folder_belongs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dist").write_bytes(b"mine")
    with pytest.raises(NewsletterError, match=r"dist: Not a directory$") as caught:
        write_folder(tmp_path / "dist", NEW)
    assert caught.value.hint == "Move or rename the file that has the name of the folder."
    assert (tmp_path / "dist").read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == ["dist"]


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "disk" / "quay", tmp_path / "quay"
    real.mkdir(parents=True)
    link.symlink_to(real)
    write_folder(link, OLD)
    assert contents(real) == OLD
    change_folder(link, OLD, {"email.html": b"changed"})
    assert contents(real) == {**OLD, "email.html": b"changed"}
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "quay"]
    assert [path.name for path in real.parent.iterdir()] == ["quay"]


BEFORE = {"issue.yaml": b"title: Quay\n", "10-note.md": b"One\n", "images/a.png": b"png"}
# What an editor does between reading and writing.
SAVES = {
    "saved another file": ("10-note.md", b"Two\n"),
    "saved the changed file": ("issue.yaml", b"title: Qu\xc3\xa1y\n"),
    "added a file": ("20-brief.md", b"New\n"),
    "deleted a file": ("10-note.md", None),
}


def test_files_are_changed_added_and_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "quay"
    write_folder_of_any(folder, BEFORE)
    (folder / "link.md").symlink_to("10-note.md")
    before = {**BEFORE, "link.md": b"One\n"}
    changes = {"issue.yaml": b"title: Crane\n", "data/new.csv": b"a", "images/a.png": None}
    change_folder(folder, before, changes)
    assert contents(folder) == {
        "issue.yaml": b"title: Crane\n",
        "10-note.md": b"One\n",
        "link.md": b"One\n",
        "data/new.csv": b"a",
    }
    assert (folder / "link.md").is_symlink()
    assert [path.name for path in tmp_path.iterdir()] == ["quay"]


@pytest.mark.parametrize("save", SAVES)
def test_an_editors_save_is_never_overwritten(tmp_path: Path, save: str) -> None:
    folder = tmp_path / "quay"
    write_folder_of_any(folder, BEFORE)
    name, data = SAVES[save]
    if data is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(data)
    saved = contents(folder)
    with pytest.raises(NewsletterError) as caught:
        change_folder(folder, BEFORE, {"issue.yaml": b"title: Crane\n"})
    assert str(caught.value) == f"{folder} changed in the meantime; nothing was written"
    assert caught.value.hint == "Save open files in your editor, then try again."
    assert contents(folder) == saved
    assert [path.name for path in tmp_path.iterdir()] == ["quay"]


def write_folder_of_any(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_a_file_keeps_its_permissions_and_a_link_its_target(tmp_path: Path) -> None:
    path, link = tmp_path / "deep" / "secret.yaml", tmp_path / "link.yaml"
    write_file(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    link.symlink_to(path)
    write_file(link, b"two")
    assert link.is_symlink()
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"two", 0o600)
    assert [file.name for file in path.parent.iterdir()] == ["secret.yaml"]


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(NewsletterError):
        write_file(tmp_path / "folder", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


HINTS = {
    errno.ENOSPC: "Free some disk space and try again; the last good output is intact.",
    errno.EDQUOT: "Free some of your disk quota and try again; the last good output is intact.",
    errno.EROFS: "Work in a folder that is not read-only.",
    errno.EACCES: "Choose another folder, or ask its owner for permission.",
    errno.EFBIG: "Raise the limit on file sizes (ulimit -f); the last good output is intact.",
    errno.EEXIST: "Move or rename the file that has the name of the folder.",
    errno.ENOTDIR: "Move or rename the file that has the name of the folder.",
    errno.EIO: None,
}


@pytest.mark.parametrize("number", HINTS)
def test_an_error_of_the_disk_has_a_hint(number: int) -> None:
    with pytest.raises(NewsletterError) as caught, os_errors_explained(Path("dist")):
        raise OSError(number, os.strerror(number))
    assert str(caught.value) == f"Cannot write dist: {os.strerror(number)}"
    assert caught.value.hint == HINTS[number]


def test_an_error_without_a_number_is_reported_by_its_text() -> None:
    with (
        pytest.raises(NewsletterError, match=r"^Cannot write dist: odd$"),
        os_errors_explained(Path("dist")),
    ):
        raise OSError("odd")


def test_abandoned_staging_is_removed_after_an_hour(tmp_path: Path) -> None:
    now = time.time()
    for name, age in (("dist-1", 3700), ("dist-2", 3500)):
        (tmp_path / f"{STAGING}{name}").mkdir()
        os.utime(tmp_path / f"{STAGING}{name}", (now - age,) * 2)
    (tmp_path / "older").mkdir()
    os.utime(tmp_path / "older", (0, 0))
    cleanup_stale(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{STAGING}dist-2", "older"]


def test_a_folder_caught_between_two_renames_is_restored(tmp_path: Path) -> None:
    old = tmp_path / f"{STAGING}old-dist-123"
    write_folder_of_any(old, OLD)
    cleanup_stale(tmp_path)
    assert contents(tmp_path / "dist") == OLD
    write_folder_of_any(old, NEW)
    cleanup_stale(tmp_path)
    assert contents(tmp_path / "dist") == OLD, "one that is there is not replaced"
    assert old.exists(), "it is not an hour old"


@pytest.mark.parametrize("system", ["linux", "win32"])
def test_two_folders_change_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    if system == "linux" and os.uname().sysname != "Linux":
        pytest.skip("needs renameat2 of Linux")
    monkeypatch.setattr(output.sys, "platform", system)
    write_folder_of_any(tmp_path / "dist", OLD)
    write_folder_of_any(tmp_path / "staging", NEW)
    exchange(tmp_path / "staging", tmp_path / "dist")
    assert contents(tmp_path / "dist") == NEW
    rest = sorted(path.name for path in tmp_path.iterdir())
    assert rest == (["dist", "staging"] if system == "linux" else ["dist"])


def test_unfinished_output_is_on_the_disk_of_the_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder cannot be renamed from one disk to another, and /tmp may be small."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    write_folder(tmp_path / "dist", OLD)
    change_folder(tmp_path / "dist", OLD, {"email.html": b"new", "deep/est/file": b"x"})
    write_file(tmp_path / "file", b"data")
    assert contents(tmp_path) == {
        "dist/email.html": b"new",
        "dist/images/a.png": b"png",
        "dist/deep/est/file": b"x",
        "file": b"data",
    }


def test_unfinished_output_has_a_name_by_which_a_later_run_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "dist", OLD)
    names: list[str] = []
    monkeypatch.setattr(output, "exchange", lambda staging, folder: names.append(staging.name))
    write_folder(tmp_path / "dist", NEW)
    change_folder(tmp_path / "dist", OLD, {"email.html": b"new"})
    assert [name.startswith(f"{STAGING}dist-") for name in names] == [True, True]
    assert contents(tmp_path / "dist") == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["dist"], "and this run removed its own"


def test_files_in_folders_of_folders_are_written(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b" / "c", b"data")
    with pytest.raises(NewsletterError, match=r"File exists|Not a directory"):
        write_file(tmp_path / "a" / "b" / "c" / "d", b"data")
    write_folder(tmp_path / "d" / "e" / "dist", OLD)
    assert contents(tmp_path / "d" / "e" / "dist") == OLD
    assert list((tmp_path / "d" / "e").iterdir()) == [tmp_path / "d" / "e" / "dist"]


def test_a_failed_exchange_keeps_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output.sys, "platform", "win32")
    write_folder_of_any(tmp_path / "dist", OLD)
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "missing", tmp_path / "dist")
    assert contents(tmp_path / "dist") == OLD
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "missing", tmp_path / "nothing there")


def test_a_locked_folder_waits_for_the_other_run(tmp_path: Path) -> None:
    order = []

    def other() -> None:
        with locked(tmp_path):
            order.append("other")

    thread = threading.Thread(target=other)
    with locked(tmp_path):
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "other"]


def test_windows_locks_a_file_that_stands_for_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`msvcrt.locking` gives up after ten seconds; the run goes on waiting."""
    attempts: list[tuple[int, int]] = []

    def locking(held: int, mode: int, count: int) -> None:
        os.fstat(held)  # raises if it is not open
        attempts.append((mode, count))
        if len(attempts) < 3:
            raise OSError(errno.EDEADLK, "Resource deadlock avoided")

    place, folder = tmp_path / "temporary", tmp_path / "issue"
    place.mkdir()
    folder.mkdir()
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(place))
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=locking, LK_LOCK=1))
    monkeypatch.setattr(output, "os", SimpleNamespace(**vars(os) | {"name": "nt"}))
    with locked(folder):
        assert attempts == [(1, 1)] * 3
        assert not list(folder.iterdir())
    with locked(folder), pytest.raises(OSError, match="full"):
        raise OSError("full")
    assert [path.suffix for path in place.iterdir()] == [".lock"]

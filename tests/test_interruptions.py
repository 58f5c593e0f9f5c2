"""Interrupted builds: killed, stopped, out of disk space, without their folder, run twice at once.

At every moment `dist/<slug>/` contains a complete old output or a complete new one, and leftovers
are cleaned up.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from unittest import mock

import pytest

from newsletter.files.output import STAGING, STALE
from tests.desk import SLUG, Desk

SECTION = f"issues/{SLUG}/10-essay.md"


def whole(folder: Path) -> str:
    """Return the text of an output, after verifying that all its files belong to the same build."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    reported = json.loads(files.pop("manifest.json"))["files"]
    assert reported == {
        name: {"bytes": len(data), "sha256": sha256(data).hexdigest()}
        for name, data in files.items()
    }
    return files["email.txt"].decode()


def ship(desk: Desk, number: int) -> None:
    desk.write(SECTION, f"---\nkind: essay\n---\nShip number {number} came in.\n")


# --- killed ---------------------------------------------------------------------------------------


def test_killed_at_any_moment(desk: Desk) -> None:
    ship(desk, 0)
    assert desk.run("build").code == 0
    held, killed = 0, 0
    moments = random.Random(2)
    for number in range(1, 13):
        ship(desk, number)
        with desk.start("build") as process:
            try:
                process.wait(moments.uniform(0.05, 0.5))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
        text = whole(desk.root / "dist" / SLUG)
        assert f"Ship number {held} came" in text or f"Ship number {number} came" in text
        held = number if f"number {number} came" in text else held
    assert killed > 3, "no attempts were made"
    ship(desk, 99)
    assert desk.run("build").code == 0
    assert "Ship number 99 came" in whole(desk.root / "dist" / SLUG)


@pytest.mark.parametrize("step", range(8))
def test_killed_between_two_writes(desk: Desk, step: int) -> None:
    """The same as above at every step of the writing, some of which random timing may miss."""
    ship(desk, 0)
    assert desk.run("build").code == 0
    ship(desk, 1)
    program = (
        "import os, pathlib, sys\n"
        "from newsletter.cli import run_cli as main\n"
        f"left = {step}\n"
        "def dying(plain):\n"
        "    def call(*args, **more):\n"
        "        global left\n"
        "        if 'dist' in str(args[0]):\n"
        "            left -= 1\n"
        "            if left < 0: os.kill(os.getpid(), 9)\n"
        "        return plain(*args, **more)\n"
        "    return call\n"
        "pathlib.Path.write_bytes = dying(pathlib.Path.write_bytes)\n"
        "pathlib.Path.rename = dying(pathlib.Path.rename)\n"
        "import newsletter.files.output\n"
        "newsletter.files.output.exchange = dying(newsletter.files.output.exchange)\n"
        "sys.argv = ['newsletter', 'build']\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=desk.root, capture_output=True, timeout=60, check=False
    )
    text = whole(desk.root / "dist" / SLUG)
    if ran.returncode:
        assert ran.returncode == -signal.SIGKILL
        assert "Ship number 0 came" in text
    else:
        assert "Ship number 1 came" in text
    assert step > 5 or ran.returncode, "the build has fewer steps than this test expects"
    leftovers = [path for path in (desk.root / "dist").iterdir() if path.name != SLUG]
    for path in leftovers:
        os.utime(path, (0, time.time() - STALE - 1))
    assert desk.run("build").code == 0
    assert "Ship number 1 came" in whole(desk.root / "dist" / SLUG)
    assert [path.name for path in (desk.root / "dist").iterdir()] == [SLUG], (
        "leftovers of a killed run are cleaned up"
    )


def test_folder_caught_between_two_renames_is_restored(desk: Desk) -> None:
    """Without an atomic exchange of two folders, a kill may leave none; the next build repairs that
    first.
    """
    assert desk.run("build").code == 0
    output = desk.root / "dist" / SLUG
    output.rename(output.with_name(f"{STAGING}old-{SLUG}-123"))
    desk.write(f"issues/{SLUG}/issue.yaml", "title: [")
    desk.another("2026-04-01-other")
    desk.write(
        "issues/2026-04-01-other/issue.yaml",
        "title: Other\ndate: 2026-04-01\npreheader: Another.\n",
    )
    assert desk.run("build", "2026-04-01-other").code == 0
    assert "One ship came in." in whole(output)


# --- stopped --------------------------------------------------------------------------------------


def test_ctrl_c_during_build_all(desk: Desk) -> None:
    total = 1 + 4 * 28  # enough that a busy machine is still building when the signal arrives
    for month in range(5, 9):
        for day in range(1, 29):
            desk.another(f"2026-{month:02}-{day:02}-ship")
    with desk.start("build", "--all", "--jobs", "2") as process:
        dist = desk.root / "dist"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (
            dist.is_dir() and any(path.name[0] == "2" for path in dist.iterdir())
        ):
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, "")
    assert err == "\nInterrupted. Completed output was kept; nothing is partially written.\n"
    built = [path for path in dist.iterdir() if not path.name.startswith(STAGING)]
    assert 0 < len(built) < total
    assert all(whole(path) for path in built)
    assert [path.name for path in dist.iterdir() if path.name.startswith(STAGING)] == []
    ran = desk.run("build", "--all", "--jobs", "1")
    assert ran.code == 0
    assert len([path for path in dist.iterdir() if whole(path)]) == total


def test_ctrl_c_to_one_build(desk: Desk) -> None:
    shutil.rmtree(desk.root / ".newsletter")  # the first thing a build creates
    with desk.start("build") as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (desk.root / ".newsletter").exists():
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    # An early signal stops it; a late one finds it finished. Never a traceback, never half an
    # output.
    if process.returncode == 0:
        assert whole(desk.root / "dist" / SLUG)
    else:
        assert (process.returncode, err) == (
            1,
            "\nInterrupted. Completed output was kept; nothing is partially written.\n",
        )
        assert not (desk.root / "dist" / SLUG).exists()


@pytest.mark.parametrize(
    "module",
    ["newsletter.cli", "click", "newsletter.cli.build", "newsletter.pipeline.build", "premailer"],
)
def test_ctrl_c_while_modules_are_imported(desk: Desk, module: str) -> None:
    program = (
        "import sys\n"
        "class Impatient:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "from newsletter.__main__ import main\n"
        "sys.argv = ['newsletter', 'build']\n"
        "main()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=desk.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.strip().startswith("Interrupted.")
    assert "Traceback" not in ran.stderr


# --- concurrent builds ----------------------------------------------------------------------------


def test_two_builds_at_once(desk: Desk) -> None:
    for day in range(1, 6):
        desk.another(f"2026-05-{day:02}-ship")
    running = [desk.start("build", "--all", "--force", "--jobs", "1") for _ in range(2)]
    for process in running:
        with process:
            _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
    assert len([path for path in (desk.root / "dist").iterdir() if whole(path)]) == 6


# --- disks ----------------------------------------------------------------------------------------


def test_disk_that_is_full(desk: Desk) -> None:
    """A file size limit on a real process has the same effect on its writes as a full disk."""
    assert desk.run("build").code == 0
    good = desk.tree()
    ship(desk, 1)
    ran = subprocess.run(
        [sys.executable, "-m", "newsletter", "build"],
        cwd=desk.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)),
    )
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"error: Cannot write {desk.root}/dist/{SLUG}: File too large\n"
        "    hint: Raise the limit on file sizes (ulimit -f); the last good output is intact.\n"
    )
    assert desk.tree() == good


FULL = {
    errno.ENOSPC: "Free some disk space and try again; the last good output is intact.",
    errno.EDQUOT: "Free some of your disk quota and try again; the last good output is intact.",
    errno.EROFS: "Work in a folder that is not read-only.",
}


@pytest.mark.parametrize("code", FULL, ids=errno.errorcode.__getitem__)
def test_messages_of_a_disk_error(desk: Desk, code: int) -> None:
    """Disk errors that a test cannot cause for real, raised at the lowest-level call."""
    assert desk.run("build").code == 0
    good = desk.tree()
    ship(desk, 1)
    with mock.patch("pathlib.Path.write_bytes", side_effect=OSError(code, os.strerror(code))):
        ran = desk.run("build")
    assert (ran.code, ran.out) == (1, "")
    assert (
        ran.err
        == f"error: Cannot write {desk.root}/dist/{SLUG}: {os.strerror(code)}\n    hint: {FULL[code]}\n"
    )
    assert desk.tree() == good


def drop_the_right_to_write_anywhere() -> None:
    """Make permissions apply to root too: without CAP_DAC_OVERRIDE it is an ordinary owner
    (capabilities(7)).
    """
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)


@pytest.mark.skipif(
    sys.platform != "linux" and os.geteuid() == 0, reason="permissions do not bind root here"
)
def test_folder_that_is_not_writable(desk: Desk) -> None:
    assert desk.run("build").code == 0
    good = desk.tree()
    ship(desk, 1)
    (desk.root / "dist").chmod(0o555)
    ran = subprocess.run(
        [sys.executable, "-m", "newsletter", "build"],
        cwd=desk.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=drop_the_right_to_write_anywhere if os.geteuid() == 0 else None,
    )
    (desk.root / "dist").chmod(0o755)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"error: Cannot write {desk.root}/dist/{SLUG}: Permission denied\n"
        "    hint: Choose another folder, or ask its owner for permission.\n"
    )
    assert desk.tree() == good


def test_file_where_dist_should_be(desk: Desk) -> None:
    desk.write("dist", "in the way")
    ran = desk.run("build")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        f"error: Cannot write {desk.root}/dist/{SLUG}: File exists\n"
        "    hint: Move or rename the file that has the name of the folder.\n"
    )
    assert (desk.root / "dist").read_text() == "in the way"


def test_cache_that_cannot_be_written_costs_nothing_else(desk: Desk) -> None:
    shutil.rmtree(desk.root / ".newsletter")
    desk.write(".newsletter", "in the way")
    ran = desk.run("build")
    assert (ran.code, ran.err) == (0, "")
    assert "One ship came in." in whole(desk.root / "dist" / SLUG)


def test_damaged_cache_is_ignored(desk: Desk) -> None:
    assert desk.run("build").code == 0
    good = desk.tree()
    for path in (desk.root / ".newsletter").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes()[:-40] + b"rot" * 14)
    shutil.rmtree(desk.root / "dist")
    ran = desk.run("build")
    assert (ran.code, ran.err) == (0, "")
    assert desk.tree() == good


# --- moved away -----------------------------------------------------------------------------------


def test_folder_that_is_gone(desk: Desk) -> None:
    """The shell is in a folder that has been removed."""
    program = (
        "import os, shutil, sys\n"
        "os.rmdir(os.getcwd())\n"
        "from newsletter.cli import run_cli as main\n"
        "sys.argv = ['newsletter', 'build']\n"
        "main()\n"
    )
    (desk.root / "gone").mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=desk.root / "gone",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == (
        "Usage: newsletter build [OPTIONS] [ISSUE]...\n"
        "Try 'newsletter build --help' for help.\n"
        "\n"
        "Error: The current directory no longer exists\n"
    )


def test_issue_removed_during_the_build(desk: Desk) -> None:
    """It may happen at any moment from the first access to the folder to the last."""
    from newsletter.pipeline import build as line

    assert desk.run("build").code == 0
    good = desk.tree()
    ship(desk, 1)
    plain = line.load

    def load(workspace: object, folder: Path, *more: object) -> object:
        shutil.move(folder, desk.root / "elsewhere")
        return plain(workspace, folder, *more)  # type: ignore[arg-type]

    with mock.patch.object(line, "load", load):
        ran = desk.run("build")
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" not in ran.err
    assert ran.err.startswith(
        f"issues/{SLUG}: error NL001 unreadable-file: Cannot read the file: No such file or directory\n"
    )
    assert desk.tree() == good


def test_output_read_by_a_pipe_that_closes(desk: Desk) -> None:
    """`newsletter build --json | head -c 1` prints no error."""
    for day in range(1, 29):
        desk.another(f"2026-05-{day:02}-ship")
    with desk.start("list", "--json") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 1

"""Same input, same bytes: regardless of place, time, order and environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk import ISSUES, Desk

CASES = ["weekly", "right-to-left", "every-block"]


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One workspace with three issues: two forms of the same publication, and one of them twice."""
    desk = Desk.of(ISSUES / "weekly", tmp_path_factory.mktemp("blobs") / "here")
    shutil.copytree(ISSUES / "digest/issues", desk.root / "issues", dirs_exist_ok=True)
    shutil.copytree(ISSUES / "every-block/issues/2026-03-29-blocks/images", desk.root / "images")
    shutil.copytree(desk.root / "issues/2026-03-08-cranes", desk.root / "issues/2026-03-09-again")
    desk.write(
        "credits.yaml",
        (desk.root / "credits.yaml").read_text().replace("required: true", "required: false"),
    )
    assert desk.run("build", "--all", "--jobs", "1").code == 0
    return desk


def moved(desk: Desk, root: Path) -> Desk:
    """Return a copy without build output, its files written in the opposite order and at another
    time.
    """
    paths = [path for path in sorted(desk.root.rglob("*"), reverse=True) if path.is_file()]
    for path in paths:
        name = path.relative_to(desk.root)
        if name.parts[0] not in ("dist", ".newsletter"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(path.read_bytes())
    return Desk(root.resolve())


SURROUNDINGS = {
    "hash seed 1": {"PYTHONHASHSEED": "1"},
    "hash seed 2": {"PYTHONHASHSEED": "2"},
    "Tonga, before a clock change": {"TZ": "Pacific/Tongatapu", "PYTHONHASHSEED": "3"},
    "Los Angeles": {"TZ": "America/Los_Angeles"},
    "a Turkish locale": {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    "no locale, no UTF-8": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "no terminal, other home": {"TERM": "dumb", "COLUMNS": "20", "HOME": "/nonexistent"},
}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_processes_in_other_environments(blobs: Desk, tmp_path: Path, name: str) -> None:
    there = moved(blobs, tmp_path / "a folder with spaces & ünïcode")
    ran = there.process("build", "--all", "--jobs", "1", **SURROUNDINGS[name])
    assert (ran.code, ran.err) == (0, "")
    assert there.tree() == blobs.tree()


@pytest.mark.parametrize(
    "order",
    [
        ("2026-03-15-articles", "2026-03-09-again", "2026-03-08-cranes"),
        ("2026-03-09-again", "2026-03-08-cranes", "2026-03-15-articles"),
    ],
)
def test_other_orders_and_one_process(blobs: Desk, tmp_path: Path, order: tuple[str, ...]) -> None:
    there = moved(blobs, tmp_path / "there")
    for name in order:
        assert there.run("build", name).code == 0
    assert there.tree() == blobs.tree()


def test_several_processes_at_once(blobs: Desk, tmp_path: Path) -> None:
    there = moved(blobs, tmp_path / "there")
    for day in range(16, 21):
        shutil.copytree(
            there.root / "issues/2026-03-08-cranes", there.root / f"issues/2026-03-{day}-more"
        )
    ran = there.run("build", "--all", "--jobs", "2")
    assert (ran.code, ran.err) == (0, "")
    output = {name: data for name, data in there.tree().items() if "-more/" not in name}
    assert output == blobs.tree()


@pytest.mark.parametrize("case", CASES)
def test_the_cache_returns_what_was_built(case: str, tmp_path: Path) -> None:
    desk = Desk.of(ISSUES / case, tmp_path / case)
    desk.run("build", "--force")
    first = desk.tree()
    shutil.rmtree(desk.root / "dist")
    assert "restored from the cache" in desk.run("build").out
    assert desk.tree() == first
    shutil.rmtree(desk.root / "dist")
    shutil.rmtree(desk.root / ".newsletter")
    desk.run("build")
    assert desk.tree() == first


def test_a_build_opens_no_connection_and_reads_nothing_outside(blobs: Desk, tmp_path: Path) -> None:
    """Audited by the interpreter itself: every socket, and every file opened for reading."""
    there = moved(blobs, tmp_path / "there")
    program = (
        "import sys, sysconfig, os\n"
        "from pathlib import Path\n"
        "seen = []\n"
        "def watch(event, args):\n"
        "    if event.startswith(('socket.', 'urllib.', 'ftplib.', 'smtplib.')): seen.append(event)\n"
        "    if event == 'open' and isinstance(args[0], (str, bytes)):\n"
        "        seen.append(os.path.realpath(os.fsdecode(args[0])))\n"
        "    if event in ('subprocess.Popen', 'os.system', 'os.exec'): seen.append(event)\n"
        "import newsletter.pipeline.build, newsletter.pipeline.batch, newsletter.cli.build\n"
        "sys.addaudithook(watch)\n"
        "from newsletter.cli import run_cli as main\n"
        "sys.argv = ['newsletter', 'build', '--all', '--jobs', '1']\n"
        "try: main()\n"
        "except SystemExit as stop: assert stop.code == 0\n"
        "known = [os.path.realpath(p) for p in (os.getcwd(), sys.prefix, sys.base_prefix, newsletter.__path__[0])]\n"
        "known += ['/dev/', '/proc/self/', '/etc/mime.types', '/etc/localtime', '/usr/share/zoneinfo']\n"
        "print([name for name in seen if not name.startswith(tuple(known))], file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=there.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stderr == "[]\n"

"""A small workspace on disk, and the command run in it."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from newsletter.cli import run_cli

ISSUES = Path(__file__).parent / "issues"
SMALLEST = ISSUES / "smallest"
SLUG = "2026-03-01-quay"  # the only issue of the smallest workspace


@dataclass(frozen=True, slots=True)
class Ran:
    """The output and exit code of a command."""

    code: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    root: Path

    @classmethod
    def of(cls, case: Path, root: Path) -> Desk:
        """Copy a workspace of `tests/issues/` to a place where it may be changed."""
        shutil.copytree(
            case,
            root,
            ignore=shutil.ignore_patterns("expected", "dist", ".newsletter"),
            symlinks=True,
        )
        return cls(root.resolve())

    @property
    def issue(self) -> Path:
        return self.root / "issues" / SLUG

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def another(self, slug: str) -> Path:
        """Add an issue like the first."""
        return Path(shutil.copytree(self.issue, self.root / "issues" / slug))

    def run(self, *arguments: str, cwd: Path | None = None) -> Ran:
        """Run the command in this process as the console script does: complete output and exit
        code.
        """
        out, err = io.StringIO(), io.StringIO()
        code: object = None
        with (
            contextlib.chdir(cwd or self.root),
            mock.patch.object(sys, "argv", ["newsletter", *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                run_cli()
            except SystemExit as stop:
                code = stop.code
        assert isinstance(code, int), "main() always exits with a code"
        return Ran(code, out.getvalue(), err.getvalue())

    def start(
        self, *arguments: str, cwd: Path | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        """Start the command as a separate process."""
        return subprocess.Popen(
            [sys.executable, "-m", "newsletter", *arguments],
            cwd=cwd or self.root,
            env=os.environ | environment,
            text=True,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def process(self, *arguments: str, cwd: Path | None = None, **environment: str) -> Ran:
        """Run the command as a separate process."""
        with self.start(*arguments, cwd=cwd, **environment) as process:
            out, err = process.communicate(timeout=60)
        return Ran(process.returncode, out, err)

    def tree(self, name: str = "dist") -> dict[str, bytes]:
        """Return every file below a folder of the workspace, including temporary files."""
        return dict(_files(self.root / name))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


@cache
def compiled_theme() -> Path:
    """The theme as compiled by a first build, which takes longer than the build; it contains no
    build output.
    """
    folder = Path(tempfile.mkdtemp(prefix="newsletter-compiled-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    desk = Desk.of(SMALLEST, folder / "desk")
    assert desk.run("build").code == 0
    cached = desk.root / ".newsletter" / "cache"
    for path in [*cached.rglob("*.issue"), *cached.glob("index-*")]:
        path.unlink()
    return cached


def laid_out(root: Path, files: Mapping[str, str | bytes]) -> Desk:
    """Write files into a workspace in which the theme is compiled."""
    desk = Desk(root.resolve())
    for name, content in files.items():
        desk.write(name, content)
    shutil.copytree(compiled_theme(), desk.root / ".newsletter" / "cache", dirs_exist_ok=True)
    return desk

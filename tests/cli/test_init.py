"""`newsletter init`: the look of a new workspace, as an option and as a choice on a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from newsletter.theme.looks import packaged_looks
from tests.desk import Desk


def settings(root: Path) -> dict[str, object]:
    return tomllib.loads((root / "newsletter.toml").read_text("utf-8"))


@pytest.mark.parametrize("look", [look for look in packaged_looks() if look != "default"])
def test_a_workspace_in_a_look_passes_and_builds(tmp_path: Path, look: str) -> None:
    assert Desk(tmp_path).run("init", "letters", "--theme", look).code == 0
    desk = Desk(tmp_path / "letters")
    assert settings(desk.root)["theme"] == {"name": look}
    assert desk.run("check").code == 0


@pytest.mark.parametrize("arguments", [[], ["--theme", "default"]])
def test_the_default_look_is_a_comment(tmp_path: Path, arguments: list[str]) -> None:
    assert Desk(tmp_path).run("init", "letters", *arguments).code == 0
    assert "theme" not in settings(tmp_path / "letters")
    assert '# [theme]\n# name = "broadsheet"\n' in (tmp_path / "letters/newsletter.toml").read_text(
        "utf-8"
    )


@pytest.mark.parametrize("look", ["signl", "base", "", "../signal"])
def test_an_unknown_look_is_refused_before_anything_is_written(tmp_path: Path, look: str) -> None:
    ran = Desk(tmp_path).run("init", "letters", "--theme", look)
    assert (ran.code, ran.out) == (2, "")
    assert f"Unknown look {look!r}" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(
    ("typed", "theme"),
    [
        ("3\n", {"name": "signal"}),
        ("\n", None),
        ("9\n4\n", {"name": "digest"}),
        ("\x04", "nothing"),
    ],
)
def test_a_terminal_is_asked(tmp_path: Path, typed: str, theme: object) -> None:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "init", "letters"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.write(ours, typed.encode())
    process.communicate(timeout=60)
    if theme == "nothing":
        assert process.returncode == 1
        assert list(tmp_path.iterdir()) == []
    else:
        assert process.returncode == 0
        assert settings(tmp_path / "letters").get("theme") == theme
    os.close(ours)
    os.close(theirs)

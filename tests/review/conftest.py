"""A small publication with two approvers, under git, each with their own key."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desk import Desk, Ran

LETTER = Path(__file__).parent / "letter"
SLUG = "2026-05-01-cranes"
MIRA, TOMAS = "mira@quay.example", "tomas@quay.example"
# git ignores this machine's own settings.
ISOLATED_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A workspace whose files are under git, and its people."""

    desk: Desk
    keys: Path
    patch: pytest.MonkeyPatch

    @property
    def issue(self) -> Path:
        return self.desk.root / "issues" / SLUG

    def switch_user(self, address: str) -> None:
        """Switch to another user of this machine."""
        name = address.partition("@")[0]
        for role in ("AUTHOR", "COMMITTER"):
            self.patch.setenv(f"GIT_{role}_EMAIL", address)
            self.patch.setenv(f"GIT_{role}_NAME", name.title())
        self.git("config", "user.signingkey", str(self.keys / f"{name}.pub"))

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.desk.root), *arguments],
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, message: str = "Work") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def run(self, *arguments: str) -> Ran:
        return self.desk.run(*arguments)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.issue / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not contain {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def settings(self, old: str, new: str) -> None:
        path = self.desk.root / "newsletter.toml"
        path.write_text(path.read_text().replace(old, new))

    def approve(self, address: str, role: str, *more: str) -> Ran:
        self.switch_user(address)
        return self.run("approve", SLUG, "--role", role, *more)

    def list_keys(self, *people: str, options: str = "") -> None:
        """Write allowed_signers for some people."""
        lines = []
        for name in people or ("mira", "tomas"):
            key = (self.keys / f"{name}.pub").read_text().split()
            lines.append(f'{name}@quay.example namespaces="newsletter"{options} {key[0]} {key[1]}')
        self.desk.write("allowed_signers", "\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of two team members and of an outsider."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("mira", "tomas", "stranger"):
        command = [
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            name,
            "-f",
            str(folder / name),
        ]
        subprocess.run(command, check=True)
    return folder


@pytest.fixture
def letter(tmp_path: Path, compiled: Path) -> Desk:
    """The publication, copied to where it may be changed."""
    desk = Desk.of(LETTER, tmp_path / "letter")
    shutil.copytree(compiled, desk.root / ".newsletter" / "cache")
    desk.write(".gitignore", "/dist/\n/.newsletter/\n")
    return desk


@pytest.fixture
def newsroom(letter: Desk, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """The publication under git; no keys are listed yet."""
    for name, value in ISOLATED_GIT.items():
        monkeypatch.setenv(name, value)
    room = Newsroom(letter, keys, monkeypatch)
    subprocess.run(["git", "init", "-q", "-b", "main", str(letter.root)], check=True)
    room.git("config", "gpg.format", "ssh")
    room.switch_user(MIRA)
    room.commit("The first issue")
    return room

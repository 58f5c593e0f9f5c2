"""The command that installs an extra, for each installation method."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from newsletter.blueprint.install_line import install_line
from newsletter.files import extra_command

WHEEL = {"url": "https://desk.example/newsletter-0.1.0-py3-none-any.whl", "archive_info": {}}
GIT = {"url": "https://git.example/desk", "vcs_info": {"vcs": "git", "commit_id": "abc123"}}
FOLDER = {"url": "file:///src", "dir_info": {"editable": True}}
ORIGINS = {
    "index": (None, "'newsletter[send]'", "newsletter[archive,preview]==0.1.0"),
    "wheel": (
        WHEEL,
        f"'newsletter[send] @ {WHEEL['url']}'",
        f"newsletter[archive,preview] @ {WHEEL['url']}",
    ),
    "repository": (
        GIT,
        "'newsletter[send] @ git+https://git.example/desk@abc123'",
        "newsletter[archive,preview] @ git+https://git.example/desk@abc123",
    ),
    "source folder": (
        FOLDER,
        "'newsletter[send]'",
        "newsletter[archive,preview] @ https://EDIT-THIS-LINE.example/newsletter-0.1.0-py3-none-any.whl",
    ),
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_origin_is_kept(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record, wanted, line = ORIGINS[origin]

    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return None if record is None else json.dumps(record)

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed())
    assert extra_command.install_command("send") == f"pip install {wanted}"
    assert install_line().line == line
    assert install_line().is_complete is (origin != "source folder")


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("pipx_metadata.json", "pipx install --force"),
        ("uv-receipt.toml", "uv tool install --force"),
    ],
)
def test_the_installer_is_kept(
    file: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / file).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    modules = {"keyring": "json", "preview": "no_such_module", "vega": "no_such_module"}
    monkeypatch.setattr(extra_command, "EXTRA_MODULES", modules)
    assert extra_command.install_command("preview") == f"{command} 'newsletter[keyring,preview]'"


def test_a_wheel_is_installed_into_the_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "newsletter-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"PK")
    monkeypatch.setattr(
        "newsletter.blueprint.install_line.install_origin", lambda: {"url": wheel.as_uri()}
    )
    found = install_line()
    assert (found.line, found.wheel) == (f"./wheels/{wheel.name}[archive,preview]", wheel)

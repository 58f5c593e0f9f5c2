"""The command that adds an extra to this installation, whatever it was installed with."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from typing import Any


def install_command(extra: str) -> str:
    """Return the command that installs an extra: with pip, pipx or uv, from the same origin."""
    wanted = f"'newsletter[{extra}]{_address(install_origin() or {})}'"
    if (Path(sys.prefix) / "pipx_metadata.json").exists():
        return f"pipx install --force {wanted}"
    if (Path(sys.prefix) / "uv-receipt.toml").exists():
        return f"uv tool install --force {wanted}"
    return f"pip install {wanted}"


def install_origin() -> dict[str, Any] | None:
    """Return what the installer recorded (PEP 610); `None` for a package from an index."""
    try:
        text = metadata.distribution("newsletter").read_text("direct_url.json")
        return json.loads(text) if text else None
    except (metadata.PackageNotFoundError, ValueError):  # a source folder on the path
        return {}


def _address(origin: dict[str, Any]) -> str:
    url = str(origin.get("url", ""))
    if commit := origin.get("vcs_info", {}).get("commit_id"):
        return f" @ {origin['vcs_info'].get('vcs', 'git')}+{url}@{commit}"
    return f" @ {url}" if url.endswith(".whl") else ""

"""The command that adds an extra to this installation, whatever it was installed with."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# A module of each extra, by which it is recognized as installed.
EXTRA_MODULES = {
    "archive": "pagefind",
    "import": "mammoth",
    "keyring": "keyring",
    "preview": "watchfiles",
    "send": "psycopg",
    "sheets": "python_calamine",
    "vega": "vl_convert",
}


def install_command(extra: str) -> str:
    """Return the command that installs an extra: with pip, pipx or uv, from the same origin.

    pipx and uv replace the installation, so their command also names the extras already there.
    """
    address = _address(install_origin() or {})
    installed = (name for name in EXTRA_MODULES if find_spec(EXTRA_MODULES[name]) is not None)
    wanted = f"'newsletter[{','.join(sorted({extra, *installed}))}]{address}'"
    if (Path(sys.prefix) / "pipx_metadata.json").exists():
        return f"pipx install --force {wanted}"
    if (Path(sys.prefix) / "uv-receipt.toml").exists():
        return f"uv tool install --force {wanted}"
    return f"pip install 'newsletter[{extra}]{address}'"


def install_origin() -> dict[str, Any] | None:
    """Return what the installer recorded (PEP 610); `None` for a package from an index."""
    from importlib import metadata  # 5 ms, and most builds need no extra

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

"""The line that installs this version of the package elsewhere: in CI and on other desks."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from msgspec import Struct

from newsletter import __version__

EXTRAS = "archive,preview"  # what the workflows need
EDIT = "EDIT-THIS-LINE"


class InstallLine(Struct, frozen=True):
    """A line of requirements.txt, and the wheel that it names, if that is a file to copy."""

    line: str
    wheel: Path | None = None

    @property
    def is_complete(self) -> bool:
        return EDIT not in self.line


def install_line() -> InstallLine:
    """Return the line for the way this copy was installed (PEP 610, direct_url.json).

    A wheel goes into the workspace, a repository is pinned to its commit, and an index to the
    version. A copy that runs from its source folder leaves a line that a person edits.
    """
    origin = _origin()
    if origin is None:
        return InstallLine(f"newsletter[{EXTRAS}]=={__version__}")
    url = str(origin.get("url", ""))
    if commit := origin.get("vcs_info", {}).get("commit_id"):
        vcs = origin["vcs_info"].get("vcs", "git")
        return InstallLine(f"newsletter[{EXTRAS}] @ {vcs}+{url}@{commit}")
    if url.startswith("file:") and url.endswith(".whl"):
        path = Path(url2pathname(unquote(urlsplit(url).path)))
        if path.is_file():
            return InstallLine(f"./wheels/{path.name}[{EXTRAS}]", path)
    if url.startswith("https:"):
        return InstallLine(f"newsletter[{EXTRAS}] @ {url}")
    address = f"https://{EDIT}.example/newsletter-{__version__}-py3-none-any.whl"
    return InstallLine(f"newsletter[{EXTRAS}] @ {address}")


def _origin() -> dict[str, Any] | None:
    """Return what the installer recorded; `None` for a package from an index."""
    try:
        text = metadata.distribution("newsletter").read_text("direct_url.json")
        return json.loads(text) if text else None
    except metadata.PackageNotFoundError:  # a zipapp, or a source folder on the path
        return {}
    except ValueError:
        return {}

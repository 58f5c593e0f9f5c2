"""The line that installs this version of the package elsewhere: in CI and on other machines."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from msgspec import Struct

from newsletter import __version__
from newsletter.files.extra_command import install_origin

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
    origin = install_origin()
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

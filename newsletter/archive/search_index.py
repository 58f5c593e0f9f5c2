"""The search index (Pagefind, an optional extra), built from the finished pages."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from newsletter.errors import NewsletterError
from newsletter.files.extra_command import install_command

FOLDER = "pagefind"
# Bundled user interfaces that the search page does not use: 500 KB.
UNUSED = ("pagefind-ui", "pagefind-modular-ui", "pagefind-component-ui", "pagefind-highlight")


def available() -> bool:
    """Return whether the extra is installed."""
    return importlib.util.find_spec("pagefind") is not None


def build_index(site: Path) -> list[str]:
    """Write the search index into the site and return its files.

    Each language has its own index. With filters the bundle's bytes differ from run to run
    (Pagefind 1.5), so it is built only when an indexed page changed. Raises `NewsletterError` if it
    fails.
    """
    command = [sys.executable, "-m", "pagefind", "--site", str(site), "--silent"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    folder = site / FOLDER
    if result.returncode != 0 or not (folder / "pagefind.js").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        reason = (result.stderr or result.stdout).strip().splitlines()
        message = f"The search index cannot be built: {reason[-1] if reason else 'no reason given'}"
        install = install_command("archive")
        hint = f"Install it again with `{install}`, or set search = false under [archive]."
        raise NewsletterError(message, hint=hint)
    for path in sorted(folder.iterdir()):
        if path.name.startswith(UNUSED):
            with contextlib.suppress(OSError):
                path.unlink()
    return [
        path.relative_to(site).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()
    ]

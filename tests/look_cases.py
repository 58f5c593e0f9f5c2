"""The publication's own issues as workspaces in any packaged look."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.desk import ISSUES

REPOSITORY = Path(__file__).parents[1]
CASES = sorted(folder.parent.name for folder in ISSUES.glob("*/expected"))
WEEKLY = "house weekly"
SAMPLE = "2026-11-13-repair-ships"


def sample_settings() -> str:
    """Return the settings of our own publication, which are in pyproject.toml."""
    text = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    tables = re.split(r"(?m)^(?=\[)", text)
    own = "".join(table for table in tables if table.startswith("[tool.newsletter"))
    return own.replace("[tool.newsletter]", "").replace("[tool.newsletter.", "[")


def workspace_of(case: str, look: str, root: Path, cache: Path) -> Path:
    """Write a workspace for one of our own issues with another look; return the issue's folder.

    `cache` is shared with other workspaces: compiling a look takes longer than building an issue.
    """
    if case == WEEKLY:
        shutil.copytree(REPOSITORY / "issues" / SAMPLE, root / "issues" / SAMPLE)
        shutil.copy(REPOSITORY / "credits.yaml", root)
        settings = sample_settings()
    else:
        shutil.copytree(
            ISSUES / case, root, ignore=shutil.ignore_patterns("expected", "dist", ".newsletter")
        )
        settings = (root / "newsletter.toml").read_text("utf-8")
    (root / ".newsletter").symlink_to(cache, target_is_directory=True)
    settings = re.sub(r"(?m)^theme = .*\n", "", settings)
    (root / "newsletter.toml").write_text(f'theme = "{look}"\n{settings}', encoding="utf-8")
    (folder,) = (root / "issues").iterdir()
    return folder

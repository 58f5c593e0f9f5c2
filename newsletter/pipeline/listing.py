"""One row in the list of issues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from newsletter.diagnostics import Report
from newsletter.errors import NewsletterError
from newsletter.files.cache import BuildCache
from newsletter.pipeline.build import read
from newsletter.render.context import count_words
from newsletter.targets.receipts import read_receipts
from newsletter.workspace import Workspace


def row(workspace: Workspace, folder: Path) -> dict[str, Any]:
    """Return slug, title, date, state, words, and the number of errors that block the build."""
    draft = read(workspace, folder, BuildCache(workspace.state / "cache"))
    issue, problems = draft.issue, Report(draft.findings).errors
    try:
        published = bool(read_receipts(folder, workspace.display_path(folder)))
    except NewsletterError:
        published, problems = True, problems + 1
    return {
        "slug": folder.name,
        "title": issue.title if issue else None,
        "date": issue.date.isoformat() if issue else folder.name[:10],
        "state": "published" if published else "draft",
        "words": sum(map(count_words, issue.sections)) if issue else 0,
        "problems": problems,
    }

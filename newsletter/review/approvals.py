"""Approvals: who has said yes to exactly these bytes, and what still lacks a yes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.model import Email, Issue
from newsletter.render.digest import reader_digest
from newsletter.workspace import Workspace

APPROVALS = "approvals"


def refuse_unapproved(workspace: Workspace, folder: Path, issue: Issue, email: Email) -> None:
    """Raise `NewsletterError` where a required approval of these bytes is missing.

    The message names the roles that lack one and what changed since an approval of other bytes.
    Nothing is asked where the settings require no approval.
    """
    digest = reader_digest(email, workspace.publication)
    given = {
        str(entry.get("role"))
        for entry in _entries(folder / APPROVALS)
        if entry.get("digest") == digest and entry.get("slug") == issue.slug
    }
    missing = [role for role in workspace.approval.required if role not in given]
    if missing:
        hint = f"Run: newsletter approve {issue.slug} --role {missing[0]}"
        raise NewsletterError(f"{issue.slug} lacks approval by: {', '.join(missing)}", hint=hint)


def _entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]

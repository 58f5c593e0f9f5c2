"""Everything the page tells of an issue beside the mail itself, as JSON."""

from __future__ import annotations

from typing import Any

from newsletter.model import Finding, Issue
from newsletter.preview.editor import Editor
from newsletter.preview.kept import Shown
from newsletter.preview.views import VIEWS


def describe(shown: Shown, editor: Editor) -> dict[str, Any]:
    """Return what `/api/issues/{slug}` answers."""
    issue = shown.draft.issue or (shown.made.mail.issue if shown.made else None)
    told: dict[str, Any] = {
        "slug": shown.slug,
        "version": shown.version,
        "mail": shown.made is not None,
        "stale": bool(shown.made and shown.errors),
        "checked": shown.checked,
        **_head(issue),
        "errors": [_finding(finding, shown, editor) for finding in shown.errors],
        "findings": [_finding(finding, shown, editor) for finding in shown.findings],
        "counts": {},
        "sections": [],
        "source": None,
        "credits": [],
        "links": [],
        "remote": [],
        "inbox": [],
        "text": shown.made.mail.email.text if shown.made else "",
        "reading": [],
        "views": [{"name": v.name, "label": v.label, "medium": v.medium, "dark": v.dark} for v in VIEWS.values()],
        "published": None,
    }
    return told


def _head(issue: Issue | None) -> dict[str, Any]:
    keys = ("title", "subject", "preheader", "number", "language", "direction", "theme")
    head = {key: getattr(issue, key, None) for key in keys}
    return {**head, "date": issue.date.isoformat() if issue else None, "tags": list(issue.tags) if issue else []}


def _finding(finding: Finding, shown: Shown, editor: Editor) -> dict[str, Any]:
    path, line, column = finding.where
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "path": path,
        "line": line,
        "column": column,
        "editor": editor.link(finding.where),
        "target": shown.made.marked.target(finding.where) if shown.made else None,
    }

"""For programs of one's own."""

from __future__ import annotations

import json
from typing import Any

from newsletter.check.formats import SEVERITIES, CheckResult
from newsletter.model import Finding


def written(result: CheckResult) -> str:
    """Return one object: issues, whether the mail of each was looked at, findings, those that are allowed, counts."""
    counts: dict[str, int] = {severity: result.count(severity) for severity in SEVERITIES}
    counts |= {
        "known": len(result.known),
        "allowed": len(result.allowed),
        "gone": result.gone,
        "mended": result.mended,
    }
    told: dict[str, Any] = {
        "issues": list(result.slugs),
        "mail_checked": {slug: slug not in result.unmailed for slug in result.slugs},
        "findings": [finding_json(one) for one in result.findings],
        "allowed": [finding_json(one) | {"reason": one.allowed} for one in result.allowed],
        "counts": counts,
    }
    if result.links is not None:
        told["links"] = dict(result.links)
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values."""
    path, line, column = finding.where
    edit = finding.edit
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "path": path,
        "line": line,
        "column": column,
        "message": finding.message,
        "hint": finding.hint,
        "fix": None
        if edit is None
        else {
            "path": edit.where.path,
            "line": edit.where.line,
            "column": edit.where.column,
            "old": edit.old,
            "new": edit.new,
        },
    }

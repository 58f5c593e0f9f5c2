"""JSON, for other programs."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import asdict

from newsletter.check.formats import SEVERITIES, CheckResult
from newsletter.errors import NewsletterError
from newsletter.model import Finding, Location


def render(result: CheckResult) -> str:
    """Return one object with issues, findings, allowed findings and counts.

    Each issue states whether its email was checked.
    """
    counts: dict[str, int] = {severity: result.count(severity) for severity in SEVERITIES}
    counts |= {
        "baseline": len(result.known),
        "allowed": len(result.allowed),
        "resolved": result.resolved,
        "fixed": result.fixed,
    }
    document: dict[str, Any] = {
        "issues": list(result.slugs),
        "email_checked": {slug: slug not in result.without_email for slug in result.slugs},
        "findings": [finding_json(finding) for finding in result.findings],
        "allowed": [
            finding_json(finding) | {"reason": finding.allowed} for finding in result.allowed
        ],
        "counts": counts,
    }
    if result.links is not None:
        document["links"] = dict(result.links)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON values."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        **asdict(finding.where),
        "message": finding.message,
        "hint": finding.hint,
        "fix": _fix_json(finding),
    }


def error_json(error: NewsletterError) -> dict[str, Any]:
    """Return an error that is no finding, with the keys of one."""
    return {
        **place_json(error.where),
        "message": error.message,
        "hint": error.hint,
    }


def place_json(where: Location | None) -> dict[str, Any]:
    """Return the keys of a location, each `None` if there is none."""
    return asdict(where) if where else dict.fromkeys(("path", "line", "column"))


def _fix_json(finding: Finding) -> dict[str, Any] | None:
    edit = finding.edit
    return None if edit is None else {**asdict(edit.where), "old": edit.old, "new": edit.new}

"""A redline as JSON: one object, with the same words as on the page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from newsletter.model import Finding
from newsletter.review.redline_values import BlockChange, EmailVersion, Redline
from newsletter.review.word_diff import RedlineRun
from newsletter.review.wording import change_summary, details, fact_lines, title


def redline_json(redline: Redline) -> str:
    """Return a redline as JSON, with the schema version under `format`."""
    return json.dumps(redline_object(redline), ensure_ascii=False, indent=2) + "\n"


def redline_object(redline: Redline) -> dict[str, Any]:
    """Return a redline as plain values."""
    return {
        "format": 1,
        "before": _version(redline.before),
        "after": _version(redline.after),
        "same": redline.is_empty,
        "summary": change_summary(redline),
        "fields": [{"name": field.name, "runs": _runs(field.runs)} for field in redline.fields],
        "facts": [asdict(line) for line in fact_lines(redline)],
        "changes": [_change(change) for change in redline.changes],
        "text_part": [_change(change) for change in redline.text_part],
        "markup_only": redline.markup_only,
        "sizes": [
            {"html": size.html, "images": size.images, "clipped_before": size.clipped_before}
            for size in redline.sizes
        ],
        "findings_added": _findings(redline.findings_added),
        "findings_removed": _findings(redline.findings_removed),
    }


def _version(version: EmailVersion) -> dict[str, str]:
    return {
        "label": version.label,
        "slug": version.email.slug,
        "subject": version.email.subject,
        "digest": version.digest,
        "tool": version.tool,
    }


def _change(change: BlockChange) -> dict[str, Any]:
    return {
        "what": change.what,
        "kind": change.block.kind,
        "section": change.section,
        "title": title(change),
        "moved_from": change.moved_from,
        "before": change.before.text if change.before else None,
        "after": change.after.text if change.after else None,
        "runs": _runs(change.runs),
        "links": [
            {"text": link.text, "before": link.before or None, "after": link.after or None}
            for link in change.links
        ],
        "details": [
            {"label": detail.label, "runs": _runs(detail.runs)} for detail in details(change)
        ],
    }


def _runs(runs: Sequence[RedlineRun]) -> list[dict[str, str]]:
    return [
        {"op": run.op, "text": run.text, **({"fact": run.fact} if run.fact else {})} for run in runs
    ]


def _findings(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "message": finding.message,
            "where": str(finding.where),
        }
        for finding in findings
    ]

"""Rules: what an issue must be before it goes out."""

from __future__ import annotations

from newsletter.check.rules import ISSUE_RULES
from newsletter.model import Finding, Issue


def check_issue(issue: Issue) -> list[Finding]:
    """Return what the rules on the author's files find."""
    return [
        Finding(rule.code, rule.name, rule.severity, where, message, rule.hint)
        for rule in ISSUE_RULES
        for where, message in rule.find(issue)
    ]

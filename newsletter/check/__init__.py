"""Rules: what an issue must be before it goes out.

Two checks, because there are two truths: authoring rules need the author's file and line, mail rules the final bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from newsletter.check.rule import Rule
from newsletter.check.rules import ISSUE_RULES
from newsletter.model import Finding, Issue

T = TypeVar("T")


def run(rules: Iterable[Rule[T]], subject: T) -> Iterator[Finding]:
    """Yield what rules find in an issue, a mail or a shelf of issues."""
    for rule in rules:
        for where, message, *edit in rule.find(subject):
            yield Finding(rule.code, rule.name, rule.severity, where, message, rule.hint, edit[0] if edit else None)


def check_structure(issue: Issue) -> list[Finding]:
    """Return what keeps an issue from becoming a mail at all."""
    return list(run((rule for rule in ISSUE_RULES if rule.structural), issue))

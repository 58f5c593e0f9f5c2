"""What keeps an issue from becoming a mail at all: `build` asks for it too."""

from __future__ import annotations

from newsletter.check import run
from newsletter.check.rules import ISSUE_RULES
from newsletter.check.select import Selection
from newsletter.check.suppress import divide, read_allows
from newsletter.model import Finding, Issue
from newsletter.workspace import Workspace

STRUCTURAL = tuple(rule for rule in ISSUE_RULES if rule.structural)


def check_structure(
    workspace: Workspace, issue: Issue, selection: Selection | None = None
) -> tuple[list[Finding], list[Finding]]:
    """Return what stands in the way, and what would but for its author's word."""
    found = list(run(STRUCTURAL, issue))
    if not found:
        return [], []
    selection = (selection or Selection.of_settings(workspace)).over(issue.choice)
    kept, allowed, _ = divide(selection.of(found), read_allows(workspace, issue))
    return kept, allowed

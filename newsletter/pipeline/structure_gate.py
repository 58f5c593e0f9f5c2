"""The structure rules, which also run in a build because their errors block it."""

from __future__ import annotations

from newsletter.check import run
from newsletter.check.rules.structure import RULES
from newsletter.check.select import SelectionStack
from newsletter.model import Finding, Issue
from newsletter.workspace import Workspace


def check_structure(
    workspace: Workspace, issue: Issue, selection: SelectionStack | None = None
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings that block the build, and those accepted by an allow comment."""
    findings = list(run(RULES, issue))
    if not findings:
        return [], []
    from newsletter.check.suppress import apply_allowances, read_allows  # a few ms, and rarely used

    selection = (selection or SelectionStack.of_settings(workspace)).merged_with(issue.choice)
    kept, allowed, _ = apply_allowances(selection.of(findings), read_allows(workspace, issue))
    return kept, allowed

"""Build the example workspace with changed files, and return what the check finds in it."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from newsletter.check import example
from newsletter.check.earlier_issues import EarlierIssues
from newsletter.check.example import Shown
from newsletter.check.select import SelectionStack
from newsletter.load import load
from newsletter.model import Finding, Issue
from newsletter.pipeline.check_batch import check_context
from newsletter.pipeline.validate import validate
from newsletter.workspace import Workspace, find

PREFIX = f"issues/{example.SLUG}/"


def workspace(root: Path, shown: Shown) -> Workspace:
    """Write the example's workspace with `shown` in it."""
    for name, data in example.workspace(shown).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return find(root)


def issue(root: Path, shown: Shown) -> Issue:
    """Return the example's issue, of 1 March 2026, with `shown` in it; no email is built."""
    space = workspace(root, shown)
    loaded = load(space, space.issues / example.SLUG).issue
    assert loaded is not None
    return loaded


def check(root: Path, shown: Shown) -> list[Finding]:
    """Return all findings about the example's issue with `shown` in it."""
    return check_workspace(workspace(root, shown))


def check_workspace(space: Workspace) -> list[Finding]:
    """Return all findings about the example's issue as it is on disk."""
    folder = space.issues / example.SLUG
    context = replace(
        check_context(space, SelectionStack.of_settings(space)),
        earlier=EarlierIssues(space, space.folders()).before(folder),
    )
    return list(validate(context, folder).findings)


def lines(findings: list[Finding], *codes: str) -> list[str]:
    """Return `place code message` of the findings with these codes."""
    return [
        f"{str(finding.where).removeprefix(PREFIX)} {finding.code} {finding.message}"
        for finding in findings
        if finding.code in codes
    ]


def titled(title: str) -> dict[str, str]:
    """Return an issue.yaml with a title."""
    deck = "Why the quietest port in Europe is the one to watch."
    return {"issue.yaml": f'title: "{title}"\npreheader: {deck}\ndate: 2026-03-01\n'}

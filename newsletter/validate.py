"""The straight line with both checks on it: what `check` runs, and `publish` before it delivers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from newsletter.build import Draft, make, read
from newsletter.check import run
from newsletter.check.archive import Archive
from newsletter.check.mail import Checks, Mail
from newsletter.check.rules import ARCHIVE_RULES, ISSUE_RULES, MAIL_RULES
from newsletter.errors import NewsletterError
from newsletter.faults import BROKEN_THEME
from newsletter.model import Email, Finding, Issue
from newsletter.pictures import Shelf
from newsletter.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Validated:
    """An issue with everything the rules say about it; no mail where it has faults that keep it from being one."""

    draft: Draft
    email: Email | None
    findings: tuple[Finding, ...]  # by place; not yet selected or suppressed


def validate(
    workspace: Workspace, folder: Path, shelf: Shelf, checks: Checks, earlier: Sequence[Issue] = ()
) -> Validated:
    """Run every rule on one issue: the author's files, the issues before it (the latest first), the final bytes."""
    draft = read(workspace, folder, shelf)
    findings = list(draft.findings)
    email = None
    if draft.issue:
        findings += run((rule for rule in ISSUE_RULES if not rule.structural), draft.issue)
        findings += run(ARCHIVE_RULES, Archive(draft.issue, tuple(earlier)))
    if draft.sound:
        try:
            email = make(workspace, draft, shelf)
        except NewsletterError as error:
            where = error.where or workspace.place(workspace.settings)
            findings.append(Finding(*BROKEN_THEME, where, error.message, error.hint))
    if email and draft.issue and draft.theme:
        mail = Mail(draft.issue, email, workspace.publication, draft.theme, checks)
        findings += run(MAIL_RULES, mail)
    return Validated(draft, email, _sorted(findings))


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))

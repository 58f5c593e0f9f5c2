"""The straight line with both checks on it: what `check` runs, and `publish` before it delivers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from newsletter.check import Timing, run
from newsletter.check.archive import IssueHistory
from newsletter.check.catalogue import LINK_CODES, catalogue
from newsletter.check.email.subject import CheckedEmail, EmailCheckSettings
from newsletter.check.linked import Answers, LinkedIssue
from newsletter.check.rules import ALLOW_RULES, ARCHIVE_RULES, ISSUE_RULES, LINK_RULES, MAIL_RULES
from newsletter.check.select import FOUND_LOADING, SelectionStack, unknown_in_issue
from newsletter.check.suppress import Allowance, Allowances, divide, read_allows
from newsletter.diagnostics import BROKEN_THEME
from newsletter.errors import NewsletterError
from newsletter.model import Email, Finding, Issue
from newsletter.pipeline.build import LoadedIssue, make, read
from newsletter.pipeline.web_page import missing_page
from newsletter.render.images import BlobCache
from newsletter.workspace import Workspace


class ValidatedIssue(Struct, frozen=True):
    """An issue with everything the rules say about it; no mail where it has faults that keep it from being one."""

    draft: LoadedIssue
    email: Email | None
    findings: tuple[Finding, ...]  # by place; those that are selected and not allowed
    allowed: tuple[Finding, ...] = ()  # those the author answers for

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def validate(
    workspace: Workspace,
    folder: Path,
    shelf: BlobCache,
    checks: EmailCheckSettings,
    earlier: Sequence[Issue] = (),
    selection: SelectionStack | None = None,
    timing: Timing | None = None,
    answers: Answers | None = None,
) -> ValidatedIssue:
    """Run every rule on one issue: the author's files, the issues before it (the latest first), the final bytes.

    `selection` says which rules apply and how bad their findings are; the issue's own `check:` is added to it.
    `answers` are what the network said of its links, `None` where it was not asked.
    """
    selection = SelectionStack.of_settings(workspace) if selection is None else selection
    started = time.perf_counter()
    draft = read(workspace, folder, shelf, selection)
    _lap(timing, "read", started)
    started = time.perf_counter()
    email, broken = finish(workspace, draft, shelf)
    _lap(timing, "make", started)
    mail = None
    if email and draft.issue and draft.theme:
        mail = CheckedEmail(draft.issue, email, workspace.publication, draft.theme, checks)
    return judge(workspace, draft, mail, broken, earlier, selection, timing, answers)


def finish(
    workspace: Workspace, draft: LoadedIssue, shelf: BlobCache
) -> tuple[Email | None, tuple[Finding, ...]]:
    """Return the mail of a draft that is sound, or what its theme fails at."""
    if not draft.sound:
        return None, ()
    try:
        return make(workspace, draft, shelf), ()
    except NewsletterError as error:
        where = error.where or workspace.place(workspace.settings)
        return None, (BROKEN_THEME.finding(where, error.message, error.hint),)


def judge(
    workspace: Workspace,
    draft: LoadedIssue,
    mail: CheckedEmail | None,
    broken: Sequence[Finding] = (),
    earlier: Sequence[Issue] = (),
    selection: SelectionStack | None = None,
    timing: Timing | None = None,
    answers: Answers | None = None,
    pause: Callable[[], None] = lambda: None,
) -> ValidatedIssue:
    """Run every rule on what was read and made. `pause` is called before each; it may raise to give up."""
    selection = SelectionStack.of_settings(workspace) if selection is None else selection
    if draft.issue is None:
        return ValidatedIssue(draft, None, _sorted(selection.of(draft.findings)))
    selection = selection.over(draft.issue.choice)

    def on(code: str) -> bool:
        pause()
        return selection.on(code)

    where = draft.issue.places.get("check", draft.issue.where)
    findings = [
        *draft.findings,
        *draft.allowed,
        *broken,
        *unknown_in_issue(draft.issue.choice, where),
    ]
    findings += run((rule for rule in ISSUE_RULES if not rule.structural), draft.issue, on, timing)
    findings += run(ARCHIVE_RULES, IssueHistory(draft.issue, tuple(earlier)), on, timing)
    findings += missing_page(workspace, draft.issue)
    linked = (
        LinkedIssue.of(workspace, draft.issue, draft.theme, answers)
        if answers is not None
        else None
    )
    if linked:
        findings += run(LINK_RULES, linked, on, timing)
    if mail:
        findings += run(MAIL_RULES, mail, on, timing)
    allows = read_allows(workspace, draft.issue)
    kept, allowed, used = divide(selection.of(findings), allows)

    def looked_for(code: str) -> bool:
        asked = linked is not None and linked.complete
        return mail is not None and selection.on(code) and (asked or code not in LINK_CODES)

    about = _allowances(allows, used, looked_for, folder=workspace.display_path(draft.folder))
    more, more_allowed, _ = divide(
        selection.of(run(ALLOW_RULES, about, selection.on, timing)), allows
    )
    return ValidatedIssue(
        draft, mail.email if mail else None, _sorted(kept + more), _sorted(allowed + more_allowed)
    )


def _allowances(
    allows: Sequence[Allowance],
    used: set[Allowance],
    looked_for: Callable[[str], bool],
    *,
    folder: str,
) -> Allowances:
    """Return what there is to say of `allows`; of unused ones only where their rule had its turn.

    Only those in the issue's own files are unused: in what issues share they may be for another one.
    """
    slips = tuple(allow for allow in allows if allow.slip)
    given = [allow for allow in allows if not allow.slip]
    unknown = tuple(allow for allow in given if allow.code not in catalogue())
    entries = {code: entry for code, entry in catalogue().items() if code in FOUND_LOADING}
    barred = tuple(
        allow
        for allow in given
        if allow.code in entries and entries[allow.code].severity == "error"
    )
    told = {*used, *unknown, *barred}
    own = (allow for allow in given if allow.where.path.startswith(f"{folder}/"))
    idle = tuple(allow for allow in own if allow not in told and looked_for(allow.code))
    return Allowances(
        unknown, barred, idle, tuple(allow for allow in given if not allow.reason), slips
    )


def _lap(timing: Timing | None, step: str, started: float) -> None:
    if timing is not None:
        timing[step] = timing.get(step, 0.0) + time.perf_counter() - started


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))

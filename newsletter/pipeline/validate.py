"""The full check of one issue, as run by `check`, and by `publish` before delivery."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from newsletter.check import Timing, run
from newsletter.check.email.checked_email import CheckedEmail, EmailCheckSettings
from newsletter.check.registry import LINK_CODES, catalogue, rules_for
from newsletter.check.rules.structure import RULES as STRUCTURAL
from newsletter.check.select import SelectionStack, unknown_in_issue
from newsletter.check.subjects import Allowance, Allowances, IssueHistory, LinkedIssue, LinkResults
from newsletter.check.suppress import apply_allowances, read_allows
from newsletter.diagnostics import BROKEN_THEME, FOUND_LOADING
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.model import Email, Finding, Issue
from newsletter.pipeline.build import LoadedIssue, make, read
from newsletter.pipeline.web_page import missing_page
from newsletter.render.images import BlobCache
from newsletter.workspace import Workspace


def _no_pause() -> None:
    """Do nothing."""


class CheckContext(Struct, frozen=True):
    """The inputs of a check, apart from the issue."""

    workspace: Workspace
    cache: BlobCache
    selection: SelectionStack  # from settings and command line; an issue adds its own `check:`
    email_settings: EmailCheckSettings = EmailCheckSettings()
    earlier: Sequence[Issue] = ()  # latest first
    link_results: LinkResults | None = None  # None: links were not checked
    timing: Timing | None = None  # collects the seconds of each rule and step
    pause: Callable[[], None] = _no_pause  # called before each rule; may raise to abort


class ValidatedIssue(Struct, frozen=True):
    """An issue with its findings; `email` is `None` where errors block the build."""

    loaded: LoadedIssue
    email: Email | None
    findings: tuple[Finding, ...]  # sorted by location; only selected and not allowed ones
    allowed: tuple[Finding, ...] = ()  # accepted by an allow comment

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def validate(context: CheckContext, folder: Path) -> ValidatedIssue:
    """Run all rules on one issue: the author's files, earlier issues, and the final bytes."""
    workspace, cache = context.workspace, context.cache
    started = time.perf_counter()
    loaded = read(workspace, folder, cache, context.selection)
    _lap(context.timing, "read", started)
    started = time.perf_counter()
    email, broken = finish_email(workspace, loaded, cache)
    _lap(context.timing, "make", started)
    checked = None
    if email and loaded.issue and loaded.theme:
        checked = CheckedEmail(
            loaded.issue, email, workspace.publication, loaded.theme, context.email_settings
        )
    return apply_rules(context, loaded, checked, broken)


def finish_email(
    workspace: Workspace, loaded: LoadedIssue, cache: BlobCache
) -> tuple[Email | None, tuple[Finding, ...]]:
    """Return the email of an issue without errors, or a finding if its theme fails."""
    if not loaded.sound:
        return None, ()
    try:
        return make(workspace, loaded, cache), ()
    except IssueRejected as error:
        return None, error.findings
    except NewsletterError as error:
        where = error.where or workspace.place(workspace.settings)
        return None, (BROKEN_THEME.finding(where, error.message, error.hint),)


def apply_rules(
    context: CheckContext,
    loaded: LoadedIssue,
    email: CheckedEmail | None,
    broken: Sequence[Finding] = (),
) -> ValidatedIssue:
    """Run all rules on a loaded issue and its built email."""
    if loaded.issue is None:
        return ValidatedIssue(loaded, None, _sorted(context.selection.of(loaded.findings)))
    issue, selection = loaded.issue, context.selection.merged_with(loaded.issue.choice)

    def enabled(code: str) -> bool:
        context.pause()
        return selection.on(code)

    subjects = _subjects(context, loaded, email)
    where = issue.places.get("check", issue.where)
    findings = [*loaded.findings, *loaded.allowed, *broken]
    findings += unknown_in_issue(issue.choice, where)
    findings += missing_page(context.workspace, issue)
    for name, subject in subjects.items():
        rules = (rule for rule in rules_for(name) if rule not in STRUCTURAL)
        findings += run(rules, subject, enabled, context.timing)
    allows = read_allows(context.workspace, issue)
    kept, allowed, used = apply_allowances(selection.of(findings), allows)

    linked = subjects.get("LinkedIssue")
    links_checked = linked is not None and linked.complete

    def ran(code: str) -> bool:
        skipped = code in LINK_CODES and not links_checked
        return email is not None and selection.on(code) and not skipped

    about = _allowances(allows, used, ran, folder=context.workspace.display_path(loaded.folder))
    about_allows = run(rules_for("Allowances"), about, selection.on, context.timing)
    more, more_allowed, _ = apply_allowances(selection.of(about_allows), allows)
    return ValidatedIssue(
        loaded,
        email.email if email else None,
        _sorted(kept + more),
        _sorted(allowed + more_allowed),
    )


def _subjects(
    context: CheckContext, loaded: LoadedIssue, email: CheckedEmail | None
) -> dict[str, Any]:
    """Return what rules check, by the name of its class; links and email only where known."""
    assert loaded.issue is not None, "the caller has it"
    subjects: dict[str, Any] = {
        "Issue": loaded.issue,
        "IssueHistory": _history(context, loaded.issue),
    }
    if context.link_results is not None:
        subjects["LinkedIssue"] = LinkedIssue.of(
            context.workspace, loaded.issue, loaded.theme, context.link_results
        )
    if email is not None:
        subjects["CheckedEmail"] = email
    return subjects


def _history(context: CheckContext, issue: Issue) -> IssueHistory:
    standing = tuple(context.workspace.check.standing_links)
    return IssueHistory(issue, tuple(context.earlier), standing)


def _allowances(
    allows: Sequence[Allowance],
    used: set[Allowance],
    looked_for: Callable[[str], bool],
    *,
    folder: str,
) -> Allowances:
    """Classify `allows`; they count as unused only if their rule ran.

    Allow comments in shared files may apply to another issue, so only those in the issue's own
    files can be unused.
    """
    malformed = tuple(allow for allow in allows if allow.malformed)
    given = [allow for allow in allows if not allow.malformed]
    unknown = tuple(allow for allow in given if allow.code not in catalogue())
    entries = {code: entry for code, entry in catalogue().items() if code in FOUND_LOADING}
    not_allowed = tuple(
        allow
        for allow in given
        if allow.code in entries and entries[allow.code].severity == "error"
    )
    reported = {*used, *unknown, *not_allowed}
    own = (allow for allow in given if allow.where.path.startswith(f"{folder}/"))
    unused = tuple(allow for allow in own if allow not in reported and looked_for(allow.code))
    missing_reason = tuple(allow for allow in given if not allow.reason)
    return Allowances(unknown, not_allowed, unused, missing_reason, malformed)


def _lap(timing: Timing | None, step: str, started: float) -> None:
    if timing is not None:
        timing[step] = timing.get(step, 0.0) + time.perf_counter() - started


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))

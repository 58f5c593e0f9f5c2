"""Check many issues, in runs of neighbors so that each process reads earlier issues only once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from newsletter.check import Timing, baseline
from newsletter.check.earlier_issues import EarlierIssues
from newsletter.check.email.checked_email import EmailCheckSettings
from newsletter.check.email.clients import chosen
from newsletter.check.fix import FixedFile, fix
from newsletter.check.registry import LINK_CODES, rules_for
from newsletter.check.rule_settings import delivers, refuse_unknown
from newsletter.check.select import SelectionStack
from newsletter.check.subjects import DEPTH, LinkResults
from newsletter.files.cache import RECEIPTS, BuildCache
from newsletter.load import load
from newsletter.model import Finding, RuleSelection
from newsletter.pipeline.build import LoadedIssue
from newsletter.pipeline.pool import map_parallel
from newsletter.pipeline.validate import CheckContext, ValidatedIssue, apply_rules, validate
from newsletter.workspace import Workspace

FEW = 8  # below this number of issues, starting processes costs more than it saves
RUN = DEPTH * 2  # issues per run; half as many earlier ones are read in addition


class CheckOptions(Struct, frozen=True):
    """The options of a check."""

    choice: RuleSelection  # from the command line
    fix: bool = False
    diff: bool = False  # fix a copy of the issue
    timing: bool = False
    drafts: bool = False  # what is still to be written in an unpublished issue is a warning
    link_results: Mapping[str, LinkResults] | None = None  # by slug; None: links were not checked

    def link_results_for(self, slug: str) -> LinkResults | None:
        return None if self.link_results is None else self.link_results.get(slug, {})


class CheckedIssue(Struct, frozen=True):
    """The result of checking one issue."""

    slug: str
    findings: tuple[Finding, ...]
    has_email: bool  # an email was built, so the email rules ran
    allowed: tuple[Finding, ...] = ()  # accepted by an allow comment
    changes: tuple[FixedFile, ...] = ()
    fixed: int = 0
    timing: Timing = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def check_all(
    workspace: Workspace,
    folders: Sequence[Path],
    options: CheckOptions,
    jobs: int | None = None,
    *,
    on_done: Callable[[CheckedIssue], None] = lambda checked: None,
) -> list[CheckedIssue]:
    """Check issues, oldest first, calling `on_done` for the results of each run as it is done.

    Raises `IssueRejected` if the settings contain unknown rules or mail clients.
    """
    refuse_unknown(workspace)
    folders = sorted(folders)
    jobs = (jobs or os.cpu_count() or 1) if len(folders) > FEW else 1
    size = min(RUN, -(-len(folders) // jobs)) or 1
    runs = [folders[start : start + size] for start in range(0, len(folders), size)]
    checked: list[CheckedIssue] = []
    for run in map_parallel(
        partial(check_run, workspace, options), runs, jobs, prepare=_import_early
    ):
        for issue in run:
            checked.append(issue)
            on_done(issue)
    return sorted(checked, key=lambda issue: issue.slug)


def check_run(
    workspace: Workspace, options: CheckOptions, folders: Sequence[Path]
) -> list[CheckedIssue]:
    """Check consecutive issues one after another."""
    history = EarlierIssues(workspace, workspace.folders())
    return [check_one(workspace, folder, options, history) for folder in folders]


def check_one(
    workspace: Workspace, folder: Path, options: CheckOptions, history: EarlierIssues
) -> CheckedIssue:
    """Check an issue; fix it, or a copy of it, if the options request it."""
    selection = SelectionStack.of_settings(workspace, options.choice)
    if options.drafts:
        selection = replace(selection, draft=is_draft(folder))
    wants_history = any(selection.on(rule.code) for rule in rules_for("IssueHistory"))
    context = replace(
        check_context(workspace, selection),
        earlier=history.before(folder) if wants_history else (),
        link_results=options.link_results_for(folder.name),
        timing={} if options.timing else None,
    )
    latest: list[ValidatedIssue] = []

    def check() -> tuple[Finding, ...]:
        latest[:] = [validate(context, folder)]
        return latest[0].findings

    changes: list[FixedFile] = []
    fixed = 0
    if options.fix:
        changes, fixed = fix(workspace.root, folder, check)
    else:
        check()
    (validated,) = latest
    if options.diff and not options.fix and any(finding.edit for finding in validated.findings):
        changes, fixed = _fixed_copy(context, folder)
    if wants_history:
        history.put(folder, validated.loaded.issue)
    return CheckedIssue(
        folder.name,
        validated.findings,
        has_email=validated.email is not None,
        allowed=validated.allowed,
        changes=tuple(changes),
        fixed=fixed,
        timing=context.timing or {},
    )


def check_links(
    workspace: Workspace, folders: Sequence[Path], options: CheckOptions
) -> list[CheckedIssue]:
    """Run only the link rules, without building emails, after an interrupted link check."""
    selection = replace(SelectionStack.of_settings(workspace, options.choice), only=LINK_CODES)
    checked = []
    for folder in sorted(folders):
        issue = load(workspace, folder)
        context = replace(
            check_context(workspace, selection),
            link_results=options.link_results_for(folder.name),
        )
        validated = apply_rules(
            context, LoadedIssue(folder, issue.issue, issue.theme, {}, ()), None
        )
        checked.append(
            CheckedIssue(
                folder.name, validated.findings, has_email=False, allowed=validated.allowed
            )
        )
    return checked


def is_draft(folder: Path) -> bool:
    """Return whether an issue is still a draft: nothing was published of it."""
    return not (folder / RECEIPTS).exists()


def check_issue(
    workspace: Workspace, folder: Path, *choices: RuleSelection, draft: bool = False
) -> ValidatedIssue:
    """Return the result of checking one issue, without findings recorded in the baseline.

    With `draft`, errors about what is still to be written are warnings. Raises the same errors as
    `check_all`.
    """
    refuse_unknown(workspace)
    known = baseline.read_baseline(workspace, baseline.of_settings(workspace))
    context = replace(
        check_context(
            workspace, replace(SelectionStack.of_settings(workspace, *choices), draft=draft)
        ),
        earlier=EarlierIssues(workspace, workspace.folders()).before(folder),
    )
    validated = validate(context, folder)
    return replace(validated, findings=tuple(baseline.split_recorded(validated.findings, known)[0]))


def check_context(workspace: Workspace, selection: SelectionStack) -> CheckContext:
    """Return the check context for the workspace's settings."""
    return CheckContext(
        workspace,
        BuildCache(workspace.state / "cache"),
        selection,
        EmailCheckSettings(chosen(workspace), workspace.check.reserve, delivers(workspace)),
    )


def _fixed_copy(context: CheckContext, folder: Path) -> tuple[list[FixedFile], int]:
    """Return the changes that fixes would make, applied to a copy of the issue and shared files."""
    workspace = context.workspace
    with tempfile.TemporaryDirectory(prefix="newsletter-") as name:
        root = Path(name).resolve()
        copy = replace(workspace, root=root, settings=root / workspace.settings.name)
        for path in (workspace.settings, workspace.masthead, workspace.lexicon):
            if path.is_file():
                shutil.copy(path, root / path.name)
        if workspace.templates.is_dir():
            shutil.copytree(workspace.templates, copy.templates)
        issue = copy.issues / folder.name
        shutil.copytree(folder, issue)
        in_copy = replace(
            context, workspace=copy, cache=BuildCache(copy.state / "cache"), timing=None
        )
        return fix(root, issue, lambda: validate(in_copy, issue).findings)


def fresh(checked: Sequence[CheckedIssue]) -> Iterator[Finding]:
    """Yield the findings of all issues, with those in shared files only once."""
    return iter(dict.fromkeys(chain.from_iterable(issue.findings for issue in checked)))


def _import_early() -> None:
    from newsletter.render.html import preload

    preload()

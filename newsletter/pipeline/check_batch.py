"""Many issues checked: in runs of neighbours, so that each process reads the earlier issues once."""

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
from newsletter.check.archive import DEPTH
from newsletter.check.catalogue import LINK_CODES
from newsletter.check.earlier_issues import EarlierIssues
from newsletter.check.email.clients import chosen
from newsletter.check.email.subject import EmailCheckSettings
from newsletter.check.fix import FixedFile, mend
from newsletter.check.linked import Answers
from newsletter.check.rules import ARCHIVE_RULES
from newsletter.check.select import SelectionStack
from newsletter.check.settings import refuse_unknown
from newsletter.files.cache import BuildCache
from newsletter.load import load
from newsletter.model import Finding, Issue, RuleSelection
from newsletter.pipeline.build import LoadedIssue
from newsletter.pipeline.pool import map_parallel
from newsletter.pipeline.validate import ValidatedIssue, judge, validate
from newsletter.workspace import Workspace

FEW = 8  # issues below which starting processes costs more than it saves
RUN = DEPTH * 2  # issues of one run: as many are read again before it as there are in half of it


class CheckOptions(Struct, frozen=True):
    """What is asked of a check beside which issues."""

    choice: RuleSelection  # of the command line
    fix: bool = False
    diff: bool = False  # mend a copy
    timing: bool = False
    answers: Mapping[str, Answers] | None = (
        None  # slug -> what the network said of its links; None: it was not asked
    )

    def answers_for(self, slug: str) -> Answers | None:
        return None if self.answers is None else self.answers.get(slug, {})


class CheckedIssue(Struct, frozen=True):
    """What a check says of one issue."""

    slug: str
    findings: tuple[Finding, ...]
    mailed: bool  # there is a mail, so the rules about mails had their turn
    allowed: tuple[Finding, ...] = ()  # those an author answers for
    changes: tuple[FixedFile, ...] = ()
    mended: int = 0
    timing: Timing = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def check_all(
    workspace: Workspace,
    folders: Sequence[Path],
    order: CheckOptions,
    jobs: int | None = None,
    tell: Callable[[CheckedIssue], None] = lambda checked: None,
) -> list[CheckedIssue]:
    """Check issues, oldest first, and tell of each run as it is done.

    Raises `IssueRejected` where the settings name rules or mail clients that there are none of.
    """
    refuse_unknown(workspace)
    folders = sorted(folders)
    jobs = (jobs or os.cpu_count() or 1) if len(folders) > FEW else 1
    size = min(RUN, -(-len(folders) // jobs)) or 1
    runs = [folders[start : start + size] for start in range(0, len(folders), size)]
    checked: list[CheckedIssue] = []
    for run in map_parallel(
        partial(check_run, workspace, order), runs, jobs, prepare=_import_early
    ):
        for one in run:
            checked.append(one)
            tell(one)
    return sorted(checked, key=lambda one: one.slug)


def check_run(
    workspace: Workspace, order: CheckOptions, folders: Sequence[Path]
) -> list[CheckedIssue]:
    """Check neighbours one after another."""
    history = EarlierIssues(workspace, workspace.folders())
    return [check_one(workspace, folder, order, history) for folder in folders]


def check_one(
    workspace: Workspace, folder: Path, order: CheckOptions, history: EarlierIssues
) -> CheckedIssue:
    """Check an issue; mend it, or a copy of it, where that is asked for."""
    timing: Timing = {}
    selection = SelectionStack.of_settings(workspace, order.choice)
    wants_history = any(selection.on(rule.code) for rule in ARCHIVE_RULES)
    earlier = history.before(folder) if wants_history else ()
    answers = order.answers_for(folder.name)
    looks: list[ValidatedIssue] = []

    def look() -> tuple[Finding, ...]:
        looks[:] = [
            _look(workspace, folder, earlier, selection, timing if order.timing else None, answers)
        ]
        return looks[0].findings

    changes: list[FixedFile] = []
    mended = 0
    if order.fix:
        changes, mended = mend(workspace.root, folder, look)
    else:
        look()
    (found,) = looks
    if order.diff and not order.fix and any(finding.edit for finding in found.findings):
        changes, mended = _mended_copy(workspace, folder, earlier, selection, answers)
    if wants_history:
        history.keep(folder, found.draft.issue)
    mailed = found.email is not None
    return CheckedIssue(
        folder.name, found.findings, mailed, found.allowed, tuple(changes), mended, timing
    )


def check_links(
    workspace: Workspace, folders: Sequence[Path], order: CheckOptions
) -> list[CheckedIssue]:
    """Run the rules about links alone, and make no mail: for somebody who stopped the asking and waits."""
    selection = replace(SelectionStack.of_settings(workspace, order.choice), among=LINK_CODES)
    checked = []
    for folder in sorted(folders):
        loaded = load(workspace, folder)
        draft = LoadedIssue(folder, loaded.issue, loaded.theme, {}, ())
        found = judge(
            workspace, draft, None, selection=selection, answers=order.answers_for(folder.name)
        )
        checked.append(
            CheckedIssue(folder.name, found.findings, mailed=False, allowed=found.allowed)
        )
    return checked


def check_issue(workspace: Workspace, folder: Path, *choices: RuleSelection) -> ValidatedIssue:
    """Return one issue checked as `check` checks it, without what the settings' baseline knows. Raises as it does."""
    refuse_unknown(workspace)
    known = baseline.read_baseline(workspace, baseline.of_settings(workspace))
    earlier = EarlierIssues(workspace, workspace.folders()).before(folder)
    found = _look(workspace, folder, earlier, SelectionStack.of_settings(workspace, *choices))
    return replace(found, findings=tuple(baseline.divide(found.findings, known)[0]))


def _look(
    workspace: Workspace,
    folder: Path,
    earlier: Sequence[Issue],
    selection: SelectionStack,
    timing: Timing | None = None,
    answers: Answers | None = None,
) -> ValidatedIssue:
    checks = EmailCheckSettings(chosen(workspace), workspace.check.reserve)
    return validate(
        workspace,
        folder,
        BuildCache(workspace.state / "cache"),
        checks,
        earlier,
        selection,
        timing,
        answers,
    )


def _mended_copy(
    workspace: Workspace,
    folder: Path,
    earlier: Sequence[Issue],
    selection: SelectionStack,
    answers: Answers | None,
) -> tuple[list[FixedFile], int]:
    """Return what mending would change: in a copy of the issue, beside copies of the files it shares with others."""
    with tempfile.TemporaryDirectory(prefix="newsletter-") as place:
        root = Path(place).resolve()
        copy = replace(workspace, root=root, settings=root / workspace.settings.name)
        for path in (workspace.settings, workspace.masthead, workspace.lexicon):
            if path.is_file():
                shutil.copy(path, root / path.name)
        if workspace.templates.is_dir():
            shutil.copytree(workspace.templates, copy.templates)
        issue = copy.issues / folder.name
        shutil.copytree(folder, issue)
        return mend(
            root, issue, lambda: _look(copy, issue, earlier, selection, None, answers).findings
        )


def fresh(checked: Sequence[CheckedIssue]) -> Iterator[Finding]:
    """Yield the findings of all issues; one in a file they share is told once."""
    return iter(dict.fromkeys(chain.from_iterable(one.findings for one in checked)))


def _import_early() -> None:
    from newsletter.render.html import preload

    preload()

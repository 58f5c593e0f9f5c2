"""Many issues checked: in runs of neighbours, so that each process reads the earlier issues once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

from newsletter.check import Timing, baseline
from newsletter.check.archive import DEPTH
from newsletter.check.catalogue import LINK_CODES
from newsletter.check.earlier_issues import History
from newsletter.check.email.clients import chosen
from newsletter.check.email.subject import Checks
from newsletter.check.fix import Change, mend
from newsletter.check.linked import Answers
from newsletter.check.rules import ARCHIVE_RULES
from newsletter.check.select import Selection
from newsletter.check.settings import refuse_unknown
from newsletter.files.cache import Cache
from newsletter.load import load
from newsletter.model import Choice, Finding, Issue
from newsletter.pipeline.build import Draft
from newsletter.pipeline.pool import spread
from newsletter.pipeline.validate import Validated, judge, validate
from newsletter.workspace import Workspace

FEW = 8  # issues below which starting processes costs more than it saves
RUN = DEPTH * 2  # issues of one run: as many are read again before it as there are in half of it


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a check beside which issues."""

    choice: Choice  # of the command line
    fix: bool = False
    diff: bool = False  # mend a copy
    timing: bool = False
    answers: Mapping[str, Answers] | None = None  # slug -> what the network said of its links; None: it was not asked

    def answers_for(self, slug: str) -> Answers | None:
        return None if self.answers is None else self.answers.get(slug, {})


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check says of one issue."""

    slug: str
    findings: tuple[Finding, ...]
    mailed: bool  # there is a mail, so the rules about mails had their turn
    allowed: tuple[Finding, ...] = ()  # those an author answers for
    changes: tuple[Change, ...] = ()
    mended: int = 0
    timing: Timing = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def check_all(
    workspace: Workspace,
    folders: Sequence[Path],
    order: Order,
    jobs: int | None = None,
    tell: Callable[[Checked], None] = lambda checked: None,
) -> list[Checked]:
    """Check issues, oldest first, and tell of each run as it is done.

    Raises `IssueRejected` where the settings name rules or mail clients that there are none of.
    """
    refuse_unknown(workspace)
    folders = sorted(folders)
    jobs = (jobs or os.cpu_count() or 1) if len(folders) > FEW else 1
    size = min(RUN, -(-len(folders) // jobs)) or 1
    runs = [folders[start : start + size] for start in range(0, len(folders), size)]
    checked: list[Checked] = []
    for run in spread(partial(check_run, workspace, order), runs, jobs, prepare=_import_early):
        for one in run:
            checked.append(one)
            tell(one)
    return sorted(checked, key=lambda one: one.slug)


def check_run(workspace: Workspace, order: Order, folders: Sequence[Path]) -> list[Checked]:
    """Check neighbours one after another."""
    history = History(workspace, workspace.folders())
    return [check_one(workspace, folder, order, history) for folder in folders]


def check_one(workspace: Workspace, folder: Path, order: Order, history: History) -> Checked:
    """Check an issue; mend it, or a copy of it, where that is asked for."""
    timing: Timing = {}
    selection = Selection.of_settings(workspace, order.choice)
    wants_history = any(selection.on(rule.code) for rule in ARCHIVE_RULES)
    earlier = history.before(folder) if wants_history else ()
    answers = order.answers_for(folder.name)
    looks: list[Validated] = []

    def look() -> tuple[Finding, ...]:
        looks[:] = [_look(workspace, folder, earlier, selection, timing if order.timing else None, answers)]
        return looks[0].findings

    changes: list[Change] = []
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
    return Checked(folder.name, found.findings, mailed, found.allowed, tuple(changes), mended, timing)


def check_links(workspace: Workspace, folders: Sequence[Path], order: Order) -> list[Checked]:
    """Run the rules about links alone, and make no mail: for somebody who stopped the asking and waits."""
    selection = replace(Selection.of_settings(workspace, order.choice), among=LINK_CODES)
    checked = []
    for folder in sorted(folders):
        loaded = load(workspace, folder)
        draft = Draft(folder, loaded.issue, loaded.theme, {}, ())
        found = judge(workspace, draft, None, selection=selection, answers=order.answers_for(folder.name))
        checked.append(Checked(folder.name, found.findings, mailed=False, allowed=found.allowed))
    return checked


def look_at(workspace: Workspace, folder: Path, *choices: Choice) -> Validated:
    """Return one issue checked as `check` checks it, without what the settings' baseline knows. Raises as it does."""
    refuse_unknown(workspace)
    known = baseline.read_baseline(workspace, baseline.of_settings(workspace))
    earlier = History(workspace, workspace.folders()).before(folder)
    found = _look(workspace, folder, earlier, Selection.of_settings(workspace, *choices))
    return replace(found, findings=tuple(baseline.divide(found.findings, known)[0]))


def _look(
    workspace: Workspace,
    folder: Path,
    earlier: Sequence[Issue],
    selection: Selection,
    timing: Timing | None = None,
    answers: Answers | None = None,
) -> Validated:
    checks = Checks(chosen(workspace), workspace.check.reserve)
    return validate(workspace, folder, Cache(workspace.state / "cache"), checks, earlier, selection, timing, answers)


def _mended_copy(
    workspace: Workspace, folder: Path, earlier: Sequence[Issue], selection: Selection, answers: Answers | None
) -> tuple[list[Change], int]:
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
        return mend(root, issue, lambda: _look(copy, issue, earlier, selection, None, answers).findings)


def fresh(checked: Sequence[Checked]) -> Iterator[Finding]:
    """Yield the findings of all issues; one in a file they share is told once."""
    return iter(dict.fromkeys(chain.from_iterable(one.findings for one in checked)))


def _import_early() -> None:
    from newsletter.render.html import warm

    warm()

"""What a desk with a back catalogue knows already: findings by file, code and words, counted: lines may move."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from newsletter.check.rules import structure
from newsletter.diagnostics import UNREADABLE, blocks_build
from newsletter.errors import IssueRejected
from newsletter.files.output import write_file
from newsletter.model import Finding
from newsletter.workspace import Workspace

Known = Counter[tuple[str, str, str]]  # path, code, message -> how often
_STRUCTURAL = frozenset(rule.code for rule in structure.RULES)


def known(findings: Iterable[Finding]) -> Known:
    """Return findings as a baseline knows them."""
    return Counter(_key(finding) for finding in findings if not _no_mail(finding))


def divide(findings: Iterable[Finding], known: Known) -> tuple[list[Finding], list[Finding], Known]:
    """Return what a baseline does not know, or not so many of; what it knows; and what it knows and is not found."""
    left = known.copy()
    new: list[Finding] = []
    old: list[Finding] = []
    for finding in findings:
        key = _key(finding)
        if left[key] > 0 and not _no_mail(finding):
            left[key] -= 1
            old.append(finding)
        else:
            new.append(finding)
    return new, old, +left


def gone(
    left: Known, workspace: Workspace, slugs: Collection[str], on: Callable[[str], bool]
) -> int:
    """Return how many known findings are no more, of those that were looked for.

    `slugs` are the issues that every rule saw. Files that issues share tell nothing before all issues were looked at.
    """
    issues = f"{workspace.display_path(workspace.issues)}/"
    whole = all(folder.name in slugs for folder in workspace.folders())

    def looked_for(path: str) -> bool:
        return (
            path.removeprefix(issues).partition("/")[0] in slugs
            if path.startswith(issues)
            else whole
        )

    return sum(count for (path, code, _), count in left.items() if looked_for(path) and on(code))


def of_settings(workspace: Workspace) -> Path | None:
    """Return where the settings say the baseline is."""
    return workspace.root / workspace.check.baseline if workspace.check.baseline else None


def read_baseline(workspace: Workspace, path: Path | None) -> Known:
    """Return what a file knows, nothing without one. Raises `IssueRejected` where it is not there or was damaged."""
    if path is None:
        return Known()
    try:
        files = json.loads(path.read_bytes())["findings"]
        return Known(
            {
                (file, code, message): int(count)
                for file, codes in files.items()
                for code, messages in codes.items()
                for message, count in messages.items()
            }
        )
    except FileNotFoundError as error:
        hint = "Write it with: newsletter check --all --write-baseline"
        raise _rejected(workspace, path, "there is no such baseline", hint) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Bring it back with git, or write it anew with --write-baseline."
        raise _rejected(workspace, path, "the baseline cannot be read", hint) from error


def _rejected(workspace: Workspace, path: Path, message: str, hint: str) -> IssueRejected:
    return IssueRejected(path.name, (UNREADABLE.finding(workspace.place(path), message, hint),))


def write_baseline(path: Path, known: Known) -> None:
    """Write what is known, sorted, so that a change of it reads well in a diff."""
    files: dict[str, dict[str, dict[str, int]]] = {}
    for (file, code, message), count in sorted(known.items()):
        files.setdefault(file, {}).setdefault(code, {})[message] = count
    write_file(
        path, (json.dumps({"findings": files}, ensure_ascii=False, indent=2) + "\n").encode()
    )


def _no_mail(finding: Finding) -> bool:
    """Tell whether no mail can be made before a finding is mended: nobody can live with that."""
    return blocks_build(finding) or (finding.severity == "error" and finding.code in _STRUCTURAL)


def _key(finding: Finding) -> tuple[str, str, str]:
    return (finding.where.path, finding.code, finding.message)

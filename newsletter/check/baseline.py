"""The baseline: counts of known findings by file, code and message, so that lines may move."""

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

KnownFindings = Counter[tuple[str, str, str]]  # path, code, message -> how often
_STRUCTURAL = frozenset(rule.code for rule in structure.RULES)


def as_recorded(findings: Iterable[Finding]) -> KnownFindings:
    """Return the counts under which a baseline records findings."""
    return Counter(_key(finding) for finding in findings if not _blocks_email(finding))


def split_recorded(
    findings: Iterable[Finding], known: KnownFindings
) -> tuple[list[Finding], list[Finding], KnownFindings]:
    """Return new findings, recorded ones, and the records that no finding matches."""
    left = known.copy()
    new: list[Finding] = []
    old: list[Finding] = []
    for finding in findings:
        key = _key(finding)
        if left[key] > 0 and not _blocks_email(finding):
            left[key] -= 1
            old.append(finding)
        else:
            new.append(finding)
    return new, old, +left


def count_resolved(
    left: KnownFindings, workspace: Workspace, slugs: Collection[str], on: Callable[[str], bool]
) -> int:
    """Return how many recorded findings no longer occur, counting only those this run could find.

    `slugs` are the issues that every rule checked. Shared files count only if all issues were
    checked.
    """
    issues = f"{workspace.display_path(workspace.issues)}/"
    all_checked = all(folder.name in slugs for folder in workspace.folders())

    def checked(path: str) -> bool:
        return (
            path.removeprefix(issues).partition("/")[0] in slugs
            if path.startswith(issues)
            else all_checked
        )

    return sum(count for (path, code, _), count in left.items() if checked(path) and on(code))


def of_settings(workspace: Workspace) -> Path | None:
    """Return the path of the baseline in the settings."""
    return workspace.root / workspace.check.baseline if workspace.check.baseline else None


def read_baseline(workspace: Workspace, path: Path | None) -> KnownFindings:
    """Return the findings recorded in a file; empty if `path` is `None`.

    Raises `IssueRejected` if the file is missing or invalid.
    """
    if path is None:
        return KnownFindings()
    try:
        files = json.loads(path.read_bytes())["findings"]
        return KnownFindings(
            {
                (file, code, message): int(count)
                for file, codes in files.items()
                for code, messages in codes.items()
                for message, count in messages.items()
            }
        )
    except FileNotFoundError as error:
        hint = "Create it with `newsletter check --all --write-baseline`."
        raise _rejected(workspace, path, "No such baseline", hint) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Restore it with git, or recreate it with --write-baseline."
        raise _rejected(workspace, path, "Invalid baseline", hint) from error


def _rejected(workspace: Workspace, path: Path, message: str, hint: str) -> IssueRejected:
    return IssueRejected(path.name, (UNREADABLE.finding(workspace.place(path), message, hint),))


def write_baseline(path: Path, known: KnownFindings) -> None:
    """Write recorded findings, sorted for readable diffs."""
    files: dict[str, dict[str, dict[str, int]]] = {}
    for (file, code, message), count in sorted(known.items()):
        files.setdefault(file, {}).setdefault(code, {})[message] = count
    text = json.dumps({"findings": files}, ensure_ascii=False, indent=2) + "\n"
    write_file(path, text.encode("utf-8", "backslashreplace"))  # a file name may not be UTF-8


def _blocks_email(finding: Finding) -> bool:
    """Return whether a finding blocks the build, which no baseline can accept."""
    return blocks_build(finding) or (finding.severity == "error" and finding.code in _STRUCTURAL)


def _key(finding: Finding) -> tuple[str, str, str]:
    return (finding.where.path, finding.code, finding.message)

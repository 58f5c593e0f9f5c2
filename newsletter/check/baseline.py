"""What a desk with a back catalogue knows already: findings by file, code and words, counted: lines may move."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from newsletter.check.select import keeps_from_mail
from newsletter.check.structure import STRUCTURAL
from newsletter.errors import NewsletterError
from newsletter.model import Finding
from newsletter.output import write_file
from newsletter.workspace import Workspace

Known = Counter[tuple[str, str, str]]  # path, code, message -> how often
_STRUCTURAL = frozenset(rule.code for rule in STRUCTURAL)


def known(findings: Iterable[Finding]) -> Known:
    """Return findings as a baseline knows them."""
    return Counter(_key(finding) for finding in findings if not _no_mail(finding))


def new(findings: Iterable[Finding], known: Known) -> Iterator[Finding]:
    """Yield the findings that a baseline does not know, or not so many of."""
    left = known.copy()
    for finding in findings:
        key = _key(finding)
        if left[key] > 0 and not _no_mail(finding):
            left[key] -= 1
        else:
            yield finding


def of_settings(workspace: Workspace) -> Path | None:
    """Return where the settings say the baseline is."""
    return workspace.root / workspace.check.baseline if workspace.check.baseline else None


def read_baseline(workspace: Workspace, path: Path | None) -> Known:
    """Return what a file knows, nothing without one. Raises `NewsletterError` where it is not there or was damaged."""
    if path is None:
        return Known()
    shown = workspace.shown(path)
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
        raise NewsletterError(f"there is no baseline {shown}", hint=hint) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        hint = "Bring it back with git, or write it anew with --write-baseline."
        raise NewsletterError(f"the baseline {shown} cannot be read", hint=hint) from error


def write_baseline(path: Path, known: Known) -> None:
    """Write what is known, sorted, so that a change of it reads well in a diff."""
    files: dict[str, dict[str, dict[str, int]]] = {}
    for (file, code, message), count in sorted(known.items()):
        files.setdefault(file, {}).setdefault(code, {})[message] = count
    write_file(path, (json.dumps({"findings": files}, ensure_ascii=False, indent=2) + "\n").encode())


def _no_mail(finding: Finding) -> bool:
    """Tell whether no mail can be made before a finding is mended: nobody can live with that."""
    return keeps_from_mail(finding) or (finding.severity == "error" and finding.code in _STRUCTURAL)


def _key(finding: Finding) -> tuple[str, str, str]:
    return (finding.where.path, finding.code, finding.message)

"""Every planted fault is found by its rule, at its line; `benchmarks/recall.py` counts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from newsletter.check.registry import catalogue
from newsletter.check.rule import Rule
from newsletter.model import Finding, Issue, Location
from tests.check.checking import check, issue
from tests.check.planting import REPEATABLE, Planted, planted, together

FAULTS = tuple(planted())


def of_issues(fault: Planted) -> bool:
    """Return whether a fault is found without building the email."""
    entry = catalogue()[fault.rule]
    return isinstance(entry, Rule) and entry.subject == Issue.__name__


def batches(*, issues: bool) -> Iterator[Sequence[Planted]]:
    """Yield the faults that issue rules or email rules find, grouped by rule and place."""
    faults = sorted((fault for fault in FAULTS if of_issues(fault) is issues), key=_kind)
    for (_, place), group in groupby(faults, key=_kind):
        alike = tuple(group)
        if place in REPEATABLE:
            yield together(alike)
        else:
            yield from ((fault,) for fault in alike)


def _kind(fault: Planted) -> tuple[str, str]:
    return fault.rule, fault.spot


def named(faults: Sequence[Planted]) -> str:
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{faults[0].rule} {faults[0].place}: {faults[0].words[:40]}{more}"


@pytest.mark.parametrize("faults", list(batches(issues=True)), ids=named)
def test_planted_faults_in_an_issue_are_found(faults: Sequence[Planted], tmp_path: Path) -> None:
    rule = catalogue()[faults[0].rule]
    assert isinstance(rule, Rule)
    findings = {finding.where.whole_line for finding in rule.find(issue(tmp_path, faults[0].files))}
    assert [fault for fault in faults if Location(fault.path, fault.line) not in findings] == []


@pytest.mark.parametrize("faults", list(batches(issues=False)), ids=named)
def test_planted_faults_in_an_email_are_found(faults: Sequence[Planted], tmp_path: Path) -> None:
    findings = check(tmp_path, faults[0].files)
    assert [fault for fault in faults if not is_found(fault, findings)] == []


def is_found(fault: Planted, findings: Sequence[Finding]) -> bool:
    return any(
        (finding.code, finding.where.path, finding.where.line)
        == (fault.rule, fault.path, fault.line)
        for finding in findings
    )

"""Every sample issue in every packaged look: findings, size, and the content of both parts."""

from __future__ import annotations

import re

import pytest

from newsletter.check.select import SelectionStack
from newsletter.pipeline.check_batch import check_context
from newsletter.pipeline.validate import ValidatedIssue, validate
from newsletter.theme.looks import DEFAULT, packaged_looks
from newsletter.workspace import find
from tests.look_cases import CASES, WEEKLY, workspace_of

MOST = 36_864  # bytes of the weekly sample's HTML


@pytest.fixture(scope="module")
def checked_issues(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str], ValidatedIssue]:
    """Return every sample issue in every look, built and checked; compiled templates are shared."""
    issues = {}
    cache = tmp_path_factory.mktemp("cache")
    for look in packaged_looks():
        for case in (*CASES, WEEKLY):
            folder = workspace_of(case, look, tmp_path_factory.mktemp("looks") / look, cache)
            context = check_context(find(folder), SelectionStack.of_settings(find(folder)))
            issues[look, case] = validate(context, folder)
    return issues


def expected(checked: ValidatedIssue) -> set[tuple[str, str]]:
    return {(finding.code, finding.message) for finding in checked.findings}


def test_no_rule_finds_more_than_in_the_default_look(
    checked_issues: dict[tuple[str, str], ValidatedIssue],
) -> None:
    """Findings on contrast, parity, size, tables and clients come from the issue, not the look."""
    for (look, case), checked in checked_issues.items():
        assert expected(checked) <= expected(checked_issues[DEFAULT, case]), (look, case)
        assert checked.email is not None, (look, case)


def test_the_weekly_sample_stays_small(
    checked_issues: dict[tuple[str, str], ValidatedIssue],
) -> None:
    sizes = {
        look: len(checked.email.html.encode())
        for (look, case), checked in checked_issues.items()
        if case == WEEKLY and checked.email
    }
    assert len(sizes) == len(packaged_looks())
    assert {look: size for look, size in sizes.items() if size > MOST} == {}


def test_two_columns_are_a_table_in_outlook(
    checked_issues: dict[tuple[str, str], ValidatedIssue],
) -> None:
    """Word's engine lacks `inline-block`: it gets a cell per card, as wide as elsewhere."""
    email = checked_issues["digest", "digest"].email
    assert email is not None
    cells = re.findall(
        r'<td width="(\d+)"', "".join(re.findall(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", email.html))
    )
    blocks = re.findall(r'class="hf" style="[^"]*max-width:(\d+)px', email.html)
    assert cells == [blocks[0], "16", blocks[1]]
    assert sum(map(int, cells)) == 570

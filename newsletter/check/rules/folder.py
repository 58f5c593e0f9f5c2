"""Whether an issue's folder name agrees with its issue.yaml."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.rule import Violation, rule
from newsletter.model import Issue


@rule(
    "NL033",
    severity="warning",
    hint="Rename the folder or correct `date`; issues are ordered by folder name.",
    bad={
        "issue.yaml": "title: The port\npreheader: Why the quietest port is the one to watch.\ndate: 2026-03-02\n"
    },
    at="issue.yaml:3:7",
    good={
        "issue.yaml": "title: The port\npreheader: Why the quietest port is the one to watch.\ndate: 2026-03-01\n"
    },
)
def folder_date_mismatch(issue: Issue) -> Iterator[Violation]:
    """One of the two dates is wrong: the email shows one, addresses and the order of issues use the other."""
    named = issue.slug[: len("2026-03-01")]
    if named != issue.date.isoformat():
        yield Violation(
            issue.places.get("date", issue.where),
            f"Date {issue.date} differs from the folder name, {named}",
        )


RULES = (folder_date_mismatch,)

"""Whether an issue's folder says what its issue.yaml says."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.check.rule import Violation, rule
from newsletter.model import Issue


@rule(
    "NL033",
    severity="warning",
    hint="Rename the folder, or mend `date`: issues stand in the order of their folders' names.",
    bad={
        "issue.yaml": "title: The port\npreheader: Why the quietest port is the one to watch.\ndate: 2026-03-02\n"
    },
    at="issue.yaml:3:7",
    good={
        "issue.yaml": "title: The port\npreheader: Why the quietest port is the one to watch.\ndate: 2026-03-01\n"
    },
)
def folder_date_differs(issue: Issue) -> Iterator[Violation]:
    """One of the two dates is a mistake: the mail carries one, addresses and the order of issues the other."""
    named = issue.slug[: len("2026-03-01")]
    if named != issue.date.isoformat():
        yield Violation(
            issue.places.get("date", issue.where),
            f"the date is {issue.date}, the folder's name says {named}",
        )


RULES = (folder_date_differs,)

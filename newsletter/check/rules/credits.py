"""Credits as a contract between the masthead and an issue."""

from __future__ import annotations

from newsletter.check.rule import Found, rule
from newsletter.model import Issue


@rule(
    "NL103",
    structural=True,
    hint="Name who held it, by an id of the masthead.",
    bad={"issues/2026-03-01-example/credits.yaml": "data: tomas\nlocation: Lisbon, Portugal\n"},
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={"issues/2026-03-01-example/credits.yaml": "essay: mira\ndata: tomas\nlocation: Lisbon, Portugal\n"},
)
def missing_role(issue: Issue) -> Found:
    """The masthead says which roles every issue must fill; a reader is owed the names."""
    held = {credit.role.id for credit in issue.credits.roles if credit.holders}
    for role in issue.masthead.roles:
        if role.required and role.id not in held and not issue.credits.broken:
            yield issue.credits.where, f"nobody is credited with {role.label!r} ({role.id})"


@rule(
    "NL104",
    structural=True,
    hint="Add a line such as `location: Lisbon, Portugal`, or one under defaults in the masthead.",
    bad={"issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\n"},
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={"issues/2026-03-01-example/credits.yaml": "essay: mira\nproduced_by: desk\nlocation: Porto, Portugal\n"},
)
def missing_location(issue: Issue) -> Found:
    """Where an issue was produced is part of its credits."""
    if not issue.credits.location and not issue.credits.broken:
        yield issue.credits.where, "the issue does not say where it was produced"

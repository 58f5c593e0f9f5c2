"""Allow comments that are unused, malformed or lack a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.check.rule import Violation, rule

if TYPE_CHECKING:
    from newsletter.check.subjects import Allowances


@rule(
    "NL040",
    severity="warning",
    hint="Delete it, or move it to the line above the finding.",
    bad="<!-- allow NL031: to be written on Friday -->\nThe quay is empty at noon.",
    at="1:1",
    good="The quay is empty at noon.",
)
def unused_allow(allowances: Allowances) -> Iterator[Violation]:
    """The finding of an `allow` comment may be fixed or moved; the comment would hide the next one in its place.

    Reported after all rules have run, and only for codes that are selected.
    """
    for allow in allowances.unknown:
        yield Violation(
            allow.where,
            f"Unknown rule {allow.code}",
        )
    for allow in allowances.not_allowed:
        yield Violation(allow.where, f"{allow.code} blocks the build and cannot be allowed")
    for allow in allowances.unused:
        yield Violation(allow.where, f"Unused allow comment: no {allow.code} here")


@rule(
    "NL041",
    severity="warning",
    hint="Add one after the code, as in `allow NL201: the agency's own words`.",
    bad={
        "issues/2026-03-01-example/credits.yaml": "# allow NL104\nessay: mira\nproduced_by: desk\n"
    },
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "# allow NL104: on a train\nessay: mira\nproduced_by: desk\n"
    },
)
def missing_allow_reason(allowances: Allowances) -> Iterator[Violation]:
    """The next person to read an `allow` comment needs the reason to know whether it still applies."""
    for allow in allowances.missing_reason:
        yield Violation(allow.where, f"No reason given for allowing {allow.code}")


@rule(
    "NL042",
    severity="warning",
    hint="Write `allow`, the rule and a reason: `allow NL201: the agency's own words`.",
    bad="<!-- ignore NL201: the agency's own words -->\nThe quay is empty at noon.",
    at="1:1",
    good="<!-- ignore this until Friday -->\nThe quay is empty at noon.",
)
def malformed_allow(allowances: Allowances) -> Iterator[Violation]:
    """A comment that looks like an `allow` comment but has no effect."""
    for allow in allowances.malformed:
        yield Violation(allow.where, allow.malformed)


RULES = (
    unused_allow,
    missing_allow_reason,
    malformed_allow,
)

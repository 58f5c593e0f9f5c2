"""Whether what is allowed needs to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from newsletter.check.rule import Violation, rule

if TYPE_CHECKING:
    from newsletter.check.subjects import Allowances


@rule(
    "NL040",
    severity="warning",
    hint="Delete it; or move it to the line above what it is for.",
    bad="<!-- allow NL031: to be written on Friday -->\nThe quay is empty at noon.",
    at="1:1",
    good="The quay is empty at noon.",
)
def unused_allow(allowances: Allowances) -> Iterator[Violation]:
    """What an `allow` was for may be mended by now, or moved; left behind it would hide the next fault in that place.

    Told once all rules have run, and only of codes that are selected.
    """
    for allow in allowances.unknown:
        yield Violation(
            allow.where,
            f"no rule has the {'code' if allow.code.startswith('NL') else 'name'} {allow.code}",
        )
    for allow in allowances.barred:
        yield Violation(
            allow.where, f"{allow.code} keeps an issue from being a mail, and cannot be allowed"
        )
    for allow in allowances.unused:
        yield Violation(allow.where, f"nothing here is {allow.code}, so there is nothing to allow")


@rule(
    "NL041",
    severity="warning",
    hint="Write one after the code, as in `allow NL201: the agency's own words`.",
    bad={
        "issues/2026-03-01-example/credits.yaml": "# allow NL104\nessay: mira\nproduced_by: desk\n"
    },
    at="issues/2026-03-01-example/credits.yaml:1:1",
    good={
        "issues/2026-03-01-example/credits.yaml": "# allow NL104: on a train\nessay: mira\nproduced_by: desk\n"
    },
)
def allow_without_reason(allowances: Allowances) -> Iterator[Violation]:
    """Whoever reads an `allow` next must be able to tell whether it still holds."""
    for allow in allowances.unreasoned:
        yield Violation(allow.where, f"{allow.code} is allowed without a reason")


@rule(
    "NL042",
    severity="warning",
    hint="Write `allow`, codes or names of rules, a colon and the reason: `allow NL201: the agency's own words`.",
    bad="<!-- ignore NL201: the agency's own words -->\nThe quay is empty at noon.",
    at="1:1",
    good="<!-- ignore this until Friday -->\nThe quay is empty at noon.",
)
def misspelled_allow(allowances: Allowances) -> Iterator[Violation]:
    """What is meant to allow something and is not read as that is a surprise on the day it is needed."""
    for allow in allowances.slips:
        yield Violation(allow.where, allow.slip)


RULES = (
    unused_allow,
    allow_without_reason,
    misspelled_allow,
)

"""The one list of rules, in the order of their codes."""

from __future__ import annotations

from newsletter.check.rule import Rule
from newsletter.check.rules.credits import missing_location, missing_role
from newsletter.check.rules.structure import duplicate_order, empty_section, no_section

ISSUE_RULES: tuple[Rule, ...] = (
    no_section,
    empty_section,
    duplicate_order,
    missing_role,
    missing_location,
)

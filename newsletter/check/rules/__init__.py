"""The lists of rules, in the order of their codes: the one wiring point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.check.rule import Rule
from newsletter.check.rules.credits import missing_location, missing_role
from newsletter.check.rules.structure import duplicate_order, empty_section, no_section
from newsletter.check.rules.suppressions import allow_without_reason, unused_allow

if TYPE_CHECKING:
    from newsletter.check.archive import Archive
    from newsletter.check.mail import Mail
    from newsletter.check.suppress import Allowances
    from newsletter.model import Issue

# What an author's files say.
ISSUE_RULES: tuple[Rule[Issue], ...] = (
    no_section,
    empty_section,
    duplicate_order,
    missing_role,
    missing_location,
)

# What only a look at earlier issues shows.
ARCHIVE_RULES: tuple[Rule[Archive], ...] = ()

# What the final bytes say.
MAIL_RULES: tuple[Rule[Mail], ...] = ()

# What is said of findings, once all others are known.
ALLOW_RULES: tuple[Rule[Allowances], ...] = (
    unused_allow,
    allow_without_reason,
)

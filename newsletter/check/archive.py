"""An issue beside the earlier ones."""

from __future__ import annotations

from msgspec import Struct

from newsletter.model import Issue

DEPTH = 25  # issues looked back upon: half a year of a weekly


class IssueHistory(Struct, frozen=True):
    """What archive rules are given."""

    issue: Issue
    earlier: tuple[Issue, ...]  # the latest first, at most `DEPTH`

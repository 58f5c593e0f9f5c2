"""An issue beside the earlier ones."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.model import Issue

DEPTH = 25  # issues looked back upon: half a year of a weekly


@dataclass(frozen=True, slots=True)
class IssueHistory:
    """What archive rules are given."""

    issue: Issue
    earlier: tuple[Issue, ...]  # the latest first, at most `DEPTH`

"""The small error tree: a child exists only where a caller acts differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.model import Finding, Location


class NewsletterError(Exception):
    """Something the person at the keyboard can fix; shown as one message, never as a traceback."""

    def __init__(
        self, message: str, *, where: Location | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint


class WrongUsage(NewsletterError):
    """The command was called wrongly (exit code 2, as click's own usage errors)."""


class IssueRejected(NewsletterError):
    """An issue has errors, so it was not built; `findings` lists all of them."""

    def __init__(self, slug: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(f"{slug} was not built")
        self.slug = slug
        self.findings = findings

"""An issue built in a look that is only tried; nothing is written."""

from __future__ import annotations

from newsletter.check.email.checked_email import CheckedEmail, EmailCheckSettings
from newsletter.check.email.clients import chosen
from newsletter.check.select import SelectionStack
from newsletter.errors import NewsletterError
from newsletter.pipeline.build import read
from newsletter.pipeline.validate import finish_email
from newsletter.preview.issue_cache import EmailViews, IssueCache
from newsletter.preview.look_panel import LookChoice, in_look


class TriedLooks:
    """Keeps the last one, as two views of it are requested. Calls are synchronous, one at a time."""

    def __init__(self, cache: IssueCache) -> None:
        self.cache = cache
        self._last: tuple[tuple[str, int, LookChoice], EmailViews] | None = None

    def email(self, slug: str, choice: LookChoice) -> EmailViews | None:
        """Return an issue's email in a look, or `None` if there is no such issue.

        Raises `NewsletterError` if it cannot be built.
        """
        shown = self.cache.show(slug)
        if shown is None:
            return None
        key = (slug, shown.version, choice)
        if self._last is None or self._last[0] != key:
            self._last = (key, self._built(slug, choice))
        return self._last[1]

    def _built(self, slug: str, choice: LookChoice) -> EmailViews:
        shown, blobs = self.cache.shown[slug], self.cache.blobs
        workspace = in_look(shown.workspace, choice)
        selection = SelectionStack.of_settings(workspace)
        draft = read(workspace, shown.draft.folder, blobs, selection)
        email, errors = finish_email(workspace, draft, blobs)
        if email is None or draft.issue is None or draft.theme is None:
            first = next((f for f in (*errors, *draft.findings) if f.severity == "error"), None)
            raise NewsletterError(first.message if first else "The email cannot be built")
        checks = EmailCheckSettings(chosen(workspace), workspace.check.reserve)
        checked_email = CheckedEmail(draft.issue, email, workspace.publication, draft.theme, checks)
        return EmailViews(checked_email, shown.email_views.earlier if shown.email_views else None)

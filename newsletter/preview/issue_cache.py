"""Cache of built and checked issues between saves.

Calls are synchronous, one at a time; no server and no watching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from newsletter.check import baseline
from newsletter.check.earlier_issues import EarlierIssues
from newsletter.check.email.checked_email import CheckedEmail, EmailCheckSettings
from newsletter.check.email.clients import chosen
from newsletter.check.rule_settings import refuse_unknown
from newsletter.check.select import SelectionStack
from newsletter.diagnostics import WRONG_VALUE
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.files.yaml_reader import PositionMap
from newsletter.load.section_cache import SectionCache
from newsletter.model import Diagnostic, Email, Finding
from newsletter.pipeline.build import LoadedIssue, read
from newsletter.pipeline.check_batch import check_context
from newsletter.pipeline.listing import row
from newsletter.pipeline.validate import apply_rules, finish_email
from newsletter.preview.changes import published, published_email
from newsletter.preview.editor import Editor
from newsletter.preview.marked_html import MarkedHtml
from newsletter.preview.printed_elsewhere import NOWHERE, settings_places
from newsletter.preview.source_marks import mark_sources
from newsletter.preview.source_texts import SourceTexts
from newsletter.render.images import BlobCache
from newsletter.workspace import Workspace, find

if TYPE_CHECKING:
    from lxml import html as lxml_html

    from newsletter.review.redline_values import EmailVersion

_UNEXPECTED_ERROR = Diagnostic(
    "NL000",
    "fault-of-the-tool",
    "Whatever an author writes, a message should say what is wrong with it.",
)
OPEN = 4  # issues that stay built; others are rebuilt when requested


class EmailViews(Struct, frozen=True, dict=True):
    """An email with everything derived from it for display, each computed on first use."""

    checked_email: CheckedEmail
    earlier: EmailVersion | None  # as last published
    settings: PositionMap = NOWHERE  # positions in the settings file
    by_name: dict[str, str | None] = field(default_factory=dict)  # those requested so far
    described: dict[Editor, dict[str, Any]] = field(default_factory=dict)  # with links to an editor

    @property
    def published(self) -> str | None:
        """Return the HTML that was last published."""
        return self.earlier.email.html if self.earlier else None

    @cached_property
    def marked(self) -> MarkedHtml:
        """Return the email's HTML with source locations on its elements."""
        return mark_sources(self.checked_email, self.checked_email.email.html, self.settings)

    @cached_property
    def tree(self) -> lxml_html.HtmlElement:
        """Return the marked HTML, parsed."""
        from lxml import html as lxml_html

        return lxml_html.document_fromstring(self.marked.html)

    @cached_property
    def page(self) -> MarkedHtml:
        """Return the web page with source locations on its elements."""
        return mark_sources(self.checked_email, self.checked_email.email.web, self.settings)


class PreviewedIssue(Struct, frozen=True):
    """An issue as the preview shows it."""

    slug: str
    version: int
    workspace: Workspace
    draft: LoadedIssue  # the files as they are now
    email_views: EmailViews | None  # the last good email, which may be of an earlier version
    errors: tuple[Finding, ...]  # why there is no email of this version
    findings: tuple[Finding, ...]  # of this version; if not `checked`, the rules' of the one before
    checked: bool = False
    receipt: Mapping[str, Any] | None = None  # of the last publication
    edited: str | None = None  # `data-at` of the element whose source changed with this version


class IssueCache:
    """The issues on display. Any failure becomes a finding, and the last good email stays."""

    def __init__(self, workspace: Workspace, blobs: BlobCache) -> None:
        self.workspace = workspace
        self.blobs = blobs
        self.settings_errors: tuple[Finding, ...] = ()
        self.shown: dict[str, PreviewedIssue] = {}  # the latest requested last
        self.texts: dict[str, SourceTexts] = {}  # slug -> its files' lines
        self.sections: dict[str, SectionCache] = {}  # slug -> its sections as last read
        self.dirty: set[str] = set()
        self.versions = count(1)
        self.history = EarlierIssues(workspace, workspace.folders())
        self.rows: dict[str, dict[str, Any]] = {}  # of the list, as far as folders were read

    # --- changes ---

    def reload_settings(self) -> None:
        """Read the settings again; if they are broken, the last good ones stay in force."""
        try:
            workspace = find(self.workspace.root)
            refuse_unknown(workspace)
            Editor.of(workspace.preview.editor, workspace.root)
        except IssueRejected as error:
            self.settings_errors = error.findings
        except NewsletterError as error:
            place = error.where or self.workspace.place(self.workspace.settings)
            self.settings_errors = (WRONG_VALUE.finding(place, error.message, error.hint),)
        else:
            self.settings_errors = ()
            self.workspace = workspace
        self.invalidate_all()

    def invalidate_all(self) -> None:
        """Rebuild every issue on next use: something they share has changed."""
        self.dirty |= self.shown.keys()
        self.rows.clear()
        self.history = EarlierIssues(self.workspace, self.workspace.folders())
        self._recheck(self.shown)

    def invalidate(self, slug: str) -> None:
        """Rebuild one issue on next use."""
        if slug in self.shown:
            self.dirty.add(slug)
        self.rows.pop(slug, None)
        self.history.cached.pop(self.workspace.issues / slug, None)
        self.history.folders = self.workspace.folders()
        self._recheck(
            later for later in self.shown if later > slug
        )  # rules compare with earlier issues

    def _recheck(self, slugs: Iterable[str]) -> None:
        for slug in tuple(slugs):
            self.shown[slug] = replace(self.shown[slug], checked=False)

    # --- requests ---

    def show(self, slug: str) -> PreviewedIssue | None:
        """Return an issue, built if necessary; `None` if there is no such issue."""
        before = self.shown.pop(slug, None)
        folder = next((folder for folder in self.workspace.folders() if folder.name == slug), None)
        if folder is None:
            return None
        fresh = before is not None and slug not in self.dirty
        self.dirty.discard(slug)
        self.shown[slug] = before if before is not None and fresh else self._built(folder, before)
        while len(self.shown) > OPEN:
            closed = next(iter(self.shown))
            del self.shown[closed]
            self.sections.pop(closed, None)
        return self.shown[slug]

    def rebuild(self, slug: str) -> PreviewedIssue | None:
        """Return an issue, rebuilt, without changing the order of those that stay built."""
        order = list(self.shown)
        shown = self.show(slug)
        if shown is not None:
            self.shown = {name: self.shown[name] for name in order}
        return shown

    def _built(self, folder: Path, before: PreviewedIssue | None) -> PreviewedIssue:
        workspace = self.workspace
        try:
            selection = SelectionStack.of_settings(workspace)
            sections = self.sections.setdefault(folder.name, SectionCache())
            draft = read(workspace, folder, self.blobs, selection, section_cache=sections)
            email, errors = self._finish(draft)
        except Exception as error:  # noqa: BLE001 - a bug must not end the preview
            draft, email = LoadedIssue(folder, None, None, {}, ()), None
            message = f"Unexpected error in the preview: {type(error).__name__}: {error}"
            errors = (
                _UNEXPECTED_ERROR.finding(
                    workspace.place(folder),
                    message,
                    "Report it to the maintainers; other issues still work.",
                ),
            )
        views = before.email_views if before else None
        receipt, earlier = published(workspace, folder), published_email(workspace, folder)
        unchanged = views is None or (
            views.earlier == earlier and (errors or views.checked_email.email == email)
        )
        known = before and (before.workspace, before.draft, before.errors, before.receipt)
        if before and unchanged and known == (workspace, draft, errors, receipt):
            return before  # saved without a change, or a file without effect
        if email and draft.issue and draft.theme:
            checks = EmailCheckSettings(chosen(workspace), workspace.check.reserve)
            checked_email = CheckedEmail(
                draft.issue, email, workspace.publication, draft.theme, checks
            )
            views = EmailViews(checked_email, earlier, settings_places(workspace))
        findings = tuple(
            dict.fromkeys((*errors, *draft.findings, *(_of_rules(before) if before else ())))
        )
        return PreviewedIssue(
            folder.name,
            next(self.versions),
            workspace,
            draft,
            views,
            errors,
            findings,
            receipt=receipt,
            edited=self._edited(folder, views),
        )

    def _edited(self, folder: Path, views: EmailViews | None) -> str | None:
        """Return the `data-at` of the element whose source differs from the last version's."""
        before = self.texts.get(folder.name)
        after = self.texts[folder.name] = SourceTexts.read(self.workspace, folder)
        where = after.first_change(before) if before else None
        return views.marked.target(where) if views and where else None

    def _finish(self, draft: LoadedIssue) -> tuple[Email | None, tuple[Finding, ...]]:
        if not draft.sound:
            return None, tuple(finding for finding in draft.findings if finding.severity == "error")
        return finish_email(self.workspace, draft, self.blobs)

    def check(self, slug: str, pause: Callable[[], None]) -> PreviewedIssue | None:
        """Return an issue with the findings of every rule.

        `pause` is called before each rule and may raise.
        """
        shown = self.shown.get(slug)
        if shown is None or shown.checked or slug in self.dirty:
            return shown
        workspace, folder = shown.workspace, shown.draft.folder
        pause()
        context = replace(
            check_context(workspace, SelectionStack.of_settings(workspace)),
            earlier=self.history.before(folder),
            pause=pause,
        )
        checked_email = (
            shown.email_views.checked_email if shown.email_views and not shown.errors else None
        )
        result = apply_rules(context, shown.draft, checked_email, shown.errors)
        try:
            known = baseline.read_baseline(workspace, baseline.of_settings(workspace))
            findings = tuple(baseline.split_recorded(result.findings, known)[0])
        except NewsletterError as error:
            where = error.where or workspace.place(workspace.settings)
            findings = (WRONG_VALUE.finding(where, error.message, error.hint), *result.findings)
        self.shown[slug] = replace(shown, findings=findings, checked=True)
        return self.shown[slug]

    # --- the list ---

    def unread(self) -> list[str]:
        """Return the issues that are missing in the list, the latest first."""
        return [
            folder.name
            for folder in reversed(self.workspace.folders())
            if folder.name not in self.rows
        ]

    def read_row(self, slug: str) -> None:
        folder = self.workspace.issues / slug
        if folder.is_dir():
            self.rows[slug] = row(self.workspace, folder)


def _of_rules(shown: PreviewedIssue) -> tuple[Finding, ...]:
    """Return only the findings of rules; those of loading and building are recomputed."""
    built = {*shown.errors, *shown.draft.findings}
    return tuple(finding for finding in shown.findings if finding not in built)

"""Build the email of one issue from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.check.select import SelectionStack
from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected, NewsletterError
from newsletter.load import load
from newsletter.load.section_cache import SectionCache
from newsletter.markup.chart import Chart
from newsletter.model import Email, Finding, Image, Issue, walk
from newsletter.pipeline.css_gate import refuse_invalid_css
from newsletter.pipeline.structure_gate import check_structure
from newsletter.render.assemble import assemble
from newsletter.render.context import lines_of, shared
from newsletter.render.go_template import for_go_template
from newsletter.render.html import finish, marked, to_html
from newsletter.render.images import BlobCache, prepare
from newsletter.render.inliner import inline
from newsletter.render.manifest import manifest
from newsletter.render.merge import spell
from newsletter.render.message import message
from newsletter.render.plaintext import plaintext
from newsletter.render.webpage import webpage
from newsletter.theme.look_view import theme_images_in
from newsletter.theme.theme import Theme
from newsletter.theme.time_limit import SECONDS, TemplateTimeout, time_limit
from newsletter.workspace import Workspace


class LoadedIssue(Struct, frozen=True):
    """A loaded issue with all inputs of its email; fields are `None` where errors block it."""

    folder: Path
    issue: Issue | None
    theme: Theme | None
    images: Mapping[str, Image]
    findings: tuple[Finding, ...]
    allowed: tuple[
        Finding, ...
    ] = ()  # findings that would block the build without an allow comment

    @property
    def sound(self) -> bool:
        return (
            self.issue is not None and self.theme is not None and not Report(self.findings).failed
        )


def build(workspace: Workspace, folder: Path, blobs: BlobCache) -> Email:
    """Return the email of an issue without writing any output.

    Raises `IssueRejected` with all findings if the issue has errors, and `NewsletterError` if its
    theme fails.
    """
    return make(workspace, read(workspace, folder, blobs), blobs)


def read(
    workspace: Workspace,
    folder: Path,
    blobs: BlobCache,
    selection: SelectionStack | None = None,
    *,
    section_cache: SectionCache | None = None,
) -> LoadedIssue:
    """Read an issue's folder and images, and report what blocks the build.

    Sections are taken from `section_cache` where nothing changed that they are read with.
    """
    loaded = load(workspace, folder, section_cache)
    report = Report(loaded.findings)
    images: Mapping[str, Image] = {}
    allowed: list[Finding] = []
    if loaded.issue:
        structural, allowed = check_structure(workspace, loaded.issue, selection)
        report.findings.extend(structural)
    if loaded.issue and loaded.theme:
        images = prepare(
            loaded.issue, workspace.root, loaded.theme.tokens["width"]["text"], blobs, report=report
        )
        images = {**images, **draw_charts(workspace, loaded.issue, loaded.theme, blobs)}
    findings = tuple(sorted(report.findings, key=lambda finding: finding.order))
    return LoadedIssue(folder, loaded.issue, loaded.theme, images, findings, tuple(allowed))


def draw_charts(
    workspace: Workspace, issue: Issue, theme: Theme, blobs: BlobCache
) -> Mapping[str, Image]:
    """Return the rendered charts of an issue; the renderer is imported only if needed."""
    if not any(isinstance(node, Chart) for s in issue.sections for node in walk(s.blocks)):
        return {}
    from newsletter.charts.fonts import font_set
    from newsletter.render.charts import prepare_charts

    fonts = font_set([workspace.root / name for name in workspace.charts.fonts])
    return prepare_charts(issue, theme.tokens, fonts, blobs)


def make(workspace: Workspace, draft: LoadedIssue, blobs: BlobCache) -> Email:
    """Return the email of an issue without errors. Raises the same errors as `build`."""
    issue, theme = draft.issue, draft.theme
    if issue is None or theme is None or not draft.sound:
        raise IssueRejected(draft.folder.name, draft.findings)

    try:
        with time_limit():
            return _render(workspace, draft, issue, theme, blobs=blobs)
    except TemplateTimeout as error:
        message = f"Email did not finish within {SECONDS} seconds"
        raise NewsletterError(message, hint="Look for an infinite loop in the theme.") from error


def _render(
    workspace: Workspace, draft: LoadedIssue, issue: Issue, theme: Theme, *, blobs: BlobCache
) -> Email:
    prepared, publication = draft.images, workspace.publication
    values = shared(issue, publication, theme)
    web_url = publication.web_url(issue.slug)
    mjml = assemble(issue, publication, theme, values, prepared=prepared)
    raw = marked(to_html(mjml))
    refuse_invalid_css(raw, issue, theme, blobs)
    html = spell(finish(inline(raw, blobs), issue.direction), publication, web_url, html=True)
    text = spell(plaintext(issue, theme, values), publication, web_url, html=False)
    web = webpage(issue, publication, theme, values, prepared=prepared)
    own = theme_images_in(theme, html, web)
    images = tuple(
        sorted(
            {image.name: image for image in (*prepared.values(), *own)}.values(),
            key=lambda image: image.name,
        )
    )
    mime = message(
        issue, publication, html, text, images=images if publication.inline_images else ()
    )
    email = Email(issue.slug, issue.subject, html, text, web, mime, b"", images, issue.preheader)
    if publication.merge == "listmonk":
        email = for_go_template(email)
    files = {name: data for name, data in email.files().items() if name != "manifest.json"}
    return email.with_manifest(manifest(issue, theme, lines_of(issue, theme), files, values=values))

"""The one straight line from a folder to a mail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.check.select import SelectionStack
from newsletter.diagnostics import Report
from newsletter.errors import IssueRejected
from newsletter.load import load
from newsletter.model import Email, Finding, Image, Issue
from newsletter.pipeline.structure_gate import check_structure
from newsletter.render.assemble import assemble
from newsletter.render.context import lines_of, shared
from newsletter.render.html import render
from newsletter.render.images import BlobCache, prepare
from newsletter.render.manifest import manifest
from newsletter.render.merge import spell
from newsletter.render.message import message
from newsletter.render.plaintext import plaintext
from newsletter.render.webpage import webpage
from newsletter.theme.theme import Theme
from newsletter.workspace import Workspace


class LoadedIssue(Struct, frozen=True):
    """An issue read, with everything a mail is made of; `None` where a fault keeps it from being one."""

    folder: Path
    issue: Issue | None
    theme: Theme | None
    pictures: Mapping[str, Image]
    findings: tuple[Finding, ...]
    allowed: tuple[
        Finding, ...
    ] = ()  # what would keep an issue from being a mail, but for its author's word

    @property
    def sound(self) -> bool:
        return (
            self.issue is not None and self.theme is not None and not Report(self.findings).failed
        )


def build(workspace: Workspace, folder: Path, shelf: BlobCache) -> Email:
    """Return everything an issue becomes; nothing is written.

    Raises `IssueRejected` with all findings where the issue has errors, and `NewsletterError` where its theme fails.
    """
    return make(workspace, read(workspace, folder, shelf), shelf)


def read(
    workspace: Workspace, folder: Path, shelf: BlobCache, selection: SelectionStack | None = None
) -> LoadedIssue:
    """Read a folder and its pictures, and report whatever keeps it from becoming a mail."""
    loaded = load(workspace, folder)
    report = Report(loaded.findings)
    pictures: Mapping[str, Image] = {}
    allowed: list[Finding] = []
    if loaded.issue:
        found, allowed = check_structure(workspace, loaded.issue, selection)
        report.findings.extend(found)
    if loaded.issue and loaded.theme:
        pictures = prepare(
            loaded.issue, workspace.root, loaded.theme.tokens["width"]["text"], shelf, report
        )
    findings = tuple(sorted(report.findings, key=lambda finding: finding.order))
    return LoadedIssue(folder, loaded.issue, loaded.theme, pictures, findings, tuple(allowed))


def make(workspace: Workspace, draft: LoadedIssue, shelf: BlobCache) -> Email:
    """Return the mail of a sound draft. Raises as `build` does."""
    issue, theme, pictures, publication = (
        draft.issue,
        draft.theme,
        draft.pictures,
        workspace.publication,
    )
    if issue is None or theme is None or not draft.sound:
        raise IssueRejected(draft.folder.name, draft.findings)

    values = shared(issue, publication, theme)
    web_url = publication.web_url(issue.slug)
    mjml = assemble(issue, publication, theme, values, pictures)
    html = spell(render(mjml, issue.direction, shelf), publication, web_url, html=True)
    text = spell(plaintext(issue, theme, values), publication, web_url, html=False)
    web = webpage(issue, publication, theme, values, pictures)
    images = tuple(
        sorted(
            {picture.name: picture for picture in pictures.values()}.values(), key=lambda p: p.name
        )
    )
    mail = message(issue, publication, html, text, images if publication.inline_images else ())
    email = Email(issue.slug, issue.subject, html, text, web, mail, b"", images)
    files = {name: data for name, data in email.files().items() if name != "manifest.json"}
    return email.with_manifest(manifest(issue, theme, lines_of(issue, theme), files, values))

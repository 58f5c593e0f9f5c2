"""The one straight line from a folder to a mail."""

from __future__ import annotations

from pathlib import Path

from newsletter.assemble import assemble
from newsletter.check import check_issue
from newsletter.context import lines_of, shared
from newsletter.errors import IssueRejected
from newsletter.faults import Report
from newsletter.load import load
from newsletter.manifest import manifest
from newsletter.merge import spell
from newsletter.message import message
from newsletter.model import Email
from newsletter.pictures import Shelf, prepare
from newsletter.plaintext import plaintext
from newsletter.render import render
from newsletter.webpage import webpage
from newsletter.workspace import Workspace


def build(workspace: Workspace, folder: Path, shelf: Shelf) -> Email:
    """Return everything an issue becomes; nothing is written.

    Raises `IssueRejected` with all findings where the issue has errors, and `NewsletterError` where its theme fails.
    """
    publication = workspace.publication
    loaded = load(workspace, folder)
    issue, theme, report = loaded.issue, loaded.theme, Report(loaded.findings)
    pictures = {}
    if issue:
        report.findings.extend(check_issue(issue))
    if issue and theme:
        pictures = prepare(issue, workspace.root, theme.tokens["width"]["text"], shelf, report)
    if issue is None or theme is None or report.failed:
        raise IssueRejected(folder.name, tuple(sorted(report.findings, key=lambda finding: finding.order)))

    values = shared(issue, publication, theme)
    web_url = publication.web_url(issue.slug)
    html = spell(
        render(assemble(issue, publication, theme, values, pictures), issue.direction), publication, web_url, html=True
    )
    text = spell(plaintext(issue, theme, values), publication, web_url, html=False)
    web = webpage(issue, publication, theme, values, pictures)
    images = tuple(sorted({picture.name: picture for picture in pictures.values()}.values(), key=lambda p: p.name))
    carried = images if publication.inline_images else ()
    mail = message(issue, publication, html, text, carried)
    email = Email(issue.slug, issue.subject, html, text, web, mail, b"", images)
    files = {name: data for name, data in email.files().items() if name != "manifest.json"}
    return email.with_manifest(manifest(issue, theme, lines_of(issue, theme), files, values))

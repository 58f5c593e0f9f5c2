"""Check that the page exists that an email's "read on the web" link points to."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.diagnostics import WEB_PAGE_MISSING
from newsletter.errors import NewsletterError
from newsletter.model import Finding, Issue
from newsletter.targets.receipts import read_receipts
from newsletter.workspace import Workspace

LISTING = ".newsletter-site.json"  # present in every site that `newsletter archive` built


def missing_page(workspace: Workspace, issue: Issue) -> Iterator[Finding]:
    """Yield a finding if the archive excludes the issue, or lacks its page after publication.

    Only a site built in this workspace can be checked for the page.
    """
    url = workspace.publication.web_url(issue.slug)
    if issue.archive is False:
        message = f"The email links to {url}, which `archive: false` leaves out of the archive"
        hint = "Write `archive: unlisted` to publish a page that no list links to."
        yield WEB_PAGE_MISSING.finding(issue.places.get("archive", issue.where), message, hint)
        return
    site = workspace.root / workspace.archive.out
    if not (site / LISTING).is_file() or (site / issue.slug / "index.html").is_file():
        return
    try:
        receipts = read_receipts(issue.folder, workspace.display_path(issue.folder))
    except NewsletterError:
        return  # reported by the commands that need receipts
    services = [receipt["target"] for receipt in receipts if receipt.get("type") != "folder"]
    if services:
        message = f"Published to {services[-1]} before its page exists: {url}"
        hint = "Run `newsletter archive`, and deploy the site before the issue is sent."
        yield WEB_PAGE_MISSING.finding(issue.where, message, hint)

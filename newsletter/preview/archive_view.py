"""The archive in the preview: the site with drafts, updated whenever one of its pages is opened."""

from __future__ import annotations

import time
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from newsletter.errors import IssueRejected, NewsletterError

if TYPE_CHECKING:
    from newsletter.workspace import Workspace

FRESH = 1.0  # seconds without another update: a page also loads its style sheet and images
TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
}
# As on the site's own pages, but nothing may be loaded from or sent to other hosts.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class ArchiveView(Struct):
    """Builds the site below `.newsletter/` and finds its files."""

    looked_at: float = 0.0
    problem: str | None = None

    def file(self, workspace: Workspace, path: str) -> Path | None:
        """Return the file for a path below /archive/, or `None` if there is none."""
        site = workspace.state / "cache" / "archive-preview" / "site"
        if time.monotonic() - self.looked_at > FRESH:
            self._build(workspace, site)
            self.looked_at = time.monotonic()
        file = site / path
        if path.endswith("/") or not path:
            file /= "index.html"
        inside = file.resolve().is_relative_to(site.resolve())
        return file if inside and file.is_file() else None

    def _build(self, workspace: Workspace, site: Path) -> None:
        from newsletter.archive.build_site import SiteOptions, build_site

        self.problem = None
        try:
            build_site(workspace, SiteOptions(site, drafts=True, jobs=1))
        except IssueRejected as error:
            self.problem = "\n".join(str(finding) for finding in error.findings)
        except NewsletterError as error:
            self.problem = "\n".join(filter(None, (error.message, error.hint)))

    def problem_page(self) -> str:
        """Return the page shown if the site cannot be built."""
        text = escape(self.problem or "Page not found.")
        return (
            "<!DOCTYPE html><html lang=en><title>Archive</title><h1>The archive cannot be shown</h1>"
            f"<pre>{text}</pre></html>"
        )


def media_type(file: Path) -> str | None:
    """Return the type of a file by its name; `None` leaves it to the server."""
    return TYPES.get(file.suffix)

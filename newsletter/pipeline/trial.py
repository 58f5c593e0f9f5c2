"""An issue built in another look, side by side with the present one."""

from __future__ import annotations

from html import escape
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import WrongUsage
from newsletter.files.cache import BuildCache
from newsletter.files.output import write_file
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.model import Email, Finding
from newsletter.pipeline.build import make, read
from newsletter.theme.theme_list import theme_list
from newsletter.workspace import Workspace


class LookTrial(Struct, frozen=True):
    """What trying a look gave: a page with both emails, their sizes, and what was reported."""

    slug: str
    page: Path
    present: int  # bytes of HTML
    tried: int
    findings: tuple[Finding, ...]  # of the tried look that the present one does not have


def try_look(workspace: Workspace, folder: Path, look: str) -> LookTrial:
    """Build an issue in a look and write a page that shows both side by side.

    Only the cache of the workspace is written. Raises the errors of a build: `IssueRejected`, and
    `WrongUsage` for an unknown look.
    """
    known = [entry.name for entry in theme_list(workspace)]
    if look not in known:
        hint = spelling_hint(look, known, what="looks")
        raise WrongUsage(f"Unknown look {quoted(look)}", hint=hint)
    blobs = BuildCache(workspace.state / "cache")
    now = read(workspace, folder, blobs)
    present = make(workspace, now, blobs)
    trying = replace(workspace, tried_theme=look)
    then = read(trying, folder, blobs)
    tried = make(trying, then, blobs)
    out = workspace.state / "try" / folder.name
    for name, email in (("present", present), ("tried", tried)):
        _write(out / name, email, workspace)
    titles = (now.theme.name if now.theme else "", look)
    write_file(out / "index.html", _page(titles, folder.name).encode())
    findings = tuple(finding for finding in then.findings if finding not in now.findings)
    sizes = (len(present.html.encode()), len(tried.html.encode()))
    return LookTrial(folder.name, out / "index.html", *sizes, findings)


def _write(folder: Path, email: Email, workspace: Workspace) -> None:
    """Write an email as a browser shows it from disk: with the images next to it."""
    html = email.html.replace(workspace.publication.image_url(email.slug, ""), "images/")
    write_file(folder / "email.html", html.encode())
    for image in email.images:
        if image.data is not None:
            write_file(folder / "images" / image.name, image.data)


def _page(titles: tuple[str, str], slug: str) -> str:
    """Return the page: each email as wide as half a screen, and as wide as a phone."""
    columns = "".join(
        f'<section><h2>{escape(title)}</h2><iframe src="{name}/email.html" title="{escape(title)}">'
        f'</iframe><iframe class="phone" src="{name}/email.html" '
        f'title="{escape(title)} on a phone"></iframe></section>'
        for name, title in zip(("present", "tried"), titles, strict=True)
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(slug)}: {escape(titles[0])} and {escape(titles[1])}</title>"
        "<style>body{margin:0;padding:16px;font:15px/1.4 system-ui,sans-serif}"
        "main{display:grid;grid-template-columns:1fr 1fr;gap:24px}h2{font-size:15px;margin:0 0 8px}"
        "iframe{width:100%;height:75vh;border:1px solid #8888;background:#fff;color-scheme:normal}"
        ".phone{display:block;width:375px;max-width:100%;height:667px;margin:24px auto 0}</style>"
        f"</head><body><main>{columns}</main></body></html>\n"
    )

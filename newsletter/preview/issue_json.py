"""Everything the page shows about an issue except the email itself, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from newsletter.check.email.size import CLIP, NEAR, SizeReport, measure_size
from newsletter.check.formats import SEVERITIES
from newsletter.markup.inline import InlineImage
from newsletter.model import Finding, Issue, Location, walk
from newsletter.preview.editor import Editor
from newsletter.preview.fixes import fix_key
from newsletter.preview.inbox_rows import inbox_rows
from newsletter.preview.issue_cache import EmailViews, IssueCache, PreviewedIssue
from newsletter.preview.link_verdicts import LinkVerdicts
from newsletter.preview.printed_elsewhere import NOWHERE, SENDER
from newsletter.preview.screen_reader import screen_reader_lines, spoken_text
from newsletter.preview.views import VIEWS
from newsletter.render.context import count_words, lines_of, text_length

if TYPE_CHECKING:
    from lxml import html as lxml_html


def list_json(cache: IssueCache, editor: Editor, current: str | None) -> dict[str, Any]:
    """Return the response of `/api/issues`."""
    folders = [folder.name for folder in reversed(cache.workspace.folders())]
    return {
        "publication": cache.workspace.publication.name,
        "settings_errors": [_finding(finding, None, editor) for finding in cache.settings_errors],
        "current": current if current in folders else next(iter(folders), None),
        "editor": editor.name,
        "editor_address": editor.pattern,
        "issues": [_row(cache, slug) for slug in folders],
    }


def _row(cache: IssueCache, slug: str) -> dict[str, Any]:
    unread = {
        "slug": slug,
        "title": None,
        "date": slug[:10],
        "state": None,
        "words": None,
        "problems": None,
    }
    shown = cache.shown.get(slug)
    row = {**cache.rows.get(slug, unread), "checked": bool(shown and shown.checked)}
    if shown and shown.checked:
        row["problems"] = sum(finding.severity == "error" for finding in shown.findings)
    return row


def issue_json(shown: PreviewedIssue, editor: Editor, verdicts: LinkVerdicts) -> dict[str, Any]:
    """Return the response of `/api/issues/{slug}`."""
    views = shown.email_views
    issue = shown.draft.issue or (views.checked_email.issue if views else None)
    severities = Counter(finding.severity for finding in shown.findings)
    counts = {str(severity): severities[severity] for severity in SEVERITIES}
    document = {
        "slug": shown.slug,
        "version": shown.version,
        "email": views is not None,
        "stale": bool(views and shown.errors),
        "checked": shown.checked,
        **_head(issue),
        "state": "published" if shown.receipt else "draft",
        "web_url": shown.workspace.publication.web_url(shown.slug),
        "errors": [_finding(finding, shown, editor) for finding in shown.errors],
        "findings": [_finding(finding, shown, editor) for finding in shown.findings],
        "published": shown.receipt,
        **(_email(views, editor) if views else _NO_EMAIL),
    }
    document["counts"] = document["counts"] | counts
    document["links"] = [link | verdicts.of(link["url"]) for link in document["links"]]
    return document


_NO_EMAIL: dict[str, Any] = {
    "counts": {},
    "views": [],
    "sections": [],
    "source": None,
    "credits": [],
    "links": [],
    "remote": [],
    "inbox": [],
    "text": "",
    "screen_reader": [],
}


def _head(issue: Issue | None) -> dict[str, Any]:
    keys = ("title", "subject", "preheader", "number", "language", "direction", "theme")
    head = {key: getattr(issue, key, None) for key in keys}
    return {
        **head,
        "date": issue.date.isoformat() if issue else None,
        "tags": list(issue.tags) if issue else [],
        "preheader_line": issue.places["preheader"].line
        if issue and "preheader" in issue.places
        else None,
    }


def _finding(finding: Finding, shown: PreviewedIssue | None, editor: Editor) -> dict[str, Any]:
    marked = shown.email_views.marked if shown and shown.email_views else None
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        **_place(finding.where, editor),
        "target": marked.target(finding.where) if marked else None,
        "view": "inbox" if shown and _is_inbox(finding.where, shown) else None,
        "fix": fix_key(finding) if shown and _is_own(finding, shown) else None,
    }


def _is_inbox(where: Location, shown: PreviewedIssue) -> bool:
    """Return whether a location is the subject, preheader or sender, which the inbox shows best."""
    issue = shown.draft.issue
    settings = shown.email_views.settings if shown.email_views else NOWHERE
    if where.path == settings.file.path:
        lines = {settings.keys[path].line for path in SENDER if path in settings.keys}
        return where.line in lines
    if issue is None or where.path != issue.where.path:
        return False
    places = (issue.places.get(key) for key in ("subject", "preheader"))
    return any(place is not None and place.line == where.line for place in places)


def _is_own(finding: Finding, shown: PreviewedIssue) -> bool:
    """Return whether a fix edits a file of this issue alone."""
    folder = shown.workspace.display_path(shown.draft.folder)
    return finding.edit is not None and finding.edit.where.path.startswith(f"{folder}/")


def _place(where: Location | None, editor: Editor) -> dict[str, Any]:
    return {
        "path": where.path if where else None,
        "line": where.line if where else None,
        "column": where.column if where else None,
        "editor": editor.link(where) if where else None,
    }


# --- about the email -----------------------------------------------------------------------------------------


def _email(views: EmailViews, editor: Editor) -> dict[str, Any]:
    """Return what is shown about an email; computed once, as later findings do not affect it."""
    if editor not in views.described:
        views.described[editor] = _described(views, editor)
    return views.described[editor]


def _described(views: EmailViews, editor: Editor) -> dict[str, Any]:
    checked_email, issue = views.checked_email, views.checked_email.issue
    report = measure_size(checked_email)
    links = list(_links(views, editor))
    images = {
        node.src
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage)
    }
    remote = sorted(src for src in images if "://" in src)
    words = sum(map(count_words, issue.sections))
    counts: dict[str, int] = {
        "words": words,
        "minutes": max(round(sum(text_length(section).minutes for section in issue.sections)), 1),
        "bytes": report.total,
        "clip": CLIP,
        "near": NEAR,
        "links": len(links),
        "images": len(images),
        "remote_images": len(remote),
    }
    lines = (
        {"label": line.label, "names": line.names, "text": line.text}
        for line in lines_of(issue, checked_email.theme)
    )
    return {
        "counts": counts,
        "sections": list(_sections(views, report, editor)),
        "source": _source(report, editor),
        "credits": list(lines),
        "links": links,
        "remote": remote,
        "inbox": inbox_rows(checked_email),
        "text": checked_email.email.text,
        "screen_reader": screen_reader_lines(views.tree),
        "views": [
            {"name": view.name, "label": view.label, "medium": view.medium, "dark": view.dark}
            for view in VIEWS.values()
            if view.offered(views)
        ],
    }


def _sections(views: EmailViews, report: SizeReport, editor: Editor) -> Iterator[dict[str, Any]]:
    sizes = {part.section.where: part.bytes for part in report.stretches if part.section}
    for section in views.checked_email.issue.sections:
        where = Location(section.where.path, 1, 1)
        yield {
            "path": section.where.path,
            "editor": editor.link(where),
            "kind": section.kind,
            "title": section.title,
            "words": count_words(section),
            "bytes": sizes.get(section.where, 0),
            "target": views.marked.target(where),
        }


def _source(report: SizeReport, editor: Editor) -> dict[str, Any]:
    clip = report.clip()
    parts = [
        {
            "name": part.name,
            "path": part.section.where.path if part.section else None,
            "editor": editor.link(part.section.where) if part.section else None,
            "start": part.start,
            "end": report.end(part),
            "bytes": part.bytes,
        }
        for part in report.stretches
    ]
    cut = (
        None
        if clip is None
        else {"offset": clip, "line": report.html.count("\n", 0, clip) + 1, "bytes": CLIP}
    )
    return {"html": report.html, "total": report.total, "limit": CLIP, "clip": cut, "parts": parts}


def _links(views: EmailViews, editor: Editor) -> Iterator[dict[str, Any]]:
    """Yield the links as numbered in the view `links`."""
    elements = [link for link in views.tree.iter("a") if link.get("href")]
    for number, link in enumerate(elements, 1):
        at = _at(link, views.settings.file.path)
        yield {
            "number": number,
            "url": link.get("href"),
            "text": spoken_text(link),
            "target": str(at) if at else None,
            **_place(at, editor),
        }


def _at(element: lxml_html.HtmlElement, settings: str) -> Location | None:
    """Return the source location of an element; `None` for one of the theme's.

    Of the settings only the element itself counts: the foot around it prints another one.
    """
    for around in (element, *element.iterancestors()):
        if at := around.get("data-at"):
            path, line, column = at.rsplit(":", 2)
            if path == settings and around is not element:
                return None
            return Location(path, int(line), int(column))
    return None

"""Everything the page tells of an issue beside the mail itself, as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from newsletter.check.email.size import CLIP, NEAR, SizeReport, measure_size
from newsletter.check.formats import SEVERITIES
from newsletter.markup.inline import InlineImage
from newsletter.model import Finding, Issue, Location, walk
from newsletter.preview.editor import Editor
from newsletter.preview.inbox import inbox
from newsletter.preview.issue_cache import EmailViews, IssueCache, PreviewedIssue
from newsletter.preview.reading import reading, spoken
from newsletter.preview.views import VIEWS
from newsletter.render.context import count_words, lines_of, text_length

if TYPE_CHECKING:
    from lxml import html as lxml_html


def listed(kept: IssueCache, editor: Editor, current: str | None) -> dict[str, Any]:
    """Return what `/api/issues` answers."""
    folders = [folder.name for folder in reversed(kept.workspace.folders())]
    return {
        "publication": kept.workspace.publication.name,
        "settings_errors": [_finding(finding, None, editor) for finding in kept.settings_errors],
        "current": current if current in folders else next(iter(folders), None),
        "editor": editor.name,
        "opens": editor.pattern,
        "issues": [_row(kept, slug) for slug in folders],
    }


def _row(kept: IssueCache, slug: str) -> dict[str, Any]:
    unread = {
        "slug": slug,
        "title": None,
        "date": slug[:10],
        "state": None,
        "words": None,
        "problems": None,
    }
    shown = kept.shown.get(slug)
    row = {**kept.rows.get(slug, unread), "checked": bool(shown and shown.checked)}
    if shown and shown.checked and row["problems"] is not None:
        row["problems"] = sum(finding.severity == "error" for finding in shown.findings)
    return row


def describe(shown: PreviewedIssue, editor: Editor) -> dict[str, Any]:
    """Return what `/api/issues/{slug}` answers."""
    made = shown.made
    issue = shown.draft.issue or (made.mail.issue if made else None)
    severities = Counter(finding.severity for finding in shown.findings)
    counts = {str(severity): severities[severity] for severity in SEVERITIES}
    told = {
        "slug": shown.slug,
        "version": shown.version,
        "mail": made is not None,
        "stale": bool(made and shown.errors),
        "checked": shown.checked,
        **_head(issue),
        "state": "published" if shown.receipt else "draft",
        "web_url": shown.workspace.publication.web_url(shown.slug),
        "errors": [_finding(finding, shown, editor) for finding in shown.errors],
        "findings": [_finding(finding, shown, editor) for finding in shown.findings],
        "published": shown.receipt,
        **(_mail(made, editor) if made else _NO_MAIL),
    }
    told["counts"] = told["counts"] | counts
    return told


_NO_MAIL: dict[str, Any] = {
    "counts": {},
    "views": [],
    "sections": [],
    "source": None,
    "credits": [],
    "links": [],
    "remote": [],
    "inbox": [],
    "text": "",
    "reading": [],
}


def _head(issue: Issue | None) -> dict[str, Any]:
    keys = ("title", "subject", "preheader", "number", "language", "direction", "theme")
    head = {key: getattr(issue, key, None) for key in keys}
    return {
        **head,
        "date": issue.date.isoformat() if issue else None,
        "tags": list(issue.tags) if issue else [],
    }


def _finding(finding: Finding, shown: PreviewedIssue | None, editor: Editor) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        **_place(finding.where, editor),
        "target": shown.made.marked.target(finding.where) if shown and shown.made else None,
    }


def _place(where: Location | None, editor: Editor) -> dict[str, Any]:
    path, line, column = where or (None, None, None)
    return {
        "path": path,
        "line": line,
        "column": column,
        "editor": editor.link(where) if where else None,
    }


# --- of the mail -----------------------------------------------------------------------------------------


def _mail(made: EmailViews, editor: Editor) -> dict[str, Any]:
    """Return what is told of a mail; once, for the rules that speak later change nothing of it."""
    if editor not in made.told:
        made.told[editor] = _of_mail(made, editor)
    return made.told[editor]


def _of_mail(made: EmailViews, editor: Editor) -> dict[str, Any]:
    mail, issue, report = made.mail, made.mail.issue, measure_size(made.mail)
    links = list(_links(made, editor))
    pictures = {
        node.src
        for section in issue.sections
        for node in walk(section.blocks)
        if isinstance(node, InlineImage)
    }
    remote = sorted(src for src in pictures if "://" in src)
    words = sum(map(count_words, issue.sections))
    counts: dict[str, int] = {
        "words": words,
        "minutes": max(round(sum(text_length(section).minutes for section in issue.sections)), 1),
        "bytes": report.total,
        "clip": CLIP,
        "near": NEAR,
        "links": len(links),
        "pictures": len(pictures),
        "remote_pictures": len(remote),
    }
    lines = (
        {"label": line.label, "names": line.names, "text": line.text}
        for line in lines_of(issue, mail.theme)
    )
    return {
        "counts": counts,
        "sections": list(_sections(made, report, editor)),
        "source": _source(report, editor),
        "credits": list(lines),
        "links": links,
        "remote": remote,
        "inbox": inbox(mail),
        "text": mail.email.text,
        "reading": reading(made.tree),
        "views": [
            {"name": view.name, "label": view.label, "medium": view.medium, "dark": view.dark}
            for view in VIEWS.values()
            if view.name != "changes" or made.published is not None
        ],
    }


def _sections(made: EmailViews, report: SizeReport, editor: Editor) -> Iterator[dict[str, Any]]:
    sizes = {part.section.where: part.bytes for part in report.stretches if part.section}
    for section in made.mail.issue.sections:
        where = Location(section.where.path, 1, 1)
        yield {
            "path": section.where.path,
            "editor": editor.link(where),
            "kind": section.kind,
            "title": section.title,
            "words": count_words(section),
            "bytes": sizes.get(section.where, 0),
            "target": made.marked.target(where),
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


def _links(made: EmailViews, editor: Editor) -> Iterator[dict[str, Any]]:
    for link in made.tree.iter("a"):
        if url := link.get("href"):
            at = _at(link)
            words = {"url": url, "text": spoken(link), "target": str(at) if at else None}
            yield {**words, **_place(at, editor)}


def _at(element: lxml_html.HtmlElement) -> Location | None:
    """Return the author's place of an element; `None` for one of the theme's."""
    for around in (element, *element.iterancestors()):
        if at := around.get("data-at"):
            path, line, column = at.rsplit(":", 2)
            return Location(path, int(line), int(column))
    return None

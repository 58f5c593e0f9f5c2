"""The review of a pull request's issues: a page, and a comment with a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from msgspec import Struct

from newsletter.model import Finding
from newsletter.review.redline_html import finding_list, page, redline_parts
from newsletter.review.redline_markdown import (
    code_span,
    finding_lines,
    inert_markdown,
    markdown_lines,
)
from newsletter.review.redline_values import Redline
from newsletter.review.state import IssueState
from newsletter.review.wording import change_summary, kilobytes

LIMIT = 60_000  # characters of a comment; GitHub refuses more than 65,536
NOT_CHECKED = "not checked"  # verdict on a link that has not been checked
MARKER = "<!-- newsletter-review -->"  # identifies our comment so that it can be updated


class LinkVerdict(Struct, frozen=True):
    """A link and what is known about it."""

    url: str
    verdict: str
    why: str
    where: str


class ReviewScreenshot(Struct, frozen=True):
    """A screenshot of a view, by its path relative to the page."""

    path: str
    label: str


class ReviewedIssue(Struct, frozen=True):
    """One issue under review."""

    slug: str
    title: str
    state: IssueState
    findings: tuple[Finding, ...]
    redline: Redline | None  # None if there is no email
    is_new: bool = False  # it did not exist before, so everything is new
    html_size: int = 0  # bytes
    clipped_before: str | None = None
    links: tuple[LinkVerdict, ...] = ()
    shots: tuple[ReviewScreenshot, ...] = ()
    no_shots: str = ""  # why there are no screenshots

    @property
    def errors(self) -> int:
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        return sum(finding.severity == "warning" for finding in self.findings)

    @property
    def doubtful_links(self) -> tuple[LinkVerdict, ...]:
        return tuple(link for link in self.links if link.verdict not in ("ok", NOT_CHECKED))


def review_facts(issue: ReviewedIssue) -> Iterator[tuple[str, str]]:
    """Yield the key facts for reviewers: state, approvals, findings, size, links."""
    yield "State", issue.state.name
    if issue.state.approval_text:
        yield "Approvals", issue.state.approval_text
    yield "Findings", f"{issue.errors} errors, {issue.warnings} warnings"
    if issue.html_size:
        clip = f", clipped by Gmail after “{issue.clipped_before}”" if issue.clipped_before else ""
        yield "Size", f"{kilobytes(issue.html_size)} of HTML{clip}"
    if issue.links:
        yield "Links", _counted(issue.links)
    if issue.is_new:
        yield "Changes", "new issue"
    elif issue.redline:
        yield "Changes", change_summary(issue.redline)


def _counted(links: Sequence[LinkVerdict]) -> str:
    counts: dict[str, int] = {}
    for link in links:
        counts[link.verdict] = counts.get(link.verdict, 0) + 1
    listed = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return f"{len(links)}: {listed}"


# --- the page -------------------------------------------------------------------------------------


def review_page(issues: Sequence[ReviewedIssue]) -> str:
    """Return the page as HTML; screenshots are stored next to it."""
    title = f"Review: {issues[0].title}" if len(issues) == 1 else f"Review of {len(issues)} issues"
    parts = [f"<h1>{escape(title)}</h1>"]
    if len(issues) > 1:
        parts += _contents(issues)
    for issue in issues:
        parts += _issue(issue, only_one=len(issues) == 1)
    if not issues:
        parts.append("<p>No issue changed.</p>")
    return page(title, parts)


def _contents(issues: Sequence[ReviewedIssue]) -> Iterator[str]:
    yield '<nav aria-label="Issues"><ul class="facts">'
    for issue in issues:
        yield f'<li><a href="#{escape(issue.slug)}">{escape(issue.title)}</a></li>'
    yield "</ul></nav>"


def _issue(issue: ReviewedIssue, *, only_one: bool) -> Iterator[str]:
    yield f'<section id="{escape(issue.slug)}" aria-label="{escape(issue.title, quote=True)}">'
    if not only_one:
        yield f'<h2 class="issue">{escape(issue.title)}</h2>'
    yield '<dl class="about">'
    for label, text in review_facts(issue):
        yield f"<div><dt>{label}</dt><dd>{escape(text)}</dd></div>"
    yield "</dl>"
    yield from finding_list("Findings", issue.findings)
    if issue.redline:
        yield "<h2>Redline</h2>"
        yield from redline_parts(issue.redline)
    yield from _links(issue)
    yield from _shots(issue)
    yield "</section>"


def _links(issue: ReviewedIssue) -> Iterator[str]:
    if not issue.links:
        return
    yield '<h2>Links</h2>\n<div class="scroll" tabindex="0" role="region" aria-label="Links">'
    yield '<table><thead><tr><th scope="col">Verdict</th><th scope="col">Address</th>'
    yield '<th scope="col">Reason</th><th scope="col">Place</th></tr></thead><tbody>'
    for link in issue.links:
        yield (
            f"<tr><td>{escape(link.verdict)}</td><td>{escape(link.url)}</td>"
            f"<td>{escape(link.why)}</td><td>{escape(link.where)}</td></tr>"
        )
    yield "</tbody></table></div>"


def _shots(issue: ReviewedIssue) -> Iterator[str]:
    if not issue.shots and not issue.no_shots:
        return
    yield "<h2>Screenshots</h2>"
    if issue.no_shots:
        yield f'<p class="elided">{escape(issue.no_shots)}</p>'
        return
    yield '<div class="shots">'
    for shot in issue.shots:
        path, label = escape(shot.path, quote=True), escape(shot.label)
        yield (
            f'<figure><a href="{path}"><img src="{path}" alt="{label}" loading="lazy"></a>'
            f"<figcaption>{label}</figcaption></figure>"
        )
    yield "</div>"


# --- the comment ----------------------------------------------------------------------------------


def review_comment(issues: Sequence[ReviewedIssue]) -> str:
    """Return the comment as Markdown of fewer than `LIMIT` characters; omissions are listed.

    Authors' text is rendered literally: it cannot mention people, create links or add markup.
    """
    head = [MARKER, "### Newsletter review", ""]
    if not issues:
        head.append("No issue changed.")
    blocks = [list(_summary_lines(issue)) for issue in issues]
    lines = [*head, *(line for block in blocks for line in block)]
    room = LIMIT - _length(lines) - 200
    for index, issue in enumerate(issues):
        share = room // (len(issues) - index)
        part = _details(issue, share)
        room -= _length(part)
        lines += part
    text = "\n".join(lines) + "\n"
    return text if len(text) < LIMIT else _cut(text)


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _cut(text: str) -> str:
    shortened = text[: LIMIT - 100].rpartition("\n")[0]
    return f"{shortened}\n\n… shortened; see the page for the rest.\n"


def _summary_lines(issue: ReviewedIssue) -> Iterator[str]:
    yield f"**{inert_markdown(issue.title)}** ({code_span(issue.slug)})"
    yield ""
    yield "| | |"
    yield "| --- | --- |"
    for label, text in review_facts(issue):
        yield f"| {label} | {inert_markdown(text)} |"
    yield ""


def _details(issue: ReviewedIssue, room: int) -> list[str]:
    """Return findings, doubtful links and changes of an issue, as far as they fit."""
    body = list(finding_lines("Findings", issue.findings))
    if issue.doubtful_links:
        body += ["", "#### Links to review", ""]
        for link in issue.doubtful_links:
            why = f": {inert_markdown(link.why)}" if link.why else ""
            body.append(f"- {inert_markdown(link.verdict)} {code_span(link.url)}{why}")
    if issue.redline and not issue.is_new and not issue.redline.is_empty:
        body += ["", "#### Redline", "", *markdown_lines(issue.redline)]
    if not body:
        return []
    head = ["", f"<details><summary>Details of {code_free(issue.slug)}</summary>", ""]
    tail = ["", "</details>"]
    fitting, used = [], _length(head) + _length(tail) + 60
    for line in body:
        if used + len(line) + 1 > room:
            fitting += ["", "… shortened; see the page for the rest."]
            break
        fitting.append(line)
        used += len(line) + 1
    return [*head, *fitting, *tail]


def code_free(text: str) -> str:
    """Return text for a position where Markdown is not parsed, such as a summary."""
    return escape(text, quote=False)

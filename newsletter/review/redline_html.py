"""A redline as a standalone page for phone, desktop, dark mode, print and screen readers."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from newsletter.model import Finding
from newsletter.review.reader_document import ReaderBlock
from newsletter.review.redline import find_image
from newsletter.review.redline_values import BlockChange, EmailVersion, Redline, UnchangedBlocks
from newsletter.review.word_diff import RedlineRun
from newsletter.review.wording import (
    FACTS,
    change_summary,
    context,
    details,
    fact_lines,
    replaced,
    shown_runs,
    size_lines,
    title,
    tool_change,
)

STYLES = Path(__file__).with_name("page.css")
# The policy of the page: no scripts or remote resources, only embedded content.
POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
_MARKS = {"-": ("del", "deleted: "), "+": ("ins", "inserted: ")}


def redline_page(redline: Redline) -> str:
    """Return a self-contained HTML page."""
    heading = f"Redline: {redline.after.email.subject}"
    return page(heading, [f"<h1>{escape(heading)}</h1>", *redline_parts(redline)])


def page(heading: str, parts: Sequence[str]) -> str:
    """Return a page of these parts, which include their own headings."""
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        f"<title>{escape(heading)}</title>\n<style>\n{STYLES.read_text('utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def redline_parts(redline: Redline) -> Iterator[str]:
    """Yield the content of a redline, below a first-level heading."""
    before, after = escape(redline.before.label), escape(redline.after.label)
    yield f'<p class="versions">From <b>{before}</b> to <b>{after}</b></p>'
    yield f'<p class="summary">{escape(change_summary(redline))}</p>'
    if sentence := tool_change(redline):
        yield f'<p class="summary">{escape(sentence)}</p>'
    yield from _about(redline)
    yield from _facts(redline)
    yield from _entries(redline)
    if redline.text_part:
        yield '<h2>Plain-text part</h2>\n<ol class="changes">'
        yield from (_change(change, redline) for change in redline.text_part)
        yield "</ol>"
    yield from finding_list("New findings", redline.findings_added)
    yield from finding_list("Resolved findings", redline.findings_removed)


def _about(redline: Redline) -> Iterator[str]:
    rows = [(field.name.capitalize(), field.runs) for field in redline.fields]
    rows += [(line.label, line.runs) for line in size_lines(redline.sizes)]
    yield '<dl class="about">'
    for label, runs in rows:
        yield f"<div><dt>{escape(label)}</dt><dd>{marked_html(runs)}</dd></div>"
    yield "</dl>"


def _facts(redline: Redline) -> Iterator[str]:
    lines = fact_lines(redline)
    if not lines:
        return
    yield '<h2>Facts changed</h2>\n<ul class="facts">'
    for line in lines:
        change = marked_html(replaced(line.before, line.after))
        about = f" <span>{escape(line.about)}</span>" if line.about else ""
        where = f' <span class="where">{escape(line.section)}</span>' if line.section else ""
        yield f'<li><span class="kind">{FACTS[line.kind]}</span> {change}{about}{where}</li>'
    yield "</ul>"


def _entries(redline: Redline) -> Iterator[str]:
    if not redline.changes:
        return
    language, direction = email_language(redline.after)
    section: str | None = None
    yield "<h2>In reading order</h2>"
    yield f'<ol class="changes" lang="{language}" dir="{direction}">'
    for index, entry in enumerate(redline.entries):
        following = redline.entries[index + 1 : index + 2]
        if isinstance(entry, UnchangedBlocks):
            shown = context(entry, after=index > 0, before=bool(following))
            yield from _unchanged(shown.first, shown.left_out)
            if following and following[0].section != section:
                section = following[0].section
                yield _heading(section)
            yield from _unchanged(shown.last)
            continue
        if entry.section != section:
            section = entry.section
            yield _heading(section)
        yield _change(entry, redline)
    yield "</ol>"


def _heading(section: str) -> str:
    return f'<li class="section"><h3>{escape(section) or "Opening"}</h3></li>'


def _unchanged(text: str, left_out: str = "") -> Iterator[str]:
    parts = f"<p>{escape(text)}</p>" if text else ""
    if left_out:
        parts += f'<p class="elided" lang="en" dir="ltr">… {left_out} …</p>'
    if parts:
        yield f'<li class="unchanged">{parts}</li>'


def _change(change: BlockChange, redline: Redline) -> str:
    parts = [f'<p class="title" lang="en" dir="ltr">{escape(title(change))}</p>']
    if change.block.kind == "image":
        parts.append(_images(change, redline))
    runs = shown_runs(change)
    if change.block.kind == "image" and runs:
        parts.append(f'<p><span lang="en">Alternative text:</span> {marked_html(runs)}</p>')
    elif runs and change.what not in ("typography", "appearance"):
        parts.append(f'<p class="words {_class(change.block)}">{marked_html(runs)}</p>')
    if change.block.table:
        parts.append(_table(change.block))
    rows = "".join(
        f"<li><span>{escape(detail.label)}:</span> {marked_html(detail.runs)}</li>"
        for detail in details(change)
    )
    if rows:
        parts.append(f'<ul class="details">{rows}</ul>')
    return f'<li class="change {change.what}">{"".join(parts)}</li>'


def _class(block: ReaderBlock) -> str:
    return re.sub(r"\W+", "-", block.kind)


def _table(block: ReaderBlock) -> str:
    """Return the current table, or the old one if it was removed, with cells to look up."""
    assert block.table is not None
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.table.head)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in block.table.rows
    )
    head = f"<thead><tr>{head}</tr></thead>" if head else ""
    table = f"<table>{head}<tbody>{rows}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Table">{table}</div>'


def _images(change: BlockChange, redline: Redline) -> str:
    sides = []
    if change.before and (change.image_replaced or change.after is None):
        sides.append(_figure("Before", change.before, redline.before))
    if change.after:
        sides.append(_figure("Now" if sides else "Image", change.after, redline.after))
    return f'<div class="images">{"".join(sides)}</div>'


def _figure(caption: str, block: ReaderBlock, version: EmailVersion) -> str:
    assert block.image is not None
    image = find_image(version, block.image.name)
    if image is None or image.data is None:
        shown = f'<p class="elided">{escape(block.image.name)} is not stored with the email.</p>'
    else:
        data = base64.b64encode(image.data).decode()
        alt = escape(block.image.alt, quote=True)
        shown = f'<img src="data:image/{image.type};base64,{data}" alt="{alt}">'
    return f"<figure>{shown}<figcaption>{caption}</figcaption></figure>"


def marked_html(runs: Sequence[RedlineRun]) -> str:
    """Return runs as HTML; `del` and `ins` include text for screen readers only."""
    parts = []
    for run in runs:
        text = escape(run.text).replace("\n", "<br>")
        if run.op == "=":
            parts.append(text)
            continue
        tag, announced = _MARKS[run.op]
        fact = (
            f' <span class="fact" lang="en">{run.fact}</span>' if run.fact and run.op == "+" else ""
        )
        parts.append(f'<{tag}><span class="sr" lang="en">{announced}</span>{text}</{tag}>{fact}')
    return "".join(parts).replace("</del><ins>", "</del> <ins>")


def finding_list(heading: str, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield findings below a heading, or nothing if there are none."""
    if not findings:
        return
    yield f'<h2>{escape(heading)}</h2>\n<ul class="findings">'
    for finding in findings:
        hint = f'<br><span class="where">{escape(finding.hint)}</span>' if finding.hint else ""
        yield (
            f'<li><span class="kind">{finding.severity}</span> <code>{finding.code}</code> '
            f'{escape(finding.message)} <span class="where">{escape(str(finding.where))}</span>{hint}</li>'
        )
    yield "</ul>"


def email_language(version: EmailVersion) -> tuple[str, str]:
    """Return language and direction from the email's HTML."""
    opening = re.search(r"<html\b[^>]*>", version.email.html)
    tag = opening[0] if opening else ""
    language = re.search(r'\slang="([\w-]+)"', tag)
    direction = re.search(r'\sdir="(ltr|rtl)"', tag)
    return language[1] if language else "en", direction[1] if direction else "auto"

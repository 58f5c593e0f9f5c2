"""A redline as Markdown for GitHub and GitLab, safe for untrusted text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from newsletter.model import Finding
from newsletter.review.redline_values import BlockChange, Redline
from newsletter.review.word_diff import RedlineRun
from newsletter.review.wording import (
    FACTS,
    change_summary,
    details,
    fact_lines,
    replaced,
    shown_runs,
    size_lines,
    title,
    tool_change,
)

CONTEXT_WORDS = 12  # words shown on each side of a change in a long paragraph
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|~$>=.:])")
# @mention, #12 and !7 would notify people or link threads; bare addresses become links.
_ACTIVE = re.compile(r"(?<=[@#!])(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_UNCODED = re.compile(r"[`\s]+")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def redline_markdown(redline: Redline) -> str:
    """Return a redline as Markdown."""
    return "\n".join(markdown_lines(redline)) + "\n"


def markdown_lines(redline: Redline) -> Iterator[str]:
    """Yield the lines of a redline: facts first, then every change in reading order."""
    yield f"**{inert_markdown(redline.before.label)} → {inert_markdown(redline.after.label)}**"
    yield ""
    yield inert_markdown(change_summary(redline))
    if sentence := tool_change(redline):
        yield ""
        yield inert_markdown(sentence)
    yield ""
    for field in redline.fields:
        yield f"- {field.name.capitalize()}: {marked_markdown(field.runs)}"
    for detail in size_lines(redline.sizes):
        yield f"- {detail.label}: {marked_markdown(detail.runs)}"
    yield from _facts(redline)
    yield from _changes(redline)
    yield from finding_lines("New findings", redline.findings_added)
    yield from finding_lines("Resolved findings", redline.findings_removed)


def _facts(redline: Redline) -> Iterator[str]:
    lines = fact_lines(redline)
    if not lines:
        return
    yield from ("", "#### Facts changed", "")
    for line in lines:
        change = marked_markdown(replaced(line.before, line.after))
        if line.kind == "link":
            change = f"{code_span(line.before) or 'none'} → {code_span(line.after) or 'none'}"
        about = f" {inert_markdown(line.about)}" if line.about else ""
        where = f" ({inert_markdown(line.section)})" if line.section else ""
        yield f"- {FACTS[line.kind]}: {change}{about}{where}"


def _changes(redline: Redline) -> Iterator[str]:
    section = None
    for change in (*redline.changes, *redline.text_part):
        heading = "Plain-text part" if change in redline.text_part else change.section
        if heading != section:
            section = heading
            yield from ("", f"#### {inert_markdown(section) or 'Opening'}")
        yield ""
        yield from _change(change)


def _change(change: BlockChange) -> Iterator[str]:
    yield f"- **{inert_markdown(title(change))}**"
    runs = shown_runs(change)
    if runs and change.what not in ("typography", "appearance"):
        yield f"  {marked_markdown(around_changes(runs))}"
    for detail in details(change):
        label = inert_markdown(detail.label)
        if detail.label.startswith("Link"):
            addresses = " → ".join(code_span(run.text) for run in detail.runs)
            yield f"  - {label}: {addresses}"
        else:
            yield f"  - {label}: {marked_markdown(detail.runs)}"


def finding_lines(heading: str, findings: Sequence[Finding]) -> Iterator[str]:
    """Yield findings as a list below a heading, or nothing if there are none."""
    if not findings:
        return
    yield from ("", f"#### {heading}", "")
    for finding in findings:
        where = code_span(str(finding.where))
        yield f"- {finding.severity} {finding.code} {inert_markdown(finding.message)} ({where})"


def around_changes(runs: Sequence[RedlineRun]) -> list[RedlineRun]:
    """Return runs with long unchanged parts cut to the words next to a change."""
    cut = []
    for index, run in enumerate(runs):
        words = run.text.split(" ")
        if run.op != "=" or len(words) <= 2 * CONTEXT_WORDS + 4:
            cut.append(run)
            continue
        head = [*words[:CONTEXT_WORDS], "…"] if index else ["…"]
        tail = words[-CONTEXT_WORDS:] if index < len(runs) - 1 else []
        cut.append(RedlineRun("=", " ".join([*head, *tail])))
    return cut


def marked_markdown(runs: Sequence[RedlineRun]) -> str:
    """Return runs with `<del>` and `<ins>`, which forges render struck through and underlined."""
    parts = []
    for run in runs:
        text = inert_markdown(run.text)
        if run.op == "=":
            parts.append(text)
            continue
        tag = "del" if run.op == "-" else "ins"
        fact = f" `{run.fact}`" if run.fact and run.op == "+" else ""
        parts.append(f"<{tag}>{text}</{tag}>{fact}")
    return "".join(parts).replace("</del><ins>", "</del> <ins>")


def inert_markdown(text: str) -> str:
    """Return text that renders literally: no markup, mentions or links."""
    text = _CONTROLS.sub("\ufffd", re.sub(r"[\n\t\r]", " ", text))
    text = _ACTIVE.sub("\u2060", text)
    return _SPECIAL.sub(r"\\\1", escape(text, quote=False))


def code_span(text: str) -> str:
    """Return text between backticks, such as an address that must not become a link."""
    if not text:
        return ""
    return f"`{_UNCODED.sub(' ', _CONTROLS.sub('', text))}`"

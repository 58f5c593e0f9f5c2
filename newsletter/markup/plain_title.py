"""Titles are plain text: report Markdown in them that would be lost or printed literally."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.diagnostics import LOST_TEXT, MARKUP_IN_TITLE, Report
from newsletter.markup.inline import Code, Emphasis, InlineImage, Link, NoteRef, Tag
from newsletter.markup.parse import parse_line
from newsletter.model import Direction, Finding, Location, Node, walk

_SIGNS = re.compile(r"[*_`~\[<]")  # a title without any of these has no Markdown


def report_markup(
    title: str, where: Location, language: str, direction: Direction, report: Report
) -> None:
    """Warn about Markdown in a title that is printed as typed, such as a `title:` key."""
    if not _SIGNS.search(title):
        return
    nodes = parse_line(title, where, language, direction, Report())
    marks = [
        node for node in walk(nodes) if isinstance(node, Code | Emphasis | Link | InlineImage | Tag)
    ]
    if marks:
        report.add(
            MARKUP_IN_TITLE,
            where,
            f"Markdown in a title is printed as typed: {title!r}",
            "Write the title in plain words.",
        )


def dropped_from_title(node: Node) -> Iterator[Finding]:
    """Yield a finding for a node of a `#` heading that a plain title cannot contain."""
    hint = "Move it into the text, and write `title:` in the front matter."
    if isinstance(node, NoteRef):
        yield LOST_TEXT.finding(node.where, "Note mark in the section's title", hint)
    elif isinstance(node, InlineImage):
        yield LOST_TEXT.finding(node.where, "Image in the section's title", hint)
    elif isinstance(node, Link):
        yield LOST_TEXT.finding(node.where, f"Link in the section's title: {node.url}", hint)
    elif isinstance(node, Tag) and node.attributes:
        yield LOST_TEXT.finding(node.where, f"Attributes of <{node.name}> in the title", hint)
    elif isinstance(node, Emphasis):
        yield MARKUP_IN_TITLE.finding(
            node.where, "Emphasis in the section's title is not printed", "Remove the marks."
        )

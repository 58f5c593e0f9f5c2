"""Titles and names are plain text: report Markdown in them that would be lost or printed literally."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.diagnostics import LOST_TEXT, MARKUP_IN_TITLE, Report
from newsletter.files.quotation import quoted
from newsletter.markup.inline import Code, Emphasis, InlineImage, Link, NoteRef, Tag
from newsletter.markup.parse import parse_line
from newsletter.model import Finding, Location, Node, walk

_SIGNS = re.compile(r"[*_`~\[<]")  # a title without any of these has no Markdown


def report_markup(words: str, where: Location, report: Report, what: str = "a title") -> None:
    """Warn about Markdown in words that are printed as typed, such as a `title:` key."""
    if has_markup(words):
        message = f"Markdown in {what} is printed as typed: {quoted(words)}"
        report.add(MARKUP_IN_TITLE, where, message, "Write it in plain words.")


def has_markup(words: str) -> bool:
    """Return whether words contain inline Markdown: emphasis, code, a link, an image or a tag."""
    if not _SIGNS.search(words):
        return False
    nodes = parse_line(words, Location(""), "en", "ltr", report=Report())
    return any(isinstance(node, Code | Emphasis | Link | InlineImage | Tag) for node in walk(nodes))


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

"""Signs of a template that nobody filled in, in a finished mail and in what an author typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose import Passage, passages
from newsletter.markup.inline import Emphasis, Tag
from newsletter.model import Issue, Location

RESIDUE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{\{|\{%|%7B%7B|%7B%25|\*\|[A-Z][A-Z_:0-9]*\|\*|%%\{.*?\}%%"
    r"|\$\{[a-z_][\w.]*\}|<%.*?%>|\[\[(?:(?:first|last|full|user)?[ _-]?name|e-?mail|unsubscribe\w*)\]\]",
    re.IGNORECASE | re.DOTALL,
)
_STARRED = re.compile(r"\|[A-Z][A-Z_:0-9]*\|")  # Mailchimp's `*|FNAME|*`, whose stars Markdown takes for emphasis
# What a service's name for a field means here, by its letters alone.
_FIELDS = (
    (re.compile(r"unsub"), "unsubscribe_url"),
    (re.compile(r"archive|webversion|messageurl|emailurl|weburl|browser"), "web_url"),
    (re.compile(r"(?:fname|firstname)$"), "first_name"),
    (re.compile(r"e?mail$"), "email"),
    (re.compile(r"(?<!last)(?<!l)name$"), "name"),
)


def typed(issue: Issue) -> Iterator[tuple[Location, str]]:
    """Yield the tags that stand in an author's own words, each with its place; code is left out, as is `<kbd>`."""
    for passage in passages(issue):
        yield from _starred(passage)
        for match in RESIDUE.finditer(passage.words):
            piece = next(passage.touching(match.start(), match.end()))
            if not any(isinstance(node, Tag) and node.name == "kbd" for node in piece.around):
                yield passage.at(match.start(), match[0]), match[0]


def _starred(passage: Passage) -> Iterator[tuple[Location, str]]:
    for piece in passage.pieces:
        words = passage.words[piece.start : piece.end]
        around = piece.around[-1] if piece.around else None
        if isinstance(around, Emphasis) and len(around.children) == 1 and _STARRED.fullmatch(words):
            yield around.where, f"*{words}*"


def field(tag: str) -> str | None:
    """Return the merge field that a tag of some service stands for, where it can be told."""
    letters = re.sub(r"[^a-z]", "", tag.lower())
    return next((name for pattern, name in _FIELDS if pattern.search(letters)), None)

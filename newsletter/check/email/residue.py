"""Unfilled template placeholders, in a finished email and in an author's text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.check.prose.passages import Passage, PassageNode, passages
from newsletter.markup.inline import Emphasis, Tag, plain
from newsletter.markup.table import Table
from newsletter.model import Issue, Location, walk

RESIDUE = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{\{|\{%|%7B%7B|%7B%25|\*\|[A-Z][A-Z_:0-9]*\|\*|%%\{.*?\}%%"
    r"|\$\{[a-z_][\w.]*\}|<%.*?%>|\[\[(?:(?:first|last|full|user)?[ _-]?name|e-?mail|unsubscribe\w*)\]\]"
    # Mailchimp's tags without asterisks; tags of ActiveCampaign, Mailgun, MailerLite, Campaign
    # Monitor.
    r"|(?-i:\|(?:[FL]NAME|EMAIL|PHONE|MERGE\d+|UNSUB|ARCHIVE)\|)|(?-i:%(?:(?:FIRST|LAST|FULL|F|L)NAME|EMAIL)%)"
    r"|%recipient\.\w+%|\{\$(?:\w*name|email|unsubscribe\w*)\}|\{(?:first|last|full)[ _-]?name\}"
    r"|\[(?:firstname|lastname|fullname|email),[^\]\n]*\]|(?-i:\[[FL]NAME\])",
    re.IGNORECASE | re.DOTALL,
)
_STARRED = re.compile(
    r"\|[A-Z][A-Z_:0-9]*\|"
)  # Mailchimp's `*|FNAME|*`, whose asterisks Markdown reads as emphasis
# Merge fields by the services' names for them, matched on letters only.
_FIELDS = (
    (re.compile(r"unsub"), "unsubscribe_url"),
    (re.compile(r"archive|webversion|messageurl|emailurl|weburl|browser"), "web_url"),
    (re.compile(r"(?:fname|firstname)$"), "first_name"),
    (re.compile(r"e?mail$"), "email"),
    (re.compile(r"(?<!last)(?<!l)name$"), "name"),
)


def typed(issue: Issue) -> Iterator[tuple[Location, str]]:
    """Yield the tags in an author's text with their locations, except those in code or `<kbd>`."""
    yield from _over_cells(issue)
    for passage in passages(issue):
        starred = {piece.start: (where, tag) for piece, where, tag in _starred(passage)}
        yield from starred.values()
        for match in RESIDUE.finditer(passage.words):
            piece = next(passage.touching(match.start(), match.end()))
            in_kbd = any(isinstance(node, Tag) and node.name == "kbd" for node in piece.around)
            if not in_kbd and piece.start not in starred:
                yield passage.at(match.start(), match[0]), match[0]


def _starred(passage: Passage) -> Iterator[tuple[PassageNode, Location, str]]:
    for piece in passage.pieces:
        words = passage.words[piece.start : piece.end]
        innermost = piece.around[-1] if piece.around else None
        if (
            isinstance(innermost, Emphasis)
            and len(innermost.children) == 1
            and _STARRED.fullmatch(words)
        ):
            yield piece, innermost.where, f"*{words}*"


_NAME = re.compile(r"[A-Z][A-Z_:0-9]*")


def _over_cells(issue: Issue) -> Iterator[tuple[Location, str]]:
    """Yield Mailchimp's tags in tables, where their bars split cells: `*`, FNAME, `*`."""
    for section in issue.sections:
        for table in walk(section.blocks):
            for row in (table.head, *table.rows) if isinstance(table, Table) else ():
                words = [plain(cell.children).strip() for cell in row]
                for index, (before, name, after) in enumerate(
                    zip(words, words[1:], words[2:], strict=False)
                ):
                    if before.endswith("*") and after.startswith("*") and _NAME.fullmatch(name):
                        yield row[index + 1].where, f"*|{name}|*"


def field(tag: str) -> str | None:
    """Return the merge field that corresponds to a service's tag, if known."""
    letters = re.sub(
        r"[^a-z]", "", re.split("[,|]", tag.lower().strip("*|"))[0]
    )  # without the tag's fallback text
    return next((name for pattern, name in _FIELDS if pattern.search(letters)), None)

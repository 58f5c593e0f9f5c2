"""Allow comments for accepted findings: `<!-- allow NL201: reason -->`, `# allow NL104: reason`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path

from msgspec import Struct

from newsletter.check.allow_comment import read_allow
from newsletter.check.subjects import Allowance
from newsletter.markup.button import Button
from newsletter.markup.comment import Comment
from newsletter.markup.figure import Figure
from newsletter.markup.heading import Heading
from newsletter.markup.inline import Emphasis, Link, Tag
from newsletter.markup.notes import Notes
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.table import Cell, Table
from newsletter.model import Finding, Issue, Location, Node, Section, walk
from newsletter.workspace import Workspace

_PERHAPS = re.compile(r"allow|NL\d", re.IGNORECASE)
_HASH = re.compile(r"(?<!\S)#")
_TEMPLATE = re.compile(r"\{#-?(?P<jinja>.*?)-?#\}|<!--(?P<html>.*?)-->")
_BETWEEN = re.compile(r"\s*-->\s*<!--\s*")  # Markdown parses several comments on one line as one
_LINES = (
    Paragraph,
    Heading,
    Cell,
    Emphasis,
    Link,
    Tag,
)  # these contain text, not blocks
_REFERENCE = re.compile(r" {0,3}\[(?!\^)[^\]]+\]:")


def apply_allowances(
    findings: Iterable[Finding], allows: Sequence[Allowance]
) -> tuple[list[Finding], list[Finding], set[Allowance]]:
    """Return the remaining findings, the allowed ones with reasons, and the allowances used."""
    remaining: list[Finding] = []
    allowed: list[Finding] = []
    used: set[Allowance] = set()
    for finding in findings:
        by = [allow for allow in allows if allow.covers(finding)]
        if by:
            allowed.append(
                finding.with_reason(next((allow.reason for allow in by if allow.reason), ""))
            )
        else:
            remaining.append(finding)
        used.update(by)
    return remaining, allowed, used


def read_allows(workspace: Workspace, issue: Issue) -> tuple[Allowance, ...]:
    """Return the allowances in an issue's files and in the files that issues share."""
    shared = (workspace.settings, workspace.masthead, workspace.lexicon)
    theme = workspace.templates / issue.theme
    files = sorted(path for path in issue.folder.glob("*.yaml") if path.is_file())
    allows = [
        allow
        for path in (*files, *shared, *theme.rglob("*.toml"))
        for allow in _of_file(workspace, path)
    ]
    for section in issue.sections:
        if _PERHAPS.search(section.text):
            allows += _of_front_matter(section)
            allows += _of_blocks(section)
            allows += _of_data(section)
    return (
        *allows,
        *chain.from_iterable(_of_template(workspace, path) for path in sorted(theme.rglob("*.j2"))),
    )


def _allowances(
    words: str, where: Location, first: int, last: int, *, whole: int = 0
) -> Iterator[Allowance]:
    """Yield the allowances of a comment, if any, for the lines from `first` to `last`."""
    parsed = read_allow(words)
    for code in parsed.words if parsed else ():
        yield Allowance(code, parsed.reason if parsed else "", where, first, last, whole)
    if parsed and parsed.malformed:
        yield Allowance("", "", where, first, last, whole, parsed.malformed)


# --- YAML and TOML --------------------------------------------------------------------------------


def _of_file(workspace: Workspace, path: Path) -> Iterator[Allowance]:
    return _of_lines(workspace.display_path(path), _lines_of(path), 1)


def _lines_of(path: Path) -> list[str]:
    """Return the lines of a file that may contain allow comments; empty for other files."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return []
    return text.splitlines() if _PERHAPS.search(text) else []


def _of_front_matter(section: Section) -> Iterator[Allowance]:
    """Yield the allowances in front matter; all cover findings about the section as a whole."""
    body = section.where.line or 1
    lines = section.text.split("\n")[: body - 1]
    return _of_lines(section.where.path, lines[1:-1], 2, whole=body)


def _of_lines(shown: str, lines: Sequence[str], number: int, whole: int = 0) -> Iterator[Allowance]:
    """Yield the allowances of comments in YAML or TOML lines.

    Each covers the key on the same line or below it, and everything nested in that key. Those at
    the top also cover the start of the file.
    """
    started = False  # whether a line other than a comment has been read
    for index, line in enumerate(lines):
        own_line = line.lstrip().startswith("#")
        if comment := _comment(line):
            key = _next(lines, index) if own_line else index
            first = 1 if own_line and not started else number + index
            where = Location(shown, number + index, comment.start() + 1)
            yield from _allowances(
                line[comment.end() :], where, first, number + _end(lines, key), whole=whole
            )
        started = started or bool(line.strip() and not own_line)


def _comment(line: str) -> re.Match[str] | None:
    """Return the match of the `#` before an allow comment; its reason may contain another `#`."""
    return next((match for match in _HASH.finditer(line) if read_allow(line[match.end() :])), None)


def _next(lines: Sequence[str], index: int) -> int:
    """Return the index of the next line that is neither blank nor a comment."""
    index += 1
    while index < len(lines) and (
        not lines[index].strip() or lines[index].lstrip().startswith("#")
    ):
        index += 1
    return index


def _end(lines: Sequence[str], key: int) -> int:
    """Return the index of the last line nested in the key at index `key`."""
    last = key
    if key < len(lines):
        indent = _indent(lines[key])
        for index in range(key + 1, len(lines)):
            if lines[index].strip() and _indent(lines[index]) <= indent:
                break
            last = index if lines[index].strip() else last
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _of_data(section: Section) -> Iterator[Allowance]:
    """Yield the allowances in the YAML of `:::` blocks; each covers its whole block."""
    lines = section.text.split("\n")
    for node in walk(section.blocks):
        start = node.where.line or 0
        if not isinstance(node, Button | Figure | Table) or not lines[start - 1].startswith(":::"):
            continue
        end = next((at for at in range(start, len(lines)) if lines[at].startswith(":::")), start)
        for index in range(start, end):
            if comment := _comment(lines[index]):
                where = Location(section.where.path, index + 1, comment.start() + 1)
                yield from _allowances(lines[index][comment.end() :], where, start, end + 1)


# --- templates ------------------------------------------------------------------------------------


def _of_template(workspace: Workspace, path: Path) -> Iterator[Allowance]:
    """Yield the allowances of comments in a template, each for its own line and the next."""
    lines = _lines_of(path)
    for index, line in enumerate(lines):
        for match in _TEMPLATE.finditer(line):
            where = Location(workspace.display_path(path), index + 1, match.start() + 1)
            last = _next(lines, index) if line.strip() == match[0] else index
            yield from _allowances(
                match["jinja"] or match["html"] or "", where, index + 1, last + 1
            )


# --- Markdown -------------------------------------------------------------------------------------


def _of_blocks(section: Section) -> Iterator[Allowance]:
    # Notes are at the end of the tree, wherever they were written.
    nodes = [
        inner
        for node in section.blocks
        for inner in (node.children if isinstance(node, Notes) else (node,))
    ]
    lines = section.text.split("\n")
    yield from _Blocks(lines).inside(nodes, section.where.line or 1, len(lines), outermost=True)


class _Blocks(Struct, frozen=True):
    """The lines of a section, used to find the line ranges of its blocks."""

    lines: Sequence[str]

    def inside(
        self, nodes: Sequence[Node], first: int, last: int, *, outermost: bool = False
    ) -> Iterator[Allowance]:
        """Yield the allowances of comments among blocks.

        Each covers the next block, or the enclosing one if none follows. `first` and `last` are the
        lines around the nodes. A comment at the very start also covers the section's head, one that
        splits a paragraph covers both halves, and one above link references covers all of these.
        """
        nodes = sorted(nodes, key=lambda node: node.where.line or 0)
        starts = [node.where.line or 0 for node in nodes]
        ends = [max(line, after - 1) for line, after in pairwise([*starts, last + 1])]
        for index, node in enumerate(nodes):
            if not isinstance(node, Comment):
                within = self.words if isinstance(node, _LINES) else self.inside
                yield from within(node.children, starts[index], ends[index])
                continue
            following = (
                end
                for later, end in zip(nodes[index:], ends[index:], strict=True)
                if not isinstance(later, Comment)
            )
            below = starts[index] + node.words.count("\n")
            start = starts[index] if index else first
            if (
                index
                and self.lines[starts[index] - 2].strip()
                and "".join(self.lines[below : below + 1]).strip()
            ):
                start = starts[index - 1]  # it splits a paragraph
            if references := self.references(below):
                yield from _of_comment(node, start, references)
            elif (until := next(following, None)) is not None:
                yield from _of_comment(node, start, until)
            elif not outermost:
                yield from _of_comment(node, first, last)
            else:  # a comment on the last line covers nothing
                yield from _of_comment(node, start, starts[index])

    def words(self, nodes: Sequence[Node], first: int, last: int) -> Iterator[Allowance]:
        """Yield the allowances of comments inside a line, for the whole enclosing block."""
        for node in nodes:
            if isinstance(node, Comment):
                yield from _of_comment(node, first, last)
            yield from self.words(node.children, first, last)

    def references(self, line: int) -> int:
        """Return the last of the link reference lines directly below a line, or 0."""
        while line < len(self.lines) and not self.lines[line].strip():
            line += 1
        if line >= len(self.lines) or not _REFERENCE.match(self.lines[line]):
            return 0
        while line < len(self.lines) and self.lines[line].strip():
            line += 1
        return line


def _of_comment(comment: Comment, first: int, last: int) -> Iterator[Allowance]:
    for words in _BETWEEN.split(comment.words):
        yield from _allowances(words, comment.where, first, last)

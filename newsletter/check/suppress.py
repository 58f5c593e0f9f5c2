"""`<!-- allow NL201: reason -->` and `# allow NL104: reason`: findings that somebody looked at and answers for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from newsletter.check.select import keeps_from_mail
from newsletter.markup.comment import Comment
from newsletter.markup.heading import Heading
from newsletter.markup.inline import Emphasis, Link, Tag
from newsletter.markup.notes import Notes
from newsletter.markup.paragraph import Paragraph
from newsletter.markup.table import Cell
from newsletter.model import Finding, Issue, Location, Node, Section
from newsletter.workspace import Workspace

_CODES = r"allow\s+(?P<codes>NL\d+(?:\s*,\s*NL\d+)*)\s*(?::\s*(?P<reason>.*))?"
_ALLOW = re.compile(_CODES, re.DOTALL)
_YAML = re.compile(rf"\s*#\s*{_CODES}")
_BETWEEN = re.compile(r"\s*-->\s*<!--\s*")  # several comments on one line are one to Markdown
_LINES = (Paragraph, Heading, Cell, Emphasis, Link, Tag)  # what stands in these are words, not blocks


@dataclass(frozen=True, slots=True)
class Allow:
    """One code, allowed on some lines of one file."""

    code: str
    reason: str
    where: Location
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is allowed; one about a whole file is, wherever in the file that is said."""
        if (finding.code, finding.where.path) != (self.code, self.where.path) or keeps_from_mail(finding):
            return False
        return finding.where.line is None or self.first <= finding.where.line <= self.last


@dataclass(frozen=True, slots=True)
class Allowances:
    """What the rules about suppressions are given."""

    unknown: tuple[Allow, ...]  # their codes are none
    unused: tuple[Allow, ...]  # of the issue's own files
    unreasoned: tuple[Allow, ...]


def divide(findings: Iterable[Finding], allows: Sequence[Allow]) -> tuple[list[Finding], list[Finding], set[Allow]]:
    """Return what remains, what is allowed, each with its reason, and by which of `allows`."""
    kept: list[Finding] = []
    allowed: list[Finding] = []
    used: set[Allow] = set()
    for finding in findings:
        by = [allow for allow in allows if allow.covers(finding)]
        if by:
            allowed.append(finding.excused(next((allow.reason for allow in by if allow.reason), "")))
        else:
            kept.append(finding)
        used.update(by)
    return kept, allowed, used


def read_allows(workspace: Workspace, issue: Issue) -> tuple[Allow, ...]:
    """Return what is allowed in an issue's files, and for all issues in the files they share."""
    shared = (workspace.settings, workspace.masthead, workspace.lexicon)
    files = sorted(path for path in issue.folder.glob("*.yaml") if path.is_file())
    allows = [allow for path in (*files, *shared) for allow in _of_file(workspace.shown(path), path)]
    for section in issue.sections:
        if "allow" in section.text:
            allows += _of_front_matter(section)
            allows += _of_blocks(section)
    return tuple(allows)


# --- YAML and TOML -----------------------------------------------------------------------------------


def _of_file(shown: str, path: Path) -> Iterator[Allow]:
    try:
        data = path.read_bytes()
    except OSError:
        return iter(())
    return _of_lines(shown, data.decode("utf-8-sig", "replace").splitlines(), 1) if b"allow" in data else iter(())


def _of_front_matter(section: Section) -> Iterator[Allow]:
    """Yield what the lines between the two `---` allow; the first of those counts as said already."""
    lines = section.text.split("\n")[: (section.where.line or 1) - 1]
    return _of_lines(section.where.path, lines[1:-1], 2)


def _of_lines(shown: str, lines: Sequence[str], number: int) -> Iterator[Allow]:
    """Yield what comments allow: each for itself and the line after it, the first ones also for the file's start."""
    said = False  # whether a line that is no comment was met
    for index, line in enumerate(lines):
        match = _YAML.match(line)
        if match is None:
            said = said or (bool(line.strip()) and not line.lstrip().startswith("#"))
            continue
        after = index + 1
        while after < len(lines) and (not lines[after].strip() or lines[after].lstrip().startswith("#")):
            after += 1
        where = Location(shown, number + index, line.index("#") + 1)
        yield from _allows(match, where, number + index if said else 1, number + after)


# --- Markdown ----------------------------------------------------------------------------------------


def _of_blocks(section: Section) -> Iterator[Allow]:
    # Notes come last in the tree, wherever they were written.
    nodes = [inner for node in section.blocks for inner in (node.children if isinstance(node, Notes) else (node,))]
    last = section.text.count("\n") + 1
    yield from _in_blocks(nodes, section.where.line or 1, last, inside=False)


def _in_blocks(nodes: Sequence[Node], first: int, last: int, *, inside: bool = True) -> Iterator[Allow]:
    """Yield what comments among blocks allow: for the next block, or for the one around them where none follows.

    `first` and `last` are the lines around them. What stands at the very start holds for the head around it too.
    """
    nodes = sorted(nodes, key=lambda node: node.where.line or 0)
    starts = [node.where.line or 0 for node in nodes]
    ends = [max(line, after - 1) for line, after in pairwise([*starts, last + 1])]
    for index, node in enumerate(nodes):
        if not isinstance(node, Comment):
            within = _in_words if isinstance(node, _LINES) else _in_blocks
            yield from within(node.children, starts[index], ends[index])
            continue
        following = (
            end for later, end in zip(nodes[index:], ends[index:], strict=True) if not isinstance(later, Comment)
        )
        if (until := next(following, None)) is not None:
            yield from _of_comment(node, starts[index] if index else first, until)
        elif inside:
            yield from _of_comment(node, first, last)
        else:  # a file's last words hold for nothing
            yield from _of_comment(node, starts[index], starts[index])


def _in_words(nodes: Sequence[Node], first: int, last: int) -> Iterator[Allow]:
    """Yield what comments inside a line allow: for the whole block they stand in."""
    for node in nodes:
        if isinstance(node, Comment):
            yield from _of_comment(node, first, last)
        yield from _in_words(node.children, first, last)


def _of_comment(comment: Comment, first: int, last: int) -> Iterator[Allow]:
    for words in _BETWEEN.split(comment.words):
        if match := _ALLOW.fullmatch(words.strip()):
            yield from _allows(match, comment.where, first, last)


def _allows(match: re.Match[str], where: Location, first: int, last: int) -> Iterator[Allow]:
    for code in match["codes"].split(","):
        yield Allow(code.strip(), " ".join((match["reason"] or "").split()), where, first, last)

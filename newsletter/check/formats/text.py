"""Plain text output: location, problem, the author's line with a caret, hint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from unicodedata import category

from newsletter.files.secret_text import masked
from newsletter.markup.width import display_width
from newsletter.model import Finding

COLUMNS = 96  # maximum width of an excerpt: a paragraph is often one long line
BEFORE = 48  # columns of the excerpt before the location
Paint = Callable[[str, str], str]  # text, severity or "bold" or "dim" -> the same, colored


def render(findings: Iterable[Finding], root: Path, paint: Paint = lambda text, style: text) -> str:
    """Return findings whose paths are relative to `root`, with an empty line between files."""
    lines = cache(lambda path: _lines(root / path))
    pieces: list[str] = []
    path = None
    for finding in findings:
        if path not in (None, finding.where.path):
            pieces.append("")
        path = finding.where.path
        pieces += _finding(finding, lines(path), paint)
    return "".join(f"{piece}\n" for piece in pieces)


def _finding(finding: Finding, lines: list[str], paint: Paint) -> Iterator[str]:
    where = paint(f"{finding.where}:", "bold")
    severity = paint(finding.severity, finding.severity)
    yield f"{where} {severity} {finding.code} {finding.name}: {finding.message}"
    line, column = finding.where.line, finding.where.column
    in_file = line is not None and line <= len(lines) and lines[line - 1].strip()
    if line and column and in_file:
        shown, caret = excerpt(lines[line - 1], column)
        bar = paint("|", "dim")
        yield f"    {bar} {shown}"
        yield f"    {bar} {' ' * caret}{paint('^', finding.severity)}"
    if finding.hint:
        yield f"    hint: {finding.hint}"


def excerpt(line: str, column: int) -> tuple[str, int]:
    """Return an excerpt of a line around a column, and the terminal columns before that column."""
    line = sanitize_terminal(line.replace("\t", " "))
    offset = min(column - 1, len(line))
    start = 0 if display_width(line) <= COLUMNS or offset <= BEFORE else offset - BEFORE
    while start and display_width(line[start:offset]) > BEFORE:
        start += 1
    head = "…" if start else ""
    end = len(line)
    while display_width(line[start:end]) > COLUMNS:
        end -= max((display_width(line[start:end]) - COLUMNS) // 2, 1)
    tail = "…" if end < len(line) else ""
    return f"{head}{line[start:end]}{tail}", display_width(head + line[start:offset])


def sanitize_terminal(line: str) -> str:
    """Return a line without characters that control a terminal."""
    if line.isprintable():
        return line
    return "".join("\ufffd" if category(sign) in ("Cc", "Cs", "Cn") else sign for sign in line)


def _lines(path: Path) -> list[str]:
    if not path.is_file():  # reading a pipe would block
        return []
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [masked(line) for line in lines] if path.suffix == ".toml" else lines

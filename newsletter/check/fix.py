"""Safe fixes: an edit is applied only where its old text is found unchanged.

Encoding, byte-order mark and line endings are preserved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from newsletter.files.output import write_file
from newsletter.files.text import leads_out
from newsletter.model import Edit, Finding

ROUNDS = 5  # a fix may reveal another one; a limit against endless loops
BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\r|\n")


class FixedFile(Struct, frozen=True):
    """One file, before and after."""

    path: str  # relative to the workspace
    before: bytes
    after: bytes


def apply_edits(data: bytes, edits: Iterable[Edit]) -> tuple[bytes, int]:
    """Return a file with edits applied, and their number; of overlapping edits the first wins."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data, 0
    starts = [len(BOM) if text.startswith(BOM) else 0]
    starts += [match.end() for match in _LINE_END.finditer(text)]
    spans = sorted({span for edit in edits if (span := _span(text, starts, edit))})
    pieces: list[str] = []
    end, applied, last = 0, 0, (-1, -1)
    for start, stop, new in spans:
        if start < end or (start, stop) == last:
            continue
        pieces += [text[end:start], new]
        end, applied, last = stop, applied + 1, (start, stop)
    return "".join([*pieces, text[end:]]).encode(), applied


def _span(text: str, starts: list[int], edit: Edit) -> tuple[int, int, str] | None:
    """Return the range of an edit and its new text, or `None` if the old text is not there."""
    line, column = edit.where.line or 0, edit.where.column or 0
    if not (1 <= line <= len(starts) and column >= 1 and edit.old != edit.new):
        return None
    start = starts[line - 1] + column - 1
    pattern = r"(?:\r\n|\r|\n)".join(map(re.escape, edit.old.split("\n")))
    match = re.compile(pattern).match(text, start)
    limit = starts[line] if line < len(starts) else len(text) + 1
    if match is None or start >= limit:
        return None
    end = _LINE_END.search(text)
    return match.start(), match.end(), edit.new.replace("\n", end[0] if end else "\n")


def fix(
    root: Path, folder: Path, find: Callable[[], Iterable[Finding]]
) -> tuple[list[FixedFile], int]:
    """Fix an issue's own files until no fix is left; return changed files and number of edits.

    `find` is called on the current files in each round, and once more at the end. Shared files are
    not changed, because fixes of two issues could conflict, nor are files outside the workspace
    that a symbolic link points to.
    """
    before: dict[Path, bytes] = {}
    count = 0
    for _ in range(ROUNDS):
        applied = 0
        for path, edits in _by_file(root, find()).items():
            if not path.is_relative_to(folder) or not path.is_file() or leads_out(path, root):
                continue
            data = path.read_bytes()
            after, number = apply_edits(data, edits)
            if number:
                write_file(path, after)
                before.setdefault(path, data)
                applied += number
        count += applied
        if not applied:
            break
    else:
        find()
    changes = [
        FixedFile(path.relative_to(root).as_posix(), data, path.read_bytes())
        for path, data in before.items()
    ]
    return sorted(
        (change for change in changes if change.before != change.after), key=lambda c: c.path
    ), count


def _by_file(root: Path, findings: Iterable[Finding]) -> dict[Path, list[Edit]]:
    files: dict[Path, list[Edit]] = {}
    for finding in findings:
        if finding.edit is not None:
            files.setdefault(root / finding.edit.where.path, []).append(finding.edit)
    return files

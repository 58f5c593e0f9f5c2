"""Files of an issue that look like content but are not read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from newsletter.diagnostics import UNREAD_FILE, Report
from newsletter.files.suggest import nearest
from newsletter.model import Location

READ = (
    "issue.yaml",
    "credits.yaml",
    "sources.yaml",
    "facts.yaml",
    "images.yaml",
    "corrections.yaml",
)
RECORDS = ("published.json", "imported.json")  # written by commands, read by others
OWN_FOLDERS = ("approvals", "sent")  # written by commands
TEXTS = frozenset(".md .markdown .mdown .mkd .mdx .txt .text .rst .adoc .org".split())
DOCUMENTS = frozenset(".docx .doc .odt .rtf .pages .html .htm .pdf .eml .gdoc".split())
TABLES = frozenset(".csv .tsv .xlsx .ods".split())
IMAGES = frozenset(".jpg .jpeg .png .gif .webp .svg .avif .heic .tif .tiff .bmp".split())
CONTENT = TEXTS | DOCUMENTS | TABLES | IMAGES | {".yaml", ".yml", ".json", ".toml"}
# Backups and locks of editors and operating systems: never content.
_SCRATCH = re.compile(
    r"\..*|.*~|#.*#|.*\.(?:bak|orig|rej|sw[a-p]|tmp|lock|theirs|part)|~\$.*|Thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)


def is_scratch(name: str) -> bool:
    """Return whether a file is hidden, or an editor's backup or lock.

    Such files are neither read nor reported.
    """
    return bool(_SCRATCH.fullmatch(name))


def report_unread(folder: Path, place: Location, texts: Sequence[str], report: Report) -> None:
    """Warn about each file that looks like content but is not read, and suggest its correct name.

    `place` is the folder to display. A file in images/ or data/ counts as read if its name occurs
    in one of `texts`, the issue's sections and YAML files.
    """
    printed = "\n".join(texts)
    for name in _files(folder):
        message, hint = _judged(name, printed)
        if message:
            where = Location(f"{place.path}/{name}")
            report.add(UNREAD_FILE, where, message, hint)


def _files(folder: Path) -> Iterator[str]:
    """Yield the paths of files below the folder that are not hidden, relative and sorted."""
    for parent, folders, names in os.walk(folder):
        base = Path(parent).relative_to(folder)
        folders[:] = sorted(name for name in folders if not is_scratch(name))
        if base == Path():
            folders[:] = [name for name in folders if name not in OWN_FOLDERS]
        for name in sorted(names):
            if not is_scratch(name):
                yield (base / name).as_posix()


def _judged(name: str, printed: str) -> tuple[str, str]:
    """Return the message and hint for an unread file; two empty strings for a file that is read."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if len(path.parts) == 1 and (path.suffix == ".md" or name in (*READ, *RECORDS)):
        return "", ""
    if suffix not in CONTENT:
        return "", ""
    if path.parts[0] in ("images", "data") and len(path.parts) > 1:
        used = path.name in printed or path.stem in printed
        return ("", "") if used else (f"Unused file: {name}", "Use it in a section, or delete it.")
    if suffix in TABLES | IMAGES:
        room = "data" if suffix in TABLES else "images"
        used = path.name in printed
        return ("", "") if used else (f"Unused file: {name}", f"Move it to {room}/ and use it.")
    return f"File not read: {name}", _remedy(path, suffix)


def _remedy(path: PurePosixPath, suffix: str) -> str:
    if suffix in DOCUMENTS:
        return f"Import it with `newsletter import {path.name}`, or move it out of the issue."
    known = {Path(one).stem: one for one in READ}
    stem = path.stem.lower()
    if suffix in (".yaml", ".yml", ".json", ".toml"):
        close = nearest(stem, known)
        if close:
            return f"Rename it to {known[close]}."
        return f"Use one of {', '.join(READ)}, or move it out of the issue."
    return f"Rename it to {re.sub(r'[^A-Za-z0-9_-]+', '-', path.stem)}.md in the issue's folder."

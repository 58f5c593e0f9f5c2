"""Files of an issue and of the workspace that look like content but are not read."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
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
AT_THE_TOP = ("newsletter.toml", "credits.yaml", "lexicon.yaml")
FOLDERS = ("issues", "templates", "pages")
IN_A_THEME = ("tokens.toml", "phrases.toml")
RECORDS = ("published.json", "imported.json")  # written by commands, read by others
OWN_FOLDERS = ("approvals", "sent")  # written by commands
TEXTS = frozenset(".md .markdown .mdown .mkd .mdx .txt .text .rst .adoc .org".split())
DOCUMENTS = frozenset(".docx .doc .odt .rtf .pages .html .htm .pdf .eml .gdoc".split())
TABLES = frozenset(".csv .tsv .xlsx .ods".split())
IMAGES = frozenset(".jpg .jpeg .png .gif .webp .svg .avif .heic .tif .tiff .bmp".split())
DATA = frozenset(".yaml .yml .json .toml".split())
CONTENT = TEXTS | DOCUMENTS | TABLES | IMAGES | DATA
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
    in one of `texts`, the issue's sections, or in a YAML file of the folder.
    """
    in_sections = unicodedata.normalize("NFC", "\n".join(texts))

    @cache
    def anywhere() -> str:
        return f"{in_sections}\n{_yaml_texts(folder)}"

    for name in _files(folder):
        normal = unicodedata.normalize("NFC", name)
        if _message_and_hint(normal, in_sections) == _READ:
            continue
        message, hint = _message_and_hint(normal, anywhere())
        if message:
            report.add(UNREAD_FILE, Location(f"{place.path}/{name}"), message, hint)


def _yaml_texts(folder: Path) -> str:
    """Return what the YAML files of an issue contain, readable or not."""
    texts = []
    for path in folder.glob("*.yaml"):
        with contextlib.suppress(OSError):
            texts.append(path.read_text("utf-8", "replace"))
    return unicodedata.normalize("NFC", "\n".join(texts))


def report_unread_at_the_top(root: Path, display: str, report: Report) -> None:
    """Warn about files and folders of the workspace whose names are close to those that are read.

    Others are the publication's own business. `display` is the prefix of displayed paths.
    """
    try:
        entries = [entry for entry in os.scandir(root) if not is_scratch(entry.name)]
    except OSError:
        return
    names = sorted(entry.name for entry in entries)
    for entry in sorted(entries, key=lambda entry: entry.name):
        name = entry.name
        right = _intended_name(name, folder=entry.is_dir())
        if right and right != name:
            hint = f"Merge it into {right}." if right in names else f"Rename it to {right}."
            report.add(UNREAD_FILE, Location(display + name), f"Not read: {name}", hint)
    for name in IN_A_THEME:
        path = f"templates/{name}"
        if (root / path).is_file():
            hint = f"Move it to the theme's folder: templates/default/{name}."
            report.add(UNREAD_FILE, Location(display + path), f"Not read: {path}", hint)


@lru_cache(maxsize=64)  # the same few names in every issue of a run
def _intended_name(name: str, *, folder: bool) -> str | None:
    """Return the name that a file or folder at the top of a workspace was probably meant to have."""
    if name in FOLDERS or name in AT_THE_TOP:
        return name
    if folder:
        return nearest(name.lower(), FOLDERS, cutoff=0.8)
    path = PurePosixPath(name)
    if path.suffix.lower() not in DATA:
        return None
    known = {PurePosixPath(name).stem: name for name in AT_THE_TOP}
    return known.get(nearest(path.stem.lower(), known, cutoff=0.8) or "")


def _files(folder: Path) -> Iterator[str]:
    """Yield the paths of files below the folder that are not hidden, relative and sorted."""
    top = str(folder)
    for parent, folders, names in os.walk(top):
        below = parent[len(top) + 1 :].replace(os.sep, "/")
        folders[:] = sorted(name for name in folders if not is_scratch(name))
        if not below:
            folders[:] = [name for name in folders if name not in OWN_FOLDERS]
        for name in sorted(names):
            if not is_scratch(name):
                yield f"{below}/{name}" if below else name


_READ = ("", "")


def _message_and_hint(name: str, printed: str) -> tuple[str, str]:
    """Return the message and hint for an unread file; two empty strings for a file that is read."""
    if "/" not in name and (name.endswith(".md") or name in READ or name in RECORDS):
        return _READ
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix not in CONTENT:
        return _READ
    if path.parts[0] in ("images", "data") and len(path.parts) > 1:
        used = path.name in printed or path.stem in printed
        return _READ if used else (f"Unused file: {name}", "Use it in a section, or delete it.")
    if suffix in TABLES | IMAGES:
        if re.search(rf"(?<![\w./-]){re.escape(name)}", printed):
            return _READ
        room = "data" if suffix in TABLES else "images"
        return f"Unused file: {name}", f"Move it to {room}/ and use it."
    return f"File not read: {name}", _remedy(path, suffix)


def _remedy(path: PurePosixPath, suffix: str) -> str:
    if suffix in DOCUMENTS:
        return f"Import it with `newsletter import {path.name}`, or move it out of the issue."
    known = {Path(name).stem: name for name in READ}
    stem = path.stem.lower()
    if suffix in DATA:
        close = nearest(stem, known)
        if close:
            return f"Rename it to {known[close]}."
        return f"Use one of {', '.join(READ)}, or move it out of the issue."
    plain = path.name
    while PurePosixPath(plain).suffix.lower() in TEXTS:  # 60-note.md.txt
        plain = PurePosixPath(plain).stem
    return f"Rename it to {re.sub(r'[^A-Za-z0-9_-]+', '-', plain)}.md in the issue's folder."

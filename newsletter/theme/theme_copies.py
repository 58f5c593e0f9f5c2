"""Copies of packaged files in a theme of your own, with their origin; what has changed there since.

The first line of a copy names its origin. The file as it was then is kept next to the theme, in
`.origin/`, so that a later version can be compared with it.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path
from typing import Literal

from msgspec import Struct

from newsletter import __version__
from newsletter.errors import NewsletterError, WrongUsage
from newsletter.files.output import write_file
from newsletter.files.portable_names import unportable
from newsletter.files.quotation import quoted
from newsletter.files.suggest import spelling_hint
from newsletter.theme.own_files import packaged_files, packaged_path
from newsletter.theme.theme import Theme
from newsletter.theme.theme_files import ORIGINS, theme_file_names
from newsletter.workspace import Workspace

_ORIGIN = re.compile(
    r"(?:{# |# )From newsletter (\S+), (\S+), sha256 ([0-9a-f]{16})(?: #})?\n", re.ASCII
)
CopyState = Literal["same", "changed", "gone", "unknown"]


class CopyOrigin(Struct, frozen=True):
    """Where a copy is from: the version of this tool, the file below `packaged/`, its digest."""

    version: str
    file: str
    digest: str


class ThemeCopy(Struct, frozen=True):
    """A file of the publication that replaces a packaged one."""

    name: str
    state: CopyState  # of the packaged file since; unknown: a copy without an origin
    origin: CopyOrigin | None
    diff: str = ""  # unified, of the packaged file


def copy_file(workspace: Workspace, theme: Theme, name: str) -> Path:
    """Copy a packaged file into the own theme of the same name, and return the copy.

    Raises `WrongUsage` for a name that no packaged file has, and `NewsletterError` if the theme has
    the file already.
    """
    source = packaged_path(theme, name) or packaged_path(theme, f"{name}.j2")
    if source is None or source.name == "look.toml":
        known = [file.name for file in packaged_files(theme)]
        hint = spelling_hint(name, known, what="packaged files")
        raise WrongUsage(f"No packaged theme file {quoted(name)}", hint=hint)
    name = source.relative_to(_packaged_root(source, theme)).as_posix()
    target = workspace.templates / theme.name / name
    if target.exists():
        message = f"{workspace.display_path(target)} already exists"
        hint = "Run `newsletter theme diff` to see what changed in the packaged file since."
        raise NewsletterError(message, hint=hint)
    text = source.read_text("utf-8")
    origin = f"From newsletter {__version__}, {_shown(source, theme)}, sha256 {text_digest(text)}"
    line = f"# {origin}\n" if name.endswith(".toml") else f"{{# {origin} #}}\n"
    write_file(workspace.templates / theme.name / ORIGINS / name, text.encode())
    write_file(target, (line + text).encode())
    return target


def _packaged_root(path: Path, theme: Theme) -> Path:
    return next(folder for folder in theme.folders if path.is_relative_to(folder))


def _shown(path: Path, theme: Theme) -> str:
    """Return a packaged file as in `signal/foot.j2`."""
    root = _packaged_root(path, theme)
    return f"{root.name}/{path.relative_to(root).as_posix()}"


def text_digest(text: str) -> str:
    """Return the digest of a packaged file, as noted in its copies; line ends do not count."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:16]


def read_origin(text: str) -> CopyOrigin | None:
    """Return the origin noted in the first line of a copy."""
    match = _ORIGIN.match(text.replace("\r\n", "\n"))
    return CopyOrigin(match[1], match[2], match[3]) if match else None


def compare_copies(theme: Theme) -> tuple[ThemeCopy, ...]:
    """Return the own files that replace packaged ones, each with what changed in the packaged one."""
    copies = []
    for folder in theme.own:
        for name in theme_file_names(folder):
            text = (folder / name).read_text("utf-8", "replace")
            origin = read_origin(text)
            packaged = packaged_path(theme, name)
            if origin is not None:
                copies.append(_compared(folder, name, origin, packaged, theme=theme))
            elif packaged and name.endswith(".j2") and "{% extends" not in text:
                copies.append(ThemeCopy(name, "unknown", None))
    return tuple(copies)


def _compared(
    folder: Path, name: str, origin: CopyOrigin, packaged: Path | None, *, theme: Theme
) -> ThemeCopy:
    if packaged is None:
        return ThemeCopy(name, "gone", origin)
    now = packaged.read_text("utf-8")
    if text_digest(now) == origin.digest:
        return ThemeCopy(name, "same", origin)
    before = folder / ORIGINS / name
    label = f"newsletter {origin.version}"
    if before.is_file() and text_digest(original := before.read_text("utf-8")) == origin.digest:
        old = original
    else:  # the file as it was is not there: show the copy itself
        old, label = _without_origin((folder / name).read_text("utf-8", "replace")), "your copy"
    lines = difflib.unified_diff(
        old.splitlines(),
        now.splitlines(),
        f"{origin.file} ({label})",
        f"{_shown(packaged, theme)} (newsletter {__version__})",
        lineterm="",
    )
    return ThemeCopy(name, "changed", origin, "\n".join(lines))


def _without_origin(text: str) -> str:
    return _ORIGIN.sub("", text.replace("\r\n", "\n"), count=1)


def new_theme(workspace: Workspace, name: str, look: str) -> Path:
    """Create a theme of one's own that extends a packaged look and changes nothing.

    Raises `WrongUsage` for a name that is taken or cannot be a folder, and for an unknown look.
    """
    from newsletter.theme.looks import LOOK_FILE, packaged_looks

    if look not in packaged_looks():
        hint = spelling_hint(look, list(packaged_looks()), what="looks")
        raise WrongUsage(f"Unknown look {quoted(look)}", hint=hint)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise WrongUsage(
            f"Invalid theme name: {quoted(name)}",
            hint="Use lowercase letters, digits and hyphens, such as harbour.",
        )
    if reason := unportable(name):
        raise WrongUsage(
            f"Invalid theme name: {quoted(name)}, {reason}", hint="Choose another name."
        )
    folder = workspace.templates / name
    if name in packaged_looks():
        hint = "Choose another name; to change that look, add files to the folder with its name."
        raise WrongUsage(f"{quoted(name)} is a packaged look", hint=hint)
    if folder.exists():
        message = f"{workspace.display_path(folder)} already exists"
        raise WrongUsage(message, hint="Choose another name.")
    text = f'extends = "{look}"  # files that are not in this folder come from that look\n'
    write_file(folder / LOOK_FILE, text.encode())
    return folder / LOOK_FILE

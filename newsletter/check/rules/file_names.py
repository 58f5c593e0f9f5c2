"""Names of files that not every system can have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from newsletter.check.rule import Violation, rule
from newsletter.files.portable_names import equal_names, unportable
from newsletter.files.quotation import quoted
from newsletter.model import Issue, Location

_SHARED = ("templates", "images", "pages")  # folders of the workspace


@rule(
    "NL044",
    severity="warning",
    hint="Rename it; use lowercase letters, digits and hyphens.",
    bad={"images/aux.txt": "Notes on the quay.\n"},
    at="images/aux.txt",
    good={"images/quay.txt": "Notes on the quay.\n"},
)
def unportable_file_name(issue: Issue) -> Iterator[Violation]:
    r"""A file of the issue, a theme or another shared folder that cannot be checked out on Windows or macOS.

    Windows reserves names such as `con`, `aux` and `com1`, with any suffix, and allows no `<>:"|?*\` and no dot or
    space at the end. There and on macOS, two names that differ only in case or in Unicode normalization are one file:
    git then checks out only one of the two.
    """
    root = issue.folder.parent.parent
    shown = issue.where.path.rpartition("/")[0]
    if reason := unportable(issue.folder.name):
        yield Violation(issue.where, f"Folder name {quoted(issue.folder.name)}: {reason}")
    yield from _unportable_below(issue.folder, shown)
    for name in _SHARED:
        yield from _unportable_below(root / name, name)


def _unportable_below(folder: Path, shown: str) -> Iterator[Violation]:
    for parent, folders, files in os.walk(folder):
        below = Path(parent).relative_to(folder).as_posix()
        place = shown if below == "." else f"{shown}/{below}"
        names = sorted([*folders, *files])
        for name in names:
            if reason := unportable(name):
                yield Violation(Location(f"{place}/{name}"), f"File name {quoted(name)}: {reason}")
        for name, first in equal_names(names):
            message = (
                f"File name {quoted(name)}: one file with {quoted(first)} on Windows and macOS"
            )
            yield Violation(Location(f"{place}/{name}"), message)


RULES = (unportable_file_name,)

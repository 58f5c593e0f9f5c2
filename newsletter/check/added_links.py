"""Which links a draft added since a revision: the workspace as it was is written aside and read again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from newsletter.check.git import branched, git
from newsletter.check.subjects import links_of
from newsletter.errors import NewsletterError
from newsletter.links.extract import LinkUse
from newsletter.workspace import Workspace, find

READ = (".md", ".yaml", ".toml", ".csv", ".j2")  # what links stand in; pictures are not needed


def added(
    workspace: Workspace, found: Mapping[Path, tuple[LinkUse, ...]], revision: str
) -> dict[Path, tuple[LinkUse, ...]]:
    """Return of each issue the links with an address that it did not have where this branch left `revision`.

    Moving a link, or writing other words for it, adds none. Raises as `changed_since` does.
    """
    before = _before(workspace, tuple(found), branched(workspace.root, revision))
    known = {folder: before.get(folder.name, frozenset()) for folder in found}
    return {
        folder: tuple(use for use in links if use.url not in known[folder])
        for folder, links in found.items()
    }


def _before(
    workspace: Workspace, folders: Sequence[Path], commit: str
) -> dict[str, frozenset[str]]:
    """Return slug -> the addresses an issue had at a commit."""
    shared = (workspace.settings, workspace.masthead, workspace.templates)
    paths = [workspace.display_path(path) for path in (*shared, *folders)]
    with tempfile.TemporaryDirectory(prefix="newsletter-") as place:
        root = Path(place).resolve()
        for name, data in _files(workspace.root, commit, paths):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            then = find(root)
        except NewsletterError:  # it was none yet, or could not be read: all its links are new
            return {}
        return {
            one.name: frozenset(use.url for use in links_of(then, then.issues / one.name))
            for one in folders
        }


def _files(root: Path, commit: str, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the files below some paths as they were, each by its path from the workspace."""
    listed = (git(root, "ls-tree", "-r", "-z", "--name-only", commit, "--", *paths) or "").split(
        "\0"
    )
    names = [name for name in listed if name.endswith(READ) and "\n" not in name]
    answer = (
        git(root, "cat-file", "--batch", given="".join(f"{commit}:./{name}\n" for name in names))
        or ""
    )
    reported = answer.encode("utf-8", "surrogateescape")
    start = 0
    for name in names:
        # `<object> <type> <size>`, the contents, and an empty line; for what is no file, one line without a size.
        head, _, _ = reported[start:].partition(b"\n")
        start += len(head) + 1
        if (size := head.split(b" ")[-1]).isdigit():
            yield name, reported[start : start + int(size)]
            start += int(size) + 1

"""Links added since a revision, whose workspace is read from a temporary folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from newsletter.check.git import branched, git
from newsletter.check.subjects import links_of
from newsletter.errors import NewsletterError
from newsletter.links.extract import LinkUse
from newsletter.workspace import Workspace, find

READ = (
    ".md",
    ".yaml",
    ".toml",
    ".csv",
    ".j2",
)  # the files that contain links; images are not needed


def added_links(
    workspace: Workspace, links: Mapping[Path, tuple[LinkUse, ...]], revision: str
) -> dict[Path, tuple[LinkUse, ...]]:
    """Return, for each issue, the links that it lacked where this branch left `revision`.

    Links are compared by address: moving one or changing its text does not count as adding it.
    Raises the same errors as `changed_since`.
    """
    before = _addresses_at(workspace, tuple(links), branched(workspace.root, revision))
    known = {folder: before.get(folder.name, frozenset()) for folder in links}
    return {
        folder: tuple(use for use in uses if use.url not in known[folder])
        for folder, uses in links.items()
    }


def _addresses_at(
    workspace: Workspace, folders: Sequence[Path], commit: str
) -> dict[str, frozenset[str]]:
    """Return slug -> the addresses an issue had at a commit."""
    shared = (workspace.settings, workspace.masthead, workspace.templates)
    paths = [workspace.display_path(path) for path in (*shared, *folders)]
    with tempfile.TemporaryDirectory(prefix="newsletter-") as temporary:
        root = Path(temporary).resolve()
        for name, data in _files(workspace.root, commit, paths):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        try:
            earlier = find(root)
        except NewsletterError:  # not a workspace yet, or unreadable: all its links are new
            return {}
        return {
            folder.name: frozenset(
                use.url for use in links_of(earlier, earlier.issues / folder.name)
            )
            for folder in folders
        }


def _files(root: Path, commit: str, paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield workspace path and contents of each file below `paths` at a commit."""
    listing = git(root, "ls-tree", "-r", "-z", "--name-only", commit, "--", *paths) or ""
    names = [name for name in listing.split("\0") if name.endswith(READ) and "\n" not in name]
    objects = "".join(f"{commit}:./{name}\n" for name in names)
    output = git(root, "cat-file", "--batch", stdin=objects) or ""
    data = output.encode("utf-8", "surrogateescape")
    start = 0
    for name in names:
        # git prints `<object> <type> <size>`, the contents and a newline; for anything but a file,
        # only one line without a size.
        head, _, _ = data[start:].partition(b"\n")
        start += len(head) + 1
        if (size := head.split(b" ")[-1]).isdigit():
            yield name, data[start : start + int(size)]
            start += int(size) + 1

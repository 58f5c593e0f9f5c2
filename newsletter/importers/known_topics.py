"""The topics that a workspace already uses: of its issues and of `[archive.topics]`."""

from __future__ import annotations

import re
from pathlib import Path

from newsletter.workspace import Workspace

HEAD = 2_000  # bytes at the start of a file, which contain its `tags`
_TAGS = re.compile(r"^tags:[ \t]*(?:\[([^\]\n]*)\]|\n((?:[ \t]*-[ \t]+.*\n)+))", re.MULTILINE)
_ITEM = re.compile(r"[\n,]")


def known_topics(workspace: Workspace) -> tuple[str, ...]:
    """Return topics in use, without duplicates. Unreadable files are skipped, not reported.

    Only `tags` are read, without loading the issues, because a catalogue has thousands of files.
    """
    topics = dict.fromkeys(workspace.archive.topics.values())
    for folder in workspace.folders():
        for path in (folder / "issue.yaml", *folder.glob("*.md")):
            topics.update(dict.fromkeys(_tags_in(path)))
    return tuple(topic for topic in topics if len(topic) > 1)


def _tags_in(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD).decode("utf-8", "ignore")
    except OSError:
        return []
    match = _TAGS.search(head)
    listed = (match[1] or match[2] or "") if match else ""
    return [tag for item in _ITEM.split(listed) if (tag := item.strip(" \t\r-'\""))]

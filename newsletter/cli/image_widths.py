"""Fill in the `width:` of figures whose image is on the web, for `check --fix --links`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from newsletter.check.fix import apply_edits
from newsletter.files.output import write_file
from newsletter.load import load
from newsletter.markup.inline import InlineImage
from newsletter.model import Edit, Location, walk
from newsletter.workspace import Workspace


def fill_widths(workspace: Workspace, folders: Sequence[Path], private: Iterable[str]) -> int:
    """Write the width of each image on the web that has none; return how many were written.

    Only `::: figure` has a place for it. An image that cannot be requested is left as it is, and
    reported by NL505.
    """
    missing = [image for folder in folders for image in _without_width(workspace, folder)]
    if not missing:
        return 0
    from newsletter.links.image_size import image_widths  # 100 ms: the HTTP client
    from newsletter.links.options import link_options

    widths = image_widths([src for src, _ in missing], link_options(workspace, private))
    edits: dict[Path, list[Edit]] = {}
    for src, where in missing:
        path = workspace.root / where.path
        if src in widths and (edit := _edit(path, where, widths[src])):
            edits.setdefault(path, []).append(edit)
    written = 0
    for path, of_file in edits.items():
        data, count = apply_edits(path.read_bytes(), of_file)
        write_file(path, data)
        written += count
    return written


def _without_width(workspace: Workspace, folder: Path) -> Iterator[tuple[str, Location]]:
    """Yield address and location of each figure's image on the web that has no width."""
    issue = load(workspace, folder).issue
    for section in issue.sections if issue else ():
        for node in walk(section.blocks):
            if not isinstance(node, InlineImage) or not node.src.startswith("https://"):
                continue
            # In `![alt](address)`, which has no place for a width, the two locations differ.
            if node.width is None and node.at == node.where:
                yield node.src, node.where


def _edit(path: Path, where: Location, width: int) -> Edit | None:
    lines = path.read_text("utf-8-sig").replace("\r\n", "\n").split("\n")
    if where.line is None or where.column is None or where.line > len(lines):
        return None
    line = lines[where.line - 1]
    indent = line[: len(line) - len(line.lstrip())]
    rest = line[where.column - 1 :]
    return Edit(where, rest, f"{rest}\n{indent}width: {width}")

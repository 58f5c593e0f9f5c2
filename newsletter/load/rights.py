"""`images.yaml` of the workspace and of the issue: credits, licences and consent of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from newsletter.load.workspace_reader import WorkspaceReader
from newsletter.markup.callout import Callout
from newsletter.markup.figure import Figure
from newsletter.model import Node
from newsletter.model.issue import ImageRights
from newsletter.schema.documents import ImageEntry


def read_rights(files: WorkspaceReader, folder: Path) -> tuple[ImageRights, ...]:
    """Return image rights; an entry of the issue takes precedence over one of the workspace."""
    own = _read(files, folder / "images.yaml", shared=False)
    return (*own, *_read(files, files.workspace.root / "images.yaml", shared=True))


def _read(files: WorkspaceReader, path: Path, *, shared: bool) -> tuple[ImageRights, ...]:
    read_yaml = files.shared_yaml if shared else files.yaml
    read = read_yaml(path, dict[str, ImageEntry], optional=True)
    if read is None:
        return ()
    entries, places = read
    return tuple(
        ImageRights(
            name=name,
            where=places.key(name),
            credit=entry.credit,
            credit_line=entry.credit_line,
            licence=entry.licence,
            source=entry.source,
            expires=entry.expires,
            allowed=tuple(entry.allowed) or ("email", "web"),
            uses=entry.uses,
            unwilling=tuple(person.name for person in entry.people if not person.consent),
            shared=shared,
        )
        for name, entry in entries.items()
    )


def rights_of(src: str, known: Sequence[ImageRights]) -> ImageRights | None:
    """Return the entry of an image, found by its path or its file name."""
    names = (src, src.rpartition("/")[2])
    return next((rights for rights in known if rights.name in names), None)


def with_rights(blocks: Sequence[Node], known: Sequence[ImageRights]) -> tuple[Node, ...]:
    """Return blocks with figures completed by the credit and licence from images.yaml."""
    return tuple(_with_rights(block, known) for block in blocks) if known else tuple(blocks)


def _with_rights(block: Node, known: Sequence[ImageRights]) -> Node:
    if isinstance(block, Callout):
        return replace(block, children=with_rights(block.children, known))
    if not isinstance(block, Figure):
        return block
    rights = rights_of(block.image.src, known)
    if rights is None:
        return block
    changes: Mapping[str, Any] = {
        "credit": block.credit or rights.credit,
        "licence": block.licence or rights.licence,
        "credit_line": rights.credit_line,
    }
    return replace(block, **changes)

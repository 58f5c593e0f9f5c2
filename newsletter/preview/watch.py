"""What changes on disk, told to the studio."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from newsletter.preview.studio import Studio

STEP = 15  # milliseconds of quiet after which a save is over
MOST = 100  # milliseconds after which a change is told although others follow


async def watch(studio: Studio) -> None:
    """Tell of changes until cancelled."""
    from watchfiles import awatch

    workspace = studio.kept.workspace
    folders = [path for path in (workspace.issues, workspace.templates) if path.is_dir()]
    async for changes in awatch(*folders, step=STEP, debounce=MOST):
        await told(studio, [Path(path) for _, path in changes])


async def told(studio: Studio, paths: Iterable[Path]) -> None:
    """Tell the studio which issues are touched, and whether what they share is."""
    workspace = studio.kept.workspace
    slugs: set[str] = set()
    shared = settings = False
    for path in paths:
        if path.is_relative_to(workspace.issues):
            slugs.update(path.relative_to(workspace.issues).parts[:1])
        elif path == workspace.settings:
            settings = True
        else:
            shared = True
    await studio.changed(slugs, shared=shared, settings=settings)

"""What changes on disk, told to the studio."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.files.output import STAGING
from newsletter.preview.studio import Studio

if TYPE_CHECKING:
    from watchfiles import Change

STEP = 5  # milliseconds of quiet after which a save is over
MOST = 100  # milliseconds after which a change is told although others follow


async def watch(studio: Studio) -> None:
    """Tell of changes until cancelled: in issues and templates whatever lies there, beside them only files."""
    root = studio.kept.workspace.root
    below = asyncio.create_task(_below(studio))
    try:
        async for paths in _changes([root], recursive=False):
            if paths & {studio.kept.workspace.issues, studio.kept.workspace.templates}:
                below.cancel()  # a folder came or went, and the one that is there now is watched
                below = asyncio.create_task(_below(studio))
            await tell(studio, paths)
    finally:
        below.cancel()


async def _below(studio: Studio) -> None:
    workspace = studio.kept.workspace
    if folders := [path for path in (workspace.issues, workspace.templates) if path.is_dir()]:
        async for paths in _changes(folders, recursive=True):
            await tell(studio, paths)


async def _changes(folders: list[Path], *, recursive: bool) -> AsyncIterator[set[Path]]:
    """Yield the paths of each save. Where the system has no watches left, folders are looked at ten times a second."""
    from watchfiles import DefaultFilter, awatch
    from watchfiles._rust_notify import WatchfilesRustInternalError

    class Ours(DefaultFilter):
        def __call__(self, change: Change, path: str) -> bool:
            return STAGING not in path and super().__call__(change, path)

    for polling in (None, True):
        try:
            async for changes in awatch(
                *folders,
                watch_filter=Ours(),
                step=STEP,
                debounce=MOST,
                recursive=recursive,
                force_polling=polling,
                poll_delay_ms=100,
                ignore_permission_denied=True,
            ):
                yield {Path(path) for _, path in changes}
        except (OSError, WatchfilesRustInternalError):
            if polling:
                raise


async def tell(studio: Studio, paths: Iterable[Path]) -> None:
    """Tell the studio which issues are touched, and whether what they share is."""
    with contextlib.suppress(
        OSError
    ):  # a folder that goes while it is read: its going is told next
        await _tell(studio, paths)


async def _tell(studio: Studio, paths: Iterable[Path]) -> None:
    workspace = studio.kept.workspace
    slugs: dict[str, None] = {}
    shared = settings = False
    for path in sorted(paths):
        if path.is_relative_to(workspace.issues):
            slugs |= dict.fromkeys(path.relative_to(workspace.issues).parts[:1])
        elif path == workspace.settings:
            settings = True
        elif path.is_relative_to(workspace.templates) or path in _shared(studio):
            shared = True
    if slugs or shared or settings:
        await studio.changed(slugs, shared=shared, settings=settings)


def _shared(studio: Studio) -> tuple[Path, ...]:
    workspace = studio.kept.workspace
    baseline = workspace.check.baseline
    return (
        workspace.masthead,
        workspace.lexicon,
        *((workspace.root / baseline,) if baseline else ()),
    )

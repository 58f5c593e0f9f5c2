"""File changes, reported to the studio."""

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

STEP = 5  # milliseconds of quiet after which a save is complete
MOST = 100  # milliseconds after which a change is reported even if others follow
SETTLED = 0.5  # seconds until a new folder is read once more
POLL = 100  # milliseconds between polls, if the system cannot report changes


async def watch(studio: Studio) -> None:
    """Report changes in issues, templates and the files next to them, until cancelled."""
    root = studio.cache.workspace.root
    below = asyncio.create_task(_watch_folders(studio))
    try:
        async for paths in _changes(studio, [root], recursive=False):
            if paths & {studio.cache.workspace.issues, studio.cache.workspace.templates}:
                below.cancel()  # a folder appeared or was removed: watch the current one
                below = asyncio.create_task(_watch_folders(studio, appeared=True))
            await report_changes(studio, paths)
    finally:
        below.cancel()


async def _watch_folders(studio: Studio, *, appeared: bool = False) -> None:
    workspace = studio.cache.workspace
    if appeared:  # files written before the new watch started
        asyncio.get_running_loop().call_later(SETTLED, _report_soon, studio)
    folders = [path for path in (workspace.issues, workspace.templates) if path.is_dir()]
    if folders:
        async for paths in _changes(studio, folders, recursive=True):
            await report_changes(studio, paths)


def _report_soon(studio: Studio) -> None:
    task = asyncio.ensure_future(report_changes(studio, {studio.cache.workspace.issues}))
    studio.background.add(task)
    task.add_done_callback(studio.background.discard)


async def _changes(
    studio: Studio, folders: list[Path], *, recursive: bool
) -> AsyncIterator[set[Path]]:
    """Yield the paths of each save; without file notifications, poll ten times a second."""
    from watchfiles import DefaultFilter, awatch
    from watchfiles._rust_notify import WatchfilesRustInternalError

    class OwnFiles(DefaultFilter):
        def __call__(self, change: Change, path: str) -> bool:
            return STAGING not in path and super().__call__(change, path)

    for polling in (True,) if studio.poll else (None, True):
        try:
            async for changes in awatch(
                *folders,
                watch_filter=OwnFiles(),
                step=STEP,
                debounce=MOST,
                recursive=recursive,
                force_polling=polling,
                poll_delay_ms=POLL,
                ignore_permission_denied=True,
            ):
                yield {Path(path) for _, path in changes}
        except (OSError, WatchfilesRustInternalError):
            if polling:
                raise


async def report_changes(studio: Studio, paths: Iterable[Path]) -> None:
    """Report to the studio which issues changed, and whether anything they share did."""
    with contextlib.suppress(
        OSError
    ):  # a folder removed while it is read; its removal is reported next
        await _report(studio, paths)


async def _report(studio: Studio, paths: Iterable[Path]) -> None:
    workspace = studio.cache.workspace
    slugs: dict[str, None] = {}
    shared = settings = appeared = False
    for path in sorted(paths):
        if path == workspace.issues:  # it appeared or was removed as a whole
            appeared = True
            slugs |= dict.fromkeys(folder.name for folder in workspace.folders())
        elif path.is_relative_to(workspace.issues):
            slugs |= dict.fromkeys(path.relative_to(workspace.issues).parts[:1])
        elif path == workspace.settings:
            settings = True
        elif path.is_relative_to(workspace.templates) or path in _shared(studio):
            shared = True
    if slugs or shared or settings or appeared:
        await studio.changed(slugs, shared=shared, settings=settings)


def _shared(studio: Studio) -> tuple[Path, ...]:
    workspace = studio.cache.workspace
    shared = [workspace.masthead, workspace.lexicon]
    if workspace.check.baseline:
        shared.append(workspace.root / workspace.check.baseline)
    return tuple(shared)

"""The studio at work: one thread builds and checks, the event loop answers, and pages are told what is new."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from newsletter.preview.describe import describe
from newsletter.preview.editor import Editor
from newsletter.preview.events import Events
from newsletter.preview.kept import Kept, Shown
from newsletter.preview.views import VIEWS

T = TypeVar("T")
QUIET = 0.15  # seconds after a build in which nothing else is wanted, before the rules have their turn


class Superseded(Exception):
    """Something more urgent than a check is waiting."""


class Studio:
    """Lives in one event loop. What builds and checks runs in one thread of its own, in the order it was asked for."""

    def __init__(self, kept: Kept, editor: Editor, current: str | None = None) -> None:
        self.kept, self.editor, self.current = kept, editor, current
        self.events = Events()
        self.worker = ThreadPoolExecutor(1, "studio")
        self.urgent = 0  # things asked for and not done; a check stands back for them
        self.checks: dict[str, asyncio.Task[None]] = {}

    async def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something in the studio's thread, before any check."""
        self.urgent += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.worker, function, *arguments)
        finally:
            self.urgent -= 1

    # --- what is asked ---

    async def listing(self) -> dict[str, Any]:
        return await self.do(self._listing)

    def _listing(self) -> dict[str, Any]:
        rows = [
            {
                "slug": f.name,
                "title": None,
                "date": f.name[:10],
                "state": None,
                "words": None,
                "problems": None,
                "checked": False,
            }
            for f in reversed(self.kept.workspace.folders())
        ]
        return {
            "publication": self.kept.workspace.publication.name,
            "settings_errors": [],
            "current": self.current,
            "editor": "",
            "issues": rows,
        }

    async def told(self, slug: str) -> dict[str, Any] | None:
        shown = await self.shown(slug)
        return await self.do(describe, shown, self.editor) if shown else None

    async def shown(self, slug: str) -> Shown | None:
        shown = await self.do(self.kept.show, slug)
        if shown and not shown.checked and slug not in self.checks:
            self.check_soon(slug)
        return shown

    async def changes(self, slug: str) -> dict[str, Any] | None:
        return {"available": False, "why": "not yet", "since": None, "changes": []}

    async def view(self, slug: str, name: str) -> str | None:
        shown = await self.shown(slug)
        if shown is None or shown.made is None or name not in VIEWS:
            return None
        return await self.do(VIEWS[name].show, shown.made)

    async def picture(self, slug: str, name: str) -> tuple[bytes, str] | None:
        shown = await self.shown(slug)
        for picture in shown.made.mail.email.images if shown and shown.made else ():
            if picture.name == name and picture.data is not None:
                return picture.data, picture.type
        return None

    # --- what changes ---

    async def changed(self, slugs: set[str], *, shared: bool = False, settings: bool = False) -> None:
        """Build anew what is on screen and say so; the rules have their turn a moment later."""
        if settings:
            await self.do(self.kept.settle)
            self.events.publish("settings")
        elif shared:
            await self.do(self.kept.stale)
        for slug in slugs:
            await self.do(self.kept.touch, slug)
        for slug in reversed(tuple(self.kept.shown)):
            if slug in self.kept.dirty:
                before = self.kept.shown[slug]
                shown = await self.do(self.kept.show, slug)
                if shown is None:
                    self.events.publish("removed", slug=slug)
                elif shown is not before:
                    self.events.publish("issue", slug=slug, version=shown.version)
                    self.check_soon(slug)
        self.events.publish("list")

    def check_soon(self, slug: str) -> None:
        if slug in self.checks:
            self.checks[slug].cancel()
        task = self.checks[slug] = asyncio.get_running_loop().create_task(self._check(slug))
        task.add_done_callback(lambda done: self.checks.pop(slug) if self.checks.get(slug) is done else None)

    async def _check(self, slug: str) -> None:
        while True:
            await asyncio.sleep(QUIET)
            try:
                loop = asyncio.get_running_loop()
                shown = await loop.run_in_executor(self.worker, self.kept.check, slug, self._pause)
            except Superseded:
                continue
            if shown and shown.checked:
                self.events.publish("findings", slug=slug, version=shown.version)
            return

    def _pause(self) -> None:
        if self.urgent:
            raise Superseded

    def close(self) -> None:
        self.events.close()
        self.worker.shutdown(wait=False, cancel_futures=True)

"""The studio at work: one thread builds and checks, the event loop answers, and pages are told what is new."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from newsletter.preview.changes import change_list
from newsletter.preview.describe import describe, listed
from newsletter.preview.editor import Editor
from newsletter.preview.events import Events
from newsletter.preview.issue_cache import EmailViews, IssueCache, PreviewedIssue
from newsletter.preview.views import VIEWS

P = ParamSpec("P")
T = TypeVar("T")
QUIET = (
    0.15  # seconds after a build in which nothing else is wanted, before the rules have their turn
)


class Superseded(Exception):
    """Something more urgent than a check is waiting."""


class Worker(Executor):
    """One thread that does what it is asked, in turn. Unlike a pool's it ends with the program, whatever it is at."""

    def __init__(self) -> None:
        self.asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        Thread(target=self._work, name="studio", daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it
                future.set_exception(error)

        self.asked.put(work)
        return future

    def end(self) -> None:
        self.asked.put(None)

    def _work(self) -> None:
        for work in iter(self.asked.get, None):
            work()


class Studio:
    """Lives in one event loop. What builds and checks runs in one thread of its own, in the order it was asked for."""

    def __init__(
        self, kept: IssueCache, current: str | None = None, editor: str | None = None
    ) -> None:
        self.kept, self.current = kept, current
        self.chosen = editor  # by the command line, over the settings
        self.events = Events()
        self.worker = Worker()
        self.urgent = 0  # things asked for and not done; a check stands back for them
        self.later: dict[
            str, asyncio.Task[None]
        ] = {}  # by what they are about: a slug to check, "" for the list
        self.listing: dict[str, Any] | None = None  # as it was told last
        self.versions: dict[str, int] = {}  # of issues, as pages know them
        self.told: dict[
            str, tuple[PreviewedIssue, dict[str, Any]]
        ] = {}  # what pages were told of issues
        self.turn = asyncio.Lock()  # changes are told one after another

    def editor(self) -> Editor:
        workspace = self.kept.workspace
        return Editor.of(self.chosen or workspace.preview.editor, workspace.root)

    async def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something in the studio's thread, before any check."""
        self.urgent += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.worker, function, *arguments
            )
        finally:
            self.urgent -= 1

    async def aside(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run something in the studio's thread that may wait."""
        return await asyncio.get_running_loop().run_in_executor(self.worker, function, *arguments)

    # --- what is asked ---

    async def list(self) -> dict[str, Any]:
        self.listing = await self.do(listed, self.kept, self.editor(), self.current)
        if any(row["words"] is None for row in self.listing["issues"]):
            self.soon("", self._read_rows)
        return self.listing

    async def issue(self, slug: str) -> dict[str, Any] | None:
        shown = await self.shown(slug)
        if shown is None:
            return None
        if self.told.get(slug, (None,))[0] is not shown:  # however many tabs ask
            self.told[slug] = (shown, await self.do(describe, shown, self.editor()))
        return self.told[slug][1]

    async def changes(self, slug: str) -> dict[str, Any] | None:
        shown = await self.shown(slug)
        return None if shown is None else await self.do(_changes, shown)

    async def view(self, slug: str, name: str) -> str | None:
        shown = await self.shown(slug)
        if shown is None or shown.made is None or name not in VIEWS:
            return None
        return await self.do(_view, shown.made, name)

    async def picture(self, slug: str, name: str) -> tuple[bytes, str] | None:
        shown = await self.shown(slug)
        for picture in shown.made.mail.email.images if shown and shown.made else ():
            if picture.name == name and picture.data is not None:
                return picture.data, picture.type
        return None

    async def shown(self, slug: str) -> PreviewedIssue | None:
        shown = await self.do(self.kept.show, slug)
        if shown:
            self._announce(shown)
        return shown

    def _announce(self, shown: PreviewedIssue) -> None:
        """Tell of a version that is new, whoever asked for it first: a page, or the change itself."""
        known, self.versions[shown.slug] = self.versions.get(shown.slug), shown.version
        if known is not None and known != shown.version:
            self.events.publish("issue", slug=shown.slug, version=shown.version)
        if not shown.checked and (known != shown.version or shown.slug not in self.later):
            self.soon(shown.slug, self._check)

    # --- what changes ---

    async def changed(
        self, slugs: Iterable[str], *, shared: bool = False, settings: bool = False
    ) -> None:
        """Build anew what is on screen and say so; the rules and the list have their turn a moment later."""
        async with self.turn:
            if settings:
                await self.do(self.kept.settle)
                self.events.publish("settings")
            elif shared:
                await self.do(self.kept.stale)
            for slug in slugs:
                await self.do(self.kept.touch, slug)
            self.told = {
                slug: told
                for slug, told in self.told.items()
                if slug in self.kept.shown and not settings
            }
            for slug in reversed(tuple(self.kept.shown)):
                await self._renew(slug)
            self.soon("", self._read_rows)

    async def _renew(self, slug: str) -> None:
        shown = await self.do(self.kept.renew, slug)
        if shown is None:
            self.versions.pop(slug, None)
            self.events.publish("removed", slug=slug)
            return
        self._announce(shown)

    # --- what may wait ---

    def soon(self, about: str, function: Callable[[str], Any]) -> None:
        """Do something once it has been quiet for a moment; asked again meanwhile, the moment starts anew."""
        if about in self.later:
            self.later[about].cancel()

        async def wait() -> None:
            await asyncio.sleep(QUIET)
            await function(about)

        task = self.later[about] = asyncio.get_running_loop().create_task(wait())
        task.add_done_callback(
            lambda done: self.later.pop(about) if self.later.get(about) is done else None
        )

    async def _check(self, slug: str) -> None:
        try:
            shown = await self.aside(self.kept.check, slug, self._pause)
        except Superseded:
            self.soon(slug, self._check)
            return
        if shown and shown.checked:
            self.events.publish("findings", slug=slug, version=shown.version)
            await self._tell_list()
            if not gc.get_freeze_count():
                await self.aside(_settle)

    def _pause(self) -> None:
        if self.urgent:
            raise Superseded

    async def _read_rows(self, _: str) -> None:
        """Read the issues that the list does not know yet, the latest first, and tell of them by and by."""
        missing = await self.aside(self.kept.unread)
        for index, slug in enumerate(missing):
            await self.aside(self.kept.read_row, slug)
            if index % 20 == 19:
                await self._tell_list()
        await self._tell_list()

    async def _tell_list(self) -> None:
        before = self.listing
        if before is not None and before != await self.list():
            self.events.publish("list")

    def close(self) -> None:
        """End what goes on."""
        self.events.close()
        for task in tuple(self.later.values()):
            task.cancel()
        self.worker.end()


def _settle() -> None:
    """Spare the collector what stays for good: going through it takes longer than a build, and comes in the midst."""
    gc.collect()
    gc.freeze()


def _view(made: EmailViews, name: str) -> str | None:
    if name not in made.views:
        made.views[name] = VIEWS[name].show(made)
    return made.views[name]


def _changes(shown: PreviewedIssue) -> dict[str, Any]:
    made = shown.made
    old, new = (made.published, made.marked.html) if made else (None, None)
    return change_list(shown.receipt, old, new)

"""The preview's engine: one thread builds and checks, and the event loop serves and notifies."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from newsletter.model import Edit
from newsletter.preview.changes import change_list
from newsletter.preview.editor import Editor
from newsletter.preview.event_streams import STREAMS, Events
from newsletter.preview.fixes import apply_fix, fix_key, proposed_fix
from newsletter.preview.housekeeping import Housekeeping
from newsletter.preview.interruption import RETRY_DELAY, Interruption, Superseded
from newsletter.preview.issue_cache import EmailViews, IssueCache, PreviewedIssue
from newsletter.preview.issue_json import issue_json, list_json
from newsletter.preview.link_verdicts import LinkVerdicts
from newsletter.preview.look_panel import LookChoice, look_json, save_look, tried_json
from newsletter.preview.tried_looks import TriedLooks
from newsletter.preview.views import VIEWS
from newsletter.preview.worker import Worker
from newsletter.review.redline import field_changes
from newsletter.review.versions import email_version
from newsletter.schema.hosts import normalized_host

T = TypeVar("T")
QUIET = 0.15  # seconds without another request after a build, before the rules run


class _Described(Struct, frozen=True):
    """What was sent about an issue, with what it was computed from."""

    shown: PreviewedIssue
    stamp: object  # of the verdicts on links
    description: dict[str, Any]


class Studio:
    """Serves the preview in one event loop; builds and checks run in its own thread, in order."""

    def __init__(
        self,
        cache: IssueCache,
        current: str | None = None,
        editor: str | None = None,
        *,
        host: str = "",
        poll: bool = False,
        housekeeping: Housekeeping | None = None,
    ) -> None:
        self.cache, self.current = cache, current
        self.chosen = editor  # on the command line, before the settings
        self.host = host  # the host it listens on, besides loopback names
        self.poll = poll  # read the files instead of waiting for the system to report changes
        self.token = secrets.token_urlsafe(24)  # of the page, for changes
        self.verdicts = LinkVerdicts(cache.workspace.state / "cache" / "links.jsonl")
        self.tried = TriedLooks(cache)
        self.background: set[asyncio.Future[None]] = set()
        self.events = Events()
        self.full_logged = False
        self.worker = Worker()
        self.housekeeping = housekeeping or Housekeeping()
        self.urgent = 0  # calls waiting or running; low-priority calls give way to them
        self.interruption = Interruption()
        self.pending: dict[str, asyncio.Task[None]] = {}  # by slug to check; "" is the list
        self.listing: dict[str, Any] | None = None  # as last sent
        self.versions: dict[str, int] = {}  # of issues, as pages know them
        self.described: dict[str, _Described] = {}  # what was sent about issues
        self.lock = asyncio.Lock()  # changes are published one after another

    def allowed_hosts(self) -> set[str]:
        """Return the host names under which a browser may open the preview, besides loopback."""
        names = {normalized_host(host) for host in self.cache.workspace.preview.allow_hosts}
        return names | ({self.host} if self.host else set())

    def log_full(self) -> None:
        """Log once that no further page may listen."""
        if not self.full_logged:
            self.full_logged = True
            message = f"{STREAMS} pages are open already; close some, or they will not update"
            logging.getLogger("uvicorn.error").error(message)

    def editor(self) -> Editor:
        workspace = self.cache.workspace
        return Editor.of(self.chosen or workspace.preview.editor, workspace.root)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a call in the studio's thread, before any low-priority call."""
        self.urgent += 1
        self._interrupt()
        try:
            return await asyncio.wrap_future(self.worker.submit(function, *arguments))
        finally:
            self.urgent -= 1

    def _interrupt(self) -> None:
        """Interrupt low-priority calls while another waits: also one that started meanwhile."""
        if self.urgent:
            self.interruption.interrupt()
            asyncio.get_running_loop().call_later(RETRY_DELAY, self._interrupt)

    async def run_when_idle(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a low-priority call in the studio's thread."""
        future = self.worker.submit_low_priority(function, *arguments)
        return await asyncio.wrap_future(future)

    async def _run_interruptible(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a low-priority call. Raises `Superseded` as soon as another call is waiting."""
        return await self.run_when_idle(self.interruption.run, function, *arguments)

    # --- requests ---

    async def list(self) -> dict[str, Any]:
        listing = await self.run(list_json, self.cache, self.editor(), self.current)
        self.listing = listing | {"token": self.token}
        if any(row["words"] is None for row in self.listing["issues"]):
            self.schedule("", self._read_rows)
        return self.listing

    async def issue(self, slug: str) -> dict[str, Any] | None:
        shown = await self.shown(slug)
        if shown is None:
            return None
        stamp, known = self.verdicts.stamp, self.described.get(slug)
        if known and known.shown is shown and known.stamp == stamp:
            return known.description  # computed once, however many tabs request it
        description = await self.run(issue_json, shown, self.editor(), self.verdicts)
        described = self.described | {slug: _Described(shown, stamp, description)}
        self.described = {s: entry for s, entry in described.items() if s in self.cache.shown}
        return description

    async def proposed_fix(self, slug: str, key: str) -> dict[str, Any] | None:
        """Return the diff of a finding's fix, or `None` without one. Raises `NewsletterError`."""
        shown, edit = await self._edit(slug, key)
        if shown is None or edit is None:
            return None
        return await self.run(proposed_fix, shown.workspace, shown.draft.folder, edit)

    async def apply_fix(self, slug: str, key: str, digest: str) -> bool:
        """Write a fix if its file is still the one shown; return whether there is such a fix.

        Raises `NewsletterError`. The watcher reports the change like any save.
        """
        shown, edit = await self._edit(slug, key)
        if shown is None or edit is None:
            return False
        await self.run(apply_fix, shown.workspace, shown.draft.folder, edit, digest)
        return True

    async def _edit(self, slug: str, key: str) -> tuple[PreviewedIssue | None, Edit | None]:
        shown = await self.shown(slug)
        findings = shown.findings if shown else ()
        edits = (finding.edit for finding in findings if fix_key(finding) == key)
        return shown, next(edits, None)

    async def download(self, slug: str, kind: str) -> bytes | None:
        """Return the bytes of the message file or the HTML, as built."""
        shown = await self.shown(slug)
        if shown is None or shown.email_views is None:
            return None
        email = shown.email_views.checked_email.email
        return {"eml": email.message, "html": email.files()["email.html"]}.get(kind)

    async def changes(self, slug: str) -> dict[str, Any] | None:
        shown = await self.shown(slug)
        return None if shown is None else await self.run(_changes, shown)

    async def view(self, slug: str, name: str) -> str | None:
        shown = await self.shown(slug)
        if shown is None or shown.email_views is None or name not in VIEWS:
            return None
        return await self.run(_view, shown.email_views, name)

    async def look(self) -> dict[str, Any]:
        """Return the settings of the look and what can be chosen. Raises `NewsletterError`."""
        return await self.run(look_json, self.cache.workspace)

    async def tried_look(self, choice: LookChoice) -> dict[str, Any]:
        """Return contrasts, problems and TOML of a look that is not written anywhere."""
        return await self.run(tried_json, self.cache.workspace, choice)

    async def view_in_look(self, slug: str, name: str, choice: LookChoice) -> str | None:
        """Return a view of an issue in such a look. Raises `NewsletterError`."""
        if name not in VIEWS:
            return None
        views = await self.run(self.tried.email, slug, choice)
        return None if views is None else await self.run(_view, views, name)

    async def save_look(self, choice: LookChoice, digest: str) -> None:
        """Write a look into the settings file if it is still the one shown.

        Raises `NewsletterError`. The watcher reports the change like any save.
        """
        await self.run(save_look, self.cache.workspace, choice, digest)

    async def image(self, slug: str, name: str) -> tuple[bytes, str] | None:
        shown = await self.shown(slug)
        for image in (
            shown.email_views.checked_email.email.images if shown and shown.email_views else ()
        ):
            if image.name == name and image.data is not None:
                return image.data, image.type
        return None

    async def shown(self, slug: str) -> PreviewedIssue | None:
        shown = await self.run(self.cache.show, slug)
        if shown:
            self._announce(shown)
        return shown

    def _announce(self, shown: PreviewedIssue) -> None:
        """Publish a new version, whether a page or a file change caused it."""
        known, self.versions[shown.slug] = self.versions.get(shown.slug), shown.version
        if known is not None and known != shown.version:
            edited = shown.edited if shown.version != known else None
            self.events.publish("issue", slug=shown.slug, version=shown.version, edited=edited)
        if not shown.checked and (known != shown.version or shown.slug not in self.pending):
            self.schedule(shown.slug, self._check)

    # --- changes ---

    async def changed(
        self, slugs: Iterable[str], *, shared: bool = False, settings: bool = False
    ) -> None:
        """Rebuild what is on screen and publish it; the rules and the list are updated later."""
        async with self.lock:
            if settings:
                await self.run(self.cache.reload_settings)
                self.events.publish("settings")
            elif shared:
                await self.run(self.cache.invalidate_all)
            for slug in slugs:
                await self.run(self.cache.invalidate, slug)
            for slug in reversed(tuple(self.cache.shown)):
                await self._rebuild(slug)
            self.schedule("", self._read_rows)
        await self.run_when_idle(self.housekeeping.after_build)

    async def _rebuild(self, slug: str) -> None:
        shown = await self.run(self.cache.rebuild, slug)
        if shown is None:
            self.versions.pop(slug, None)
            self.events.publish("removed", slug=slug)
            return
        self._announce(shown)

    # --- low priority ---

    def schedule(self, about: str, function: Callable[[str], Any]) -> None:
        """Call a function after a moment without other requests; a new call restarts the delay."""
        if about in self.pending:
            self.pending[about].cancel()

        async def wait() -> None:
            await asyncio.sleep(QUIET)
            await function(about)

        task = self.pending[about] = asyncio.get_running_loop().create_task(wait())
        task.add_done_callback(
            lambda done: self.pending.pop(about) if self.pending.get(about) is done else None
        )

    async def _check(self, slug: str) -> None:
        await self.run_when_idle(self.housekeeping.before_check)
        try:
            shown = await self._run_interruptible(self.cache.check, slug, self._pause)
        except Superseded:
            self.schedule(slug, self._check)
            return
        self.pending.pop(slug, None)  # what changes from here on needs another check
        if shown and shown.checked:
            self.events.publish("findings", slug=slug, version=shown.version)
            await self._publish_list()
            await self.run_when_idle(self.housekeeping.after_check)

    def _pause(self) -> None:
        if self.urgent:
            raise Superseded

    async def _read_rows(self, about: str) -> None:
        """Read the issues missing in the list, latest first, and publish it from time to time."""
        missing = await self.run_when_idle(self.cache.unread)
        try:
            for index, slug in enumerate(missing):
                await self._run_interruptible(self.cache.read_row, slug)
                if index % 20 == 19:
                    await self._publish_list()
        except Superseded:
            self.schedule(about, self._read_rows)
            return
        await self._publish_list()

    async def _publish_list(self) -> None:
        before = self.listing
        if before is not None and before != await self.list():
            self.events.publish("list")

    def close(self) -> None:
        """Stop everything."""
        self.events.close()
        for task in tuple(self.pending.values()):
            task.cancel()
        self.worker.end()


def _view(views: EmailViews, name: str) -> str | None:
    if name not in views.by_name:
        views.by_name[name] = VIEWS[name].show(views)
    return views.by_name[name]


def _changes(shown: PreviewedIssue) -> dict[str, Any]:
    views = shown.email_views
    if views is None or views.earlier is None:
        return change_list(shown.receipt, None, views.marked.html if views else None)
    email, workspace = views.checked_email.email, shown.workspace
    now = email_version(workspace, email, (), "now")
    if not views.earlier.sender:  # the files of a folder do not name the sender
        now = replace(now, sender="")
    fields = field_changes(views.earlier, now)
    return change_list(shown.receipt, views.published, views.marked.html, fields)

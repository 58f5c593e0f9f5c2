"""What the pages of a list do: subscribe, confirm, unsubscribe, save preferences.

Replies for known and unknown addresses are identical. Nothing that identifies a reader is logged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from newsletter.errors import NewsletterError
from newsletter.send.address import InvalidAddress, parse_address
from newsletter.send.migrations import NEWEST
from newsletter.send.run_report import prometheus
from newsletter.send.sending import SendServices
from newsletter.send.sending_limits import SlidingWindow
from newsletter.send.subscriber_rows import SubscriberRow, clean_name, first_name_of
from newsletter.send.subscribers import Evidence, Subscriber
from newsletter.send.tokens import LinkClaim
from newsletter.send.web.confirmation import confirmation_email, send_confirmation
from newsletter.send.web.pages import SubscriptionPages

SUBSCRIPTIONS = 10  # per network address and minute
GUESSES = 30  # invalid tokens per network address and minute
CONFIRMATIONS = 3  # emails per address and day, to prevent flooding by others


class Visitors:
    """Recent requests per network address; idle ones are dropped."""

    def __init__(self, count: int, span: float = 60.0, most: int = 10_000) -> None:
        self.count, self.span, self.most = count, span, most
        self.windows: dict[str, SlidingWindow] = {}

    def allow(self, address: str) -> bool:
        if len(self.windows) >= self.most:
            busy = {name: window for name, window in self.windows.items() if window.wait() > 0}
            self.windows = busy if len(busy) < self.most else {}
        window = self.windows.setdefault(address, SlidingWindow(self.count, self.span))
        if window.wait() > 0:
            return False
        window.take()
        return True


class SubscriptionSite:
    """The operations of the pages, on one database connection shared by requests in turn."""

    def __init__(self, services: SendServices) -> None:
        self.services = services
        self.pages = SubscriptionPages(services.workspace)
        self.lock = threading.Lock()
        self.subscriptions, self.guesses = Visitors(SUBSCRIPTIONS), Visitors(GUESSES)
        self.base = (services.workspace.send.url or "").rstrip("/")

    # --- subscribe ------------------------------------------------------------------------------

    def subscribe(
        self, form: dict[str, list[str]], visitor: str
    ) -> tuple[int, str, list[Callable[[], object]]]:
        """Return status and page, and the emails to send after the reply."""
        words = self.pages.words
        if not self.subscriptions.allow(visitor):
            return 429, self.pages.render(title=words["busy"], text=words["busy_text"]), []
        try:
            address = parse_address(_first(form, "email"))
        except InvalidAddress:
            return 400, self.form(text=words["bad_address"]), []
        lists = [
            choice.name for choice in self.pages.choices() if choice.name in form.get("list", [])
        ]
        page = self.pages.render(title=words["check_inbox"], text=words["check_inbox_text"])
        if _first(form, "website") or address.is_role:  # a bot filled in the hidden field
            return 200, page, []
        name = clean_name(_first(form, "name"))
        with self.lock:
            links = [
                (entry, self._record_request(entry, address.normalized, name, visitor))
                for entry in lists
            ]
        emails = [self._email(entry, address.normalized, link) for entry, link in links if link]
        return 200, page, emails

    def _record_request(self, list_name: str, address: str, name: str, visitor: str) -> str | None:
        """Record a request; return the confirmation link, or `None` if no email is due."""
        store = self.services.subscribers
        entry = next((e for e in store.of_address(address) if e.list == list_name), None)
        if entry is None:
            store.purge_pending()
            row = SubscriberRow(0, address, name, first_name_of(name), "pending")
            entry = store.add(list_name, row, Evidence("pending", "form", visitor))
        else:
            closed = entry.state in ("active", "complained", "suppressed")
            if closed or not store.note_request(entry, visitor, CONFIRMATIONS):
                return None
        token = self.services.signer.confirmation(list_name, entry.rid, time.time())
        return f"{self.base}/c/{token}"

    def _email(self, list_name: str, to: str, link: str) -> Callable[[], object]:
        workspace, title = self.services.workspace, self.pages.title_of(list_name)
        message = confirmation_email(workspace, self.pages.words, title, to, link=link)
        return lambda: send_confirmation(workspace, message, to)

    def form(self, text: str = "") -> str:
        words = self.pages.words
        return self.pages.render(
            kind="subscribe",
            title=words["subscribe"],
            text=text or words["subscribe_text"],
            lists=self.pages.choices(),
            action="subscribe",
        )

    # --- signed links ---

    def confirm(self, token: str, visitor: str, *, post: bool) -> tuple[int, str]:
        claim = self.services.signer.read_confirmation(token, time.time())
        subscriber = self._subscriber(claim)
        if subscriber is None:
            return self._invalid(visitor)
        words = self.pages.words
        title = self.pages.title_of(subscriber.list)
        if not post:
            return 200, self.pages.render(
                title=words["confirm_title"],
                text=words["confirm_text"].format(list=title),
                button=words["confirm"],
            )
        with self.lock:
            self.services.subscribers.confirm(subscriber, Evidence("active", "link", visitor))
        text = words["confirmed_text"].format(list=title)
        return 200, self.pages.render(title=words["confirmed"], text=text)

    def leave(self, token: str, visitor: str, *, post: bool) -> tuple[int, str]:
        claim = self.services.signer.read_link("unsub", token)
        if claim is None:
            return self._invalid(visitor)
        words = self.pages.words
        title = self.pages.title_of(claim.list)
        if not post:
            return 200, self.pages.render(
                title=words["leave_title"],
                text=words["leave_text"].format(list=title),
                button=words["leave"],
                preferences=f"../p/{token}",
            )
        subscriber = self._subscriber(claim)
        if subscriber is not None and subscriber.state in ("active", "pending"):
            with self.lock:
                self.services.subscribers.set_state(
                    subscriber.id, Evidence("unsubscribed", "link", visitor)
                )
        text = words["left_text"].format(list=title)
        return 200, self.pages.render(title=words["left"], text=text)

    def preferences(
        self, token: str, visitor: str, form: dict[str, list[str]] | None
    ) -> tuple[int, str]:
        subscriber = self._subscriber(self.services.signer.read_link("unsub", token))
        if subscriber is None:
            return self._invalid(visitor)
        words = self.pages.words
        with self.lock:
            entries = self.services.subscribers.of_address(subscriber.address)
            if form is not None:
                self._save(entries, subscriber.address, form, visitor)
                entries = self.services.subscribers.of_address(subscriber.address)
        on = frozenset(entry.list for entry in entries if entry.state == "active")
        return 200, self.pages.render(
            kind="preferences",
            title=words["saved"] if form is not None else words["preferences"],
            text=subscriber.address,
            name=entries[0].name,
            lists=self.pages.choices(on),
        )

    def _save(
        self, entries: list[Subscriber], address: str, form: dict[str, list[str]], visitor: str
    ) -> None:
        """Subscribe an address to the selected lists, and unsubscribe it from the others."""
        store = self.services.subscribers
        selected = set(form.get("list", []))
        name = clean_name(_first(form, "name"))
        known = {entry.list: entry for entry in entries}
        on = frozenset(entry.list for entry in entries if entry.state == "active")
        for choice in self.pages.choices(on):
            entry = known.get(choice.name)
            if choice.name in selected and not choice.on:
                row = SubscriberRow(0, address, name, first_name_of(name))
                store.add(choice.name, row, Evidence("active", "link", visitor))
            elif choice.name not in selected and choice.on and entry is not None:
                store.set_state(entry.id, Evidence("unsubscribed", "link", visitor))
        for entry in store.of_address(address):
            store.rename(entry.id, name)

    def _subscriber(self, claim: LinkClaim | None) -> Subscriber | None:
        if claim is None:
            return None
        with self.lock:
            subscriber = self.services.subscribers.by_rid(claim.rid)
        return subscriber if subscriber is not None and subscriber.list == claim.list else None

    def _invalid(self, visitor: str) -> tuple[int, str]:
        words = self.pages.words
        if not self.guesses.allow(visitor):
            return 429, self.pages.render(title=words["busy"], text=words["busy_text"])
        return 404, self.pages.render(title=words["invalid"], text=words["invalid_text"])

    def health(self) -> tuple[int, dict[str, object]]:
        """Return whether the database responds."""
        try:
            with self.lock:
                self.services.database.rows("SELECT 1 FROM meta LIMIT 1")
        except NewsletterError as error:
            return 503, {"status": "unavailable", "reason": error.message}
        return 200, {"status": "ok", "schema": NEWEST}

    def metrics(self) -> str:
        """Return counts for Prometheus."""
        with self.lock:
            return prometheus(self.services.journal)


def _first(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]

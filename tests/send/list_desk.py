"""A workspace that sends: its settings, its list, and the emails received."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from newsletter.send.sending import SendServices, open_services
from newsletter.send.subscriber_rows import SubscriberRow
from newsletter.workspace import find
from tests.desk import Desk, Ran
from tests.send.smtp_server import SmtpServer


@dataclass(frozen=True)
class ListDesk:
    desk: Desk
    server: SmtpServer
    slug: str

    def configure(self, send: str = "", lists: str = "[lists.weekly]\n", smtp: str = "") -> None:
        """Write the settings: one list, unsubscribe links, the mail server."""
        path = self.desk.root / "newsletter.toml"
        base = path.read_text("utf-8").partition("\n# --- sending\n")[0]
        path.write_text(
            f"{base}\n# --- sending\n{_ENVELOPE}{lists}"
            f'[smtp]\nhost = "127.0.0.1"\nport = {self.server.port}\nsecurity = "none"\n{smtp}'
            f'[send]\nurl = "https://lists.example.org"\n{send}',
            "utf-8",
        )

    def open(self) -> AbstractContextManager[SendServices]:
        return open_services(find(self.desk.root))

    def subscribe(self, addresses: Iterable[str], list_name: str = "weekly") -> list[str]:
        """Add active subscribers to a list."""
        addresses = list(addresses)
        rows = [
            SubscriberRow(line, address, f"Reader {line}")
            for line, address in enumerate(addresses, 2)
        ]
        with self.open() as desk:
            desk.subscribers.merge(list_name, rows, "test")
        return addresses

    def send(self, count: int, *options: str) -> Ran:
        return self.desk.run("send", self.slug, "--confirm", f"{self.slug}:{count}", *options)

    def delivery(self, *options: str) -> dict[str, Any]:
        ran = self.desk.run("delivery", self.slug, "--json", *options)
        assert ran.code == 0, ran.err
        report: dict[str, Any] = json.loads(ran.out)
        return report

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.delivery()["counts"]
        return counts

    def copies(self) -> Counter[str]:
        """Return how many emails each address received."""
        return Counter(self.server.recipients)


def people(count: int, domain: str = "example.org") -> list[str]:
    return [f"reader{number:04}@{domain}" for number in range(count)]


_ENVELOPE = """unsubscribe_url = "https://quay.example/unsubscribe"
sender.email = "letters@quay.example"
"""

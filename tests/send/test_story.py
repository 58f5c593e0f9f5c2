"""A season of a letter: import, send, kill, resume, lose readers, send again; every mailbox has the
right emails.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from newsletter.send.web.subscription_app import make_subscription_app
from tests.desk import SLUG, Desk
from tests.send.list_desk import ListDesk
from tests.send.postfix import Postfix, can_run_postfix, start_postfix
from tests.send.smtp_server import SmtpServer, smtp_server
from tests.send.test_bounces import DSN
from tests.send.test_serve import Site, unsubscribe_path

READERS = [f"reader{number:04}@example.org" for number in range(1980)]
MISSING_MAILBOXES = [
    f"gone{number:04}@example.org" for number in range(20)
]  # mailboxes that do not exist
NEXT = "2026-03-08-quay"


class MailSystem(Protocol):
    port: int

    @property
    def bounces(self) -> Path: ...
    def copies(self) -> Counter[str]: ...
    def settle(self) -> None: ...


@dataclass
class LoopbackMail:
    """Without Postfix: a server that accepts everything, and returns whatever has no mailbox."""

    server: SmtpServer
    bounces: Path
    returned: int = 0

    @property
    def port(self) -> int:
        return self.server.port

    def copies(self) -> Counter[str]:
        return Counter(to for to in self.server.recipients if to not in MISSING_MAILBOXES)

    def settle(self) -> None:
        import mailbox

        box = mailbox.Maildir(str(self.bounces), create=True)
        failed = [received for received in self.server.received if received.to in MISSING_MAILBOXES]
        for number, received in enumerate(failed[self.returned :], self.returned):
            values = {"to": received.sender, "named": received.to, "id": str(number)}
            box.add(DSN.format(**values, action="failed", status="5.1.1").encode())
        self.returned = len(failed)


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailSystem]:
    if can_run_postfix():
        with start_postfix() as postfix:
            yield postfix
    else:
        with smtp_server() as server:
            yield LoopbackMail(server, tmp_path / "bounces")


def test_a_season(desk: Desk, mail: MailSystem) -> None:
    list_desk = ListDesk(desk, mail, SLUG)  # type: ignore[arg-type]
    list_desk.configure(
        send=f'bounce_address = "bounces@lists.example.org"\nbounce_mailbox = "{mail.bounces}"\n'
        "connections = 5\n"
    )

    # Two thousand readers are imported from a file.
    everyone = READERS + MISSING_MAILBOXES
    desk.write("list.csv", "email,name\n" + "".join(f"{a},R\n" for a in everyone))
    assert desk.run(
        "subscribers", "import", "list.csv", "--yes"
    ).out == "2000 added, 0 changed in weekly\n".replace("2000", "2,000")

    # The first issue is killed twice during the run, and continues.
    for seed in (1, 2):
        sending = desk.start("send", SLUG, "--confirm", f"{SLUG}:2000")
        started = sent(list_desk)
        while sent(list_desk) < started + 150 and sending.poll() is None:
            time.sleep(0.02)
        time.sleep(random.Random(seed).random() * 0.1)
        os.kill(sending.pid, signal.SIGKILL)
        sending.communicate()
    last = list_desk.send(2000)
    report = list_desk.delivery()
    uncertain = report["uncertain"]
    assert last.code == (1 if uncertain else 0)
    assert len(uncertain) <= 2 * 5
    assert report["counts"].get("sent", 0) + len(uncertain) == 2000
    mail.settle()
    copies = mail.copies()
    assert max(copies.values()) == 1
    assert set(READERS) - set(copies) <= set(uncertain)

    # Uncertain recipients who have it are skipped; those who lack it get it.
    if uncertain:
        decision = "resend" if set(READERS) - set(copies) else "skip"
        ran = desk.run("send", "--uncertain", decision, "--confirm", f"{SLUG}:2000")
        assert ran.code == 0, ran.err
        mail.settle()
    assert set(READERS) <= set(mail.copies())

    # Twenty bounce.
    result = json.loads(desk.run("bounces", "--json").out)
    assert result["new"] == {"hard": 20 - missing(list_desk)}
    assert result["suppressed"] == result["new"]["hard"]

    # Five unsubscribe, by the link in their email.
    leaving = READERS[100:105]
    with list_desk.open() as opened:
        site = Site(make_subscription_app(opened), list_desk, opened)
        for address in leaving:
            assert site.ask("POST", unsubscribe_path(site, address))[0] == 200

    # The next issue goes to the remaining subscribers only.
    desk.another(NEXT)
    before = mail.copies()
    rest = 2000 - result["suppressed"] - len(leaving)
    ran = desk.run("send", NEXT, "--confirm", f"{NEXT}:{rest}")
    assert (ran.code, ran.out) == (0, f"{NEXT}: {rest:,} of {rest:,} sent\n")
    mail.settle()
    got = mail.copies() - before
    assert set(got) == set(READERS) - set(leaving)
    assert set(got.values()) == {1}
    stats = json.loads(desk.run("subscribers", "stats", "--json").out)["weekly"]
    assert (stats["active"], stats["bounced"], stats["unsubscribed"]) == (
        rest,
        result["suppressed"],
        5,
    )


def sent(list_desk: ListDesk) -> int:
    """Return how many emails the journal has as sent, before and during a run."""
    with list_desk.open() as desk:
        rows = desk.database.rows("SELECT count(*) FROM deliveries WHERE state = 'sent'")
    count: int = rows[0][0]
    return count


def missing(list_desk: ListDesk) -> int:
    """Return how many recipients without a mailbox were not sent to: uncertain, and skipped."""
    with list_desk.open() as desk:
        rows = desk.database.rows(
            "SELECT address FROM deliveries WHERE state = 'skipped' ORDER BY address"
        )
    return sum(address in MISSING_MAILBOXES for (address,) in rows)


@pytest.mark.skipif(not can_run_postfix(), reason="needs Postfix, and root to start it")
def test_postfix_delivers_the_message_as_built(desk: Desk) -> None:
    with start_postfix() as postfix:
        list_desk = ListDesk(desk, postfix, SLUG)  # type: ignore[arg-type]
        list_desk.configure()
        list_desk.subscribe(READERS[:1])
        assert list_desk.send(1).code == 0
        postfix.settle()
        path = next((postfix.folder / "mail" / "reader0000" / "new").iterdir())
        arrived = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert desk.run("build").code == 0
        text = (desk.root / "dist" / SLUG / "email.txt").read_text("utf-8")
        link = arrived["List-Unsubscribe"].strip("<>")
        body = arrived.get_body(("plain",))
        assert body is not None
        assert body.get_content() == text.replace("https://quay.example/unsubscribe", link)
        assert isinstance(postfix, Postfix)

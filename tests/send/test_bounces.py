"""Bounces and complaints: whom they concern, what they do, and that only signed ones count."""

from __future__ import annotations

import json
import mailbox
from pathlib import Path

import pytest

from newsletter.send.bounce_reports import read_bounce
from tests.desk import SLUG
from tests.send.list_desk import ListDesk, people

BOUNCES = "bounces@lists.example.org"
DSN = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{id}@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {named}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user

--b--
"""
ARF = """\
From: feedback@provider.example
To: desk@example.org
Message-ID: <{id}@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Loop/1
Version: 1

--b
Content-Type: message/rfc822

{original}
--b--
"""
OLD_STYLE = """\
From: MAILER-DAEMON@old.example.net
To: {to}
Subject: failure notice
Message-ID: <{id}@old.example.net>

Hi. This is the qmail-send program at old.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{named}>:
Sorry, no mailbox here by that name. (#5.1.1)
"""
HOLIDAY = """\
From: {named}
To: {to}
Subject: Out of office
Message-ID: <{id}@example.org>
Auto-Submitted: auto-replied

I am back on Monday.
"""


@pytest.fixture
def sent(list_desk: ListDesk) -> ListDesk:
    """An issue was sent to ten readers, each with their own return path."""
    list_desk.configure(send=f'bounce_address = "{BOUNCES}"\nbounce_mailbox = "Maildir"\n')
    list_desk.subscribe(people(10))
    assert list_desk.send(10).code == 0
    mailbox.Maildir(str(list_desk.desk.root / "Maildir"), create=True)
    return list_desk


def deliver(list_desk: ListDesk, template: str, reader: str, id: str = "1", **values: str) -> None:
    """Put a report about a reader's email into the mailbox."""
    email = next(email for email in list_desk.server.received if email.to == reader)
    head = email.data.partition(b"\r\n\r\n")[0].decode()
    values = {"to": email.sender, "named": reader, "id": id, "original": head} | values
    box = mailbox.Maildir(str(list_desk.desk.root / "Maildir"))
    box.add(template.format(**values).encode())


def read(list_desk: ListDesk) -> dict[str, object]:
    ran = list_desk.desk.run("bounces", "--json")
    assert ran.code in (0, 1), ran.err
    result: dict[str, object] = json.loads(ran.out)
    return result


def state(list_desk: ListDesk, reader: str) -> str:
    ran = list_desk.desk.run("subscribers", "list", reader, "--json")
    text: str = json.loads(ran.out)["state"]
    return text


@pytest.mark.parametrize(
    ("template", "values", "kind", "becomes"),
    [
        (DSN, {"action": "failed", "status": "5.1.1"}, "hard", "bounced"),
        (DSN, {"action": "failed", "status": "5.1.10"}, "hard", "bounced"),
        (DSN, {"action": "failed", "status": "5.2.1"}, "hard", "bounced"),
        (DSN, {"action": "failed", "status": "5.2.2"}, "soft", "active"),
        (DSN, {"action": "failed", "status": "4.4.7"}, "delayed", "active"),
        (DSN, {"action": "delayed", "status": "4.2.0"}, "delayed", "active"),
        (DSN, {"action": "failed", "status": "5.7.1"}, "policy", "active"),
        (OLD_STYLE, {}, "hard", "bounced"),
        (ARF, {}, "complaint", "complained"),
    ],
)
def test_the_effect_of_a_report(
    sent: ListDesk, template: str, values: dict[str, str], kind: str, becomes: str
) -> None:
    deliver(sent, template, people(10)[3], **values)
    assert read(sent)["new"] == {kind: 1}
    assert state(sent, people(10)[3]) == becomes
    others = [reader for reader in people(10) if reader != people(10)[3]]
    assert {state(sent, reader) for reader in others[:3]} == {"active"}


def test_reading_a_report_twice_changes_nothing(sent: ListDesk) -> None:
    deliver(sent, DSN, people(10)[0], action="failed", status="5.1.1")
    assert read(sent) == {"read": 1, "new": {"hard": 1}, "known": 0, "other": 0, "suppressed": 1}
    assert read(sent)["read"] == 0
    deliver(sent, DSN, people(10)[0], action="failed", status="5.1.1")  # fetched again
    assert read(sent) == {"read": 1, "new": {"hard": 0}, "known": 1, "other": 0, "suppressed": 0}
    assert sent.delivery()["bounces"] == {"hard": 1}


def test_a_forged_report_suppresses_no_one(sent: ListDesk) -> None:
    """Knowing an address, or another reader's return path, is not enough to have people suppressed."""
    genuine = sent.server.received[0].sender
    rids = [email.sender.split("-")[2] for email in sent.server.received]
    forged = genuine.replace(rids[0], rids[1])
    deliver(sent, DSN, people(10)[0], "2", to=forged, action="failed", status="5.1.1")
    deliver(sent, DSN, people(10)[0], "3", to=BOUNCES, action="failed", status="5.1.1")
    deliver(sent, OLD_STYLE, people(10)[0], "4", to=BOUNCES)
    deliver(sent, ARF, people(10)[0], "5", original="To: reader0000@example.org\n\nx")
    assert read(sent) == {"read": 4, "new": {}, "known": 0, "other": 4, "suppressed": 0}
    assert {state(sent, reader) for reader in people(10)} == {"active"}


def test_the_return_path_decides_not_the_address_in_the_report(sent: ListDesk) -> None:
    """Reader 4 forwards to reader 5, whose mailbox is gone: reader 4's email was returned."""
    deliver(sent, DSN, people(10)[4], named=people(10)[5], action="failed", status="5.1.1")
    read(sent)
    assert state(sent, people(10)[4]) == "bounced"
    assert state(sent, people(10)[5]) == "active"


def test_return_paths_survive_lowercasing(sent: ListDesk) -> None:
    to = sent.server.received[0].sender.lower()
    deliver(sent, DSN, people(10)[0], to=to, action="failed", status="5.1.1")
    assert read(sent)["suppressed"] == 1


def test_automatic_replies_and_personal_replies_are_left_to_people(sent: ListDesk) -> None:
    deliver(sent, HOLIDAY, people(10)[0])
    box = mailbox.Maildir(str(sent.desk.root / "Maildir"))
    box.add(b"From: ana@example.org\nTo: desk@example.org\nSubject: hello\n\nDear desk\n")
    box.add(b"\xff\xfe\x00 not an email at all")
    assert read(sent) == {"read": 3, "new": {}, "known": 0, "other": 3, "suppressed": 0}
    assert read(sent)["read"] == 3  # still unread


def test_soft_bounces_of_several_weeks_end_a_subscription(sent: ListDesk) -> None:
    reader = people(10)[2]
    for week in range(3):
        if week:
            slug = f"2026-03-{1 + 7 * week:02}-quay"
            sent.desk.another(slug)
            ran = sent.desk.run("send", slug, "--confirm", f"{slug}:10")
            assert ran.code == 0, ran.err
        with sent.open() as desk:
            desk.database.rows(
                "UPDATE runs SET created = :at WHERE id = :run", at=week * 7 * 86400.0, run=week + 1
            )
        latest = [email for email in sent.server.received if email.to == reader][-1]
        deliver(sent, DSN, reader, str(week), to=latest.sender, action="failed", status="5.2.2")
        read(sent)
        assert state(sent, reader) == ("active" if week < 2 else "bounced")


def test_a_permanent_rejection_by_our_own_server_is_a_hard_bounce(list_desk: ListDesk) -> None:
    list_desk.configure(send='bounce_mailbox = "Maildir"\n')
    mailbox.Maildir(str(list_desk.desk.root / "Maildir"), create=True)
    list_desk.subscribe(people(5))
    list_desk.server.script.refuse = {
        people(5)[1]: "550 5.1.1 no such user",
        people(5)[2]: "550 5.7.1 go away",
    }
    assert list_desk.send(5).code == 0
    assert read(list_desk)["suppressed"] == 1
    assert state(list_desk, people(5)[1]) == "bounced"
    assert state(list_desk, people(5)[2]) == "active"


@pytest.mark.parametrize(
    "place", ["nowhere", "imaps://imap.example.org/INBOX", "imap://a@example.org/"]
)
def test_mailboxes_that_cannot_be_read(list_desk: ListDesk, place: str) -> None:
    ran = list_desk.desk.run("bounces", "--mailbox", place)
    assert ran.code in (1, 2)
    assert "error: " in ran.err
    assert "Traceback" not in ran.err


def test_arbitrary_bytes_are_read_without_errors(sent: ListDesk, tmp_path: Path) -> None:
    with sent.open() as desk:
        signer = desk.signer
    for data in (
        b"",
        b"\0" * 100,
        b"To: <>\n\n",
        b"Content-Type: multipart/report\n\n--x",
        b"\xff" * 50,
    ):
        assert read_bounce(data, signer, BOUNCES) is None
    assert SLUG in sent.delivery()["issue"]

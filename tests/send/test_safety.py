"""Things that must never happen: injection, tests that reach a list, clock jumps, server failures."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from newsletter.send.outcome import GIVE_UP, PAUSES, SmtpReply, result_of
from newsletter.send.sending_limits import DomainLimits, SlidingWindow
from newsletter.send.subscriber_rows import SubscriberRow
from newsletter.send.subscribers import Evidence
from tests.desk import SLUG
from tests.send.list_desk import ListDesk, people

PACKAGE = Path(__file__).parents[2] / "newsletter"


def test_a_test_cannot_read_a_list() -> None:
    """Nothing that `newsletter test` and the targets import has access to subscribers."""
    files = [PACKAGE / "cli" / "test.py", *(PACKAGE / "targets").rglob("*.py")]
    for path in files:
        names = {
            alias.name if isinstance(node, ast.Import) else (node.module or "")
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }
        assert not [name for name in names if name.startswith("newsletter.send")], path


def test_a_line_break_in_a_name_reaches_no_header(list_desk: ListDesk) -> None:
    essay = list_desk.desk.issue / "10-essay.md"
    essay.write_text(essay.read_text("utf-8") + "\nGood morning, %%first_name|reader%%.\n", "utf-8")
    list_desk.subscribe(["ana@example.org", "bo@example.org"])
    with list_desk.open() as desk:  # bypassing every check on input
        desk.database.rows(
            "UPDATE subscribers SET first_name = :evil WHERE id = 1", evil="A\r\nBcc: x@example.org"
        )
    ran = list_desk.send(2)
    assert ran.code == 0, ran.err
    assert list_desk.counts() == {"rejected": 1, "sent": 1}
    assert list_desk.server.recipients == ["bo@example.org"]
    assert all(b"Bcc" not in email.data for email in list_desk.server.received)


def test_one_bad_address_never_stops_the_run(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(40))
    list_desk.server.script.refuse = {
        people(40)[3]: "550 5.1.1 no such user",
        people(40)[4]: "553 5.1.3 bad syntax",
        people(40)[5]: "452 4.2.2 mailbox full",
    }
    ran = list_desk.send(40, "--no-wait")
    assert ran.code == 0, ran.err
    assert list_desk.counts() == {"deferred": 1, "rejected": 2, "sent": 37}
    assert list_desk.delivery()["deferred_until"]


def test_a_deferred_email_is_sent_when_it_is_due(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(3))
    list_desk.server.script.refuse = {people(3)[1]: "450 4.2.0 come again"}
    assert list_desk.send(3, "--no-wait").code == 0
    list_desk.server.script.refuse = {}
    assert list_desk.send(3, "--no-wait").code == 0  # not due yet
    assert list_desk.counts() == {"deferred": 1, "sent": 2}
    with list_desk.open() as desk:
        desk.database.rows("UPDATE deliveries SET due = 0 WHERE state = 'deferred'")
    assert list_desk.send(3, "--no-wait").code == 0
    assert list_desk.counts() == {"sent": 3}
    assert set(list_desk.copies().values()) == {1}


def test_retry_delays_grow_and_end_after_two_days() -> None:
    reply = SmtpReply(451, "4.7.1 greylisted")
    waits = [result_of(1, reply, attempts, 0.0).wait for attempts in range(8)]
    assert waits == [*PAUSES, PAUSES[-1], PAUSES[-1]]
    assert waits == sorted(waits)
    last = result_of(1, reply, 20, GIVE_UP)
    assert (last.state, last.reply) == ("rejected", "given up after two days: 4.7.1 greylisted")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"refuse_everyone": "554 5.7.1 relay access denied"}, "refused 20 recipients in a row"),
        ({"refuse_data": "554 5.6.0 not accepted"}, "refused the email: 554"),
        ({"refuse_sender": "550 5.7.1 not yours"}, "refused the sender: 550"),
    ],
)
def test_a_server_that_rejects_everyone_stops_the_run_early(
    list_desk: ListDesk, broken: dict[str, str], reason: str
) -> None:
    list_desk.subscribe(people(300))
    for name, value in broken.items():
        setattr(list_desk.server.script, name, value)
    ran = list_desk.send(300)
    assert ran.code == 1
    assert reason in ran.err
    assert f"{SLUG}: 0 of 300 sent" in ran.out
    counts = list_desk.counts()
    assert counts["queued"] >= 280  # those rejected for the server's own reason are queued again
    for name in broken:
        setattr(list_desk.server.script, name, None)
    with list_desk.open() as desk:
        desk.database.rows("UPDATE deliveries SET state = 'queued' WHERE state = 'rejected'")
    assert list_desk.send(300).code == 0
    assert sorted(list_desk.copies()) == people(300)


def test_a_disconnected_server_stops_the_run_with_an_accurate_count(
    list_desk: ListDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.send.engine.UNREACHABLE", (0.01, 0.01))
    list_desk.subscribe(people(200))
    list_desk.server.script.delay = 0.01

    def close_soon(_: object) -> None:
        list_desk.server.received.append(_)  # type: ignore[arg-type]
        if len(list_desk.server.received) == 30:
            list_desk.server.script.greeting = "554 closed"
            list_desk.server.script.drop_before_data = 1000

    list_desk.server.script.keep = close_soon
    ran = list_desk.send(200)
    assert ran.code == 1
    assert "Sending stopped: the mail server" in ran.err
    counts = list_desk.counts()
    assert counts["sent"] == len(list_desk.server.received)
    assert sum(counts.values()) == 200
    assert set(list_desk.copies().values()) == {1}


def test_421_pauses_and_continues(list_desk: ListDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.send.engine.BUSY", (0.01,) * 50)
    list_desk.configure(send="connections = 2\n")
    list_desk.subscribe(people(30))
    list_desk.server.script.leave_after = 5
    assert list_desk.send(30).code == 0
    assert list_desk.counts() == {"sent": 30}
    assert set(list_desk.copies().values()) == {1}
    assert list_desk.server.connections >= 6


def test_emails_per_connection(list_desk: ListDesk) -> None:
    list_desk.configure(send="connections = 2\nper_connection = 4\n")
    list_desk.subscribe(people(24))
    assert list_desk.send(24).code == 0
    assert list_desk.server.most_open <= 2
    assert list_desk.server.connections >= 6


def test_emails_per_day_over_all_runs(list_desk: ListDesk) -> None:
    list_desk.configure(send="per_day = 15\n")
    list_desk.subscribe(people(20))
    assert list_desk.send(20, "--no-wait", "--sample", "10").code == 0
    with list_desk.desk.start("send", SLUG, "--confirm", f"{SLUG}:20") as sending:
        deadline = time.monotonic() + 20
        while len(list_desk.server.received) < 15 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        assert len(list_desk.server.received) == 15
        sending.terminate()
        sending.communicate(timeout=60)
    with list_desk.open() as desk:  # a day later
        desk.database.rows("UPDATE sent_minutes SET minute = minute - 1500")
    assert list_desk.send(20).code == 0
    assert sorted(list_desk.copies()) == people(20)


def test_a_million_at_one_domain_do_not_hold_up_the_others(list_desk: ListDesk) -> None:
    """Their window fills up at once; everyone else's email is sent in the meantime."""
    list_desk.configure(send='connections = 4\nper_domain = {"crowd.example" = 3}\n')
    list_desk.subscribe([*people(600, "crowd.example"), *people(60, "rest.example")])
    with list_desk.desk.start("send", SLUG, "--confirm", f"{SLUG}:660") as sending:
        deadline = time.monotonic() + 20
        while len(list_desk.server.received) < 63 and time.monotonic() < deadline:
            time.sleep(0.05)
        sending.terminate()
        sending.communicate(timeout=60)
    domains = [address.partition("@")[2] for address in list_desk.server.recipients]
    assert domains.count("rest.example") == 60
    assert domains.count("crowd.example") == 3


def test_a_subscriber_who_leaves_during_the_run_gets_nothing(list_desk: ListDesk) -> None:
    list_desk.configure(send="connections = 1\n")
    list_desk.subscribe(people(60))
    list_desk.server.script.delay = 0.02
    with list_desk.desk.start("send", SLUG, "--confirm", f"{SLUG}:60") as sending:
        while len(list_desk.server.received) < 3 and sending.poll() is None:
            time.sleep(0.01)
        # By now all sixty are leased; recording the intent checks again.
        with list_desk.open() as desk:
            for address in people(60)[40:50]:
                (entry,) = desk.subscribers.of_address(address)
                desk.subscribers.set_state(entry.id, Evidence("unsubscribed", "link", "test"))
            desk.subscribers.forget(people(60)[55])
        list_desk.server.script.delay = 0.0
        sending.communicate(timeout=30)
    removed = {*people(60)[40:50], people(60)[55]}
    assert set(list_desk.server.recipients) == set(people(60)) - removed
    assert list_desk.counts() == {"sent": 49, "suppressed": 11}


def test_a_tagged_address_is_a_separate_subscriber(list_desk: ListDesk) -> None:
    """The meaning of a tag is up to the provider: each address gets its email and unsubscribes
    separately.
    """
    list_desk.subscribe(["ana@example.org", "ana+letters@example.org", "ANA@example.org"])
    assert list_desk.send(2).code == 0
    assert sorted(list_desk.copies()) == ["ana+letters@example.org", "ana@example.org"]
    assert list_desk.desk.run("subscribers", "remove", "ana+letters@example.org").code == 0
    assert "active        ana@example.org" in list_desk.desk.run("subscribers", "list").out


def test_no_one_gets_an_issue_through_two_lists(list_desk: ListDesk) -> None:
    list_desk.configure(lists="[lists.weekly]\n[lists.staff]\n")
    list_desk.subscribe(people(5))
    list_desk.subscribe([*people(5), "editor@example.org"], "staff")
    assert list_desk.send(5, "--list", "weekly").code == 0
    ran = list_desk.send(1, "--list", "staff")
    assert ran.code == 0
    assert "5 who got this issue before" in ran.err
    assert set(list_desk.copies().values()) == {1}
    assert list_desk.copies()["editor@example.org"] == 1


def test_addresses_beyond_ascii_need_a_server_that_supports_them(list_desk: ListDesk) -> None:
    list_desk.subscribe(["josé@example.org", "ana@exämple.org"])
    list_desk.server.script.features = ("PIPELINING",)
    assert list_desk.send(2).code == 0
    assert list_desk.server.recipients == ["ana@xn--exmple-cua.org"]
    assert list_desk.counts() == {"rejected": 1, "sent": 1}


def test_a_server_without_pipelining(list_desk: ListDesk) -> None:
    list_desk.server.script.features = ("8BITMIME",)
    list_desk.subscribe(people(10))
    list_desk.server.script.refuse = {people(10)[2]: "550 5.1.1 no"}
    assert list_desk.send(10).code == 0
    assert list_desk.counts() == {"rejected": 1, "sent": 9}


def test_the_wall_clock_may_jump(list_desk: ListDesk) -> None:
    """Back an hour or ahead a year: no one is sent to twice, and limits within the process are
    unaffected.
    """
    list_desk.subscribe(people(10))
    assert list_desk.send(10, "--sample", "5").code == 0
    for jump in (-3600.0, 366 * 86400.0):
        with list_desk.open() as desk:
            desk.database.clock = lambda jump=jump: time.time() + jump  # type: ignore[union-attr]
            desk.database.connection.create_function("epoch", 0, desk.database.clock)  # type: ignore[union-attr]
            run = desk.journal.runs()[0]
            desk.journal.recover(run.id, only_sender=True)
            desk.journal.set_state(run.id, "running")
            desk.journal.set_sample(run.id, None)
            claimed = desk.journal.claim(desk.journal.run(run.id), 100)
            assert [delivery.address for delivery in claimed] == people(10)[5:]
            desk.journal.leave()
    assert list_desk.send(10).code == 0
    assert set(list_desk.copies().values()) == {1}


def test_a_rate_window_slides() -> None:
    now = [100.0]
    window = SlidingWindow(3, 1.0, lambda: now[0])
    taken = []
    for _ in range(40):
        if window.wait() == 0:
            window.take()
            taken.append(round(now[0], 1))
        now[0] += 0.1
    for start in taken:
        assert sum(start <= at < start + 1.0 for at in taken) <= 3
    assert len(taken) >= 11
    slow = SlidingWindow(0.5, 1.0, lambda: now[0])
    slow.take()
    assert slow.wait() == pytest.approx(2.0)
    domains = DomainLimits({"crowd.example": 2}, lambda: now[0])
    assert [domains.take(name) for name in ("crowd.example",) * 3] == [True, True, False]
    assert domains.full() == ("crowd.example",)
    assert domains.take("rest.example")


def test_screens_and_files_contain_no_addresses(list_desk: ListDesk) -> None:
    """Addresses are printed where they were requested, and nowhere else."""
    list_desk.subscribe(people(20))
    list_desk.server.script.refuse = {people(20)[3]: f"550 5.1.1 <{people(20)[3]}> no such user"}
    assert list_desk.send(20, "--sample", "5").code == 0
    ran = list_desk.send(20)
    shown = ran.out + ran.err + list_desk.desk.run("delivery").out
    shown += list_desk.desk.run("subscribers", "stats").out
    assert "reader" not in shown
    for path in list_desk.desk.root.rglob("*"):
        if path.is_file() and "private" not in path.parts:
            assert b"reader0003" not in path.read_bytes()
    assert people(20)[3] in list_desk.desk.run("delivery", "--csv").out


def test_a_wrong_password_is_reported_without_it(
    list_desk: ListDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", "s3cret-word")
    list_desk.configure(smtp='user = "desk"\n')
    list_desk.subscribe(people(2))
    list_desk.server.script.features = ("PIPELINING", "AUTH PLAIN")
    ran = list_desk.send(2)  # this server replies 250 to AUTH, which is not a rejection
    assert "s3cret-word" not in ran.out + ran.err
    list_desk.server.script.features = ("PIPELINING",)
    ran = list_desk.desk.run("send", SLUG, "--confirm", f"{SLUG}:2")
    assert ran.code == 1
    assert "s3cret-word" not in ran.out + ran.err


def test_a_full_disk_stops_before_anything_unrecorded_is_sent(
    list_desk: ListDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from newsletter.send import journal

    list_desk.subscribe(people(100))
    real = journal.Journal.commit
    commits = [0]

    def commit(self: journal.Journal, run: int, intents: object, results: object) -> object:
        commits[0] += 1
        if 3 <= commits[0] <= 6:
            from newsletter.send.database import _sqlite_errors

            with _sqlite_errors(Path("subscribers.db")):
                raise sqlite3.OperationalError("database or disk is full")
        return real(self, run, intents, results)  # type: ignore[arg-type]

    monkeypatch.setattr(journal.Journal, "commit", commit)
    ran = list_desk.send(100)
    assert ran.code == 1
    assert "database or disk is full" in ran.err
    reached = len(list_desk.server.received)
    assert list_desk.counts().get("sent", 0) == reached < 100
    assert list_desk.send(100).code == 0
    assert set(list_desk.copies().values()) == {1}
    assert sorted(list_desk.copies()) == people(100)


def test_a_row_records_the_source_of_consent(list_desk: ListDesk) -> None:
    with list_desk.open() as desk:
        row = SubscriberRow(
            2, "ana@example.org", detail="optin_time 2024-01-02; optin_ip 192.0.2.1"
        )
        desk.subscribers.merge("weekly", [row], "mailchimp.csv")
    ran = list_desk.desk.run("subscribers", "list", "ana@example.org")
    assert "active by import: mailchimp.csv optin_time 2024-01-02; optin_ip 192.0.2.1" in ran.out

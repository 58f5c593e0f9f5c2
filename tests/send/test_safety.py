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
from tests.send.office import Office, people

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


def test_a_line_break_in_a_name_reaches_no_header(office: Office) -> None:
    essay = office.desk.issue / "10-essay.md"
    essay.write_text(essay.read_text("utf-8") + "\nGood morning, %%first_name|reader%%.\n", "utf-8")
    office.subscribe(["ana@example.org", "bo@example.org"])
    with office.open() as desk:  # bypassing every check on input
        desk.database.rows(
            "UPDATE subscribers SET first_name = :evil WHERE id = 1", evil="A\r\nBcc: x@example.org"
        )
    ran = office.send(2)
    assert ran.code == 0, ran.err
    assert office.counts() == {"rejected": 1, "sent": 1}
    assert office.server.recipients == ["bo@example.org"]
    assert all(b"Bcc" not in email.data for email in office.server.taken)


def test_one_bad_address_never_stops_the_run(office: Office) -> None:
    office.subscribe(people(40))
    office.server.script.refuse = {
        people(40)[3]: "550 5.1.1 no such user",
        people(40)[4]: "553 5.1.3 bad syntax",
        people(40)[5]: "452 4.2.2 mailbox full",
    }
    ran = office.send(40, "--no-wait")
    assert ran.code == 0, ran.err
    assert office.counts() == {"deferred": 1, "rejected": 2, "sent": 37}
    assert office.delivery()["deferred_until"]


def test_a_deferred_email_is_sent_when_it_is_due(office: Office) -> None:
    office.subscribe(people(3))
    office.server.script.refuse = {people(3)[1]: "450 4.2.0 come again"}
    assert office.send(3, "--no-wait").code == 0
    office.server.script.refuse = {}
    assert office.send(3, "--no-wait").code == 0  # not due yet
    assert office.counts() == {"deferred": 1, "sent": 2}
    with office.open() as desk:
        desk.database.rows("UPDATE deliveries SET due = 0 WHERE state = 'deferred'")
    assert office.send(3, "--no-wait").code == 0
    assert office.counts() == {"sent": 3}
    assert set(office.copies().values()) == {1}


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
    office: Office, broken: dict[str, str], reason: str
) -> None:
    office.subscribe(people(300))
    for name, value in broken.items():
        setattr(office.server.script, name, value)
    ran = office.send(300)
    assert ran.code == 1
    assert reason in ran.err
    assert f"{SLUG}: 0 of 300 sent" in ran.out
    counts = office.counts()
    assert counts["queued"] >= 280  # those rejected for the server's own reason are queued again
    for name in broken:
        setattr(office.server.script, name, None)
    with office.open() as desk:
        desk.database.rows("UPDATE deliveries SET state = 'queued' WHERE state = 'rejected'")
    assert office.send(300).code == 0
    assert sorted(office.copies()) == people(300)


def test_a_disconnected_server_stops_the_run_with_an_accurate_count(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.send.engine.UNREACHABLE", (0.01, 0.01))
    office.subscribe(people(200))
    office.server.script.delay = 0.01

    def close_soon(_: object) -> None:
        office.server.taken.append(_)  # type: ignore[arg-type]
        if len(office.server.taken) == 30:
            office.server.script.greeting = "554 closed"
            office.server.script.drop_before_data = 1000

    office.server.script.keep = close_soon
    ran = office.send(200)
    assert ran.code == 1
    assert "Sending stopped: the mail server" in ran.err
    counts = office.counts()
    assert counts["sent"] == len(office.server.taken)
    assert sum(counts.values()) == 200
    assert set(office.copies().values()) == {1}


def test_421_pauses_and_continues(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.send.engine.BUSY", (0.01,) * 50)
    office.configure(send="connections = 2\n")
    office.subscribe(people(30))
    office.server.script.leave_after = 5
    assert office.send(30).code == 0
    assert office.counts() == {"sent": 30}
    assert set(office.copies().values()) == {1}
    assert office.server.connections >= 6


def test_emails_per_connection(office: Office) -> None:
    office.configure(send="connections = 2\nper_connection = 4\n")
    office.subscribe(people(24))
    assert office.send(24).code == 0
    assert office.server.most_open <= 2
    assert office.server.connections >= 6


def test_emails_per_day_over_all_runs(office: Office) -> None:
    office.configure(send="per_day = 15\n")
    office.subscribe(people(20))
    assert office.send(20, "--no-wait", "--sample", "10").code == 0
    with office.desk.start("send", SLUG, "--confirm", f"{SLUG}:20") as sending:
        deadline = time.monotonic() + 20
        while len(office.server.taken) < 15 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        assert len(office.server.taken) == 15
        sending.terminate()
        sending.communicate(timeout=60)
    with office.open() as desk:  # a day later
        desk.database.rows("UPDATE sent_minutes SET minute = minute - 1500")
    assert office.send(20).code == 0
    assert sorted(office.copies()) == people(20)


def test_a_million_at_one_domain_do_not_hold_up_the_others(office: Office) -> None:
    """Their window fills up at once; everyone else's email is sent in the meantime."""
    office.configure(send='connections = 4\nper_domain = {"crowd.example" = 3}\n')
    office.subscribe([*people(600, "crowd.example"), *people(60, "rest.example")])
    with office.desk.start("send", SLUG, "--confirm", f"{SLUG}:660") as sending:
        deadline = time.monotonic() + 20
        while len(office.server.taken) < 63 and time.monotonic() < deadline:
            time.sleep(0.05)
        sending.terminate()
        sending.communicate(timeout=60)
    domains = [address.partition("@")[2] for address in office.server.recipients]
    assert domains.count("rest.example") == 60
    assert domains.count("crowd.example") == 3


def test_a_subscriber_who_leaves_during_the_run_gets_nothing(office: Office) -> None:
    office.configure(send="connections = 1\n")
    office.subscribe(people(60))
    office.server.script.delay = 0.02
    with office.desk.start("send", SLUG, "--confirm", f"{SLUG}:60") as sending:
        while len(office.server.taken) < 3 and sending.poll() is None:
            time.sleep(0.01)
        # By now all sixty are leased; recording the intent checks again.
        with office.open() as desk:
            for address in people(60)[40:50]:
                (entry,) = desk.subscribers.of_address(address)
                desk.subscribers.set_state(entry.id, Evidence("unsubscribed", "link", "test"))
            desk.subscribers.forget(people(60)[55])
        office.server.script.delay = 0.0
        sending.communicate(timeout=30)
    gone = {*people(60)[40:50], people(60)[55]}
    assert set(office.server.recipients) == set(people(60)) - gone
    assert office.counts() == {"sent": 49, "suppressed": 11}


def test_a_tagged_address_is_a_separate_subscriber(office: Office) -> None:
    """The meaning of a tag is up to the provider: each address gets its email and unsubscribes
    separately.
    """
    office.subscribe(["ana@example.org", "ana+letters@example.org", "ANA@example.org"])
    assert office.send(2).code == 0
    assert sorted(office.copies()) == ["ana+letters@example.org", "ana@example.org"]
    assert office.desk.run("subscribers", "remove", "ana+letters@example.org").code == 0
    assert "active        ana@example.org" in office.desk.run("subscribers", "list").out


def test_no_one_gets_an_issue_through_two_lists(office: Office) -> None:
    office.configure(lists="[lists.weekly]\n[lists.staff]\n")
    office.subscribe(people(5))
    office.subscribe([*people(5), "editor@example.org"], "staff")
    assert office.send(5, "--list", "weekly").code == 0
    ran = office.send(1, "--list", "staff")
    assert ran.code == 0
    assert "5 who got this issue before" in ran.err
    assert set(office.copies().values()) == {1}
    assert office.copies()["editor@example.org"] == 1


def test_addresses_beyond_ascii_need_a_server_that_supports_them(office: Office) -> None:
    office.subscribe(["josé@example.org", "ana@exämple.org"])
    office.server.script.features = ("PIPELINING",)
    assert office.send(2).code == 0
    assert office.server.recipients == ["ana@xn--exmple-cua.org"]
    assert office.counts() == {"rejected": 1, "sent": 1}


def test_a_server_without_pipelining(office: Office) -> None:
    office.server.script.features = ("8BITMIME",)
    office.subscribe(people(10))
    office.server.script.refuse = {people(10)[2]: "550 5.1.1 no"}
    assert office.send(10).code == 0
    assert office.counts() == {"rejected": 1, "sent": 9}


def test_the_wall_clock_may_jump(office: Office) -> None:
    """Back an hour or ahead a year: no one is sent to twice, and limits within the process are
    unaffected.
    """
    office.subscribe(people(10))
    assert office.send(10, "--sample", "5").code == 0
    for jump in (-3600.0, 366 * 86400.0):
        with office.open() as desk:
            desk.database.clock = lambda jump=jump: time.time() + jump  # type: ignore[union-attr]
            desk.database.connection.create_function("epoch", 0, desk.database.clock)  # type: ignore[union-attr]
            run = desk.journal.runs()[0]
            desk.journal.recover(run.id, alone=True)
            desk.journal.set_state(run.id, "running")
            desk.journal.set_sample(run.id, None)
            claimed = desk.journal.claim(desk.journal.run(run.id), 100)
            assert [delivery.address for delivery in claimed] == people(10)[5:]
            desk.journal.leave()
    assert office.send(10).code == 0
    assert set(office.copies().values()) == {1}


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


def test_screens_and_files_contain_no_addresses(office: Office) -> None:
    """Addresses are printed where they were requested, and nowhere else."""
    office.subscribe(people(20))
    office.server.script.refuse = {people(20)[3]: f"550 5.1.1 <{people(20)[3]}> no such user"}
    assert office.send(20, "--sample", "5").code == 0
    ran = office.send(20)
    shown = ran.out + ran.err + office.desk.run("delivery").out
    shown += office.desk.run("subscribers", "stats").out
    assert "reader" not in shown
    for path in office.desk.root.rglob("*"):
        if path.is_file() and "private" not in path.parts:
            assert b"reader0003" not in path.read_bytes()
    assert people(20)[3] in office.desk.run("delivery", "--csv").out


def test_a_wrong_password_is_reported_without_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", "s3cret-word")
    office.configure(smtp='user = "desk"\n')
    office.subscribe(people(2))
    office.server.script.features = ("PIPELINING", "AUTH PLAIN")
    ran = office.send(2)  # this server replies 250 to AUTH, which is not a rejection
    assert "s3cret-word" not in ran.out + ran.err
    office.server.script.features = ("PIPELINING",)
    ran = office.desk.run("send", SLUG, "--confirm", f"{SLUG}:2")
    assert ran.code == 1
    assert "s3cret-word" not in ran.out + ran.err


def test_a_full_disk_stops_before_anything_unrecorded_is_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from newsletter.send import journal

    office.subscribe(people(100))
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
    ran = office.send(100)
    assert ran.code == 1
    assert "database or disk is full" in ran.err
    reached = len(office.server.taken)
    assert office.counts().get("sent", 0) == reached < 100
    assert office.send(100).code == 0
    assert set(office.copies().values()) == {1}
    assert sorted(office.copies()) == people(100)


def test_a_row_records_the_source_of_consent(office: Office) -> None:
    with office.open() as desk:
        row = SubscriberRow(
            2, "ana@example.org", detail="optin_time 2024-01-02; optin_ip 192.0.2.1"
        )
        desk.subscribers.merge("weekly", [row], "mailchimp.csv")
    ran = office.desk.run("subscribers", "list", "ana@example.org")
    assert "active by import: mailchimp.csv optin_time 2024-01-02; optin_ip 192.0.2.1" in ran.out

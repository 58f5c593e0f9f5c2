"""Several machines: real worker processes on a real PostgreSQL, killed, stopped, hung, and without
their database.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.desk import SLUG
from tests.send.list_desk import ListDesk, people
from tests.send.postgres import PostgresServer


@pytest.fixture
def shared(
    list_desk: ListDesk, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> ListDesk:
    """The list_desk, with its list and journal in PostgreSQL."""
    monkeypatch.setenv("NEWSLETTER_DATABASE", postgres.database())
    list_desk.configure(send='database = "env:NEWSLETTER_DATABASE"\nconnections = 4\n')
    return list_desk


@contextmanager
def worker(list_desk: ListDesk, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = list_desk.desk.start("worker", *options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def until(condition: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "timed out waiting"
        time.sleep(0.05)


def expire_leases(list_desk: ListDesk) -> None:
    """Wait until an unresponsive sender is considered dead."""
    with list_desk.open() as desk:
        desk.database.rows("UPDATE deliveries SET due = 0 WHERE state IN ('leased', 'sending')")


def test_one_machine_with_its_list_in_postgresql(shared: ListDesk) -> None:
    shared.subscribe(people(50))
    ran = shared.send(50)
    assert (ran.code, ran.out) == (0, f"{SLUG}: 50 of 50 sent\n"), ran.err
    assert sorted(shared.copies()) == people(50)
    assert shared.send(50).code == 1


def test_two_workers_share_a_run(shared: ListDesk) -> None:
    shared.subscribe(people(400))
    shared.server.script.delay = 0.004
    with worker(shared) as first, worker(shared) as second:
        ran = shared.send(400, "--workers")
        assert ran.code == 0, ran.err
        until(lambda: len(shared.server.received) == 400)
        until(lambda: shared.delivery()["state"] == "done")
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            assert process.returncode == 0
    assert sorted(shared.copies()) == people(400)
    assert set(shared.copies().values()) == {1}
    assert shared.counts() == {"sent": 400}


def test_a_batch_delivered_twice_sends_nothing_twice(shared: ListDesk) -> None:
    from newsletter.send.queueing import QUEUE, SEND, queue_app

    shared.subscribe(people(60))
    assert shared.send(60, "--workers").code == 0
    with queue_app(os.environ["NEWSLETTER_DATABASE"]).open() as app:
        task = app.configure_task(SEND, queue=QUEUE, allow_unknown=True)
        task.batch_defer(*({"run": 1} for _ in range(5)))
    with worker(shared, "--once") as one, worker(shared, "--once") as other:
        assert one.wait(40) == 0
        assert other.wait(40) == 0
    assert set(shared.copies().values()) == {1}
    assert shared.counts() == {"sent": 60}


def test_another_worker_takes_over_from_a_killed_one(shared: ListDesk) -> None:
    shared.subscribe(people(200))
    shared.server.script.delay = 0.01
    assert shared.send(200, "--workers").code == 0
    with worker(shared) as victim:
        until(lambda: len(shared.server.received) >= 20)
        victim.kill()
        victim.wait()
    expire_leases(shared)
    shared.server.script.delay = 0.0
    with worker(shared, "--once") as heir:
        assert heir.wait(40) == 0
    counts, uncertain = shared.counts(), shared.delivery()["uncertain"]
    assert counts.get("sent", 0) + counts.get("uncertain", 0) == 200
    assert len(uncertain) <= 4
    assert set(people(200)) - set(shared.copies()) <= set(uncertain)
    assert max(shared.copies().values()) == 1


def test_a_hung_worker_loses_its_leases(shared: ListDesk) -> None:
    """Stopped for longer than a lease, then resumed after another worker has done its work."""
    shared.subscribe(people(200))
    shared.server.script.delay = 0.01
    assert shared.send(200, "--workers").code == 0
    with worker(shared) as hung:
        until(lambda: len(shared.server.received) >= 20)
        hung.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        expire_leases(shared)
        shared.server.script.delay = 0.0
        with worker(shared, "--once") as heir:
            assert heir.wait(40) == 0
        hung.send_signal(signal.SIGCONT)
        until(lambda: shared.delivery()["state"] == "done")
        time.sleep(1)
        hung.send_signal(signal.SIGTERM)
        hung.wait(20)
    assert max(shared.copies().values()) == 1
    missing = set(people(200)) - set(shared.copies())
    assert missing <= set(shared.delivery()["uncertain"])


def test_workers_survive_a_database_outage(shared: ListDesk, postgres: PostgresServer) -> None:
    shared.subscribe(people(300))
    shared.server.script.delay = 0.01
    with shared.desk.start("send", SLUG, "--confirm", f"{SLUG}:300") as sending:
        until(lambda: len(shared.server.received) >= 20)
        postgres.control("-m", "immediate", "stop")
        time.sleep(0.5)
        postgres.start()
        out, err = sending.communicate(timeout=60)
    assert sending.returncode == 1
    assert "Traceback" not in err
    assert "Sending stopped: PostgreSQL:" in err, out
    expire_leases(shared)
    shared.server.script.delay = 0.0
    shared.send(300)
    counts, uncertain = shared.counts(), shared.delivery()["uncertain"]
    assert counts["sent"] + counts.get("uncertain", 0) == 300
    assert max(shared.copies().values()) == 1
    assert set(people(300)) - set(shared.copies()) <= set(uncertain)


def test_pausing_stops_every_worker_and_resuming_continues(shared: ListDesk) -> None:
    shared.subscribe(people(200))
    shared.server.script.delay = 0.01
    assert shared.send(200, "--workers").code == 0
    with worker(shared) as one, worker(shared) as other:
        until(lambda: len(shared.server.received) >= 10)
        assert shared.desk.run("send", "--pause").code == 0
        time.sleep(1.5)
        reached = len(shared.server.received)
        time.sleep(0.5)
        assert len(shared.server.received) == reached < 200
        shared.server.script.delay = 0.0
        assert shared.send(200, "--resume", "--workers").code == 0
        until(lambda: len(shared.server.received) == 200)
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    assert set(shared.copies().values()) == {1}


def test_an_older_version_leaves_a_newer_database_alone(shared: ListDesk) -> None:
    shared.subscribe(people(2))
    with shared.open() as desk:
        desk.database.rows("UPDATE meta SET value = '99' WHERE name = 'schema'")
    ran = shared.desk.run("subscribers", "stats")
    assert ran.code == 1
    assert "The subscriber database has schema 99; this version knows" in ran.err


def test_a_worker_of_another_version_leaves_a_frozen_issue_alone(shared: ListDesk) -> None:
    shared.subscribe(people(2))
    assert shared.send(2, "--workers").code == 0
    with shared.open() as desk:
        desk.database.rows("UPDATE templates SET format = 99")
    with worker(shared, "--once") as one:
        assert one.wait(40) == 0
    assert shared.server.received == []
    assert shared.counts() == {"queued": 2}


def test_workers_need_postgresql(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(2))
    ran = list_desk.send(2, "--workers")
    assert ran.code == 1
    assert "Workers need PostgreSQL" in ran.err


def test_a_password_in_the_settings_is_rejected(list_desk: ListDesk) -> None:
    list_desk.configure(send='database = "postgresql://ana:secret@db.example.org/letters"\n')
    ran = list_desk.desk.run("subscribers", "stats")
    assert ran.code == 1
    assert "secret@" not in ran.err
    assert "Secret in the settings file: send.database" in ran.err

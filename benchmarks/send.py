"""Compare sending to our own list with other senders, as ratios: absolute figures vary by machine.

    python benchmarks/send.py              all of it, about ten minutes
    python benchmarks/send.py --only kill  fast | latency | workers | kill | journal | freeze | memory

Needs smtp-source and smtp-sink (Debian: postfix), and PostgreSQL for two workers.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import json
import os
import random
import resource
import shutil
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from newsletter.send.addressing import Addressing  # noqa: E402
from newsletter.send.database import Database, PostgresDatabase, SqliteDatabase  # noqa: E402
from newsletter.send.engine import Engine  # noqa: E402
from newsletter.send.freezing import Freeze, freeze  # noqa: E402
from newsletter.send.journal import Journal  # noqa: E402
from newsletter.send.migrations import migrate  # noqa: E402
from newsletter.send.outcome import Result  # noqa: E402
from newsletter.send.pace import SendLimits  # noqa: E402
from newsletter.send.presplit import FieldSlot, PresplitMessage, Recipient, _Builder  # noqa: E402
from newsletter.send.runs import Delivery  # noqa: E402
from newsletter.send.submission import Envelope, MailServer  # noqa: E402
from newsletter.send.tokens import Signer, open_signer  # noqa: E402

SLOTS, SIZE = 253, 62_000
PROGRAM = [sys.executable, "-m", "newsletter"]


# --- what is sent -------------------------------------------------------------------------------


def letter(size: int = SIZE, slots: int = SLOTS) -> PresplitMessage:
    """A letter of the given size with the given number of personal fields."""
    builder = _Builder()
    builder.add(b"Subject: Tides\r\nFrom: desk@example.org\r\nMIME-Version: 1.0\r\nTo: ")
    builder.add_slot(FieldSlot("to", "", "header"))
    builder.add(b"\r\nList-Unsubscribe: ")
    builder.add_slot(FieldSlot("list_unsubscribe", "", "header"))
    builder.add(
        b"\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    line = (
        '<p>High water, %%first_name|reader%%, comes <a href="https://example.org/t">at six</a>.\n'
    )
    fields = line * slots
    filler = "The harbour was quiet, and the tide tables lay open on the desk.\n"
    rest = max(0, size - len(fields))
    builder.add_part(fields + filler * (rest // len(filler)), html=True)
    return builder.message("2026-01-01-tides", "Tides", "sha256:" + "0" * 64, "example.org")


def fill_list(database: Database, count: int) -> Signer:
    """Add the given number of active subscribers to the list `weekly`."""
    migrate(database)
    sql = (
        "INSERT INTO subscribers (rid, list, address, key, domain, name, first_name, state, changed)"
        " VALUES (:rid, 'weekly', :address, :address, :domain, :name, :first, 'active', 0)"
    )
    rng = random.Random(1)
    domains = [f"d{number}.example" for number in range(400)]
    for start in range(0, count, 10_000):
        rows = []
        for number in range(start, min(start + 10_000, count)):
            domain = domains[min(int(rng.expovariate(0.05)), 399)]
            rows.append(
                {
                    "rid": f"{number:016x}",
                    "address": f"reader{number}@{domain}",
                    "domain": domain,
                    "name": f"Reader {number}",
                    "first": "Reader",
                }
            )
        with database.transaction():
            database.many(sql, rows)
    return open_signer(database, None)


def addressing(signer: Signer) -> Addressing:
    def recipient(delivery: Delivery) -> Recipient:
        token = signer.link("unsub", "weekly", delivery.rid)
        url = f"https://lists.example.org/u/{token}"
        return Recipient(delivery.address, delivery.rid, delivery.name, delivery.first_name, url)

    return Addressing(recipient, lambda delivery: Envelope("desk@example.org", delivery.address))


def our_rate(port: int, count: int, connections: int, message: PresplitMessage) -> float:
    """Emails per second of the engine, with its journal in an SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder) / "list.db")
        signer = fill_list(database, count)
        run = freeze(database, Freeze("weekly", message), count)
        journal = Journal(database, "benchmark")
        journal.set_state(run, "running")
        engine = Engine(
            journal,
            journal.run(run),
            MailServer("127.0.0.1", port),
            addressing(signer),
            limits=SendLimits(connections=connections),
        )
        started = time.perf_counter()
        report = asyncio.run(engine.work(asyncio.Event()))
        seconds = time.perf_counter() - started
        assert report.sent == count, report
        database.close()
    return count / seconds


# --- where it is sent, and by which other senders -----------------------------------------------


@contextlib.contextmanager
def postfix_sink() -> Iterator[int]:
    """Postfix's smtp-sink, which discards everything."""
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [
        shutil.which("smtp-sink") or "/usr/sbin/smtp-sink",
        *user,
        f"127.0.0.1:{port}",
        "1000",
    ]
    with process(command):
        time.sleep(0.5)
        yield port


@contextlib.contextmanager
def own_sink(delay: float) -> Iterator[int]:
    """The sink in this folder, with a latency in milliseconds."""
    command = [sys.executable, str(Path(__file__).with_name("smtp_sink.py")), "--delay", str(delay)]
    with process(command, stdout=subprocess.PIPE) as sink:
        assert sink.stdout
        yield int(sink.stdout.readline())


def sink_stat(port: int) -> list[float]:
    """Emails, distinct recipients, recipients with several, seconds, emails per second in the
    middle.
    """
    with (
        socket.create_connection(("127.0.0.1", port)) as connection,
        connection.makefile("rwb") as file,
    ):
        file.readline()
        file.write(b"XSTAT\r\n")
        file.flush()
        return [float(word) for word in file.readline().split()[1:]]


@contextlib.contextmanager
def process(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    quiet = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    child = subprocess.Popen(command, **(quiet | options))  # type: ignore[call-overload]
    try:
        yield child
    finally:
        child.terminate()
        child.wait()
        if child.stdout:
            child.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def smtp_source_rate(port: int, count: int, sessions: int, size: int) -> float:
    program = shutil.which("smtp-source") or "/usr/sbin/smtp-source"
    command = [program, "-s", str(sessions), "-l", str(size), "-m", str(count)]
    command += ["-f", "desk@example.org", "-t", "reader@example.org", f"127.0.0.1:{port}"]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return count / (time.perf_counter() - started)


def smtplib_rate(port: int, count: int, threads: int, data: bytes) -> float:
    """The standard library's client sending fixed bytes, with the given number of threads."""

    def work(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            for _ in range(share):
                client.sendmail("desk@example.org", ["reader@example.org"], data)

    workers = [threading.Thread(target=work, args=(count // threads,)) for _ in range(threads)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return count / (time.perf_counter() - started)


# --- the figures ----------------------------------------------------------------------------------


def fast() -> dict[str, object]:
    message, ours, theirs = letter(), [], []
    size = len(
        message.fill(Recipient("reader1000@d1.example", "r", "Reader", "Reader", "https://x"))
    )
    with postfix_sink() as port:
        our_rate(port, 500, 10, message)
        for _ in range(3):
            theirs.append(smtp_source_rate(port, 6000, 10, size))
            ours.append(our_rate(port, 6000, 10, message))
    ratio = statistics.median(our / their for our, their in zip(ours, theirs, strict=True))
    return {
        "what": f"{size // 1000} KB personalised, SQLite journal, to a discarding sink : smtp-source",
        "ours": round(statistics.median(ours)),
        "theirs": round(statistics.median(theirs)),
        "ratio": round(ratio, 2),
        "reach": 0.6,
    }


def latency() -> dict[str, object]:
    message = letter()
    data = message.fill(Recipient("reader@example.org", "r", "Reader", "Reader", "https://x"))
    with own_sink(20) as port:
        theirs = smtplib_rate(port, 1000, 10, data)
        ours = our_rate(port, 6000, 50, message)
    return {
        "what": "the same with 20 ms per reply, 50 connections : smtplib in 10 threads",
        "ours": round(ours),
        "theirs": round(theirs),
        "ratio": round(ours / theirs, 2),
        "reach": 5,
    }


def workers() -> dict[str, object]:
    one, two = worker_rate(1), worker_rate(2)
    return {
        "what": "two workers on PostgreSQL : one, 20 ms per reply, 3 connections each",
        "ours": round(two),
        "theirs": round(one),
        "ratio": round(two / one, 2),
        "reach": 1.7,
    }


def worker_rate(count: int, recipients: int = 2500) -> float:
    """Emails per second for the given number of `newsletter worker` processes."""
    from tests.send.postgres import start_postgres

    with start_postgres() as postgres, own_sink(20) as port, workspace(port) as folder:
        address = postgres.database()
        environment = os.environ | {"NEWSLETTER_DATABASE": address}
        settings = folder / "newsletter.toml"
        settings.write_text(
            settings.read_text() + 'database = "env:NEWSLETTER_DATABASE"\nconnections = 3\n'
        )
        database = PostgresDatabase(address)
        fill_list(database, recipients)
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                stack.enter_context(process([*PROGRAM, "worker"], cwd=folder, env=environment))
            time.sleep(6)
            send(folder, recipients, "--workers", env=environment)
            while sink_stat(port)[0] < recipients:
                time.sleep(0.5)
        emails, different, twice, _, rate = sink_stat(port)
        database.close()
        assert (emails, different, twice) == (recipients, recipients, 0)
    return rate


def send(folder: Path, count: int, *options: str, **popen: object) -> subprocess.Popen[bytes]:
    """Start `newsletter send`, and wait for completion if it only hands batches over."""
    slug = next((folder / "issues").iterdir()).name
    command = [*PROGRAM, "send", slug, "--confirm", f"{slug}:{count}", *options]
    child = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **popen,  # type: ignore[call-overload]
    )
    if "--workers" in options:
        assert child.wait() == 0
    return child


@contextlib.contextmanager
def workspace(port: int) -> Iterator[Path]:
    """A workspace as `newsletter init` creates it, with a list and this mail server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "letter"
        subprocess.run([*PROGRAM, "init", str(folder)], check=True, capture_output=True)
        with (folder / "newsletter.toml").open("a") as file:
            file.write(
                '\n[check]\nignore = ["NL2", "NL9"]\n'  # placeholders of a first issue
                f'[lists.weekly]\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
                '[send]\nurl = "https://lists.example.org"\n'
            )
        yield folder


def kill(kills: int = 100, recipients: int = 1200, connections: int = 10) -> dict[str, object]:
    """Kill −9 at random moments while emails are in transit, continue, and count."""
    from tests.send.smtp_server import Script, smtp_server

    done = duplicates = lost = uncertain = most = runs = 0
    rng = random.Random(2026)
    while done < kills:
        runs += 1
        with (
            smtp_server(Script(delay=0.001, jitter=0.002)) as server,
            workspace(server.port) as folder,
        ):
            (folder / "private").mkdir(mode=0o700)
            (folder / "private" / ".gitignore").write_text("*\n")
            database = SqliteDatabase(folder / "private" / "subscribers.db")
            fill_list(database, recipients)
            killed = 0
            while True:
                before = len(server.taken)
                child = send(folder, recipients)
                while len(server.taken) == before and child.poll() is None:
                    time.sleep(0.001)
                time.sleep(rng.random() * 0.12)
                if child.poll() is not None:
                    break
                if done < kills:
                    child.send_signal(signal.SIGKILL)
                    child.wait()
                    done, killed = done + 1, killed + 1
                else:
                    child.wait()
                    break
            states = dict(database.rows("SELECT state, count(*) FROM deliveries GROUP BY state"))
            unsure = {
                r[0] for r in database.rows("SELECT key FROM deliveries WHERE state = 'uncertain'")
            }
            everyone = {row[0] for row in database.rows("SELECT key FROM subscribers")}
            database.close()
            reached = server.recipients
            duplicates += len(reached) - len(set(reached))
            lost += len(everyone - set(reached) - unsure)
            uncertain += len(unsure)
            most = max(most, len(unsure) / max(killed, 1))
            assert states.get("sent", 0) + len(unsure) == recipients, states
    return {
        "what": f"kill −9 at {done} random moments, {recipients:,} recipients ({runs} runs)",
        "duplicates": duplicates,
        "lost": lost,
        "uncertain": uncertain,
        "uncertain_per_kill": round(most, 2),
        "reach": f"0, 0, at most {connections} a kill",
    }


def journal() -> dict[str, object]:
    """Emails per second that the journal alone records on PostgreSQL, with two concurrent senders
    and no email sent.
    """
    from tests.send.postgres import start_postgres

    count = 40_000
    with start_postgres() as postgres:
        address = postgres.database()
        database = PostgresDatabase(address)
        fill_list(database, count)
        run = freeze(database, Freeze("weekly", letter(2_000, 5)), count)
        Journal(database, "setup").set_state(run, "running")
        senders = [threading.Thread(target=record_all, args=(address, run, n)) for n in range(2)]
        started = time.perf_counter()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        seconds = time.perf_counter() - started
        sent = database.rows("SELECT count(*) FROM deliveries WHERE state = 'sent'")[0][0]
        database.close()
        assert sent == count
    return {
        "what": "journal on PostgreSQL alone, emails a second, two senders",
        "ours": round(count / seconds),
    }


def record_all(address: str, run_id: int, number: int) -> None:
    """Claim, record the intent and record the outcome until nothing is left, in the engine's block
    sizes.
    """
    database = PostgresDatabase(address)
    own = Journal(database, f"sender {number}")
    run = own.run(run_id)
    results: list[Result] = []
    while claimed := own.claim(run, 100):
        for start in range(0, len(claimed), 25):
            numbers = [delivery.n for delivery in claimed[start : start + 25]]
            granted = own.commit(run.id, numbers, results)
            results = [Result(n, "sent", 250, "ok") for n in granted]
    own.commit(run.id, (), results)
    database.close()


def freezing(count: int = 1_000_000) -> dict[str, object]:
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder) / "list.db")
        seconds["SQLite"] = freeze_seconds(database, count)
        database.close()
    with contextlib.suppress(ImportError):
        from tests.send.postgres import find_postgres, start_postgres

        if find_postgres() is not None:
            with start_postgres() as postgres:
                shared = PostgresDatabase(postgres.database())
                seconds["PostgreSQL"] = freeze_seconds(shared, count)
                shared.close()
    return {"what": f"freeze of {count:,} recipients, seconds", **seconds, "reach": 20}


def freeze_seconds(database: Database, count: int) -> float:
    fill_list(database, count)
    started = time.perf_counter()
    freeze(database, Freeze("weekly", letter()), count)
    return round(time.perf_counter() - started, 1)


def memory(count: int = 1_000_000, emails: int = 1_000_000) -> dict[str, object]:
    """Resident memory of a process that sends from a run of a million, measured in its own child
    process.
    """
    with own_sink(0) as port, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.db"
        database = SqliteDatabase(path)
        fill_list(database, count)
        run = freeze(database, Freeze("weekly", letter(2_000, 5)), count)
        Journal(database, "setup").set_state(run, "running")
        database.close()
        command = [sys.executable, __file__, "--child", str(path), str(port), str(emails)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {"what": f"memory for {count:,} recipients, {emails:,} sent, MB", **found, "reach": 150}


def memory_child(path: str, port: str, emails: str) -> None:
    database = SqliteDatabase(Path(path))
    journal = Journal(database, "benchmark")
    engine = Engine(
        journal,
        journal.runs()[0],
        MailServer("127.0.0.1", int(port)),
        addressing(open_signer(database, None)),
        limits=SendLimits(connections=10),
    )
    engine.budget = int(emails)
    samples: list[int] = []

    async def work() -> None:
        task = asyncio.create_task(engine.work(asyncio.Event()))
        while not task.done():
            await asyncio.sleep(1)
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            samples.append(pages * resource.getpagesize() // 1_000_000)
        assert (await task).sent == int(emails)

    started = time.perf_counter()
    asyncio.run(work())
    print(
        json.dumps(
            {
                "early": samples[min(5, len(samples) - 1)],
                "late": samples[-1],
                "most": max(samples),
                "rate": round(int(emails) / (time.perf_counter() - started)),
            }
        )
    )


FIGURES = {
    "fast": fast,
    "latency": latency,
    "workers": workers,
    "kill": kill,
    "journal": journal,
    "freeze": freezing,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=FIGURES, action="append")
    parser.add_argument("--child", nargs=3)
    arguments = parser.parse_args()
    if arguments.child:
        memory_child(*arguments.child)
        return
    path = Path(__file__).with_name("send-results.json")
    results = json.loads(path.read_text()) if path.exists() else {}
    for name in arguments.only or FIGURES:
        figure = FIGURES[name]()
        figure["measured"] = dt.datetime.now(dt.UTC).date().isoformat()
        results[name] = figure
        print(", ".join(f"{key} {value}" for key, value in figure.items()), flush=True)
        path.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

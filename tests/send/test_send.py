"""`newsletter send` on one machine, with SQLite: a full run, rejections, and every kind of
interruption.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import random
import signal
import time

import pytest

from tests.desk import SLUG
from tests.send.list_desk import ListDesk, people
from tests.send.smtp_server import Script


def test_every_active_subscriber_gets_one_email(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(7))
    assert list_desk.desk.run("subscribers", "remove", "reader0003@example.org").code == 0
    ran = list_desk.send(6)
    assert (ran.code, ran.out) == (0, f"{SLUG}: 6 of 6 sent\n")
    assert sorted(list_desk.copies()) == [a for a in people(7) if "0003" not in a]
    assert set(list_desk.copies().values()) == {1}
    assert "reader" not in ran.out
    second = list_desk.send(6)
    assert second.code == 1
    assert f"{SLUG} was already sent to weekly" in second.err
    assert len(list_desk.server.received) == 6


def test_the_receipt_has_the_count_and_the_copy_has_the_bytes(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(4))
    assert list_desk.send(4).code == 0
    receipts = json.loads((list_desk.desk.issue / "published.json").read_text("utf-8"))["receipts"]
    assert [(row["target"], row["type"], row["place"]) for row in receipts] == [
        ("list weekly", "send", "4 recipients")
    ]
    assert receipts[0]["digest"] == list_desk.delivery()["digest"]
    assert list((list_desk.desk.issue / "sent").iterdir())
    assert "reader" not in (list_desk.desk.issue / "published.json").read_text("utf-8")


def test_an_issue_without_its_approvals_is_rejected(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(2))
    settings = list_desk.desk.root / "newsletter.toml"
    settings.write_text(
        settings.read_text("utf-8") + '[approval]\nrequired = ["editor"]\n', "utf-8"
    )
    ran = list_desk.send(2)
    assert ran.code == 1
    assert f"{SLUG} is not approved" in ran.err
    assert list_desk.server.received == []


def test_the_confirmation_prompt(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(1200))
    list_desk.configure(send="rate = 2\n")
    ran = list_desk.desk.run("send")
    assert ran.code == 2
    shown = dict(line.split(":", 1) for line in ran.err.splitlines() if ": " in line)
    assert {key: value.strip() for key, value in shown.items() if key not in ("End", "Date")} | {
        "error": "No confirmation given",
        "    hint": f"Add --confirm {SLUG}:1200",
    } == {
        "Subject": "The Quay",
        "List": "weekly",
        "Recipients": "1,200",
        "First": "reader0000@example.org",
        "Last": "reader1199@example.org",
        "Rate": "2.0 a second (limit)",
        "error": "No confirmation given",
        "    hint": f"Add --confirm {SLUG}:1200",
    }
    assert list_desk.server.connections == 0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (f"{SLUG}:3", f'Expected the confirmation {SLUG}:2, found "{SLUG}:3"'),
        ("2", f'Expected the confirmation {SLUG}:2, found "2"'),
    ],
)
def test_a_wrong_confirmation_sends_nothing(list_desk: ListDesk, given: str, message: str) -> None:
    list_desk.subscribe(people(2))
    ran = list_desk.desk.run("send", SLUG, "--confirm", given)
    assert ran.code == 2
    assert message in ran.err
    assert list_desk.server.received == []


def test_rejected_sends(list_desk: ListDesk) -> None:
    def error(*words: str) -> str:
        ran = list_desk.desk.run("send", SLUG, *words)
        assert ran.code in (1, 2)
        return next(line for line in ran.err.splitlines() if "error" in line)

    assert "The list weekly has no active subscribers" in error()
    list_desk.subscribe(people(2))
    assert "Expected a time in the future for --schedule" in error("--schedule", "2020-01-01T07:00")
    assert 'No list "daily"' in error("--list", "daily")
    list_desk.configure(lists="[lists.weekly]\n[lists.daily]\n")
    assert "The settings have 2 lists" in error()
    list_desk.configure(lists="")
    assert "No lists in the settings" in error()
    hint = "No lists in the settings. Add a table such as [lists.weekly] to the settings.\n"
    assert list_desk.desk.run("subscribers", "stats").err == hint
    list_desk.configure()
    settings = list_desk.desk.root / "newsletter.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('url = "https://lists.example.org"', ""), "utf-8")
    assert "[send] url is not set" in error("--confirm", f"{SLUG}:2")
    settings.write_text(text, "utf-8")
    list_desk.desk.write(f"issues/{SLUG}/10-essay.md", "---\nkind: nonsense\n---\n")
    assert "error" in error("--confirm", f"{SLUG}:2")
    assert list_desk.server.received == []


def test_a_failed_login_is_noticed_before_anything_is_frozen(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(2))
    list_desk.server.script.greeting = "554 no"
    ran = list_desk.send(2)
    assert ran.code == 1
    assert "rejected the connection: greeting: 554 no" in ran.err
    assert list_desk.desk.run("delivery").code == 2  # nothing was recorded


def test_a_dry_run_sends_nothing_and_reports_empty_fields(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(3))
    essay = list_desk.desk.issue / "10-essay.md"
    essay.write_text(essay.read_text("utf-8") + "\nGood morning, %%first_name%%.\n", "utf-8")
    with list_desk.open() as desk:
        desk.database.rows("UPDATE subscribers SET first_name = '' WHERE id = 2")
    ran = list_desk.desk.run("send", "--dry-run", "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert (result["recipients"], result["unfilled"]) == (3, {"first_name": 1})
    assert 1000 < result["bytes"]["smallest"] <= result["bytes"]["largest"]
    assert list_desk.server.connections == 0


def test_a_sample_first_and_then_the_rest(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(20))
    first = list_desk.send(20, "--sample", "5")
    assert (first.code, first.out) == (0, f"{SLUG}: 5 of 20 sent, 15 queued\n")
    assert sorted(list_desk.copies()) == people(5)
    list_desk.subscribe(["late@example.org"])  # the recipients are frozen
    rest = list_desk.send(20)
    assert (rest.code, rest.out) == (0, f"{SLUG}: 20 of 20 sent\n")
    assert sorted(list_desk.copies()) == people(20)


def test_pause_resume_and_cancel_from_another_terminal(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(400))
    list_desk.server.script.delay = 0.01
    with list_desk.desk.start("send", SLUG, "--confirm", f"{SLUG}:400") as sending:
        while not list_desk.server.received and sending.poll() is None:
            time.sleep(0.01)
        second = list_desk.send(400)
        assert second.code == 1
        assert f"{SLUG} is already being sent to weekly by process {sending.pid}" in second.err
        assert list_desk.desk.run("send", "--pause").code == 0
        assert sending.wait(20) == 0
    assert list_desk.delivery()["state"] == "paused"
    reached = len(list_desk.server.received)
    assert reached < 400
    list_desk.server.script.delay = 0.0
    assert list_desk.send(400, "--resume", "--sample", str(reached + 10)).code == 0
    ran = list_desk.desk.run("send", "--cancel")
    assert ran.out == f"Cancelled: {SLUG} to weekly. {390 - reached} recipients were not reached.\n"
    assert list_desk.counts() == {"sent": reached + 10, "cancelled": 390 - reached}
    assert set(list_desk.copies().values()) == {1}
    rest = list_desk.send(390 - reached)  # a new start reaches those whom the cancelled one did not
    assert rest.code == 0
    assert sorted(list_desk.copies()) == people(400)
    assert set(list_desk.copies().values()) == {1}


def test_ctrl_c_completes_the_emails_in_transit(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(300))
    list_desk.server.script.delay = 0.01
    with list_desk.desk.start("send", SLUG, "--confirm", f"{SLUG}:300") as sending:
        while len(list_desk.server.received) < 20 and sending.poll() is None:
            time.sleep(0.01)
        sending.send_signal(signal.SIGINT)
        out, err = sending.communicate(timeout=60)
    assert sending.returncode == 1
    assert "Traceback" not in err
    counts = list_desk.counts()
    assert counts["sent"] == len(list_desk.server.received)
    assert set(counts) == {"sent", "queued"}, out


def test_a_scheduled_send_waits_for_its_time(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(2))
    when = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(time.time() + 3))
    start = time.time()
    ran = list_desk.send(2, "--schedule", when)
    assert ran.code == 0, ran.err
    assert "Waiting until" in ran.err
    assert time.time() - start >= 1
    assert len(list_desk.server.received) == 2


def test_after_a_kill_no_one_gets_it_twice_and_no_one_is_missed(list_desk: ListDesk) -> None:
    total, connections, kills = 300, 5, 8
    list_desk.subscribe(people(total))
    list_desk.configure(send=f"connections = {connections}\n")
    list_desk.server.script = Script(delay=0.002, jitter=0.004)
    killed = 0
    while killed < kills:
        before = len(list_desk.server.received)
        sending = list_desk.desk.start("send", SLUG, "--confirm", f"{SLUG}:{total}")
        while len(list_desk.server.received) == before and sending.poll() is None:
            time.sleep(0.002)
        time.sleep(random.Random(killed).random() * 0.08)
        if sending.poll() is not None:
            sending.communicate()
            break
        os.kill(sending.pid, signal.SIGKILL)
        sending.communicate()
        killed += 1
    assert killed >= 3
    list_desk.server.script = Script()
    last = list_desk.send(total)
    counts, copies = list_desk.counts(), list_desk.copies()
    uncertain = list_desk.delivery()["uncertain"]
    assert max(copies.values()) == 1
    assert counts["sent"] + counts.get("uncertain", 0) == total
    assert set(people(total)) - set(copies) <= set(uncertain)  # each missing one is listed
    assert len(uncertain) <= killed * connections
    assert last.code == (1 if uncertain else 0)
    for address in uncertain:
        assert address in last.out
    if uncertain:
        ran = list_desk.desk.run("send", "--uncertain", "skip")
        assert ran.out == f"{len(uncertain)} skipped\n"
    assert list_desk.delivery()["state"] == "done"


def test_an_unknown_outcome_is_sent_again_only_on_request(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(3))
    list_desk.configure(send="connections = 1\n")
    list_desk.server.script.drop_after_data = 1
    ran = list_desk.send(3)
    assert ran.code == 1
    assert "reader0000@example.org" in ran.out
    assert list_desk.counts() == {"sent": 2, "uncertain": 1}
    assert list_desk.send(3).code == 1  # rejected: already sent
    assert list_desk.copies()["reader0000@example.org"] == 1
    ran = list_desk.desk.run("send", "--uncertain", "resend", "--confirm", f"{SLUG}:3")
    assert (ran.code, ran.out) == (0, f"{SLUG}: 3 of 3 sent\n")
    assert list_desk.copies()["reader0000@example.org"] == 2


def test_a_connection_lost_before_the_data_loses_nothing(list_desk: ListDesk) -> None:
    list_desk.subscribe(people(30))
    list_desk.server.script.drop_before_data = 3
    ran = list_desk.send(30)
    # The journal cannot know how much of the data arrived: the three are held, not sent again.
    counts = list_desk.counts()
    assert counts["sent"] + counts.get("uncertain", 0) == 30
    assert set(list_desk.copies().values()) == {1}
    assert ran.code == (1 if "uncertain" in counts else 0)


def test_delivered_emails_equal_the_built_one_except_for_the_fields(list_desk: ListDesk) -> None:
    list_desk.subscribe(["ana@example.org"])
    assert list_desk.desk.run("build").code == 0
    assert list_desk.send(1).code == 0
    built = email.message_from_bytes(
        (list_desk.desk.root / "dist" / SLUG / "message.eml").read_bytes(),
        policy=email.policy.default,
    )
    arrived = email.message_from_bytes(
        list_desk.server.received[0].data, policy=email.policy.default
    )
    own = {"to", "date", "message-id", "list-unsubscribe", "x-newsletter-digest"}

    def headers(message: object) -> dict[str, str]:
        return {
            name.lower(): str(value)
            for name, value in message.items()  # type: ignore[attr-defined]
            if name.lower() not in own and name.lower() != "list-unsubscribe-post"
        }

    strip = {"content-type": ""}  # the boundary
    assert headers(arrived) | strip == headers(built) | strip
    link = arrived["list-unsubscribe"].strip("<>")
    common = "https://quay.example/unsubscribe"
    for kind in ("plain", "html"):
        part, original = arrived.get_body((kind,)), built.get_body((kind,))
        assert part is not None
        assert original is not None
        text = original.get_content().replace(common, link)
        assert part.get_content() == text
    assert link.startswith("https://lists.example.org/u/1.weekly.")

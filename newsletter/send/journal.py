"""The journal: what happened to every recipient of every run.

It alone decides who still receives an email.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence

from newsletter.send.database import Database, Row
from newsletter.send.outcome import Result
from newsletter.send.presplit import PresplitMessage
from newsletter.send.runs import ALIVE, INTENT, LEASE, Delivery, Run, RunState, RunStatus
from newsletter.send.statements import (
    CLAIM,
    CLAIM_DUE,
    CLAIM_RANGE,
    COUNT_MINUTE,
    DAY_LOCK,
    DOMAIN_INDEX,
    EVERYONE,
    GRANT_INTENT,
    PERSONAL,
    RECOVER,
    RESULT,
    RUNS,
    SUPPRESS,
    SUPPRESS_OWN,
)


class Journal:
    """The journal of a database, from the view of one sender (`owner`)."""

    def __init__(self, database: Database, owner: str) -> None:
        self.database, self.owner = database, owner

    # --- runs -----------------------------------------------------------------------------------

    def run(self, id: int) -> Run:
        return _run(self.database.rows(f"{RUNS} WHERE id = :id", id=id)[0])

    def runs(self, slug: str | None = None, list_name: str | None = None) -> list[Run]:
        """Return runs, latest first."""
        rows = self.database.rows(
            f"{RUNS} WHERE (:any_slug = 1 OR slug = :slug) AND (:any_list = 1 OR list = :list)"
            " ORDER BY id DESC",
            any_slug=0 if slug else 1,
            slug=slug or "",
            any_list=0 if list_name else 1,
            list=list_name or "",
        )
        return [_run(row) for row in rows]

    def message(self, run: Run) -> PresplitMessage:
        """Return a run's frozen message. Raises `NewsletterError` for another version's format."""
        version, body = self.database.rows(
            "SELECT format, body FROM templates WHERE digest = :name", name=run.template
        )[0]
        return PresplitMessage.from_bytes(bytes(body), version)

    def set_state(self, run: int, state: RunState, note: str = "") -> None:
        """Start, pause, resume or end a run; an ended run cannot be restarted."""
        self.database.rows(
            """UPDATE runs SET state = :state, note = :note,
                ended = CASE WHEN :ends = 1 THEN epoch() ELSE NULL END
            WHERE id = :run AND state NOT IN ('done', 'cancelled')""",
            run=run,
            state=state,
            note=note,
            ends=int(state in ("done", "cancelled")),
        )

    def cancel(self, run: int) -> int:
        """End a run without sending to the remaining recipients; return their number."""
        with self.database.transaction():
            self.set_state(run, "cancelled")
            rows = self.database.rows(
                "UPDATE deliveries SET state = 'cancelled', at = epoch(), owner = NULL"
                " WHERE run = :run AND state IN ('queued', 'deferred', 'leased') RETURNING n",
                run=run,
            )
        return len(rows)

    def set_sample(self, run: int, sample: int | None) -> None:
        """Send to the first `sample` recipients only, or to all."""
        self.database.rows(
            "UPDATE runs SET sample = :sample WHERE id = :run", run=run, sample=sample
        )

    def finish(self, run: int) -> None:
        """Mark a run as done if nothing is left to send."""
        self.database.rows(
            """UPDATE runs SET state = 'done', note = '', ended = epoch()
            WHERE id = :run AND state IN ('ready', 'running') AND NOT EXISTS (SELECT 1 FROM deliveries
                WHERE run = :run AND state IN ('queued', 'leased', 'sending', 'deferred'))""",
            run=run,
        )

    def index_domains(self) -> None:
        """Create the index that makes excluding domains cheap; only needed with domain limits."""
        with self.database.exclusive():
            self.database.rows(DOMAIN_INDEX)

    # --- senders ---

    def heartbeat(self, run: int, host: str, pid: int, version: str) -> None:
        """Record a heartbeat of this sender for a run."""
        self.database.rows(
            """INSERT INTO senders (owner, run, host, pid, version, seen)
            VALUES (:owner, :run, :host, :pid, :version, epoch())
            ON CONFLICT (owner) DO UPDATE SET run = excluded.run, seen = excluded.seen""",
            owner=self.owner,
            run=run,
            host=host,
            pid=pid,
            version=version,
        )

    def leave(self) -> None:
        """Release what this sender claimed but did not try, and remove the sender."""
        self.database.rows(
            "UPDATE deliveries SET state = 'queued', owner = NULL"
            " WHERE owner = :owner AND state = 'leased'",
            owner=self.owner,
        )
        self.database.rows("DELETE FROM senders WHERE owner = :owner", owner=self.owner)

    def senders(self, run: int) -> list[tuple[str, int, float]]:
        """Return host, process id and seconds since the last heartbeat of each live sender."""
        rows = self.database.rows(
            "SELECT host, pid, epoch() - seen FROM senders"
            " WHERE run = :run AND seen > epoch() - :alive ORDER BY owner",
            run=run,
            alive=ALIVE,
        )
        return [(host, pid, age) for host, pid, age in rows]

    def status(self, run: int) -> RunStatus:
        state, sample = self.database.rows(
            "SELECT state, sample FROM runs WHERE id = :run", run=run
        )[0]
        values = {"run": run, "end": sample if sample is not None else EVERYONE}
        waiting = self.database.rows(
            "SELECT 1 FROM deliveries WHERE run = :run AND state = 'queued' AND n <= :end LIMIT 1",
            **values,
        )
        due = self.database.rows(
            "SELECT min(due) - epoch() FROM deliveries"
            " WHERE run = :run AND state = 'deferred' AND n <= :end",
            **values,
        )[0][0]
        others = len(self.senders(run))
        return RunStatus(state, sample, len(waiting), due, others)

    # --- deliveries -----------------------------------------------------------------------------

    def recover(self, run: int, *, only_sender: bool) -> None:
        """Recover deliveries of dead senders: leased ones to the queue, intents to `uncertain`.

        `only_sender` means no other sender can be alive, so no lease has to expire first.
        """
        if only_sender:
            self.database.rows("DELETE FROM senders WHERE run = :run", run=run)
        expired = "" if only_sender else "AND due < epoch()"
        for state, to in (("leased", "queued"), ("sending", "uncertain")):
            self.database.rows(RECOVER.format(expired=expired), run=run, state=state, to=to)

    def claim(
        self, run: Run, count: int, full_domains: Sequence[str] = (), per_day: int | None = None
    ) -> list[Delivery]:
        """Lease up to `count` deliveries that are queued or due, in order, skipping `full_domains`.

        Recipients who left the list since the freeze are marked `suppressed` here. `per_day` limits
        the emails within 24 hours, over all runs and senders.
        """
        with self.database.transaction():
            if per_day is not None:
                if self.database.shared:  # two senders must not use the same remainder of the day
                    self.database.rows(f"SELECT pg_advisory_xact_lock({DAY_LOCK})")
                count = min(count, per_day - self.sent_within_a_day())
                if count <= 0:
                    return []
            numbers: list[int] = []
            for after, before in _ranges(full_domains):
                limits = {"count": count - len(numbers), "after": after, "before": before}
                sql = CLAIM_RANGE if full_domains else CLAIM
                numbers += self._lease(run, sql, limits)
                if len(numbers) == count:
                    break
            if len(numbers) < count:
                numbers += self._lease(run, CLAIM_DUE, {"count": count - len(numbers)})
            return self._personal(run.id, numbers)

    def _lease(self, run: Run, sql: str, values: dict[str, object]) -> list[int]:
        rows = self.database.rows(
            sql.format(lease=LEASE),
            run=run.id,
            end=run.sample if run.sample is not None else EVERYONE,
            owner=self.owner,
            **{name: value for name, value in values.items() if f":{name}" in sql},
        )
        return [row[0] for row in rows]

    def _personal(self, run: int, numbers: list[int]) -> list[Delivery]:
        """Return claimed deliveries with their personal fields; suppress recipients who left."""
        if not numbers:
            return []
        rows = self.database.rows(PERSONAL, run=run, ns=json.dumps(numbers))
        deliveries = [Delivery(*row) for row in rows]
        ineligible = set(numbers) - {delivery.n for delivery in deliveries}
        if ineligible:
            self.database.rows(SUPPRESS, run=run, ns=json.dumps(sorted(ineligible)))
        return deliveries

    def commit(self, run: int, intents: Sequence[int], results: Sequence[Result]) -> frozenset[int]:
        """Write results and intents in one transaction, and return the granted intents.

        An intent is not granted if its lease went to another sender, or the recipient left
        meanwhile.
        """
        granted: list[Row] = []
        with self.database.transaction():
            if results:
                self.database.rows(RESULT, run=run, owner=self.owner, rows=_json_rows(results))
                sent = sum(result.state in ("sent", "uncertain") for result in results)
                if sent:
                    self.database.rows(COUNT_MINUTE, owner=self.owner, count=sent)
            if intents:
                values = {"run": run, "ns": json.dumps(list(intents)), "owner": self.owner}
                granted = self.database.rows(GRANT_INTENT.format(intent=INTENT), **values)
                if len(granted) < len(intents):
                    refused = set(intents) - {row[0] for row in granted}
                    self.database.rows(
                        SUPPRESS_OWN, run=run, ns=json.dumps(sorted(refused)), owner=self.owner
                    )
        return frozenset(row[0] for row in granted)

    def requeue(self, run: int, numbers: Iterable[int]) -> None:
        """Requeue deliveries that the server rejected for reasons of its own."""
        self.database.rows(
            "UPDATE deliveries SET state = 'queued', owner = NULL"
            " WHERE run = :run AND state IN ('rejected', 'deferred') AND n IN numbers(:ns)",
            run=run,
            ns=json.dumps(sorted(numbers)),
        )

    def sent_within_a_day(self) -> int:
        """Return how many emails were, or may yet be, sent within 24 hours, over all senders.

        Counts all runs.
        """
        sent = self.database.rows(
            "SELECT sum(count) FROM sent_minutes WHERE minute >= CAST(epoch() / 60 AS bigint) - 1440"
        )[0][0]
        claimed = self.database.rows(
            "SELECT count(*) FROM deliveries WHERE state IN ('leased', 'sending')"
        )[0][0]
        return int(sent or 0) + int(claimed)

    def uncertain(self, run: int) -> list[tuple[int, str, float]]:
        """Return number, address and time of each delivery with an unknown outcome."""
        return [
            (n, address, at)
            for n, address, at in self.database.rows(
                "SELECT n, address, at FROM deliveries"
                " WHERE run = :run AND state = 'uncertain' ORDER BY n",
                run=run,
            )
        ]

    def settle_uncertain(self, run: int, *, resend: bool) -> int:
        """Requeue uncertain deliveries, or skip them permanently, as decided by a person."""
        with self.database.transaction():
            rows = self.database.rows(
                "UPDATE deliveries SET state = :state, at = epoch(), owner = NULL"
                " WHERE run = :run AND state = 'uncertain' RETURNING n",
                run=run,
                state="queued" if resend else "skipped",
            )
            if resend and rows:
                self.database.rows(
                    "UPDATE runs SET state = 'paused', ended = NULL WHERE id = :run AND state = 'done'",
                    run=run,
                )
        return len(rows)


def _run(row: Row) -> Run:
    return Run(*row)


def _ranges(full_domains: Sequence[str]) -> list[tuple[str, str]]:
    """Return the ranges between excluded domains; the whole range if there are none."""
    bounds = ["", *full_domains, "\U0010ffff"]
    return list(itertools.pairwise(bounds))


def _json_rows(results: Sequence[Result]) -> str:
    """Return results as a JSON list without NUL, which PostgreSQL does not allow in text."""
    rows = [
        {
            "n": result.n,
            "state": result.state,
            "code": result.code,
            "reply": result.reply.replace("\0", ""),
            "wait": result.wait,
            "attempt": int(result.attempt),
        }
        for result in {result.n: result for result in results}.values()
    ]
    return json.dumps(rows)

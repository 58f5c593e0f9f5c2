"""What happened to each email of a run: counts, rates, domains, and the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from newsletter.send.database import Database
from newsletter.send.journal import Journal
from newsletter.send.runs import Run

DOMAINS = 10  # the largest domains, listed individually


class DomainCount(Struct, frozen=True):
    """Delivery counts of one domain."""

    domain: str
    total: int
    sent: int
    rejected: int
    deferred: int


class DeliveryReport(Struct, frozen=True):
    """A run's current state."""

    run: Run
    counts: Mapping[str, int]  # state -> deliveries, states that occur
    rate: float  # emails per second over the last minute
    deferred_until: float | None  # when the next deferred one is due
    domains: tuple[DomainCount, ...]
    uncertain: tuple[str, ...]  # addresses
    bounces: Mapping[str, int]  # kind -> bounces of this run
    senders: tuple[str, ...]  # host and process

    @property
    def left(self) -> int:
        return sum(
            self.counts.get(state, 0) for state in ("queued", "leased", "sending", "deferred")
        )


def delivery_report(journal: Journal, run: Run) -> DeliveryReport:
    """Return the state of a run, in a constant number of queries."""
    database, values = journal.database, {"run": run.id}
    counts = database.rows(
        "SELECT state, count(*) FROM deliveries WHERE run = :run GROUP BY state", **values
    )
    recent = database.rows(
        "SELECT count(*), epoch() - min(at) FROM deliveries"
        " WHERE run = :run AND state = 'sent' AND at > epoch() - 60",
        **values,
    )[0]
    due = database.rows(
        "SELECT min(due) FROM deliveries WHERE run = :run AND state = 'deferred'", **values
    )[0][0]
    bounces = database.rows(
        "SELECT kind, count(*) FROM bounces WHERE run = :run GROUP BY kind", **values
    )
    senders = (f"{host} (process {pid})" for host, pid, _ in journal.senders(run.id))
    return DeliveryReport(
        run,
        dict(counts),
        float(recent[0]) / max(float(recent[1] or 0), 1.0),
        due,
        _domains(database, run.id),
        tuple(address for _, address, _ in journal.uncertain(run.id)),
        dict(bounces),
        tuple(senders),
    )


def _domains(database: Database, run: int) -> tuple[DomainCount, ...]:
    rows = database.rows(
        """SELECT domain, count(*),
            sum(CASE WHEN state = 'sent' THEN 1 ELSE 0 END),
            sum(CASE WHEN state = 'rejected' THEN 1 ELSE 0 END),
            sum(CASE WHEN state = 'deferred' THEN 1 ELSE 0 END)
        FROM deliveries WHERE run = :run GROUP BY domain ORDER BY count(*) DESC, domain LIMIT :limit""",
        run=run,
        limit=DOMAINS,
    )
    return tuple(DomainCount(row[0], *map(int, row[1:])) for row in rows)


class DeliveryRow(Struct, frozen=True):
    """One email of a run."""

    address: str
    state: str
    attempts: int
    at: float | None
    code: int | None
    reply: str


def delivery_rows(database: Database, run: Run) -> Iterator[DeliveryRow]:
    """Yield every email of a run in order, page by page; an erased address is empty."""
    last = 0
    while rows := database.rows(
        "SELECT n, address, state, attempts, at, code, reply FROM deliveries"
        " WHERE run = :run AND n > :last ORDER BY n LIMIT 1000",
        run=run.id,
        last=last,
    ):
        for row in rows:
            address, state, attempts, at, code, reply = row[1:]
            yield DeliveryRow(address, state, attempts, at, code, reply or "")
        last = rows[-1][0]


def prometheus(journal: Journal) -> str:
    """Return counts of all runs in Prometheus text format 0.0.4, without addresses."""
    lines = [
        "# HELP newsletter_deliveries Emails of a run by state.",
        "# TYPE newsletter_deliveries gauge",
    ]
    for slug, list_name, state, count in journal.database.rows(
        "SELECT r.slug, r.list, d.state, count(*) FROM runs r JOIN deliveries d ON d.run = r.id"
        " GROUP BY r.slug, r.list, d.state ORDER BY r.slug, r.list, d.state"
    ):
        labels = f'issue="{slug}",list="{list_name}",state="{state}"'
        lines.append(f"newsletter_deliveries{{{labels}}} {count}")
    lines += [
        "# HELP newsletter_subscribers Subscribers of a list by state.",
        "# TYPE newsletter_subscribers gauge",
    ]
    for list_name, state, count in journal.database.rows(
        "SELECT list, state, count(*) FROM subscribers GROUP BY list, state ORDER BY list, state"
    ):
        lines.append(f'newsletter_subscribers{{list="{list_name}",state="{state}"}} {count}')
    return "\n".join(lines) + "\n"

"""Fix the recipients of an issue: copy them into the journal once, numbered."""

from __future__ import annotations

import json

from msgspec import Struct

from newsletter.errors import NewsletterError
from newsletter.send.database import Database
from newsletter.send.presplit import FORMAT, PresplitMessage


class Audience(Struct, frozen=True):
    """The recipients of a run before it is frozen."""

    count: int
    first: str
    last: str
    already: int  # active on the list, but already received this issue through another one


_ACTIVE = "FROM subscribers s WHERE s.list = :list AND s.state = 'active'"
# Not reached by this issue in an earlier run, even to another list or a cancelled one.
_NOT_REACHED = """
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.run IN numbers(:runs) AND d.key = s.key
        AND d.state IN ('queued', 'leased', 'sending', 'sent', 'deferred', 'uncertain'))"""


def _recipients(database: Database, list_name: str, slug: str) -> tuple[str, dict[str, object]]:
    """Return the FROM clause selecting an issue's recipients, and its values."""
    runs = [row[0] for row in database.rows("SELECT id FROM runs WHERE slug = :slug", slug=slug)]
    if not runs:
        return _ACTIVE, {"list": list_name}
    return _ACTIVE + _NOT_REACHED, {"list": list_name, "runs": json.dumps(runs)}


def audience(database: Database, list_name: str, slug: str) -> Audience:
    """Return who would receive an issue now."""
    clause, values = _recipients(database, list_name, slug)
    count = database.rows(f"SELECT count(*) {clause}", **values)[0][0]
    ends = [
        database.rows(f"SELECT s.address {clause} ORDER BY s.id {order} LIMIT 1", **values)
        for order in ("", "DESC")
    ]
    active = database.rows(
        "SELECT count(*) FROM subscribers WHERE list = :list AND state = 'active'", list=list_name
    )[0][0]
    first, last = (rows[0][0] if rows else "" for rows in ends)
    return Audience(count, first, last, active - count)


class Freeze(Struct, frozen=True):
    """The input of a freeze: one issue's bytes for one list."""

    list: str
    message: PresplitMessage
    due: float = 0.0
    sample: int | None = None


def freeze(database: Database, request: Freeze, expected: int) -> int:
    """Record a run with all its recipients in one transaction, and return its id.

    Raises `NewsletterError` if the list no longer has the `expected` number of recipients that a
    person confirmed.
    """
    message = request.message
    with database.exclusive():
        clause, values = _recipients(database, request.list, message.slug)
        database.rows(
            "INSERT INTO templates (digest, format, body) VALUES (:digest, :format, :body)"
            " ON CONFLICT (digest) DO NOTHING",
            digest=_template_name(request),
            format=FORMAT,
            body=message.to_bytes(),
        )
        run = _insert_run(database, request, expected)
        database.rows(
            f"""INSERT INTO deliveries (run, n, subscriber, address, key, domain, state)
            SELECT CAST(:run AS bigint), row_number() OVER (ORDER BY s.id), s.id, s.address, s.key,
                s.domain, 'queued'
            {clause} ORDER BY s.id""",
            run=run,
            **values,
        )
        count = database.rows("SELECT count(*) FROM deliveries WHERE run = :run", run=run)[0][0]
        if count != expected:
            raise NewsletterError(
                f"The list {request.list} changed: {expected:,} recipients were confirmed, "
                f"now there are {count:,}",
                hint="Start again and confirm the new number.",
            )
        if database.shared:  # otherwise the first claims would scan the whole table
            database.rows("ANALYZE deliveries")
    return run


def _template_name(request: Freeze) -> str:
    return f"{request.message.digest} {request.list}"


def _insert_run(database: Database, request: Freeze, total: int) -> int:
    message = request.message
    run: int = database.rows(
        """INSERT INTO runs (digest, slug, list, subject, template, total, state, sample, due, created)
        VALUES (:digest, :slug, :list, :subject, :template, :total, 'ready', :sample, :due, epoch())
        RETURNING id""",
        digest=message.digest,
        slug=message.slug,
        list=request.list,
        subject=message.subject,
        template=_template_name(request),
        total=total,
        sample=request.sample,
        due=request.due,
    )[0][0]
    return run

"""The schema of The subscriber database, as migration steps. A released step is never edited.

The SQL is valid for both SQLite and PostgreSQL; `@id` and `@bytes` are replaced by the two types
that differ. Times are seconds since 1970 in UTC by the database's clock.
"""

from __future__ import annotations

from newsletter.errors import NewsletterError
from newsletter.send.database import Database

_FIRST = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE subscribers (
        id @id,
        rid TEXT NOT NULL UNIQUE,
        list TEXT NOT NULL,
        address TEXT NOT NULL,
        key TEXT NOT NULL,
        domain TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',
        first_name TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL,
        changed DOUBLE PRECISION NOT NULL,
        UNIQUE (list, key))""",
    "CREATE INDEX subscribers_key ON subscribers (key)",
    "CREATE INDEX subscribers_state ON subscribers (list, state, id)",
    """CREATE TABLE evidence (
        id @id,
        subscriber BIGINT NOT NULL,
        state TEXT NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        how TEXT NOT NULL,
        source TEXT NOT NULL,
        detail TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX evidence_subscriber ON evidence (subscriber)",
    "CREATE TABLE forgotten (hash TEXT PRIMARY KEY, at DOUBLE PRECISION NOT NULL)",
    "CREATE TABLE templates (digest TEXT PRIMARY KEY, format INTEGER NOT NULL, body @bytes NOT NULL)",
    """CREATE TABLE runs (
        id @id,
        digest TEXT NOT NULL,
        slug TEXT NOT NULL,
        list TEXT NOT NULL,
        subject TEXT NOT NULL,
        template TEXT NOT NULL,
        total BIGINT NOT NULL,
        state TEXT NOT NULL,
        sample BIGINT,
        due DOUBLE PRECISION NOT NULL DEFAULT 0,
        created DOUBLE PRECISION NOT NULL,
        ended DOUBLE PRECISION,
        note TEXT NOT NULL DEFAULT '')""",
    "CREATE UNIQUE INDEX runs_once ON runs (digest, list) WHERE state <> 'cancelled'",
    """CREATE TABLE deliveries (
        run BIGINT NOT NULL,
        n BIGINT NOT NULL,
        subscriber BIGINT NOT NULL,
        address TEXT NOT NULL,
        key TEXT NOT NULL,
        domain TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        due DOUBLE PRECISION NOT NULL DEFAULT 0,
        tried DOUBLE PRECISION,
        at DOUBLE PRECISION,
        owner TEXT,
        code INTEGER,
        reply TEXT,
        PRIMARY KEY (run, n),
        UNIQUE (run, key))""",
    "CREATE INDEX deliveries_queued ON deliveries (run, n) WHERE state = 'queued'",
    "CREATE INDEX deliveries_due ON deliveries (run, due) WHERE state IN ('deferred', 'leased', 'sending')",
    """CREATE TABLE sent_minutes (
        minute BIGINT NOT NULL, owner TEXT NOT NULL, count BIGINT NOT NULL, PRIMARY KEY (minute, owner))""",
    """CREATE TABLE senders (
        owner TEXT PRIMARY KEY, run BIGINT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
        version TEXT NOT NULL, seen DOUBLE PRECISION NOT NULL)""",
    """CREATE TABLE bounces (
        digest TEXT PRIMARY KEY,
        subscriber BIGINT,
        run BIGINT,
        kind TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT '',
        reason TEXT NOT NULL DEFAULT '',
        at DOUBLE PRECISION NOT NULL)""",
    "CREATE INDEX bounces_subscriber ON bounces (subscriber)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
NEWEST = len(MIGRATIONS)


def migrate(database: Database) -> None:
    """Migrate the schema to the current version, each step in its own transaction.

    Raises `NewsletterError` if the database was migrated by a newer version.
    """
    with database.exclusive():
        version = _version(database)
        if version > NEWEST:
            raise NewsletterError(
                f"The subscriber database has schema {version}; this version knows {NEWEST}",
                hint="Upgrade newsletter on this machine with `pip install --upgrade newsletter`.",
            )
        for step, statements in enumerate(MIGRATIONS[version:], version + 1):
            for statement in statements:
                database.rows(statement)
            database.rows(
                "INSERT INTO meta (name, value) VALUES ('schema', :step)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                step=str(step),
            )


def _version(database: Database) -> int:
    if not database.has_table("meta"):
        return 0
    rows = database.rows("SELECT value FROM meta WHERE name = 'schema'")
    return int(rows[0][0]) if rows else 0

"""The journal's SQL for SQLite and PostgreSQL; see `database.py` for the differences."""

from __future__ import annotations

EVERYONE = 2**62
DAY_LOCK = 0x646179  # any number, the same in every version
RUNS = (
    "SELECT id, digest, slug, list, subject, template, total, state, sample, due, created, ended, note"
    " FROM runs"
)
# Rows locked by another transaction are left for the next time.
RECOVER = """
    WITH gone AS (
        SELECT run, n FROM deliveries
        WHERE run = :run AND state = :state {expired} FOR UPDATE SKIP LOCKED)
    UPDATE deliveries SET state = :to, at = epoch() FROM gone
    WHERE deliveries.run = gone.run AND deliveries.n = gone.n"""
CLAIM = """
    WITH next AS (
        SELECT run, n FROM deliveries
        WHERE run = :run AND state = 'queued' AND n <= :end
        ORDER BY n LIMIT :count FOR UPDATE SKIP LOCKED)
    UPDATE deliveries SET state = 'leased', owner = :owner, due = epoch() + {lease}
    FROM next WHERE deliveries.run = next.run AND deliveries.n = next.n
    RETURNING deliveries.n"""
DOMAIN_INDEX = (
    "CREATE INDEX IF NOT EXISTS deliveries_domain ON deliveries (run, domain, n)"
    " WHERE state = 'queued'"
)
# The index on (run, domain, n) serves a range between two full domains directly; excluding them one
# by one would step over every queued email to a large domain, each time.
CLAIM_RANGE = CLAIM.replace(
    "ORDER BY n", "AND domain > :after AND domain < :before ORDER BY domain, n"
)
CLAIM_DUE = """
    WITH next AS (
        SELECT run, n FROM deliveries
        WHERE run = :run AND state = 'deferred' AND due <= epoch() AND n <= :end
        ORDER BY due LIMIT :count FOR UPDATE SKIP LOCKED)
    UPDATE deliveries SET state = 'leased', owner = :owner, due = epoch() + {lease}
    FROM next WHERE deliveries.run = next.run AND deliveries.n = next.n
    RETURNING deliveries.n"""
PERSONAL = """
    SELECT d.n, s.rid, d.address, d.domain, s.name, s.first_name, d.attempts,
        CASE WHEN d.tried IS NULL THEN 0 ELSE epoch() - d.tried END
    FROM deliveries d JOIN subscribers s ON s.id = d.subscriber
    WHERE d.run = :run AND d.n IN numbers(:ns) AND s.state = 'active' ORDER BY d.n"""
SUPPRESS = """
    UPDATE deliveries SET state = 'suppressed', at = epoch(), owner = NULL
    WHERE run = :run AND n IN numbers(:ns)"""
SUPPRESS_OWN = """
    UPDATE deliveries SET state = 'suppressed', at = epoch(), owner = NULL
    WHERE run = :run AND n IN numbers(:ns) AND state = 'leased' AND owner = :owner
    AND NOT EXISTS (SELECT 1 FROM subscribers s
        WHERE s.id = deliveries.subscriber AND s.state = 'active')"""
GRANT_INTENT = """
    UPDATE deliveries SET state = 'sending', due = epoch() + {intent}, at = epoch()
    WHERE run = :run AND n IN numbers(:ns) AND state = 'leased' AND owner = :owner
    AND due > epoch() AND EXISTS (SELECT 1 FROM subscribers s
        WHERE s.id = deliveries.subscriber AND s.state = 'active')
    AND EXISTS (SELECT 1 FROM runs WHERE runs.id = :run AND runs.state = 'running')
    RETURNING n"""
# A sender presumed dead may still report the server's reply, which is better than `uncertain`.
RESULT = """
    UPDATE deliveries SET state = r.state, at = epoch(), code = r.code, reply = r.reply,
        due = epoch() + r.wait, attempts = attempts + r.attempt,
        tried = CASE WHEN r.attempt = 1 THEN coalesce(tried, epoch()) ELSE tried END
    FROM records(:rows; n bigint, state text, code int, reply text, wait float8, attempt int) r
    WHERE deliveries.run = :run AND deliveries.n = r.n AND deliveries.owner = :owner
    AND deliveries.state IN ('leased', 'sending', 'uncertain')"""
COUNT_MINUTE = """
    INSERT INTO sent_minutes (minute, owner, count)
    VALUES (CAST(epoch() / 60 AS bigint), :owner, :count)
    ON CONFLICT (minute, owner) DO UPDATE SET count = sent_minutes.count + excluded.count"""

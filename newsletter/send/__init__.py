"""Sending to your own list: no recipient twice, no recipient missed.

```
list ─freeze→ journal ─claim→ Delivery ─fill→ bytes ─submit→ reply ─outcome→ Result ─commit→ journal
```

`address`       an address as it is compared (`key`) and as it is passed to the mail server
`database`      one SQL text for SQLite (next to the workspace) and PostgreSQL (by setting);
                `migrations` its schema
`subscribers`   lists, states and their evidence; `subscriber_rows` imported rows, `exports` the
                files of other services
`tokens`        signed unsubscribe links and return paths
`presplit`      an email split once at its personal fields, and filled for each recipient
`journal`       who got which issue, authoritatively; `runs` its values, `statements` its SQL
`freezing`      fixes the recipients of a run; `rehearsal` fills every email and sends none
`sending_limits`  sliding windows; `pace` backoff; `outcome` the meaning of SMTP replies
`submission`    one pipelined SMTP connection
`engine`        claims and connections, independent of command line and queue; `group_commit` writes
                for all connections
`queueing`      procrastinate batches for many machines; the journal is still authoritative
`bounces`       returned emails: `bounce_reports` parses one, `mailbox` a Maildir or an IMAP folder
`run_report`    what happened, for `newsletter delivery`
`sending`       assembles the parts for commands and workers; `storage` opens the database
`web/`          subscribe, confirm, unsubscribe, preferences, health

The states of a delivery, keyed by (run, address), where a run is one issue's bytes to one list:

```
queued → leased → sending → sent | rejected | deferred | uncertain
   ↑______________|            deferred → leased when due; uncertain → queued | skipped, by a person
queued | leased | sending → suppressed (left the list meanwhile); queued | deferred → cancelled
```

`sending` is the intent. It is committed before the last byte of DATA is written, so a killed
process leaves either `leased` (not sent: back to the queue) or `sending` (unknown: `uncertain`, RFC
1047). Intents of all connections are committed together while MAIL, RCPT and DATA are in flight;
results are written with the next commit.

All times are read from the database's clock; limits and leases inside a process use a monotonic
clock. Tests use no mocks: an SQLite file in a temporary folder, and an SMTP server on loopback.
"""

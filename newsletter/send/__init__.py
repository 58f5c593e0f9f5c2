"""Sending to an own list: nobody twice, nobody forgotten.

```
list ─freeze→ journal ─claim→ Delivery ─fill→ bytes ─submit→ reply ─outcome→ Result ─commit→ journal
```

`address`       an address as it is compared (`key`) and as it is given to the mail server
`database`      one SQL text for SQLite (beside the workspace) and PostgreSQL (by setting); `migrations` its schema
`subscribers`   lists, states and their evidence; `subscriber_rows` what comes in, `exports` other services' files
`tokens`        signed unsubscribe links and return paths
`presplit`      an email split once at its personal fields, and filled for each recipient
`journal`       who got which issue: the record that decides; `runs` its values, `statements` its SQL
`freezing`      fixes the recipients of a run; `rehearsal` fills every email and sends none
`limits`        sliding windows; `pace` growing pauses; `outcome` what a reply of the mail server means
`submission`    one pipelined SMTP connection
`engine`        claims and connections; it knows no command line and no queue. `group_commit` writes for all of them
`queueing`      batches on procrastinate for many machines; the journal still decides
`bounces`       what comes back: `bounce_reports` reads one email, `mailbox` a Maildir or an IMAP folder
`run_report`    what happened, for `newsletter delivery`
`sending`       puts the parts together for commands and workers; `storage` opens the database
`web/`          subscribe, confirm, unsubscribe, preferences, health

The states of a delivery, keyed by (run, address), where a run is one issue's bytes to one list:

```
queued → leased → sending → sent | rejected | deferred | uncertain
   ↑______________|            deferred → leased when due; uncertain → queued | skipped by a person only
queued | leased | sending → suppressed (left the list meanwhile); queued | deferred → cancelled
```

`sending` is the intent. It is committed before the last byte of DATA is written, so whoever was killed
leaves either `leased` (not sent: back to the queue) or `sending` (unknown: `uncertain`, RFC 1047).
Intents of all connections are committed together while MAIL, RCPT and DATA travel; results ride on
the next commit.

Every time is the database's clock; limits and leases inside a process use a clock that never jumps.
The test double is no mock: an SQLite file in a temporary folder, and an SMTP server on loopback.
"""

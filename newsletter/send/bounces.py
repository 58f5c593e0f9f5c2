"""Apply bounces and complaints to subscribers: recorded once, suppressed by rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from newsletter.send.address import parse_address
from newsletter.send.bounce_reports import HARD, BounceReport, read_bounce
from newsletter.send.database import Database
from newsletter.send.mailbox import BounceMailbox
from newsletter.send.subscriber_rows import SubscriberState
from newsletter.send.subscribers import Evidence, Subscriber, SubscriberStore

WEEK = 7 * 24 * 3600


class BounceSummary(Struct, frozen=True):
    """The result of reading a mailbox."""

    read: int
    kinds: Mapping[str, int]  # new reports
    known: int  # already recorded
    other: int  # not about our emails; left unread
    suppressed: int  # subscribers that no longer receive emails
    policy: tuple[str, ...]  # reasons that concern the sender


class BounceRegister:
    """Records bounces in a database and applies the rules."""

    def __init__(self, store: SubscriberStore, soft_bounces: int) -> None:
        self.store, self.soft_bounces = store, soft_bounces

    @property
    def database(self) -> Database:
        return self.store.database

    def read(self, box: BounceMailbox, bounce_address: str | None) -> BounceSummary:
        """Record every unread report of a mailbox; reading it twice changes nothing."""
        kinds: Counter[str] = Counter()
        read = known = other = suppressed = 0
        policy: list[str] = []
        for key, data in box.unread():
            read += 1
            report = read_bounce(data, self.store.signer, bounce_address)
            if report is None:
                other += 1
                continue
            new, ended = self.record(report)
            suppressed += ended
            known += not new
            kinds[report.kind] += new
            if report.kind == "policy" and new:
                policy.append(report.reason or report.status)
            box.mark_read(key)
        suppressed += self.apply_rejections()
        return BounceSummary(read, dict(kinds), known, other, suppressed, tuple(policy))

    def record(self, report: BounceReport) -> tuple[bool, int]:
        """Record a report; return whether it is new, and how many subscriptions it ended."""
        subscriber = self.store.by_rid(report.rid)
        with self.database.transaction():
            new = bool(
                self.database.rows(
                    """INSERT INTO bounces (digest, subscriber, run, kind, status, reason, at)
                    VALUES (:digest, :subscriber, :run, :kind, :status, :reason, epoch())
                    ON CONFLICT (digest) DO NOTHING RETURNING digest""",
                    digest=report.digest,
                    subscriber=subscriber.id if subscriber else None,
                    run=report.run,
                    kind=report.kind,
                    status=report.status,
                    reason=report.reason,
                )
            )
        if subscriber is None:
            return new, 0
        return new, self._apply(report, subscriber)

    def _apply(self, report: BounceReport, subscriber: Subscriber) -> int:
        """End the subscriptions of an address if the rules require it."""
        state: SubscriberState
        if report.kind == "complaint":
            state = "complained"
        elif report.kind == "hard" or (report.kind == "soft" and self._is_lost(subscriber)):
            state = "bounced"
        else:
            return 0
        source = f"run {report.run}" if report.run else "report"
        evidence = Evidence(state, "bounce", source, f"{report.status} {report.reason}".strip())
        return self._end_all(subscriber, evidence)

    def _end_all(self, subscriber: Subscriber, evidence: Evidence) -> int:
        """End an address's subscriptions on all lists, because they share the mailbox."""
        ended = 0
        for entry in self.store.of_address(subscriber.address):
            if entry.state in ("active", "pending"):
                self.store.set_state(entry.id, evidence)
                ended += 1
        return ended

    def _is_lost(self, subscriber: Subscriber) -> bool:
        """Return whether the latest emails all bounced, over a week or more."""
        rows = self.database.rows(
            """SELECT r.created, EXISTS (SELECT 1 FROM bounces b WHERE b.subscriber = d.subscriber
                AND b.run = d.run AND b.kind = 'soft')
            FROM runs r JOIN deliveries d ON d.run = r.id
            WHERE r.list = :list AND d.key = :key AND d.state = 'sent'
            ORDER BY r.created DESC LIMIT :count""",
            list=subscriber.list,
            key=parse_address(subscriber.address).key,
            count=self.soft_bounces,
        )
        if len(rows) < self.soft_bounces or not all(row[1] for row in rows):
            return False
        return bool(rows[0][0] - rows[-1][0] >= WEEK) or self.soft_bounces == 1

    def apply_rejections(self) -> int:
        """End subscriptions our own mail server rejected because the mailbox does not exist."""
        rows = self.database.rows(
            """SELECT DISTINCT s.id, d.run, d.reply FROM deliveries d
            JOIN subscribers s ON s.id = d.subscriber
            WHERE d.state = 'rejected' AND s.state = 'active' AND d.reply IS NOT NULL"""
        )
        ended = 0
        for id, run, reply in rows:
            status = re.match(r"\d\.\d{1,3}\.\d{1,3}", reply)
            subscriber = self.store.by_id(id)
            if status and status[0] in HARD and subscriber:
                evidence = Evidence("bounced", "bounce", f"run {run}", reply)
                ended += self._end_all(subscriber, evidence)
        return ended

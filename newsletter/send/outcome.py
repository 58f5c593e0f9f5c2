"""The meaning of an SMTP reply for one delivery, and when to retry."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

DeliveryState = Literal[
    "queued",
    "leased",
    "sending",
    "sent",
    "rejected",
    "deferred",
    "uncertain",
    "suppressed",
    "skipped",
    "cancelled",
]
# Backoff between attempts, in seconds; the last one repeats until two days have passed. RFC 5321
# §4.5.4.1 recommends at least 30 minutes after the first failures, and four to five days in total:
# our own mail server does that. Deferrals seen here come from that server or a provider, which
# recovers sooner.
PAUSES = (300, 900, 1800, 3600, 7200, 14400)
GIVE_UP = 2 * 24 * 3600


class SmtpReply(Struct, frozen=True):
    """An SMTP reply: code and text, lines joined."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 400

    @property
    def temporary(self) -> bool:
        return 400 <= self.code < 500


class Result(Struct, frozen=True):
    """The outcome of one attempt, for the journal."""

    n: int
    state: DeliveryState
    code: int | None = None
    reply: str = ""
    wait: float = 0.0  # seconds until a deferred delivery is due
    attempt: bool = True  # whether it counts as an attempt


def result_of(n: int, reply: SmtpReply, attempts: int, age: float) -> Result:
    """Return the result of a rejection after `attempts` attempts, the first `age` seconds ago."""
    text = reply.text[:300]
    if not reply.temporary:
        return Result(n, "rejected", reply.code, text)
    if age >= GIVE_UP:
        return Result(n, "rejected", reply.code, f"given up after two days: {text}"[:300])
    pause = PAUSES[min(attempts, len(PAUSES) - 1)]
    return Result(n, "deferred", reply.code, text, float(pause))


def requeued(n: int, reason: str) -> Result:
    """Return the result of an attempt that certainly sent nothing: back to the queue."""
    return Result(n, "queued", None, reason, attempt=False)

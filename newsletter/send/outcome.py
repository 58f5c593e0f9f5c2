"""What a reply of the mail server means for one delivery, and when to try again."""

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
# Growing pauses between attempts, in seconds; the last one repeats until two days have passed.
# RFC 5321 §4.5.4.1 asks for 30 minutes at least after the first failures, and four to five days in all: a mail
# server of our own does that. What defers us here is that server or a provider, which is back sooner.
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
    """How one attempt ended, for the journal."""

    n: int
    state: DeliveryState
    code: int | None = None
    reply: str = ""
    wait: float = 0.0  # seconds until a deferred one is due
    attempt: bool = True  # whether it counts as one


def result_of(n: int, reply: SmtpReply, attempts: int, age: float) -> Result:
    """Return the result of a refusal. `attempts` were made before, the first `age` seconds ago."""
    text = reply.text[:300]
    if not reply.temporary:
        return Result(n, "rejected", reply.code, text)
    if age >= GIVE_UP:
        return Result(n, "rejected", reply.code, f"given up after two days: {text}"[:300])
    pause = PAUSES[min(attempts, len(PAUSES) - 1)]
    return Result(n, "deferred", reply.code, text, float(pause))


def requeued(n: int, reason: str) -> Result:
    """Return the result of an attempt that certainly sent nothing: it goes back to the queue."""
    return Result(n, "queued", None, reason, attempt=False)

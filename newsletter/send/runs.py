"""The journal's values: a run, a claimed delivery, and the status needed between two commits."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

RunState = Literal["ready", "running", "paused", "cancelled", "done"]
LEASE = 300  # seconds for which a claimed delivery is reserved for one sender
# Seconds without a heartbeat after which a sender loses its intents: the ten minutes for the final
# reply (RFC 5321 §4.5.3.2.6), plus five.
INTENT = 900
ALIVE = 30  # seconds since a sender was last seen


class Run(Struct, frozen=True):
    """One issue's bytes to one list."""

    id: int
    digest: str
    slug: str
    list: str
    subject: str
    template: str
    total: int
    state: RunState
    sample: int | None
    due: float
    created: float
    ended: float | None
    note: str

    @property
    def open(self) -> bool:
        return self.state in ("ready", "running", "paused")


class Delivery(Struct, frozen=True):
    """One recipient of a run, claimed by a sender."""

    n: int
    rid: str
    address: str
    domain: str
    name: str
    first_name: str
    attempts: int
    age: float  # seconds since the first attempt


class RunStatus(Struct, frozen=True):
    """What a sender needs to know between two commits."""

    state: RunState
    sample: int | None
    waiting: int  # 1 if something is queued, else 0
    due_in: float | None  # seconds until the next deferred delivery
    others: int  # senders alive on this run, this one included

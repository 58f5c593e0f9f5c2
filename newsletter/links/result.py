"""What is wanted of the network, and what it said."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Verdict = Literal["ok", "moved", "broken", "blocked", "suspect", "timeout"]


class LinkQuery(Struct, frozen=True):
    """One address, with all fragments that the issue uses of it."""

    url: str  # http or https; a fragment in it counts as wanted too
    fragments: tuple[str, ...] = ()  # as written after the `#`


class LinkResult(Struct, frozen=True):
    """What is known of one address; `verdict` is of the page, `at` of a place on it."""

    url: str  # as asked, without its fragment
    verdict: Verdict
    why: str  # a short phrase for people: "404 Not Found", "the certificate expired on 2026-01-05"
    status: int | None = None  # of the last answer; None where there was none
    final: str = ""  # the address at the end of all hops
    moved_to: str | None = (
        None  # the same, where every hop said 301 or 308 and it is fine there; may have a fragment
    )
    title: str = ""  # of the page
    present: tuple[str, ...] = ()  # wanted fragments the page has
    missing: tuple[
        str, ...
    ] = ()  # wanted fragments it does not have; those that no page need have are in neither
    hops: int = 0
    asked: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # UTC
    took: float = 0.0  # seconds, without waiting for our own limits
    from_memory: bool = False

    def at(self, fragment: str) -> LinkResult:
        """Return the answer for a link with this fragment: `suspect` where the page is fine and lacks it."""
        if fragment not in self.missing or self.verdict not in ("ok", "moved"):
            return self
        return replace(self, verdict="suspect", why=f"the page has no anchor #{fragment}")


class LinkReport(Struct, frozen=True):
    """What a run came to know; a stopped one knows less."""

    answers: tuple[
        LinkResult, ...
    ]  # in the order wanted, one an address; skipped hosts and what offline lacks are absent
    stopped: bool = False  # by Ctrl-C


def bare(url: str) -> str:
    """Return an address as answers name it: without its fragment."""
    return url.partition("#")[0]

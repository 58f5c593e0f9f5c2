"""Queries of the link check, and their results."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Verdict = Literal["ok", "moved", "broken", "blocked", "suspect", "timeout"]


class LinkQuery(Struct, frozen=True):
    """One address, with all fragments that the issue uses of it."""

    url: str  # http or https; a fragment in it counts as one of `fragments`
    fragments: tuple[str, ...] = ()  # as written after the `#`


class LinkResult(Struct, frozen=True):
    """The result for one URL; `verdict` is about the page, `for_fragment` about an anchor on it."""

    url: str  # as requested, without its fragment
    verdict: Verdict
    reason: str  # a short phrase: "404 Not Found", "certificate expired"
    status: int | None = None  # of the last response; None without one
    final: str = ""  # the address after all redirects
    moved_to: str | None = None  # where every redirect was permanent; may have a fragment
    title: str = ""  # of the page
    present: tuple[str, ...] = ()  # requested fragments the page has
    missing: tuple[
        str, ...
    ] = ()  # requested fragments it lacks; those without an anchor are in neither
    hops: int = 0
    checked_at: dt.datetime = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # UTC
    seconds: float = 0.0  # without waiting for our own limits
    cached: bool = False
    fixable: bool = True  # False: `moved_to` is for people to read, not for `--fix` to write

    def for_fragment(self, fragment: str) -> LinkResult:
        """Return the result for a fragment: `suspect` if the page opens but lacks the anchor."""
        if fragment not in self.missing or self.verdict not in ("ok", "moved"):
            return self
        return replace(self, verdict="suspect", reason=f"no anchor #{fragment} on the page")


class LinkReport(Struct, frozen=True):
    """The results of a run; an interrupted run has fewer."""

    results: tuple[LinkResult, ...]  # one per URL, in the order requested, without skipped hosts
    interrupted: bool = False  # by Ctrl-C


def without_fragment(url: str) -> str:
    """Return a URL without its fragment, as used in results."""
    return url.partition("#")[0]

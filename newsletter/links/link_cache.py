"""Results of earlier runs, in a file that several runs may write concurrently."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.links.result import LinkQuery, LinkResult

CacheMode = Literal["fresh", "refresh", "offline"]

GOOD_FOR = dt.timedelta(days=7)  # a page that opens, at its URL or another
BAD_FOR = dt.timedelta(hours=1)  # gone, blocked or suspect: someone may be fixing it right now
STORED_FOR = dt.timedelta(days=60)  # the longest a result is stored, even for `offline`
SLACK = 1000  # outdated lines before the file is rewritten


class LinkCache(Struct, frozen=True):
    """Results in a file below `.newsletter/`; `refresh` ignores all, `offline` uses old ones."""

    path: Path | None  # None: nothing is stored
    mode: CacheMode = "fresh"

    @contextmanager
    def open(self) -> Iterator[OpenLinkCache]:
        """Read the stored results, and store new ones until the end."""
        if self.path is None:
            yield OpenLinkCache({}, self.mode, None)
            return
        stored = list(read_results(self.path))
        latest = {result.url: result for result in stored}
        if len(stored) > 2 * len(latest) + SLACK:
            compact(self.path)
        with _appending(self.path) as file:
            yield OpenLinkCache(latest, self.mode, file)


class OpenLinkCache(Struct, frozen=True):
    """A cache while a run uses it."""

    results: dict[str, LinkResult]
    mode: CacheMode
    file: int | None  # None if it cannot be written, which only costs time

    def get(self, query: LinkQuery) -> LinkResult | None:
        """Return the result for a URL, unless it is outdated or lacks a requested fragment."""
        result = self.results.get(query.url)
        if result is None or self.mode == "refresh":
            return None
        if self.mode == "fresh" and not (is_fresh(result) and _covers(result, query)):
            return None
        return replace(result, cached=True)

    def put(self, result: LinkResult) -> None:
        """Store a result at once, so that a killed run loses none."""
        if self.file is not None:
            # A single write, which the system appends atomically despite other writers. The line
            # end comes first, so that a line truncated by a kill damages no other (as in RFC 7464,
            # for the same reason).
            with contextlib.suppress(OSError):
                os.write(self.file, b"\n" + _encode(result))


def is_fresh(result: LinkResult) -> bool:
    """Return whether a result can be used without a new request.

    A result that may differ at the next attempt never can.
    """
    status = result.status
    temporary = status is None or status in (408, 429) or 500 <= status < 600
    if result.verdict in ("ok", "moved"):
        lifetime = GOOD_FOR
    elif temporary:
        return False
    else:
        lifetime = BAD_FOR
    return dt.timedelta() <= dt.datetime.now(dt.UTC) - result.checked_at < lifetime


def _covers(result: LinkResult, query: LinkQuery) -> bool:
    known = {*result.present, *result.missing}
    return result.verdict not in ("ok", "moved") or set(query.fragments) <= known


# --- the file ----------------------------------------------------------------------------------------------


def read_results(path: Path) -> Iterator[LinkResult]:
    """Yield the results in a file, oldest first; invalid lines are skipped."""
    import msgspec

    decoder = msgspec.json.Decoder(LinkResult)
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return
    for line in filter(None, lines):
        with contextlib.suppress(ValueError):  # the base class of msgspec's errors
            result = decoder.decode(line)
            if result.checked_at.tzinfo:  # missing only if edited by hand
                yield result


def _encode(result: LinkResult) -> bytes:
    import msgspec

    return msgspec.json.encode(result)


def compact(path: Path) -> None:
    """Rewrite the file with the latest result for each address, unless another run has it open."""
    from newsletter.files.output import write_file  # rarely needed, and slow to import

    horizon = dt.datetime.now(dt.UTC) - STORED_FOR
    with contextlib.suppress(OSError, NewsletterError), _lock(path, exclusive=True):
        recent = (result for result in read_results(path) if result.checked_at > horizon)
        latest = {result.url: result for result in recent}
        write_file(path, b"\n".join(map(_encode, latest.values())))


@contextmanager
def _appending(path: Path) -> Iterator[int | None]:
    with contextlib.ExitStack() as stack:
        file = None
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_lock(path, exclusive=False))
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            stack.callback(os.close, file)
        yield file


@contextmanager
def _lock(path: Path, *, exclusive: bool) -> Iterator[None]:
    """Lock a file next to the cache, shared or exclusively. Raises `OSError` if that fails."""
    try:
        import fcntl
    except ImportError:  # Windows, where a file that another run has open cannot be replaced anyway
        yield
        return
    # A separate file, because the cache file is replaced. Closing it or exiting unlocks it.
    with path.with_suffix(".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
        yield

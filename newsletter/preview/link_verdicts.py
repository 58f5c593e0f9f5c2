"""The last known verdicts on an issue's links, from the cache of `newsletter links`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter.links.link_cache import read_results
from newsletter.links.result import LinkResult, without_fragment


class LinkVerdicts:
    """Reads the cache again whenever its file has changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, int] | None = None
        self._results: Mapping[str, LinkResult] = {}

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Return values that change with the file, or `None` if there is no file."""
        try:
            status = self.path.stat()
        except OSError:
            return None
        return (status.st_mtime_ns, status.st_size)

    def of(self, url: str) -> dict[str, Any]:
        """Return `verdict`, `reason` and `checked_at` of a URL; all are null if never checked."""
        stamp = self.stamp
        if stamp != self._stamp:
            self._results = {result.url: result for result in read_results(self.path)}
            self._stamp = stamp
        result = self._results.get(without_fragment(url))
        if result is None:
            return {"verdict": None, "reason": None, "checked_at": None}
        result = result.for_fragment(url.partition("#")[2])
        checked_at = result.checked_at.isoformat(timespec="seconds")
        return {"verdict": result.verdict, "reason": result.reason, "checked_at": checked_at}

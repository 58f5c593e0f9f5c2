"""Full garbage collections of the preview only when nobody waits: one takes longer than a build."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.preview.housekeeping import Housekeeping

FULL = 10  # builds after which a check is followed by a full collection
LATE = 30  # builds after which one no longer waits for a check: saves interrupt every one
NEVER = 1_000_000  # collections of what is young, before Python makes a full one by itself
SWITCH = 0.001  # seconds after which a thread at work lets another one run, such as the server's


class IdleCollector(Housekeeping):
    """Makes full collections; what there is after the first check is excluded until the end.

    Those are modules, themes and tables, which live as long as the preview. Looking at them would
    take half a second. One full collection takes longer than a build, so nobody may wait for it.
    """

    def __init__(self) -> None:
        self._checked = self._started = False
        self._builds = 0  # since the last full collection

    def after_build(self) -> None:
        """Collect if saves come too fast for any check, so that memory does not grow."""
        self._builds += 1
        if self._builds >= LATE:
            self._collect()

    def before_check(self) -> None:
        """Exclude what the first build left."""
        if not self._started:
            self._started = True
            gc.freeze()

    def after_check(self) -> None:
        """Exclude what the first check left; collect after others, if there were enough builds."""
        if not self._checked:
            self._checked = True
            gc.freeze()
        elif self._builds >= FULL:
            self._collect()

    def _collect(self) -> None:
        self._builds = 0
        gc.collect()


@contextmanager
def collected_when_idle() -> Iterator[None]:
    """Turn automatic full collections off, and let waiting threads run sooner.

    The younger generations are still collected as usual, which is quick. Left until later, the
    garbage of every version would be scattered among live objects, and memory would grow.
    """
    interval, thresholds = sys.getswitchinterval(), gc.get_threshold()
    gc.set_threshold(*thresholds[:2], NEVER)
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.set_threshold(*thresholds)
        gc.unfreeze()

"""Garbage collection when nobody waits: a full one takes longer than a build."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

GROWTH = 1_000_000  # objects more than after the last collection, about 100 MB
SWITCH = 0.001  # seconds after which a thread at work lets another one run, such as the server's


class IdleCollector:
    """Collects after a check has ended; what is there before the first one is excluded for good.

    Those are modules, themes and tables, which live as long as the preview.
    """

    def __init__(self) -> None:
        self._frozen = 0  # how often the objects alive were excluded

    def before_check(self) -> None:
        """Exclude what the first build left; collect if checks were interrupted for a long time."""
        if not self._frozen:
            gc.freeze()
            self._frozen = 1
        elif gc.get_count()[0] > GROWTH:
            gc.collect()

    def after_check(self) -> None:
        """Collect; after the first check, also exclude the tables that the rules have read."""
        gc.collect()
        if self._frozen < 2:
            gc.freeze()
            self._frozen = 2


@contextmanager
def collected_when_idle() -> Iterator[None]:
    """Turn automatic collections off, and let waiting threads run sooner."""
    interval = sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.enable()

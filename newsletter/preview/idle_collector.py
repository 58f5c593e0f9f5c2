"""Garbage collection when nobody waits: a full one takes longer than a build."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FULL = 50  # checks after which everything else is looked at too, such as themes of earlier versions
GROWTH = 200_000  # objects more than at the last collection
SWITCH = 0.001  # seconds after which a thread at work lets another one run, such as the server's


class IdleCollector:
    """Collects around checks, mostly what is young; what there is after the first one never is.

    Those are modules, themes and tables, which live as long as the preview. Looking at everything
    would take half a second.
    """

    def __init__(self) -> None:
        self._built = False
        self._checks = 0

    def after_build(self) -> None:
        """Collect if saves come too fast for any check, so that memory does not grow."""
        if gc.get_count()[0] > GROWTH:
            gc.collect()

    def before_check(self) -> None:
        """Exclude what the first build left; later, collect what an interrupted check left."""
        if not self._built:
            self._built = True
            gc.freeze()
        else:
            gc.collect(0)

    def after_check(self) -> None:
        """Exclude what the first check left; collect after the others."""
        self._checks += 1
        if self._checks == 1:
            gc.freeze()
        else:
            gc.collect(2 if self._checks % FULL == 0 else 0)


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

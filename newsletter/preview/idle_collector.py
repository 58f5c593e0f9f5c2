"""Garbage collection when nobody waits: a full one takes longer than a build."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SWITCH = 0.001  # seconds after which a thread at work lets another one run, such as the server's


class IdleCollector:
    """Collects after a check has ended; what there is until the first one is excluded for good.

    Those are modules, themes and tables, which live as long as the preview. Looking at all of them
    takes half a second.
    """

    def __init__(self) -> None:
        self._built = self._checked = False

    def before_check(self) -> None:
        """Exclude what the first build left; later, collect what an interrupted check left."""
        if not self._built:
            self._built = True
            gc.freeze()
        else:
            gc.collect(0)

    def after_check(self) -> None:
        """Exclude what the first check left; collect after the others."""
        if not self._checked:
            self._checked = True
            gc.freeze()
        else:
            gc.collect()


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

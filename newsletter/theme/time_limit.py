"""A limit for templates that never end: Jinja has loops without end, and no way to stop them."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 15  # an email takes some milliseconds
LARGEST_RANGE = 1_000_000


class TemplateTimeout(Exception):
    """The time is up."""


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TemplateTimeout` in this thread when its block takes longer; only Python code can be stopped."""
    thread = threading.get_ident()
    lock, done = threading.Lock(), threading.Event()

    def interrupt() -> None:
        with lock:
            if not done.is_set():
                error = ctypes.py_object(TemplateTimeout)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            done.set()
        timer.cancel()


def limited_range(*bounds: int) -> range:
    """Return `range(…)` for templates. Raises `OverflowError` for one that would take forever."""
    numbers = range(*bounds)
    if len(numbers) > LARGEST_RANGE:
        raise OverflowError(f"range of {len(numbers):,} numbers; the limit is {LARGEST_RANGE:,}")
    return numbers

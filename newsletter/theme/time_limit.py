"""A time limit for templates: Jinja allows endless loops and offers no way to stop them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 15  # an email takes a few milliseconds
LARGEST_RANGE = 1_000_000


class TemplateTimeout(Exception):
    """A template exceeded its time limit."""


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TemplateTimeout` in this thread if the block takes longer than `seconds`.

    Only Python code can be interrupted.
    """
    thread = threading.get_ident()
    lock, done = threading.Lock(), threading.Event()

    def interrupt() -> None:
        import ctypes  # 1 ms, and hardly ever needed

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
    """Return `range(…)` for templates. Raises `OverflowError` for a range that is too long."""
    numbers = range(*bounds)
    if len(numbers) > LARGEST_RANGE:
        raise OverflowError(f"range of {len(numbers):,} numbers; the limit is {LARGEST_RANGE:,}")
    return numbers

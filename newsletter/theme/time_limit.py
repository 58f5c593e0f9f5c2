"""A time limit for templates: Jinja allows endless loops and offers no way to stop them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 15  # an email takes a few milliseconds
LARGEST_RANGE = 1_000_000


class TemplateTimeout(Exception):
    """A template exceeded its time limit."""


@contextmanager
def time_limit(seconds: float = SECONDS) -> Iterator[None]:
    """Raise `TemplateTimeout` in this thread if the block computes for longer than `seconds`.

    Time in which the process does not run is not counted: a busy machine, or a laptop that sleeps.
    Only Python code can be interrupted.
    """
    thread, started = threading.get_ident(), time.process_time()
    lock, done = threading.Lock(), threading.Event()

    def watch() -> None:
        left = seconds
        while not done.wait(left):
            left = seconds - (time.process_time() - started)
            if left <= 0:
                interrupt()
                return

    def interrupt() -> None:
        import ctypes  # 1 ms, and hardly ever needed

        with lock:
            if not done.is_set():
                error = ctypes.py_object(TemplateTimeout)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        with lock:
            done.set()


def limited_range(*bounds: int) -> range:
    """Return `range(…)` for templates. Raises `OverflowError` for a range that is too long."""
    numbers = range(*bounds)
    if len(numbers) > LARGEST_RANGE:
        raise OverflowError(f"range of {len(numbers):,} numbers; the limit is {LARGEST_RANGE:,}")
    return numbers

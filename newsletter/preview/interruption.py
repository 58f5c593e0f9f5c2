"""Ends a block of Python code in another thread: a check that a build is waiting for."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Superseded(BaseException):
    """A more urgent call is waiting. Not an `Exception`, so that no rule takes it for its own."""


class Interruption:
    """Raises `Superseded` in the thread that runs the block, at its next step of Python code."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None

    @contextmanager
    def possible(self) -> Iterator[None]:
        """Let the block be interrupted."""
        with self._lock:
            self._thread = threading.get_ident()
        try:
            yield
        finally:
            while self._thread is not None:
                with suppress(Superseded), self._lock:  # a second one, on the way out
                    self._thread = None

    def interrupt(self) -> bool:
        """End the block if it is running, and return whether it was.

        A block that is still running some time later has called code that ignores exceptions, such
        as a finalizer; another call interrupts it again.
        """
        with self._lock:
            if self._thread is None:
                return False
            thread, error = ctypes.c_ulong(self._thread), ctypes.py_object(Superseded)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, error)
            return True

"""Ends a block of Python code in another thread: a check that a build is waiting for."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
            with self._lock:
                self._thread = None

    def interrupt(self) -> None:
        """End the block if it is running; a second call has no effect on it."""
        with self._lock:
            if self._thread is not None:
                thread, self._thread = ctypes.c_ulong(self._thread), None
                error = ctypes.py_object(Superseded)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, error)

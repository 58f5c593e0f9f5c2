"""Ends a Python call in another thread: a check that a build is waiting for."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
RETRY_DELAY = 0.02  # seconds until a call that goes on after an interruption is interrupted again


class Superseded(BaseException):
    """A more urgent call is waiting. Not an `Exception`, so that no rule catches it."""


class Interruption:
    """Raises `Superseded` in the thread that runs a call, at its next step of Python code."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._last = 0.0  # when the call was interrupted

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call. Raises `Superseded` if it was interrupted, but never after returning."""
        with self._lock:
            self._thread, self._last = threading.get_ident(), 0.0
        try:
            return function(*args, **kwargs)
        finally:
            left = False
            while not left:
                try:
                    left = self._leave()
                except Superseded:  # raised while the call returned
                    continue

    def _leave(self) -> bool:
        with self._lock:
            self._thread = None
            _set_exception(threading.get_ident(), None)  # one that was set, but not raised yet
        return True

    def interrupt(self) -> bool:
        """Interrupt the call if one is running, and return whether it was.

        A call that is still running some time later has called code that ignores exceptions, such
        as a finalizer; then it is interrupted again.
        """
        with self._lock:
            if self._thread is None:
                return False
            now = time.monotonic()
            if now - self._last >= RETRY_DELAY:
                self._last = now
                _set_exception(self._thread, Superseded)
            return True


def _set_exception(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread, or cancel one that was not raised yet."""
    argument = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), argument)

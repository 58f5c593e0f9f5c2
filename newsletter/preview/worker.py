"""The thread in which the preview builds and checks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from queue import PriorityQueue
from threading import Thread
from typing import ParamSpec, TypeVar

from newsletter.preview.interruption import Superseded

P = ParamSpec("P")
T = TypeVar("T")
_FIRST, _LAST = 0, 1


class Worker:
    """One daemon thread that runs calls in order, those of low priority only if no other waits.

    Unlike a pool's threads, it never delays the exit.
    """

    def __init__(self) -> None:
        self._calls: PriorityQueue[tuple[int, int, Callable[[], None] | None]] = PriorityQueue()
        self._numbers = count()
        Thread(target=self._work, name="studio", daemon=True).start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call after those submitted before it."""
        return self._submit(_FIRST, lambda: fn(*args, **kwargs))

    def submit_low_priority(
        self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run a call when nothing else waits."""
        return self._submit(_LAST, lambda: fn(*args, **kwargs))

    def _submit(self, priority: int, call: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call())
            except BaseException as error:  # noqa: BLE001 - the waiting caller raises it
                future.set_exception(error)

        self._calls.put((priority, next(self._numbers), work))
        return future

    def end(self) -> None:
        """End the thread; calls that wait are not run."""
        self._calls.put((_FIRST, next(self._numbers), None))

    def _work(self) -> None:
        while work := self._calls.get()[2]:
            with contextlib.suppress(Superseded):  # raised just after its call ended
                work()

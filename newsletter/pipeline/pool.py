"""Process many issues in parallel processes."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")
THRESHOLDS = (700, 10, 10)  # Python's defaults; they keep the memory of a long run small


def map_parallel(
    work: Callable[[T], R],
    tasks: Sequence[T],
    jobs: int,
    *,
    prepare: Callable[[], None] = lambda: None,
) -> Iterator[R]:
    """Yield the result of `work` for each task as it finishes.

    A single job or task runs in this process. `work`, tasks and results are pickled. `prepare`
    imports what all processes need, once, before they are started.
    """
    jobs = min(jobs, len(tasks))
    if len(tasks) < 2:
        yield from map(work, tasks)
        return
    with _frequent_collection():
        yield from map(work, tasks) if jobs < 2 else _in_processes(work, tasks, jobs, prepare)


@contextmanager
def _frequent_collection() -> Iterator[None]:
    """Use default garbage collection thresholds inside the context; restore them afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _in_processes(
    work: Callable[[T], R], tasks: Sequence[T], jobs: int, prepare: Callable[[], None]
) -> Iterator[R]:
    import multiprocessing  # 30 ms including its pool: only if several processes are needed
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

    # Forked children share imported modules; without fork they import them again.
    method = "fork" if sys.platform == "linux" else None
    prepare()
    waiting = list(reversed(tasks))
    with ProcessPoolExecutor(
        jobs, multiprocessing.get_context(method), initializer=_start_worker
    ) as pool:
        running: set[Future[R]] = set()
        try:
            while waiting or running:
                # Queue only a few tasks per worker, so that an interrupt does not wait for
                # hundreds.
                while waiting and len(running) < jobs * 4:
                    running.add(pool.submit(work, waiting.pop()))
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BaseException:  # Ctrl-C: drop tasks that have not started
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles it; finish the task
    gc.freeze()  # do not scan inherited objects, which would copy their memory pages
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """Terminate this worker when its parent is gone, even after SIGKILL."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)

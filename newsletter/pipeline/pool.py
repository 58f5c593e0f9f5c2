"""Process many issues in parallel processes."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
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
    between_tasks: bool = False,
) -> Iterator[R]:
    """Yield the result of `work` for each task as it finishes.

    A single job or task runs in this process, whose settings are left as they are. `work`, tasks
    and results are pickled. `prepare` imports what all processes need, once, before they are
    started. `between_tasks` collects garbage after each task, and in the workers only then: for
    work that builds large trees, which takes a third longer otherwise.
    """
    jobs = min(jobs, len(tasks))
    if between_tasks and len(tasks) > 1:
        work = partial(_collect_after, work)
    if jobs < 2:
        yield from map(work, tasks)
        return
    yield from _in_processes(work, tasks, jobs, prepare, paused=between_tasks)


def _in_processes(
    work: Callable[[T], R],
    tasks: Sequence[T],
    jobs: int,
    prepare: Callable[[], None],
    *,
    paused: bool,
) -> Iterator[R]:
    import multiprocessing  # 30 ms including its pool: only if several processes are needed
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

    # Forked children share imported modules; without fork they import them again.
    method = "fork" if sys.platform == "linux" else None
    prepare()
    waiting = list(reversed(tasks))
    with ProcessPoolExecutor(
        jobs,
        multiprocessing.get_context(method),
        initializer=_start_worker,
        initargs=(paused,),
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


def _collect_after(work: Callable[[T], R], task: T) -> R:
    try:
        return work(task)
    finally:
        gc.collect()


def _start_worker(paused: bool = False) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles it; finish the task
    gc.set_threshold(0 if paused else THRESHOLDS[0], *THRESHOLDS[1:])
    gc.freeze()  # do not scan inherited objects, which would copy their memory pages
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    """Terminate this worker when its parent is gone, even after SIGKILL."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)

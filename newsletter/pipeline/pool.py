"""Work for many issues, spread over processes."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")
COLLECTED = (
    700,
    10,
    10,
)  # Python's default thresholds; they keep the memory of a long run small


def map_parallel(
    work: Callable[[T], R],
    tasks: Sequence[T],
    jobs: int,
    *,
    prepare: Callable[[], None] = lambda: None,
) -> Iterator[R]:
    """Yield the result of `work` for each task as it is done; in this process for a single job or task.

    `work`, tasks and results are pickled. `prepare` imports what all processes need, once, before they are started.
    """
    jobs = min(jobs, len(tasks))
    if len(tasks) > 1:
        gc.set_threshold(*COLLECTED)
    if jobs < 2:
        yield from map(work, tasks)
        return
    import multiprocessing  # 30 ms with its pool: only when there is work for several
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

    # Forked children share what is already imported; without fork they import it themselves.
    method = "fork" if sys.platform == "linux" else None
    prepare()
    gc.freeze()  # present objects stay: no child examines or copies them
    waiting = list(reversed(tasks))
    with ProcessPoolExecutor(
        jobs, multiprocessing.get_context(method), initializer=_ignore_interrupt
    ) as pool:
        running: set[Future[R]] = set()
        try:
            while waiting or running:
                # A few ahead of each worker, so that an interrupt need not wait for hundreds.
                while waiting and len(running) < jobs * 4:
                    running.add(pool.submit(work, waiting.pop()))
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BaseException:  # Ctrl-C: tasks that have not begun are dropped
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; a child finishes its task

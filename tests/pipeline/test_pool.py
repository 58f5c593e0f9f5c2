"""Worker processes: what runs in them, and when they end."""

from __future__ import annotations

import gc
import os
import queue
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from newsletter.pipeline import pool
from newsletter.pipeline.pool import map_parallel


def thresholds(number: int) -> tuple[int, int, int]:
    return gc.get_threshold()


def signal_handler(number: int) -> str:
    time.sleep(0.02)  # long enough for the other process to have a task as well
    return str(signal.getsignal(signal.SIGINT))


def touch(folder: Path, number: int) -> int:
    (folder / str(number)).touch()
    return number


def waited(folder: Path, number: int) -> str:
    """Wait, for the odd one of two tasks, until the result of the other has arrived."""
    for _ in range(500 * (number % 2)):
        if (folder / "arrived").exists():
            return "in time"
        time.sleep(0.01)
    return "too late" if number % 2 else "first"


def together(folder: Path, number: int) -> int:
    """Return how many tasks ran at the same time as this one."""
    (folder / str(number)).touch()
    for _ in range(500):
        if len(list(folder.iterdir())) == 3:
            break
        time.sleep(0.01)
    return len(list(folder.iterdir()))


def test_as_many_tasks_run_at_a_time_as_asked_for(tmp_path: Path) -> None:
    assert list(map_parallel(partial(together, tmp_path), range(3), 3)) == [3, 3, 3]


def test_a_result_arrives_while_other_tasks_run(tmp_path: Path) -> None:
    results = map_parallel(partial(waited, tmp_path), [0, 1], 2)
    assert next(results) == "first"
    (tmp_path / "arrived").touch()
    assert list(results) == ["in time"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_only_our_own_processes_get_other_thresholds(jobs: int) -> None:
    """Python's own in worker processes, or none between tasks; this process keeps its own."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 5, 6)
    ours = (100_000, 5, 6)
    try:
        assert set(map_parallel(thresholds, range(4), jobs)) == {
            (700, 10, 10) if jobs > 1 else ours
        }
        given = map_parallel(thresholds, range(4), jobs, between_tasks=True)
        assert set(given) == {(0, 10, 10) if jobs > 1 else ours}
        assert list(map_parallel(thresholds, [1], jobs)) == [ours]
        assert gc.get_threshold() == ours
    finally:
        gc.set_threshold(*before)


def test_tasks_start_in_order(tmp_path: Path) -> None:
    assert list(map_parallel(partial(touch, tmp_path), range(5), 1)) == [0, 1, 2, 3, 4]
    results = map_parallel(partial(touch, tmp_path), range(100, 140), 2)
    assert next(results) < 108
    results.close()  # type: ignore[attr-defined]  # as Ctrl-C does
    started = {int(path.name) for path in tmp_path.iterdir()} - set(range(5))
    assert started <= set(range(100, 108)), "at most four tasks for each worker are queued"


def test_workers_leave_ctrl_c_to_their_parent() -> None:
    assert set(map_parallel(signal_handler, range(4), 2)) == {str(signal.SIG_IGN)}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_worker_freezes_what_it_inherited_and_watches_its_parent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In this process, where its effects can be seen."""
    watched: queue.Queue[tuple[int, bool]] = queue.Queue()
    monkeypatch.setattr(
        pool,
        "_end_with_parent",
        lambda parent: watched.put((parent, threading.current_thread().daemon)),
    )
    handler, before = signal.getsignal(signal.SIGINT), gc.get_threshold()
    try:
        pool._start_worker()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        assert gc.get_freeze_count() > 0
        assert watched.get(timeout=30) == (os.getppid(), True)
    finally:
        signal.signal(signal.SIGINT, handler)
        gc.set_threshold(*before)
        gc.unfreeze()


def test_a_worker_ends_once_its_parent_is_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([7, 7, 7, 1])
    waits: list[float] = []
    monkeypatch.setattr(pool.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(pool.time, "sleep", waits.append)

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(pool.os, "_exit", leave)
    with pytest.raises(SystemExit) as caught:
        pool._end_with_parent(7)
    assert (caught.value.code, waits) == (1, [1, 1, 1])

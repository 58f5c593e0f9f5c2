"""A save interrupts a check immediately, even during its slowest rule."""

from __future__ import annotations

import threading
import time

import pytest

from newsletter.preview.interruption import Interruption, Superseded
from newsletter.preview.worker import Worker


def test_an_interruptible_block_stops_at_once() -> None:
    interruption, started, ends = Interruption(), threading.Event(), []

    def work() -> None:
        try:
            with interruption.possible():
                started.set()
                while True:
                    time.sleep(0)
        except Superseded:
            ends.append("superseded")

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(10)
    interruption.interrupt()
    thread.join(10)
    assert ends == ["superseded"]


def test_a_block_that_ignores_an_interruption_is_interrupted_again() -> None:
    interruption, started, ends = Interruption(), threading.Event(), []

    def stubborn() -> None:
        try:
            started.set()
            while True:
                time.sleep(0)
        except Superseded:
            ends.append("ignored")

    def work() -> None:
        try:
            with interruption.possible():
                stubborn()
                stubborn()
        except Superseded:
            ends.append("superseded")

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(10)
    while interruption.interrupt():
        time.sleep(0.001)
    thread.join(10)
    assert ends[-1] in ("superseded", "ignored")
    assert not thread.is_alive()
    assert not interruption.interrupt()


def test_nothing_else_is_interrupted() -> None:
    interruption = Interruption()
    interruption.interrupt()
    with interruption.possible():
        pass
    interruption.interrupt()
    assert sum(range(1000)) == 499500


def test_calls_of_low_priority_wait_for_all_others() -> None:
    worker, gate, done = Worker(), threading.Event(), []
    worker.submit(gate.wait, 10)
    worker.submit_low_priority(done.append, "list")
    last = worker.submit_low_priority(done.append, "check")
    worker.submit(done.append, "first build")
    worker.submit(done.append, "second build")
    gate.set()
    last.result(10)
    worker.end()
    assert done == ["first build", "second build", "list", "check"]


def test_the_worker_survives_an_interruption() -> None:
    worker, interruption, started = Worker(), Interruption(), threading.Event()

    def endless() -> None:
        with interruption.possible():
            started.set()
            while True:
                time.sleep(0)

    first, second = worker.submit(endless), worker.submit(lambda: "built")
    started.wait(10)
    interruption.interrupt()
    assert second.result(10) == "built"
    with pytest.raises(Superseded):
        first.result(10)
    worker.end()

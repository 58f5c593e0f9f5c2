"""A save interrupts a check immediately, even during its slowest rule."""

from __future__ import annotations

import contextlib
import threading
import time

import pytest

from newsletter.preview.interruption import Interruption, Superseded
from newsletter.preview.worker import Worker


def endless() -> None:
    while True:
        time.sleep(0)


def test_an_interruptible_call_stops_at_once() -> None:
    interruption, started, ends = Interruption(), threading.Event(), []

    def call() -> None:
        started.set()
        endless()

    def work() -> None:
        try:
            interruption.run(call)
        except Superseded:
            ends.append("superseded")

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(10)
    assert interruption.interrupt()
    thread.join(10)
    assert ends == ["superseded"]
    assert not interruption.interrupt()


def test_a_call_that_ignores_an_interruption_is_interrupted_again() -> None:
    interruption, started, ends = Interruption(), threading.Event(), []

    def stubborn() -> None:
        started.set()
        try:
            endless()
        except Superseded:
            ends.append("ignored")
        endless()

    def work() -> None:
        try:
            interruption.run(stubborn)
        except Superseded:
            ends.append("superseded")

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(10)
    while interruption.interrupt():
        time.sleep(0.001)
    thread.join(10)
    assert ends == ["ignored", "superseded"]


def test_nothing_else_is_interrupted() -> None:
    """Whenever an interruption comes: before a call, on its way out, or after it."""
    interruption, stopped = Interruption(), threading.Event()

    def others() -> None:
        while not stopped.is_set():
            interruption.interrupt()

    thread = threading.Thread(target=others)
    thread.start()
    try:
        for number in range(2000):
            with contextlib.suppress(Superseded):
                assert interruption.run(lambda: sum(range(50))) == 1225
            assert sum(range(number)) == number * (number - 1) // 2
    finally:
        stopped.set()
        thread.join(10)


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

    def call() -> None:
        started.set()
        endless()

    first = worker.submit(interruption.run, call)
    second = worker.submit(lambda: "built")
    started.wait(10)
    interruption.interrupt()
    assert second.result(10) == "built"
    with pytest.raises(Superseded):
        first.result(10)
    worker.end()

"""When Python collects garbage in the processes of the command line, which belong to us.

Library functions leave the settings of a process as they are; only commands choose them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def never_collected() -> Iterator[None]:
    """Collect nothing while a draft is read: it builds large trees, and garbage is rare."""
    thresholds = gc.get_threshold()
    gc.set_threshold(0)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


def collect_often() -> None:
    """Collect as often as Python does by default: many issues, or a command that goes on running.

    It keeps the memory of a long run small; `__main__.py` chose settings for a short one.
    """
    gc.set_threshold(700, 10, 10)

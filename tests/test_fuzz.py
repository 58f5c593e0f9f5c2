"""A few of the mutants of `tests/fuzz.py`; run that by hand for ten thousand."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.fuzz import Fuzz

COUNT = 40 if os.environ.get("CI") == "true" else 15


def test_mutants_are_rejected_with_a_message(tmp_path: Path) -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    fuzz = Fuzz.of(tmp_path / "desk")
    assert [fault for number in range(COUNT) if (fault := fuzz.run(7, number))] == []

"""Templates may compute for a limited time; waiting is not counted."""

from __future__ import annotations

import time

import pytest

from newsletter.theme.time_limit import TemplateTimeout, time_limit


def test_time_in_which_nothing_is_computed_is_not_counted() -> None:
    with time_limit(seconds=0.1):
        time.sleep(0.4)
        sum(range(1000))


def compute_without_end() -> None:
    with time_limit(seconds=0.1):
        while True:
            sum(range(1000))


def test_a_block_that_computes_without_end_is_stopped() -> None:
    with pytest.raises(TemplateTimeout):
        compute_without_end()

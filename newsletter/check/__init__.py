"""Rules that an issue must pass before it is published.

They run in two steps: authoring rules need the author's file and line, email rules the final bytes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from newsletter.check.rule import Rule
from newsletter.model import Finding

T = TypeVar("T")

Timing = dict[str, float]  # code, or the name of a step -> seconds


def run(
    rules: Iterable[Rule[T]],
    subject: T,
    on: Callable[[str], bool] | None = None,
    timing: Timing | None = None,
) -> Iterator[Finding]:
    """Yield the findings of the given rules, limited to the codes for which `on` returns true.

    `timing` collects the seconds that each rule takes. Shared work counts towards the first rule
    that needs it.
    """
    for rule in rules:
        if on is not None and not on(rule.code):
            continue
        started = time.perf_counter()
        violations = list(rule.find(subject))
        if timing is not None:
            timing[rule.code] = timing.get(rule.code, 0.0) + time.perf_counter() - started
        for violation in violations:
            hint = " ".join(f"{rule.hint} {violation.detail}".split())
            yield Finding(
                rule.code,
                rule.name,
                violation.severity or rule.severity,
                violation.where,
                violation.message,
                hint,
                violation.edit,
            )

"""Rules: what an issue must be before it goes out.

Two checks, because there are two truths: authoring rules need the author's file and line, mail rules the final bytes.
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
    """Yield what rules find in an issue, a mail or a shelf of issues; only those whose code is `on`.

    `timing` collects what each rule takes. What several rules share is counted with the first that asks for it.
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
                rule.severity,
                violation.where,
                violation.message,
                hint,
                violation.edit,
            )

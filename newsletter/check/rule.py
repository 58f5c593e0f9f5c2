"""A rule is one small function with its documentation beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.model import Issue, Location, Severity

Found = Iterator[tuple[Location, str]]
Find = Callable[[Issue], Found]


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` yields places and messages; everything else is what people read about it."""

    code: str
    name: str  # the function's, with hyphens: it names the fault, never the cure
    severity: Severity
    why: str
    hint: str
    find: Find


def rule(code: str, *, hint: str, severity: Severity = "error") -> Callable[[Find], Rule]:
    """Wrap a function into a rule; nothing is registered here, `check/rules/__init__.py` holds the list."""

    def wrap(find: Find) -> Rule:
        return Rule(code, find.__name__.replace("_", "-"), severity, (find.__doc__ or "").strip(), hint, find)

    return wrap

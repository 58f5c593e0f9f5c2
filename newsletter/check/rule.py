"""A rule is one small function with its documentation beside it.

Kinds are told apart by what they look at: an issue as its author wrote it (`Issue`), the finished mail (`Mail`), an
issue beside the earlier ones (`Archive`), its links beside what the network said of them (`Linked`). Each yields places
and messages; where a mend is safe, also the edit; where the hint is not all there is to say, also the rest.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from msgspec import Struct

from newsletter.check.example import Shown
from newsletter.model import Edit, Location, Severity

T = TypeVar("T")

Found = Iterator[
    tuple[Location, str] | tuple[Location, str, Edit] | tuple[Location, str, Edit | None, str]
]


class Rule(Struct, Generic[T], frozen=True):
    """`find` yields what is wrong; everything else is what people read about it."""

    code: str
    name: str  # the function's, with hyphens: it names the fault, never the cure
    severity: Severity
    why: str  # what it checks, why, and from where: the function's docstring
    hint: str
    find: Callable[[T], Found]
    bad: Shown = ""  # Markdown of the example's essay, or files of it; see `check/example.py`
    at: str = (
        ""  # where the fault in `bad` is, as `line:column` of the Markdown or `file:line:column`
    )
    good: Shown = ""
    beside: tuple[str, ...] = ()  # codes of rules that cannot but find something in `bad` too
    structural: bool = False  # without it no mail can be made, so `build` asks too


def rule(
    code: str,
    *,
    hint: str,
    severity: Severity = "error",
    bad: Shown = "",
    at: str = "",
    good: Shown = "",
    beside: tuple[str, ...] = (),
    structural: bool = False,
) -> Callable[[Callable[[Any], Found]], Rule[Any]]:
    """Wrap a function into a rule; nothing is registered here, `check/rules/__init__.py` holds the lists."""

    def wrap(find: Callable[[Any], Found]) -> Rule[Any]:
        name = find.__name__.replace("_", "-")
        return Rule(
            code,
            name,
            severity,
            inspect.getdoc(find) or "",
            hint,
            find,
            bad,
            at,
            good,
            beside,
            structural,
        )

    return wrap

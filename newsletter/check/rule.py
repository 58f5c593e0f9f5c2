"""A rule is one small function with its documentation beside it.

What a rule checks is the type of its parameter: an issue as its author wrote it (`Issue`), an
issue with earlier ones (`IssueHistory`), its links with the results of the link check
(`LinkedIssue`), the final email (`CheckedEmail`), or the allow comments (`Allowances`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from msgspec import Struct

from newsletter.check.example import Shown
from newsletter.model import Edit, Location, Severity

T = TypeVar("T")


class Violation(Struct, frozen=True):
    """What a rule yields: one problem at one location."""

    where: Location
    message: str
    edit: Edit | None = None  # where a fix is safe
    detail: str = ""  # added to the rule's hint
    severity: Severity | None = None  # instead of the rule's


class Rule(Struct, Generic[T], frozen=True):
    """A rule: `find` yields violations; everything else is its documentation."""

    code: str
    name: str  # the function's, with hyphens: it names the problem, never the solution
    severity: Severity
    subject: str  # name of the type of `find`'s parameter
    why: str  # what it checks, why, and the source: the function's docstring
    hint: str
    find: Callable[[T], Iterable[Violation]]
    bad: Shown = ""  # Markdown of the example's essay, or files of it; see `check/example.py`
    at: str = (
        ""  # where the problem in `bad` is: `line:column` of the Markdown, or `file:line:column`
    )
    good: Shown = ""
    also_triggers: tuple[str, ...] = ()  # codes of rules that necessarily find something in `bad`


def rule(
    code: str,
    *,
    hint: str,
    severity: Severity = "error",
    bad: Shown = "",
    at: str = "",
    good: Shown = "",
    also_triggers: tuple[str, ...] = (),
) -> Callable[[Callable[[Any], Iterator[Violation]]], Rule[Any]]:
    """Wrap a function into a rule. Nothing is registered here: a file lists its rules in `RULES`."""

    def wrap(find: Callable[[Any], Iterator[Violation]]) -> Rule[Any]:
        return Rule(
            code=code,
            name=find.__name__.replace("_", "-"),
            severity=severity,
            subject=next(iter(find.__annotations__.values())),
            why=inspect.getdoc(find) or "",
            hint=hint,
            find=find,
            bad=bad,
            at=at,
            good=good,
            also_triggers=also_triggers,
        )

    return wrap

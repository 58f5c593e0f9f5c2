"""A rule: one small function together with its documentation.

The type of its parameter determines what a rule checks: an issue as its author wrote it (`Issue`),
an issue with earlier ones (`IssueHistory`), its links with the results of the link check
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
    """One problem at one location, as yielded by a rule."""

    where: Location
    message: str
    edit: Edit | None = None  # the fix, if a safe one exists
    detail: str = ""  # added to the rule's hint
    severity: Severity | None = None  # overrides the rule's


class Rule(Struct, Generic[T], frozen=True):
    """A rule: `find` yields violations; all other fields document it."""

    code: str
    name: str  # the function's name with hyphens; it names the problem, not the solution
    severity: Severity
    subject: str  # type name of `find`'s parameter
    why: str  # what it checks, why, and the source; from the function's docstring
    hint: str
    find: Callable[[T], Iterable[Violation]]
    bad: Shown = ""  # Markdown of the example's essay, or files of it; see `check/example.py`
    at: str = (
        ""  # where the problem in `bad` is: `line:column` of the Markdown, or `file:line:column`
    )
    good: Shown = ""
    also_triggers: tuple[str, ...] = ()  # codes of other rules that `bad` necessarily violates


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
    """Return a decorator that turns a function into a rule.

    Nothing is registered here; each file lists its rules in `RULES`.
    """

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

"""Locations in an author's files, and findings there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import astuple, replace

Severity = Literal["error", "warning", "info"]
Direction = Literal["ltr", "rtl"]


class Location(Struct, frozen=True, order=True, array_like=True):
    """A location in an author's file; lines and columns count from 1, columns in characters."""

    path: str  # relative to the workspace, with forward slashes
    line: int | None = None
    column: int | None = None

    @property
    def whole_line(self) -> Location:
        """The line, without a column."""
        return Location(self.path, self.line)

    def __str__(self) -> str:
        return ":".join(str(part) for part in astuple(self) if part is not None)


class Diagnostic(Struct, frozen=True):
    """A kind of problem found while reading files: code, name and explanation."""

    code: str
    name: str
    why: str  # one sentence
    severity: Severity = "error"

    def finding(self, where: Location, message: str, hint: str | None = None) -> Finding:
        return Finding(self.code, self.name, self.severity, where, message, hint)


class Edit(Struct, frozen=True):
    """A safe fix: replace `old` by `new` at `where`; skipped if `old` is not found there."""

    where: Location
    old: str
    new: str


class Finding(Struct, frozen=True):
    """One problem at one location: data, never an exception."""

    code: str
    name: str
    severity: Severity
    where: Location
    message: str
    hint: str | None = None
    edit: Edit | None = None
    allowed: str | None = None  # the reason given in its allow comment

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.where.path, self.where.line or 0, self.where.column or 0, self.code)

    def with_location(self, where: Location) -> Finding:
        """Return the same finding at another location."""
        return replace(self, where=where)

    def with_severity(self, severity: Severity) -> Finding:
        """Return the same finding with another severity."""
        return self if severity == self.severity else replace(self, severity=severity)

    def with_reason(self, reason: str) -> Finding:
        """Return the same finding with the reason for accepting it."""
        return replace(self, allowed=reason)

    def __str__(self) -> str:
        text = f"{self.where}: {self.severity} {self.code} {self.name}: {self.message}"
        return f"{text}\n    hint: {self.hint}" if self.hint else text


class RuleSelection(Struct, frozen=True):
    """The rules selected by one source (settings, issue, command line), as codes or prefixes."""

    select: tuple[str, ...] = ()  # these and no others; empty: as selected elsewhere
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity | Literal["information"]] = field(default_factory=dict)

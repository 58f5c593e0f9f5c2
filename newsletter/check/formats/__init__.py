"""Output formats for findings: one module each, with a function from a result to text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from newsletter.model import Finding, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class CheckResult(Struct, frozen=True):
    """The result of a check, as input for every format."""

    root: Path  # of the workspace; paths in findings are relative to it
    slugs: tuple[str, ...]
    findings: tuple[Finding, ...]  # sorted by location
    known: tuple[Finding, ...] = ()  # recorded in the baseline
    allowed: tuple[Finding, ...] = ()  # accepted by an allow comment
    baseline: str = ""  # its path
    resolved: int = 0  # how many findings it records that no longer occur
    fixed: int = 0
    links: Mapping[str, int] | None = None  # verdict -> number; None: links were not checked
    without_email: tuple[str, ...] = ()  # issues whose email could not be built
    docs_url: str = ""  # where the documentation is published

    def count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def prefix(self) -> str:
        """Return the path from the repository root to the workspace, as code hosts expect it."""
        for folder in (self.root, *self.root.parents):
            if (folder / ".git").exists():
                path = self.root.relative_to(folder).as_posix()
                return "" if path == "." else f"{path}/"
        return ""


def pluralize(count: int, word: str) -> str:
    """Return a count with its noun: `1 error`, `2 errors`; `info` has no plural."""
    if word == "info":
        return f"{count:,} {word}"
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def summary(result: CheckResult) -> str:
    """Return a line with all counts, and below it a list of what was not checked."""
    counts = [
        pluralize(count, word)
        for severity, word in zip(SEVERITIES, ("error", "warning", "info"), strict=True)
        if (count := result.count(severity))
    ]
    words = ", ".join(counts) or "no problems"
    fixable = sum(finding.edit is not None for finding in result.findings)
    notes: Sequence[str] = [
        f"{result.fixed:,} fixed" if result.fixed else "",
        f"{len(result.known):,} in the baseline" if result.known else "",
        f"{fixable:,} fixable with --fix" if fixable else "",
    ]
    notes = [note for note in notes if note]
    line = f"{pluralize(len(result.slugs), 'issue')}: {words}" + (
        f" ({', '.join(notes)})" if notes else ""
    )
    return "\n".join([line, *_below(result)])


def of_links(counts: Mapping[str, int]) -> str:
    """Return `3 links: 2 ok, 1 broken`."""
    words = ", ".join(f"{count:,} {word.replace('_', ' ')}" for word, count in counts.items())
    return pluralize(sum(counts.values()), "link") + (f": {words}" if words else "")


def _below(result: CheckResult) -> Iterator[str]:
    if result.links is not None:
        yield of_links(result.links)
    if result.without_email:
        yield _email_skipped(result)
    if result.resolved:
        findings = pluralize(result.resolved, "finding")
        yield f"{findings} in {result.baseline} no longer found: update it with --write-baseline"


def _email_skipped(result: CheckResult) -> str:
    some = ""
    if len(result.slugs) > 1:
        some = f" ({len(result.without_email):,} of {len(result.slugs):,} issues)"
    return f"Email checks skipped: fix these errors first{some}"

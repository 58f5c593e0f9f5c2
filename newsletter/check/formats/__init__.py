"""How findings are written: one file a format, each a function from a report to text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from newsletter.model import Finding, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "information")


class CheckResult(Struct, frozen=True):
    """What a check found, for whoever writes it down."""

    root: Path  # of the workspace; paths in findings are relative to it
    slugs: tuple[str, ...]
    findings: tuple[Finding, ...]  # by place
    known: tuple[Finding, ...] = ()  # not among the findings, because the baseline has them
    allowed: tuple[Finding, ...] = ()  # nor these, because an author answers for them
    baseline: str = ""  # its path
    gone: int = 0  # how many findings it knows that are no more
    mended: int = 0
    links: Mapping[str, int] | None = (
        None  # verdict -> how many links; None where the network was not asked
    )
    unmailed: tuple[
        str, ...
    ] = ()  # issues with faults that keep them from being a mail, so that no rule saw one

    def count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def prefix(self) -> str:
        """Return the path from the top of the repository to the workspace: forges count from there."""
        for folder in (self.root, *self.root.parents):
            if (folder / ".git").exists():
                path = self.root.relative_to(folder).as_posix()
                return "" if path == "." else f"{path}/"
        return ""


def pluralize(count: int, word: str) -> str:
    """Return `1 error`, `2 errors`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def summary(result: CheckResult) -> str:
    """Return the line that counts everything, and below it what was not looked at."""
    told = [
        pluralize(count, word)
        for severity, word in zip(SEVERITIES, ("error", "warning", "note"), strict=True)
        if (count := result.count(severity))
    ]
    words = ", ".join(told) or "no problems"
    fixable = sum(finding.edit is not None for finding in result.findings)
    notes: Sequence[str] = [
        f"{pluralize(result.mended, 'place')} mended" if result.mended else "",
        f"{len(result.known):,} known" if result.known else "",
        f"{fixable:,} can be mended with --fix" if fixable else "",
    ]
    notes = [note for note in notes if note]
    line = f"{pluralize(len(result.slugs), 'issue')}: {words}" + (
        f" ({', '.join(notes)})" if notes else ""
    )
    return "\n".join([line, *_below(result)])


def of_links(counts: Mapping[str, int]) -> str:
    """Return `3 links: 2 ok, 1 broken`."""
    told = ", ".join(f"{count:,} {word.replace('_', ' ')}" for word, count in counts.items())
    return pluralize(sum(counts.values()), "link") + (f": {told}" if told else "")


def _below(result: CheckResult) -> Iterator[str]:
    if result.links is not None:
        yield of_links(result.links)
    if result.unmailed:
        yield _not_looked_at(result)
    if result.gone:
        those, it = ("them", "are") if result.gone > 1 else ("it", "is")
        told = pluralize(result.gone, "known finding")
        yield f"{told} {it} gone: take {those} out of {result.baseline} with --write-baseline"


def _not_looked_at(result: CheckResult) -> str:
    some = (
        f" ({len(result.unmailed):,} of {len(result.slugs):,} issues)"
        if len(result.slugs) > 1
        else ""
    )
    return f"the mail itself was not looked at: mend these first{some}"

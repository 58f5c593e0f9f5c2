"""What rules are given beside an `Issue` and a `CheckedEmail`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.diagnostics import blocks_build
from newsletter.links.extract import LinkUse, asked_of, uses
from newsletter.links.result import LinkResult, Verdict, bare
from newsletter.load import load
from newsletter.model import Finding, Issue, Location
from newsletter.theme.theme import Theme
from newsletter.workspace import Workspace

DEPTH = 25  # earlier issues that are looked at: half a year of a weekly
LinkResults = Mapping[str, LinkResult]  # by address, without fragment


class IssueHistory(Struct, frozen=True):
    """An issue beside earlier ones."""

    issue: Issue
    earlier: tuple[Issue, ...]  # the latest first, at most `DEPTH`


class LinkedIssue(Struct, frozen=True):
    """What link rules are given: of an issue's links those that can be asked about, and the answers there are."""

    issue: Issue
    uses: tuple[LinkUse, ...]
    link_results: LinkResults

    @classmethod
    def of(
        cls, workspace: Workspace, issue: Issue, theme: Theme | None, link_results: LinkResults
    ) -> LinkedIssue:
        return cls(issue, asked_of(workspace, issue, uses(workspace, issue, theme)), link_results)

    @property
    def complete(self) -> bool:
        """Tell whether there is an answer for every link."""
        return all(bare(use.url) in self.link_results for use in self.uses)

    def said(self, verdict: Verdict) -> Iterator[tuple[LinkUse, LinkResult]]:
        """Yield the links of a verdict; of a page that lacks the link's anchor, nothing else is said."""
        for use in self.uses:
            answer = self.link_results.get(bare(use.url))
            if answer and answer.verdict == verdict and use.fragment not in answer.missing:
                yield use, answer

    def lacking(self) -> Iterator[tuple[LinkUse, LinkResult]]:
        """Yield the links whose page is there and has no such anchor."""
        for use in self.uses:
            answer = self.link_results.get(bare(use.url))
            if answer and use.fragment in answer.missing:
                yield use, answer

    def elsewhere(self, use: LinkUse, same: Callable[[str], str] = bare) -> str:
        """Return where else the issue links to the same page, as a sentence.

        A file that issues share is told of for all of them in the same words, so it tells of no issue.
        """
        alike = (other.where for other in self.uses if same(other.url) == same(use.url))
        places = [
            str(where)
            for where in alike
            if where != use.where and (self.own(use) or not self._owns(where.path))
        ]
        return f"Also at {', '.join(places)}." if places else ""

    def own(self, use: LinkUse) -> bool:
        """Tell whether a link stands in a file of this issue alone."""
        return self._owns(use.where.path)

    def _owns(self, path: str) -> bool:
        return path.startswith(self.issue.where.path.removesuffix("issue.yaml"))


def links_of(workspace: Workspace, folder: Path) -> tuple[LinkUse, ...]:
    """Return the links of an issue that can be asked about; none where it cannot be read, which is told elsewhere."""
    loaded = load(workspace, folder)
    return LinkedIssue.of(workspace, loaded.issue, loaded.theme, {}).uses if loaded.issue else ()


class Allowance(Struct, frozen=True):
    """One code, allowed on some lines of one file."""

    code: str
    reason: str
    where: Location
    first: int
    last: int
    whole: int = 0  # the line at which findings about all of a section stand
    slip: str = ""  # why it allows nothing

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is allowed; one about a whole file is, wherever in the file that is said."""
        if (finding.code, finding.where.path) != (self.code, self.where.path) or blocks_build(
            finding
        ):
            return False
        line = finding.where.line
        return line is None or self.first <= line <= self.last or line == self.whole


class Allowances(Struct, frozen=True):
    """What the rules about suppressions are given."""

    unknown: tuple[Allowance, ...]  # their codes are none
    barred: tuple[Allowance, ...]  # of what keeps an issue from being a mail
    unused: tuple[Allowance, ...]  # of the issue's own files
    unreasoned: tuple[Allowance, ...]
    slips: tuple[Allowance, ...]

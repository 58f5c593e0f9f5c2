"""The subjects of rules, in addition to `Issue` and `CheckedEmail`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from newsletter.diagnostics import blocks_build
from newsletter.links.extract import LinkUse, link_uses, requestable
from newsletter.links.result import LinkResult, Verdict, without_fragment
from newsletter.load import load
from newsletter.model import Finding, Issue, Location
from newsletter.theme.theme import Theme
from newsletter.workspace import Workspace

DEPTH = 25  # earlier issues to compare with: six months of a weekly
LinkResults = Mapping[str, LinkResult]  # by address, without fragment


class IssueHistory(Struct, frozen=True):
    """An issue with the issues before it."""

    issue: Issue
    earlier: tuple[Issue, ...]  # latest first, at most `DEPTH`
    standing_links: tuple[str, ...] = ()  # prefixes of addresses that every issue may link to


class LinkedIssue(Struct, frozen=True):
    """The subject of link rules: the links of an issue that can be requested, and their results."""

    issue: Issue
    uses: tuple[LinkUse, ...]
    link_results: LinkResults

    @classmethod
    def of(
        cls, workspace: Workspace, issue: Issue, theme: Theme | None, link_results: LinkResults
    ) -> LinkedIssue:
        return cls(
            issue, requestable(workspace, issue, link_uses(workspace, issue, theme)), link_results
        )

    @property
    def complete(self) -> bool:
        """Return whether there is a result for every link."""
        return all(without_fragment(use.url) in self.link_results for use in self.uses)

    def with_verdict(self, verdict: Verdict) -> Iterator[tuple[LinkUse, LinkResult]]:
        """Yield the links with a verdict, except those whose page lacks the anchor."""
        for use in self.uses:
            result = self.link_results.get(without_fragment(use.url))
            if result and result.verdict == verdict and use.fragment not in result.missing:
                yield use, result

    def lacking(self) -> Iterator[tuple[LinkUse, LinkResult]]:
        """Yield the links whose page exists but lacks the anchor."""
        for use in self.uses:
            result = self.link_results.get(without_fragment(use.url))
            if result and use.fragment in result.missing:
                yield use, result

    def elsewhere(self, use: LinkUse, same: Callable[[str], str] = without_fragment) -> str:
        """Return a sentence with the issue's other links to the same page.

        Findings in shared files are identical for all issues, so they mention no issue.
        """
        alike = (other.where for other in self.uses if same(other.url) == same(use.url))
        places = [
            str(where)
            for where in alike
            if where != use.where and (self.own(use) or not self._owns(where.path))
        ]
        return f"Also at {', '.join(places)}." if places else ""

    def own(self, use: LinkUse) -> bool:
        """Return whether a link is in one of the issue's own files."""
        return self._owns(use.where.path)

    def _owns(self, path: str) -> bool:
        return path.startswith(self.issue.where.path.removesuffix("issue.yaml"))


def links_of(workspace: Workspace, folder: Path) -> tuple[LinkUse, ...]:
    """Return the links of an issue that can be requested.

    Empty if the issue cannot be read, which is reported separately.
    """
    loaded = load(workspace, folder)
    return LinkedIssue.of(workspace, loaded.issue, loaded.theme, {}).uses if loaded.issue else ()


class Allowance(Struct, frozen=True):
    """One code that is allowed on a range of lines in one file."""

    code: str
    reason: str
    where: Location
    first: int
    last: int
    whole: int = 0  # the line for findings about a section as a whole
    malformed: str = ""  # why the comment has no effect

    def covers(self, finding: Finding) -> bool:
        """Return whether a finding is allowed.

        A finding about a whole file is covered by a comment anywhere in the file.
        """
        if (finding.code, finding.where.path) != (self.code, self.where.path) or blocks_build(
            finding
        ):
            return False
        line = finding.where.line
        return line is None or self.first <= line <= self.last or line == self.whole


class Allowances(Struct, frozen=True):
    """The subject of rules about allow comments."""

    unknown: tuple[Allowance, ...]  # for rules that do not exist
    not_allowed: tuple[Allowance, ...]  # for findings that block the build
    unused: tuple[Allowance, ...]  # in the issue's own files
    missing_reason: tuple[Allowance, ...]
    malformed: tuple[Allowance, ...]

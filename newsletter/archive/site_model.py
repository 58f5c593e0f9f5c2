"""Build the SiteModel from summaries: ordered issues with their topics, people and years."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from newsletter.archive.summary import Contribution, Contributor, IssueSummary, TopicName


class Topic(Struct, frozen=True):
    """A topic with its issues, latest first."""

    key: str
    label: str
    issues: tuple[IssueSummary, ...]


class ContributorPage(Struct, frozen=True):
    """A person or team with their contributions, latest issue first."""

    contributor: Contributor
    issues: tuple[IssueSummary, ...]
    contributions: tuple[Contribution, ...]  # one per issue

    @property
    def key(self) -> str:
        return self.contributor.key


class SiteModel(Struct, frozen=True, dict=True):
    """The model all pages are rendered from; `issues` are those with a page, latest first."""

    issues: tuple[IssueSummary, ...]

    @cached_property
    def listed(self) -> tuple[IssueSummary, ...]:
        """Return the issues that appear in lists, feeds and search."""
        return tuple(issue for issue in self.issues if not issue.unlisted)

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """Return topics alphabetically, each in its most frequent spelling."""
        members: dict[str, list[IssueSummary]] = defaultdict(list)
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        for issue in self.listed:
            for topic in issue.topics:
                members[topic.key].append(issue)
                spellings[topic.key][topic.label] += 1
        topics = (
            Topic(key, _most_common(spellings[key]), tuple(issues))
            for key, issues in members.items()
        )
        return tuple(sorted(topics, key=lambda topic: (topic.label.casefold(), topic.key)))

    @cached_property
    def people(self) -> tuple[ContributorPage, ...]:
        """Return everyone credited, in alphabetical order of their current names."""
        known: dict[str, Contributor] = {}
        members: dict[str, list[tuple[IssueSummary, Contribution]]] = defaultdict(list)
        for issue in self.listed:
            for contributor in issue.contributors:
                known.setdefault(contributor.key, contributor)
            for contribution in issue.contributions:
                members[contribution.key].append((issue, contribution))
        pages = (
            ContributorPage(
                contributor,
                tuple(issue for issue, _ in members[key]),
                tuple(contribution for _, contribution in members[key]),
            )
            for key, contributor in known.items()
        )
        return tuple(sorted(pages, key=lambda page: (page.contributor.name.casefold(), page.key)))

    @cached_property
    def neighbors(self) -> dict[str, tuple[IssueSummary | None, IssueSummary | None]]:
        """Return slug -> (previous, next) in chronological order; unlisted issues are left out."""
        listed = self.listed
        return {
            issue.slug: (
                listed[index + 1] if index + 1 < len(listed) else None,
                listed[index - 1] if index else None,
            )
            for index, issue in enumerate(listed)
        }

    @property
    def updated(self) -> dt.date | None:
        """Return the day of the last change, or `None` for a site without issues."""
        return max((issue.updated for issue in self.listed), default=None)


def site_model(summaries: Iterable[IssueSummary]) -> SiteModel:
    """Return the model of a site; issues of the same day are ordered by slug."""
    return SiteModel(
        tuple(sorted(summaries, key=lambda issue: (issue.date, issue.slug), reverse=True))
    )


def by_year(issues: Sequence[IssueSummary]) -> list[tuple[int, list[IssueSummary]]]:
    """Return years with their issues, both latest first."""
    years: dict[int, list[IssueSummary]] = {}
    for issue in issues:
        years.setdefault(issue.date.year, []).append(issue)
    return list(years.items())


def topic_labels(topics: Iterable[TopicName]) -> dict[str, str]:
    """Return key -> label."""
    return {topic.key: topic.label for topic in topics}


def _most_common(spellings: Counter[str]) -> str:
    """Return the most frequent spelling; ties are resolved alphabetically."""
    return min(spellings, key=lambda label: (-spellings[label], label))

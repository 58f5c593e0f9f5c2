"""Findings about the site as a whole: spellings, topics, removed addresses."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from newsletter.archive.feeds import entry_id
from newsletter.archive.site_model import SiteModel
from newsletter.archive.summary import place_of
from newsletter.diagnostics import (
    FEED_ID_CHANGED,
    MANY_TOPICS,
    PAGE_GONE,
    PERSON_SPELLED_TWICE,
    SAME_ADDRESS,
    TOPIC_SPELLED_TWICE,
)
from newsletter.files.quotation import quoted
from newsletter.files.suggest import nearest
from newsletter.files.yaml_reader import PositionMap
from newsletter.model import Finding
from newsletter.workspace import Workspace

MANY = 300  # topics of a site
SINGLE_SHARE = 0.8  # share of them with one issue
MOST_MISSING = 20  # pages reported individually


def same_addresses(workspace: Workspace) -> Iterator[Finding]:
    """Yield issue folders whose names collide on hosts that ignore case or repeated hyphens."""
    groups: dict[str, list[Path]] = defaultdict(list)
    folders = workspace.issues.iterdir() if workspace.issues.is_dir() else ()
    for path in sorted(folders):
        if path.is_dir() and re.match(r"\d{4}-\d{2}-\d{2}", path.name):
            name = unicodedata.normalize("NFKC", path.name).casefold()
            groups[re.sub(r"[-_ ]+", "-", name).strip("-")].append(path)
    for paths in groups.values():
        for path in paths[1:]:
            message = f"Same address on many hosts: {path.name} and {paths[0].name}"
            hint = "Rename one folder, and name its former slug under formerly: in issue.yaml."
            yield SAME_ADDRESS.finding(workspace.place(path), message, hint)


def doubtful_topics(model: SiteModel) -> Iterator[Finding]:
    """Yield likely duplicate topics, located at an issue with the rarer one.

    Also yields a warning for too many topics.
    """
    topics = model.topics
    single = sum(len(topic.issues) == 1 for topic in topics)
    if len(topics) > MANY and single > len(topics) * SINGLE_SHARE and model.listed:
        message = f"{len(topics):,} topics, {single:,} of them with one issue"
        hint = "Use fewer, broader topics; [archive.topics] maps a narrow one to a broad one."
        most = max(model.listed, key=lambda issue: len(issue.topics))
        yield MANY_TOPICS.finding(place_of(most), message, hint)
        return
    by_shape: dict[str, list[int]] = defaultdict(list)
    for index, topic in enumerate(topics):
        by_shape[_shape(topic.key)].append(index)
    for group in by_shape.values():
        if len(group) < 2:
            continue
        # Suggest the spelling used more often, or for longer.
        first, *others = sorted(
            (topics[index] for index in group),
            key=lambda topic: (-len(topic.issues), topic.issues[-1].date),
        )
        for other in others:
            message = f"Topic spelled two ways: {quoted(other.label)} and {quoted(first.label)}"
            hint = f'Use one, or write `"{other.label}" = "{first.label}"` under [archive.topics].'
            yield TOPIC_SPELLED_TWICE.finding(place_of(other.issues[0]), message, hint)


def _shape(key: str) -> str:
    """Return a topic's normalized spelling: no hyphens, doubled letters or final `s`."""
    plain = re.sub(r"(.)\1", r"\1", key.replace("-", ""))
    return re.sub(r"(?:ies|y|es|s)$", "", plain) if len(plain) > 4 else plain


def doubtful_people(model: SiteModel) -> Iterator[Finding]:
    """Yield names that differ from another person's only in case, accents or initials."""
    groups: dict[str, list[int]] = defaultdict(list)
    for index, page in enumerate(model.people):
        groups[_name_shape(page.contributor.name)].append(index)
    for group in groups.values():
        if len(group) < 2:
            continue
        first, *others = sorted(
            (model.people[index] for index in group), key=lambda page: -len(page.issues)
        )
        for other in others:
            name, usual = other.contributor.name, first.contributor
            message = f"Person spelled two ways: {quoted(name)} and {quoted(usual.name)}"
            hint = f"Credit both with one masthead id: {usual.key}."
            yield PERSON_SPELLED_TWICE.finding(place_of(other.issues[0]), message, hint)


def _name_shape(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    words = re.findall(r"[^\W\d_]+", letters)
    return " ".join(word for word in words if len(word) > 1) or letters


def changed_ids(
    workspace: Workspace, model: SiteModel, earlier: bytes | None, places: PositionMap
) -> Iterator[Finding]:
    """Yield a finding if feed ids differ from those of the existing site."""
    try:
        known = {entry["slug"]: entry["id"] for entry in json.loads(earlier or b"")["issues"]}
    except (ValueError, KeyError, TypeError):
        return
    host = workspace.archive.feed_host
    for issue in model.listed:
        for slug in (issue.slug, *issue.formerly):
            old = known.get(slug)
            new = entry_id(issue, workspace.publication, host)
            if old is None or old == new:
                continue
            message = (
                f"Feed ids change, such as {old} to {new}: readers would see every issue as new"
            )
            yield FEED_ID_CHANGED.finding(places.value("url"), message, _id_hint(old, new, slug))
            return


def _id_hint(old: str, new: str, slug: str) -> str:
    host = old.removeprefix("tag:").partition(",")[0]
    if new.removeprefix("tag:").partition(",")[0] != host:
        return f'Keep the host in the ids: feed_host = "{host}" under [archive].'
    return f"List the former slugs of {slug} oldest first under formerly: in issue.yaml."


def pages_gone(
    earlier: Collection[str], now: Mapping[str, str] | Collection[str], places: PositionMap
) -> Iterator[Finding]:
    """Yield pages of the earlier site that are neither present now nor redirected."""
    pages = sorted(
        {path.removesuffix("index.html") for path in earlier if path.endswith("/index.html")}
    )
    present = set(now)
    parts = re.compile(r"pagefind/|(?:topics|people)/index-")  # not worth a redirect
    missing = [path for path in pages if path not in present and not parts.match(path)]
    where = places.value("archive")
    for path in missing[:MOST_MISSING]:
        folder = path.rstrip("/").rpartition("/")[0]
        rivals: Sequence[str] = [
            page for page in present if page.startswith(folder) and page != path
        ]
        close = nearest(path, rivals[:2000], cutoff=0.5) or "…"
        moved = f'"{path.rstrip("/")}" = "{close.rstrip("/")}"'
        hint = f"Add `{moved}` under [archive.redirects] if it moved."
        yield PAGE_GONE.finding(where, f"Page no longer on the site: {path}", hint)
    if len(missing) > MOST_MISSING:
        message = f"{len(missing) - MOST_MISSING} more pages no longer on the site"
        yield PAGE_GONE.finding(
            where, message, "Redirect those that moved under [archive.redirects]."
        )

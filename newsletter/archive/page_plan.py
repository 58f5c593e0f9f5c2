"""Plan every file of the site: a digest of its inputs, and a function that renders it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path

import msgspec
from msgspec import Struct

from newsletter.archive import crawlers
from newsletter.archive.feeds import NEWEST, Feed, feed_files
from newsletter.archive.issue_parts import CARD
from newsletter.archive.list_pages import ON_LIST, ListPages, role_counts, split_by_year
from newsletter.archive.own_pages import OwnFiles
from newsletter.archive.page_frame import (
    NAVIGATION,
    NEIGHBOR_LINKS,
    NavItem,
    SiteContext,
    navigation,
    neighbor_links,
    script_element,
    stylesheet,
)
from newsletter.archive.permalinks import page_path
from newsletter.archive.site_model import SiteModel, by_year
from newsletter.archive.summary import IssueSummary
from newsletter.theme.theme import Theme, open_theme

Files = Mapping[str, bytes | Path]


class PagePlan(Struct, frozen=True):
    """Files rendered together; `key` changes exactly when one of them may change."""

    unit: str
    key: str
    make: Callable[[], Files]


class Planner:
    """State shared by all plans of a run."""

    def __init__(self, site: SiteContext, theme: Theme, model: SiteModel, own: OwnFiles) -> None:
        self.site, self.theme, self.model, self.own = site, theme, model, own
        self.publication = site.workspace.publication
        self.settings = site.workspace.archive
        self.nav = tuple(_navigation_items(site, theme, model, own))
        self.lists = ListPages(site, theme, model, self.nav)
        self.chrome = _key(site.shared, msgspec.json.encode(self.nav))

    # --- pages ---

    @cached_property
    def paths(self) -> dict[str, dt.date | None]:
        """Return the path of every page with the day it last changed, if known."""
        model = self.model
        paths: dict[str, dt.date | None] = {"": model.updated}
        for issue in model.issues:
            paths[page_path(issue.slug)] = issue.updated
            for section in issue.sections:
                if section.slug:
                    paths[page_path(issue.slug, section.slug)] = issue.updated
        for year, issues in by_year(model.listed):
            paths[page_path(str(year))] = max(issue.updated for issue in issues)
        for topic in model.topics:
            paths |= _list_paths(page_path("topics", topic.key), topic.issues)
        for page in model.people:
            paths |= _list_paths(page_path("people", page.key), page.issues)
        fixed = ["search/"]
        fixed += ["topics/"] if model.topics else []
        fixed += ["people/"] if model.people else []
        return paths | dict.fromkeys([*fixed, *(page.path for page in self.own.pages)])

    @cached_property
    def in_sitemap(self) -> list[tuple[str, dt.date | None]]:
        unlisted = tuple(page_path(issue.slug) for issue in self.model.issues if issue.unlisted)
        return [
            (path, date)
            for path, date in self.paths.items()
            if not (unlisted and path.startswith(unlisted))
        ]

    # --- plans ---

    def plans(self, redirects: Mapping[str, str]) -> Iterator[PagePlan]:
        """Yield a plan for every file of the site."""
        for issue in self.model.issues:
            yield self._issue(issue)
        yield from self._years()
        yield from self._topics()
        yield from self._people()
        yield from self._front()
        yield from self._own()
        yield self._machines(redirects)
        for old, target in redirects.items():
            yield self._moved(old, target)

    def _issue(self, issue: IssueSummary) -> PagePlan:
        previous, following = self.model.neighbors.get(issue.slug, (None, None))
        neighbors = [
            (other.slug, other.title, other.language) if other else ()
            for other in (previous, following)
        ]
        key = _key(self.chrome, issue.digest, issue.theme, msgspec.json.encode(neighbors))

        def make() -> Files:
            return self._issue_files(issue, previous, following)

        return PagePlan(f"issue:{issue.slug}", key, make)

    def _issue_files(
        self, issue: IssueSummary, previous: IssueSummary | None, following: IssueSummary | None
    ) -> Files:
        parts = self.site.parts / issue.slug
        path = page_path(issue.slug)
        theme = self._theme(issue.theme)
        html = (parts / "page.html").read_text("utf-8")
        html = html.replace(NAVIGATION, self._navigation(theme, path, issue.language))
        html = html.replace(
            NEIGHBOR_LINKS,
            neighbor_links(theme, path, issue.language, previous, following=following),
        )
        files: dict[str, bytes | Path] = {
            f"{path}index.html": html.encode(),
            f"{path}{CARD}": parts / CARD,
        }
        if not issue.unlisted:
            files[f"{path}index.md"] = parts / "index.md"
        images = parts / "images"
        for image in sorted(images.iterdir()) if images.is_dir() else ():
            files[f"{path}images/{image.name}"] = image
        for section in issue.sections:
            if section.slug:
                inner = page_path(issue.slug, section.slug)
                html = (parts / "articles" / f"{section.slug}.html").read_text("utf-8")
                links = self._navigation(theme, inner, issue.language)
                files[f"{inner}index.html"] = html.replace(NAVIGATION, links).encode()
        return files

    def _navigation(self, theme: Theme, path: str, language: str) -> str:
        depth = path.count("/")
        return _cached_navigation(_ThemeKey(theme), self.nav, depth, language)

    def _theme(self, name: str) -> Theme:
        return self.theme if name == self.theme.name else open_theme(self.site.workspace, name)

    def _years(self) -> Iterator[PagePlan]:
        for year, issues in by_year(self.model.listed):
            path = page_path(str(year))
            key = _key(self.chrome, *(issue.row for issue in issues))
            yield PagePlan(f"year:{year}", key, _page(path, self.lists.year, year))

    def _topics(self) -> Iterator[PagePlan]:
        if not self.model.topics:
            return
        counts = [(topic.key, topic.label, len(topic.issues)) for topic in self.model.topics]
        key = _key(self.chrome, msgspec.json.encode(counts))
        yield PagePlan("topics", key, _pages(self.lists.index, "topics"))
        for topic in self.model.topics:
            path = page_path("topics", topic.key)
            render = partial(self.lists.topic, topic)
            yield from self._list(
                f"topic:{topic.key}", path, topic.issues, topic.label, render=render
            )
            yield self._feed(f"{self.publication.name}: {topic.label}", path, topic.issues)

    def _people(self) -> Iterator[PagePlan]:
        if not self.model.people:
            return
        names = {page.key: page.contributor.name for page in self.model.people}
        counts = [
            (
                page.key,
                page.contributor.name,
                len(page.issues),
                [c.roles for c in page.contributions],
            )
            for page in self.model.people
        ]
        key = _key(self.chrome, msgspec.json.encode(counts))
        yield PagePlan("people", key, _pages(self.lists.index, "people"))
        for page in self.model.people:
            members = [names.get(member, "") for member in page.contributor.members]
            profile = (page.contributor, members, sorted(role_counts(page).items()))
            path = page_path("people", page.key)
            about = msgspec.json.encode(profile).decode()
            render = partial(self.lists.person, page)
            yield from self._list(f"person:{page.key}", path, page.issues, about, render=render)
            title = f"{self.publication.name}: {page.contributor.name}"
            yield self._feed(title, path, page.issues)

    def _list(
        self,
        unit: str,
        path: str,
        issues: Sequence[IssueSummary],
        about: str,
        *,
        render: Callable[[int | None], bytes],
    ) -> Iterator[PagePlan]:
        """Yield the page of a list and of each of its earlier years.

        A changed issue affects only the page of its own year.
        """
        shown, older = split_by_year(issues, ON_LIST)
        rows = [issue.row for _, year in shown for issue in year]
        counts = msgspec.json.encode([(year, len(issues)) for year, issues in older])
        yield PagePlan(unit, _key(self.chrome, about, counts, *rows), _page(path, render, None))
        for year, members in older:
            key = _key(self.chrome, about, *(issue.row for issue in members))
            yield PagePlan(f"{unit}:{year}", key, _page(f"{path}{year}/", render, year))

    def _front(self) -> Iterator[PagePlan]:
        listed = self.model.listed
        rows = [issue.row for issue in listed]
        show_body = self.settings.front == "whole" and bool(listed)
        key = _key(self.chrome, *rows, listed[0].digest if show_body else "")

        def front() -> Files:
            body = self._front_body(listed[0].slug) if show_body else None
            return {"index.html": self.lists.front(body)}

        yield PagePlan("front", key, front)
        yield self._feed(self.publication.name, "", listed)
        yield PagePlan("search", _key(self.chrome, *rows), _page("search/", self.lists.search))

    def _front_body(self, slug: str) -> str:
        """Return an issue's body for the front page: the feed's, one heading level down."""
        return (
            self._content(slug)
            .replace("<h3", "<h4")
            .replace("</h3>", "</h4>")
            .replace("<h2", "<h3")
            .replace("</h2>", "</h3>")
        )

    def _own(self) -> Iterator[PagePlan]:
        yield PagePlan("404", self.chrome, lambda: {"404.html": self.lists.not_found()})
        for page in self.own.pages:
            key = _key(self.chrome, msgspec.json.encode((page.title, page.description, page.body)))

            def make(page: object = page) -> Files:
                return self._own_files(page)

            yield PagePlan(f"own:{page.path}", key, make)
        for name, data in self.own.files.items():
            key = hashlib.sha256(data).hexdigest()
            yield PagePlan(f"file:{name}", key, lambda name=name, data=data: {name: data})  # type: ignore[misc]
        themes = sorted({self.theme.name, *(issue.theme for issue in self.model.issues)})
        sheets = dict(stylesheet(self._theme(name)) for name in themes)
        for name in themes:
            images = self._theme(name).images.values()
            sheets |= {f"assets/{image.name}": image.data or b"" for image in images}
        if self.site.searchable:
            sheets |= dict([script_element()])
        yield PagePlan("assets", _key(*sheets), lambda: sheets)

    def _own_files(self, page: object) -> Files:
        from newsletter.archive.own_pages import OwnPage

        assert isinstance(page, OwnPage)
        files: dict[str, bytes | Path] = {f"{page.path}index.html": self.lists.own(page)}
        files |= {
            f"{page.path}images/{image.name}": image.data for image in page.images if image.data
        }
        return files

    def _feed(self, title: str, folder: str, issues: Sequence[IssueSummary]) -> PagePlan:
        newest = tuple(issues[:NEWEST])
        feed = Feed(title, folder, None if folder else self.settings.description, newest)
        key = _key(self.site.shared, title, *(f"{issue.digest}{issue.row}" for issue in newest))

        def make() -> Files:
            host = self.settings.feed_host
            return feed_files(feed, self.publication, host, self._content)

        return PagePlan(f"feed:{folder}", key, make)

    def _content(self, slug: str) -> str:
        return (self.site.parts / slug / "feed.html").read_text("utf-8")

    def _machines(self, redirects: Mapping[str, str]) -> PagePlan:
        rows = [f"{issue.row}{issue.digest}{issue.receipts}" for issue in self.model.issues]
        paths = [f"{path} {date}" for path, date in self.in_sitemap]
        key = _key(self.site.shared, *rows, *paths, msgspec.json.encode(redirects))

        def make() -> Files:
            model, publication = self.model, self.publication
            pages = [] if self.site.drafts else self.in_sitemap
            return {
                **crawlers.sitemap_files(pages, publication),
                "robots.txt": crawlers.robots(publication, drafts=self.site.drafts),
                "llms.txt": crawlers.llms(model, publication, self.settings.description),
                "index.json": crawlers.index_json(model, publication, self.settings.feed_host),
                "_redirects": crawlers.redirects_file(redirects, publication),
            }

        return PagePlan("machines", key, make)

    def _moved(self, old: str, target: str) -> PagePlan:
        file = f"{old}index.html" if old.endswith("/") else old
        key = _key(self.chrome, target)
        return PagePlan(f"moved:{old}", key, lambda: {file: self.lists.moved(old, target)})


def _list_paths(path: str, issues: Sequence[IssueSummary]) -> dict[str, dt.date]:
    """Return the pages of a list: the main one, and those of its earlier years."""
    _, older = split_by_year(issues, ON_LIST)
    paths = {path: max(issue.updated for issue in issues)}
    for year, rows in older:
        paths[f"{path}{year}/"] = max(issue.updated for issue in rows)
    return paths


def _navigation_items(
    site: SiteContext, theme: Theme, model: SiteModel, own: OwnFiles
) -> Iterator[NavItem]:
    language = site.workspace.publication.language
    phrases = theme.phrases_for(language)
    if model.topics:
        yield NavItem(phrases["archive_topics"], "topics/", language)
    if model.people:
        yield NavItem(phrases["archive_people"], "people/", language)
    for page in own.pages:
        if page.navigation:
            yield NavItem(page.title, page.path, language)
    yield NavItem(phrases["archive_search"], "search/", language)


class _ThemeKey:
    """A theme as a cache key."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ThemeKey) and other.theme.digest == self.theme.digest

    def __hash__(self) -> int:
        return hash(self.theme.digest)


@lru_cache(maxsize=64)
def _cached_navigation(
    theme: _ThemeKey, nav: tuple[NavItem, ...], depth: int, language: str
) -> str:
    return navigation(theme.theme, nav, "-/" * depth, language)


def _page(path: str, render: Callable[..., bytes], *arguments: object) -> Callable[[], Files]:
    return lambda: {f"{path}index.html": render(*arguments)}


def _pages(render: Callable[..., Mapping[str, bytes]], *arguments: object) -> Callable[[], Files]:
    return lambda: {f"{path}index.html": html for path, html in render(*arguments).items()}


def _key(*parts: str | bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()[:32]

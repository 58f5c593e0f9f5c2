"""Pages that list issues (front, years, topics, people), search, and the 404 page."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from msgspec import Struct

from newsletter.archive.json_ld import organization, periodical, profile, script_json
from newsletter.archive.own_pages import OwnPage
from newsletter.archive.page_frame import (
    NAVIGATION,
    NavItem,
    SiteContext,
    frame,
    navigation,
    script_element,
)
from newsletter.archive.permalinks import base_path, page_path, path_word, root_of
from newsletter.archive.site_model import ContributorPage, SiteModel, Topic, by_year
from newsletter.archive.summary import Contribution, IssueSummary
from newsletter.languages import direction, locale, long_date
from newsletter.theme.theme import Theme

ON_FRONT = 60  # issues; older years have their own pages
ON_LIST = 200
WITH_DECKS = 120  # rows on one page; above, titles only, to stay under 60 KB
MOST_ENTRIES = 400  # topics or people on one page; above, one page per first letter


class Row(Struct, frozen=True):
    """One issue in a list."""

    path: str
    title: str
    deck: str
    note: str
    date: dt.date
    date_text: str
    lang: str
    dir: str


class ListPages:
    """Renders list pages; all share `model`, theme and language."""

    def __init__(
        self, site: SiteContext, theme: Theme, model: SiteModel, nav: Sequence[NavItem]
    ) -> None:
        self.site, self.theme, self.model, self.nav = site, theme, model, nav
        self.publication = site.workspace.publication
        self.language = self.publication.language
        self.phrases = theme.phrases_for(self.language)
        self.description = site.workspace.archive.description

    # --- pages ---

    def front(self, body: str | None) -> bytes:
        """Return the front page; `body` is the latest issue's body, if the settings include it."""
        listed = self.model.listed
        latest = self._latest(listed[0], body) if listed else None
        json_ld = {
            "@context": "https://schema.org",
            **periodical(self.publication),
            "inLanguage": self.language,
            "description": self.description,
            "publisher": organization(self.publication),
        }
        return self._render(
            "front",
            "",
            title=self.publication.name,
            description=self.description,
            wide=True,
            json_ld=Markup(script_json(json_ld)),
            latest=latest,
            year_pages=True,
            **self._years(listed, ON_FRONT, ""),
        )

    def year(self, year: int) -> bytes:
        issues = [issue for issue in self.model.listed if issue.date.year == year]
        return self._list(
            page_path(str(year)),
            str(year),
            issues,
            kicker={"path": "", "label": self.phrases["archive_issues"]},
        )

    def topic(self, topic: Topic, year: int | None) -> bytes:
        """Return the page of a topic, or of one of its earlier years if it has many issues."""
        notes = {issue.slug: _sections_about(issue, topic.key) for issue in topic.issues}
        kicker = {"path": "topics/", "label": self.phrases["archive_topics"]}
        path = page_path("topics", topic.key)
        return self._one_page(
            path,
            topic.label,
            topic.issues,
            notes,
            year=year,
            kicker=kicker,
            feed=(f"{self.publication.name}: {topic.label}", path),
        )

    def person(self, page: ContributorPage, year: int | None) -> bytes:
        """Return the page of a person or team: their roles per issue, with counts.

        If they have many issues, earlier years have pages of their own.
        """
        notes = {
            issue.slug: _did(contribution)
            for issue, contribution in zip(page.issues, page.contributions, strict=True)
        }
        counts = role_counts(page)
        known = {other.key: other.contributor for other in self.model.people}
        path = page_path("people", page.key)
        return self._one_page(
            path,
            page.contributor.name,
            page.issues,
            notes,
            year=year,
            kicker={"path": "people/", "label": self.phrases["archive_people"]},
            feed=(f"{self.publication.name}: {page.contributor.name}", path),
            roles=[
                f"{role}{self.phrases['colon']}{count}" for role, count in sorted(counts.items())
            ],
            website=page.contributor.url,
            members=[known[key] for key in page.contributor.members if key in known],
            json_ld=Markup(script_json(profile(page.contributor, self.publication))),
        )

    def index(self, kind: str) -> dict[str, bytes]:
        """Return the index of all topics or people; a long one is split by first letter."""
        entries = self._topic_entries() if kind == "topics" else self._people_entries()
        heading = self.phrases[f"archive_{kind}"]
        path = page_path(kind)
        if len(entries) <= MOST_ENTRIES:
            return {path: self._index(path, heading, entries, ())}
        groups: dict[str, list[dict[str, Any]]] = {}
        for entry in entries:
            groups.setdefault(entry["label"][0].upper(), []).append(entry)
        letters = [(letter, f"{path}{_letter_path(letter)}/") for letter in groups]
        often = sorted(entries, key=lambda entry: (-int(entry["count"]), entry["label"]))
        pages = {path: self._index(path, heading, often[: MOST_ENTRIES // 4], letters)}
        for letter, target in letters:
            pages[target] = self._index(target, f"{heading}: {letter}", groups[letter], letters)
        return pages

    def search(self) -> bytes:
        """Return the search page: a list by year, to which the script adds a form."""
        return self._render(
            "search",
            "search/",
            title=self.phrases["archive_search"],
            wide=True,
            scripts="'self' 'wasm-unsafe-eval'" if self.site.searchable else "'none'",
            searching=self.site.searchable,
            script=script_element()[0] if self.site.searchable else None,
            year_pages=True,
            **self._years(self.model.listed, ON_FRONT, ""),
        )

    def own(self, page: OwnPage) -> bytes:
        """Return a page of `pages/`."""
        return self._render(
            "text",
            page.path,
            title=page.title,
            description=page.description,
            heading=page.title,
            body=Markup(page.body),
        )

    def not_found(self) -> bytes:
        """Return 404.html; hosts serve it at any address, so its links start at the host's root."""
        heading = self.phrases["archive_not_found"]
        base = base_path(self.publication)
        hint = Markup("<p>{}</p>").format(self.phrases["archive_not_found_hint"])
        return self._render(
            "text",
            "404.html",
            title=heading,
            heading=heading,
            body=hint,
            root=base,
            canonical=None,
            noindex=True,
            feeds=(),
            in_root=base,
        )

    def moved(self, path: str, target: str) -> bytes:
        """Return the page at an old address; `target` is a relative path or an external address."""
        values = {
            "phrases": self.phrases,
            "lang": self.language,
            "dir": direction(self.language),
            "target": target if "://" in target else root_of(path) + target,
        }
        return (self.theme.render("archive/moved.html.j2", values).strip() + "\n").encode()

    # --- parts of pages ---

    def _render(self, template: str, path: str, *, in_root: str | None = None, **own: Any) -> bytes:
        values = frame(self.site, self.theme, path, **own)
        html = self.theme.render(f"archive/{template}.html.j2", values)
        links = navigation(self.theme, self.nav, path, self.language)
        if in_root is not None:
            links = links.replace(f'href="{root_of(path)}', f'href="{in_root}')
        return (html.replace(NAVIGATION, links).strip() + "\n").encode()

    def _latest(self, issue: IssueSummary, body: str | None) -> dict[str, Any]:
        titled = [section for section in issue.sections if section.title]
        return {
            "title": issue.title,
            "deck": issue.deck,
            "path": page_path(issue.slug),
            "number": issue.number,
            "date": issue.date,
            "long_date": long_date(issue.date, issue.language),
            "minutes": issue.minutes,
            "lang": issue.language,
            "dir": issue.direction,
            "body": Markup(body) if body else None,
            "contents": [(section.title, _section_path(issue, section)) for section in titled],
        }

    def _one_page(
        self,
        path: str,
        heading: str,
        issues: Sequence[IssueSummary],
        notes: Mapping[str, str],
        *,
        year: int | None,
        **own: Any,
    ) -> bytes:
        if year is None:
            return self._list(path, heading, issues, notes=notes, **own)
        own = {key: value for key, value in own.items() if key in ("kicker", "feed")}
        rows = [issue for issue in issues if issue.date.year == year]
        return self._list(f"{path}{year}/", f"{heading}: {year}", rows, notes=notes, **own)

    def _list(
        self,
        path: str,
        heading: str,
        issues: Sequence[IssueSummary],
        *,
        notes: Mapping[str, str] | None = None,
        roles: Sequence[str] = (),
        website: str | None = None,
        members: Sequence[Any] = (),
        **own: Any,
    ) -> bytes:
        count = self.phrases["archive_count"].format(count=len(issues))
        return self._render(
            "list",
            path,
            title=heading,
            heading=heading,
            wide=True,
            facts=[count, *roles],
            website=website,
            members=members,
            year_pages=False,
            **self._years(issues, ON_LIST, path, notes),
            **own,
        )

    def _years(
        self,
        issues: Sequence[IssueSummary],
        most: int,
        path: str,
        notes: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        shown, older = split_by_year(issues, most)
        decks = sum(len(rows) for _, rows in shown) <= WITH_DECKS
        years = [
            (year, [self._row(issue, (notes or {}).get(issue.slug, ""), decks) for issue in rows])
            for year, rows in shown
        ]
        earlier = [(year, f"{path}{year}/", len(rows)) for year, rows in older]
        return {"years": years, "earlier": earlier}

    def _row(self, issue: IssueSummary, note: str, decks: bool) -> Row:
        return Row(
            page_path(issue.slug),
            issue.title,
            issue.deck if decks else "",
            note,
            issue.date,
            short_date(issue.date, self.language),
            issue.language,
            issue.direction,
        )

    def _index(
        self, path: str, heading: str, entries: Sequence[Any], letters: Sequence[Any]
    ) -> bytes:
        return self._render(
            "index",
            path,
            title=heading,
            heading=heading,
            entries=entries,
            letters=letters,
            wide=True,
        )

    def _topic_entries(self) -> list[dict[str, Any]]:
        return [
            {
                "label": topic.label,
                "path": page_path("topics", topic.key),
                "count": len(topic.issues),
                "note": "",
            }
            for topic in self.model.topics
        ]

    def _people_entries(self) -> list[dict[str, Any]]:
        entries = []
        for page in self.model.people:
            roles = role_counts(page)
            entries.append(
                {
                    "label": page.contributor.name,
                    "path": page_path("people", page.key),
                    "count": len(page.issues),
                    "note": " · ".join(role for role, _ in roles.most_common(4)),
                }
            )
        return entries


def split_by_year(
    issues: Sequence[IssueSummary], most: int
) -> tuple[list[tuple[int, list[IssueSummary]]], list[tuple[int, list[IssueSummary]]]]:
    """Split years into those shown on a page (about `most` issues) and those on their own pages.

    Splitting by year instead of by count keeps an issue on the same page for good.
    """
    shown: list[tuple[int, list[IssueSummary]]] = []
    older: list[tuple[int, list[IssueSummary]]] = []
    count = 0
    for year, rows in by_year(issues):
        if shown and (older or count + len(rows) > most):
            older.append((year, rows))
        else:
            shown.append((year, rows))
            count += len(rows)
    return shown, older


def role_counts(page: ContributorPage) -> Counter[str]:
    """Return the number of issues in which a person held each role."""
    return Counter(role for contribution in page.contributions for role in contribution.roles)


@lru_cache(maxsize=4096)
def short_date(date: dt.date, language: str) -> str:
    """Format day and month in the language: `1 March`."""
    from babel.dates import format_skeleton

    return format_skeleton("MMMd", date, locale=locale(language))


def _section_path(issue: IssueSummary, section: Any) -> str:
    page = page_path(issue.slug)
    return f"{page}{section.slug}/" if section.slug else f"{page}#{section.anchor}"


def _sections_about(issue: IssueSummary, key: str) -> str:
    titles = (
        section.title
        for section in issue.sections
        if section.title and any(topic.key == key for topic in section.topics)
    )
    return " · ".join(titles)


def _did(contribution: Contribution) -> str:
    return " · ".join([*contribution.roles, *contribution.titles])


def _letter_path(letter: str) -> str:
    return f"index-{path_word(letter)}"

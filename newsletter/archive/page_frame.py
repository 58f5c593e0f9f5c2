"""The frame of every page: head, navigation, feeds, content security policy."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from newsletter.archive.permalinks import absolute, root_of
from newsletter.languages import direction
from newsletter.theme.look_view import look_values
from newsletter.theme.theme import Theme

if TYPE_CHECKING:
    from newsletter.workspace import Workspace

# Placeholders filled in when all issues are known; control characters cannot occur in authors'
# text.
NAVIGATION = "\x1anavigation\x1a"
NEIGHBOR_LINKS = "\x1aaround\x1a"
STATIC = Path(__file__).parent / "static"
FEEDS = (
    ("Atom", "atom.xml", "application/atom+xml"),
    ("JSON Feed", "feed.json", "application/feed+json"),
)


class SiteContext(Struct, frozen=True):
    """Everything a site build needs; pickled for every worker."""

    workspace: Workspace
    parts: Path  # where parts are cached between runs
    shared: str  # digest of everything all pages share
    drafts: bool = False
    searchable: bool = False
    icon: str | None = None  # a file of pages/


class NavItem(Struct, frozen=True):
    """One link of the navigation."""

    label: str
    path: str
    lang: str


class Card(Struct, frozen=True):
    """A preview image for links to a page."""

    url: str
    alt: str
    width: int = 1200
    height: int = 630


class FeedLink(Struct, frozen=True):
    """A feed as linked from pages: `url` is absolute, `href` relative to the page."""

    name: str
    title: str
    type: str
    url: str
    href: str


def frame(
    site: SiteContext,
    theme: Theme,
    path: str,
    *,
    title: str,
    language: str | None = None,
    description: str | None = None,
    feed: tuple[str, str] | None = None,
    noindex: bool = False,
    **own: Any,
) -> dict[str, Any]:
    """Return the values of a page at `path`.

    `feed` is its (title, folder); the default is the publication's feed.
    """
    publication = site.workspace.publication
    language = language or publication.language
    base = direction(language)
    feed_title, folder = feed or (publication.name, "")
    return {
        **look_values(theme, publication, f"{root_of(path)}assets/"),
        "t": theme.tokens,
        "medium": "archive",
        "phrases": theme.phrases_for(language),
        "lang": language,
        "dir": base,
        "start": "right" if base == "rtl" else "left",
        "end": "left" if base == "rtl" else "right",
        "path": path,
        "root": root_of(path),
        "title": title,
        "description": description,
        "canonical": absolute(publication, path),
        "og_type": "website",
        "card": None,
        "json_ld": None,
        "noindex": noindex or site.drafts,
        "indexed": False,
        "drafts": site.drafts,
        "front": path == "",
        "wide": False,
        "scripts": "'none'",
        "searching": False,
        "stylesheet": stylesheet(theme)[0],
        "icon": site.icon,
        "navigation": Markup(NAVIGATION),
        "feeds": feed_links(site, feed_title, folder, root_of(path)),
        **own,
    }


def feed_links(site: SiteContext, title: str, folder: str, root: str) -> tuple[FeedLink, ...]:
    """Return the two feeds of a page."""
    publication = site.workspace.publication
    return tuple(
        FeedLink(
            name,
            f"{title} ({name})",
            type_,
            absolute(publication, folder + file),
            root + folder + file,
        )
        for name, file, type_ in FEEDS
    )


def raised(html: str) -> str:
    """Return a body for a page whose title is its h1, with sub-headings raised one level."""

    def heading(match: re.Match[str]) -> str:
        tag = f"h{int(match[2]) - 1}"
        return f"</{tag}>" if match[1] else f'<{tag} class="sub">'

    return re.sub(r"<(/?)h([3-6])>", heading, html)


def navigation(theme: Theme, items: Sequence[NavItem], path: str, language: str) -> str:
    """Return the navigation of a page at `path` in `language`."""
    values = {
        "nav": items,
        "path": path,
        "root": root_of(path),
        "lang": language,
        "dir": direction(language),
        "phrases": theme.phrases_for(language),
    }
    return theme.render("archive/navigation.html.j2", values).strip()


def neighbor_links(
    theme: Theme, path: str, language: str, previous: object | None, *, following: object | None
) -> str:
    """Return the links from an issue's page to its neighbors."""
    values = {
        "previous": previous,
        "following": following,
        "root": root_of(path),
        "lang": language,
        "phrases": theme.phrases_for(language),
    }
    return theme.render("archive/around.html.j2", values).strip()


def stylesheet(theme: Theme) -> tuple[str, bytes]:
    """Return path and bytes of a theme's style sheet: the web page's, then the archive's own."""
    return _stylesheet(_Sheet(theme))


class _Sheet:
    """A theme as a cache key: themes with the same files are equal."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sheet) and self.theme.digest == other.theme.digest

    def __hash__(self) -> int:
        return hash(self.theme.digest)


@lru_cache(maxsize=16)
def _stylesheet(sheet: _Sheet) -> tuple[str, bytes]:
    values: Mapping[str, Any] = {"t": sheet.theme.tokens, "charts": True}
    names = ("web.css.j2", "archive.css.j2")
    data = "".join(sheet.theme.render(name, values).strip() + "\n" for name in names).encode()
    return f"assets/{hashlib.sha256(data).hexdigest()[:12]}.css", data


def script_element() -> tuple[str, bytes]:
    """Return path and bytes of the search page's script."""
    data = (STATIC / "search.js").read_bytes()
    return f"assets/{hashlib.sha256(data).hexdigest()[:12]}.js", data

"""Atom (RFC 4287) and JSON Feed 1.1, with full text and absolute addresses."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from newsletter.archive.json_ld import day
from newsletter.archive.permalinks import absolute, page_path, site_host
from newsletter.archive.summary import IssueSummary
from newsletter.model import Publication

NEWEST = 30  # entries; older issues are in the archive


class Feed(Struct, frozen=True):
    """A feed of the publication, a topic or a person."""

    title: str
    folder: str  # path of the page it belongs to
    description: str | None
    issues: tuple[IssueSummary, ...]  # the latest first, at most `NEWEST`


def entry_id(issue: IssueSummary, publication: Publication, host: str | None) -> str:
    """Return a tag URI (RFC 4151) that survives a move or a new slug.

    It always contains the issue's oldest slug and the host in the settings.
    """
    slug = issue.formerly[0] if issue.formerly else issue.slug
    return f"tag:{host or site_host(publication)},{slug[:10]}:{slug}"


def feed_files(
    feed: Feed, publication: Publication, host: str | None, content: Callable[[str], str]
) -> dict[str, bytes]:
    """Return the two files of a feed; `content` returns an issue's HTML by slug."""
    pairs = [(issue, content(issue.slug)) for issue in feed.issues]
    return {
        f"{feed.folder}atom.xml": _atom(feed, publication, host, pairs).encode(),
        f"{feed.folder}feed.json": _json_feed(feed, publication, host, pairs).encode(),
    }


Pairs = Sequence[tuple[IssueSummary, str]]


def _atom(feed: Feed, publication: Publication, host: str | None, pairs: Pairs) -> str:
    page = absolute(publication, feed.folder)
    own = f"{page}atom.xml"
    updated = max((issue.updated for issue in feed.issues), default=None)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(publication.language)}>',
        f"<id>tag:{host or site_host(publication)},2000:{escape(feed.folder or '/')}</id>",
        f"<title>{escape(feed.title)}</title>",
        *([f"<subtitle>{escape(feed.description)}</subtitle>"] if feed.description else []),
        f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>',
        f'<link rel="self" type="application/atom+xml" href={quoteattr(own)}/>',
        # An empty feed needs a timestamp too; the build time would change its bytes on every run.
        f"<updated>{day(updated) if updated else '2000-01-01T00:00:00Z'}</updated>",
        f"<author><name>{escape(publication.name)}</name>"
        f"<uri>{escape(publication.url)}/</uri></author>",
    ]
    for issue, html in pairs:
        lines += _entry(issue, html, publication, host)
    return "\n".join([*lines, "</feed>"]) + "\n"


def _entry(issue: IssueSummary, html: str, publication: Publication, host: str | None) -> list[str]:
    url = absolute(publication, page_path(issue.slug))
    lang = quoteattr(issue.language)
    people = (
        f"<author><name>{escape(person.name)}</name>"
        f"<uri>{escape(absolute(publication, page_path('people', person.key)))}</uri></author>"
        for person in issue.contributors
    )
    topics = (
        f"<category term={quoteattr(topic.key)} label={quoteattr(topic.label)}/>"
        for topic in issue.topics
    )
    return [
        f"<entry xml:lang={lang}>",
        f"<id>{escape(entry_id(issue, publication, host))}</id>",
        f"<title>{escape(issue.title)}</title>",
        f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>',
        f"<published>{day(issue.date)}</published>",
        f"<updated>{day(issue.updated)}</updated>",
        *people,
        *topics,
        f"<summary>{escape(issue.deck)}</summary>",
        f'<content type="html">{escape(html)}</content>',
        "</entry>",
    ]


def _json_feed(feed: Feed, publication: Publication, host: str | None, pairs: Pairs) -> str:
    page = absolute(publication, feed.folder)
    data: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": page,
        "feed_url": f"{page}feed.json",
        "language": publication.language,
        "authors": [{"name": publication.name, "url": f"{publication.url}/"}],
        "items": [_item(issue, html, publication, host) for issue, html in pairs],
    }
    if feed.description:
        data["description"] = feed.description
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _item(
    issue: IssueSummary, html: str, publication: Publication, host: str | None
) -> dict[str, Any]:
    url = absolute(publication, page_path(issue.slug))
    item: dict[str, Any] = {
        "id": entry_id(issue, publication, host),
        "url": url,
        "title": issue.title,
        "summary": issue.deck,
        "image": f"{url}card.png",
        "content_html": html,
        "date_published": day(issue.date),
        "date_modified": day(issue.updated),
        "language": issue.language,
    }
    if issue.topics:
        item["tags"] = [topic.label for topic in issue.topics]
    if issue.contributors:
        item["authors"] = [
            {"name": person.name, "url": absolute(publication, page_path("people", person.key))}
            for person in issue.contributors
        ]
    return item

"""JSON-LD: page metadata in the schema.org vocabulary."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from newsletter.archive.permalinks import absolute, page_path
from newsletter.archive.summary import Contributor, DatedNote, IssueSummary, SectionSummary
from newsletter.model import Publication, Source


def script_json(data: Mapping[str, Any]) -> str:
    """Return JSON that is safe inside a script element: it can neither close nor open one."""
    text = json.dumps(_without_empty(data), ensure_ascii=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], ())}


def day(date: dt.date) -> str:
    """Return a day as a timestamp (RFC 3339); issues have no time, so midnight UTC is used."""
    return f"{date.isoformat()}T00:00:00Z"


def organization(publication: Publication) -> dict[str, Any]:
    """Return the publisher."""
    return {"@type": "Organization", "name": publication.name, "url": f"{publication.url}/"}


def periodical(publication: Publication) -> dict[str, Any]:
    """Return the publication as the periodical that issues belong to."""
    return {
        "@type": "Periodical",
        "@id": f"{publication.url}/#periodical",
        "name": publication.name,
        "url": f"{publication.url}/",
    }


def issue_article(
    issue: IssueSummary, publication: Publication, sources: Sequence[Source], *, card: str
) -> dict[str, Any]:
    """Return the NewsArticle of an issue's page; its authors have a byline or a role."""
    url = absolute(publication, page_path(issue.slug))
    return _article(issue, publication, url, issue.title, description=issue.deck, card=card) | {
        "wordCount": issue.words,
        "author": author_objects(issue, publication, [person.key for person in issue.contributors]),
        "keywords": [topic.label for topic in issue.topics],
        "citation": [citation(source) for source in sources],
        "isPartOf": periodical(publication),
        "correction": [correction_comment(note) for note in issue.corrections],
    }


def section_article(
    issue: IssueSummary,
    section: SectionSummary,
    publication: Publication,
    sources: Sequence[Source],
    *,
    card: str,
) -> dict[str, Any]:
    """Return the NewsArticle of an article's own page: part of the issue and of the publication."""
    url = absolute(publication, page_path(issue.slug, section.slug or ""))
    periodical_issue = {
        "@type": "PublicationIssue",
        "name": issue.title,
        "url": absolute(publication, page_path(issue.slug)),
        "isPartOf": periodical(publication),
    }
    if issue.number is not None:
        periodical_issue["issueNumber"] = str(issue.number)
    published = section.date or issue.date
    return _article(
        issue, publication, url, section.title, description=section.teaser, card=card
    ) | {
        "datePublished": day(published),
        "dateModified": day(max(published, issue.updated)),
        "wordCount": section.words,
        "author": author_objects(issue, publication, section.by),
        "keywords": [topic.label for topic in section.topics],
        "citation": [citation(source) for source in sources],
        "isPartOf": periodical_issue,
    }


def _article(
    issue: IssueSummary,
    publication: Publication,
    url: str,
    headline: str,
    *,
    description: str,
    card: str,
) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": url,
        "headline": headline,
        "description": description,
        "datePublished": day(issue.date),
        "dateModified": day(issue.updated),
        "inLanguage": issue.language,
        "url": url,
        "mainEntityOfPage": url,
        "image": [card],
        "publisher": organization(publication),
    }


def author_objects(
    issue: IssueSummary, publication: Publication, keys: Sequence[str]
) -> list[dict[str, Any]]:
    """Return an object per person or team, with the address of their page on this site."""
    known = {person.key: person for person in issue.contributors}
    return [contributor(known[key], publication) for key in keys if key in known]


def contributor(person: Contributor, publication: Publication) -> dict[str, Any]:
    """Return a Person, or an Organization for a team."""
    return _without_empty(
        {
            "@type": "Organization" if person.team else "Person",
            "name": person.name,
            "url": absolute(publication, page_path("people", person.key)),
            "sameAs": person.url,
        }
    )


def profile(person: Contributor, publication: Publication) -> dict[str, Any]:
    """Return the ProfilePage of a person's page."""
    works_for = {} if person.team else {"worksFor": organization(publication)}
    return {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": contributor(person, publication) | works_for,
        "isPartOf": periodical(publication),
    }


def citation(source: Source) -> dict[str, Any]:
    """Return a source as a CreativeWork."""
    return _without_empty(
        {
            "@type": "CreativeWork",
            "name": source.title,
            "url": source.url,
            "publisher": source.publisher,
            "datePublished": source.date.isoformat() if source.date else None,
        }
    )


def correction_comment(note: DatedNote) -> dict[str, Any]:
    """Return a CorrectionComment."""
    return {"@type": "CorrectionComment", "text": note.note, "datePublished": day(note.date)}

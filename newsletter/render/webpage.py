"""Issue -> the page of the web archive."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from newsletter.markup.merge_fields import FIELD, FIELDS
from newsletter.model import Holder, Image, Issue, Publication, Team
from newsletter.render.context import authors, html_sections
from newsletter.theme.look_view import look_values
from newsletter.theme.theme import Theme


def webpage(
    issue: Issue,
    publication: Publication,
    theme: Theme,
    values: Mapping[str, Any],
    *,
    prepared: Mapping[str, Image],
) -> str:
    """Return the issue as a page that refers to its `images/` folder."""
    canonical = publication.web_url(issue.slug)
    view = {
        **values,
        **look_values(theme, publication, "images/"),
        "medium": "web",
        "sections": html_sections(issue, theme, values, prepared, medium="web", prefix="images/"),
        "canonical": canonical,
        "image": next(
            (
                publication.image_url(issue.slug, image.name)
                for image in prepared.values()
                if image.data is not None
            ),
            None,
        ),
        "stylesheet": Markup(theme.render("web.css.j2", values)),
        "json_ld": Markup(_json_ld(issue, publication, canonical, values["issue"].words)),
    }
    html = theme.render("web.html.j2", view)
    return without_recipient(html, publication, canonical).strip() + "\n"


def without_recipient(html: str, publication: Publication, canonical: str) -> str:
    """Return HTML with its merge fields filled in for the web.

    A page has no recipient, so names use their fallback.
    """
    known = dict.fromkeys(FIELDS, "") | {
        "web_url": escape(canonical),
        "unsubscribe_url": escape(publication.unsubscribe_url or publication.url),
    }

    def one(match: re.Match[str]) -> str:
        return known.get(match[1], match[0]) or match[2] or ""

    return FIELD.sub(one, html)


def _json_ld(issue: Issue, publication: Publication, canonical: str, words: int) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": issue.title,
        "description": issue.preheader,
        "datePublished": issue.date.isoformat(),
        "inLanguage": issue.language,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "wordCount": words,
        "keywords": list(issue.tags),
        "author": [_entity(holder) for holder in authors(issue)],
        "publisher": {"@type": "Organization", "name": publication.name, "url": publication.url},
    }
    text = json.dumps(
        {key: value for key, value in data.items() if value},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    # The three characters that could close the script element or open another.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _entity(holder: Holder) -> dict[str, str]:
    kind = "Organization" if isinstance(holder, Team) else "Person"
    return {"@type": kind, "name": holder.name, **({"url": holder.url} if holder.url else {})}

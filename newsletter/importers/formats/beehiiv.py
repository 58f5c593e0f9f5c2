"""beehiiv exports: a CSV file with one post per row, its HTML in a column."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.formats.buttondown import Row, read_export_table
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.posts import draft_from_post, in_order

# Column names, best first; they have changed over the years.
_HTML = ("content_html", "html", "email_html", "web_html", "content", "body", "body_html")
_TITLE = ("title", "web_title", "subject", "name")
_DECK = ("subtitle", "web_subtitle", "preview_text", "description")
_DATE = ("publish_date", "published_at", "displayed_date", "scheduled_at", "created_at", "created")
_AUTHOR = ("authors", "author", "author_name")
_TAGS = ("content_tags", "tags", "categories")


def read_beehiiv(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the posts of an export, oldest first."""
    rows = read_export_table(decode_draft(data, name)[0])
    if not any(_first(row, _HTML) for row in rows):
        hint = "Export the posts with their content, or put a table into the issue's data/ folder."
        raise NewsletterError(f"No posts with HTML in the table {name}", hint=hint)
    return in_order(
        [_post(row, name, number) for number, row in enumerate(rows, 1)], name, "beehiiv"
    )


def _first(row: Row, columns: tuple[str, ...]) -> str:
    return next((row[column].strip() for column in columns if row.get(column, "").strip()), "")


def _post(row: Row, name: str, number: int) -> Draft:
    slug = row.get("slug", "") or row.get("url", "").rstrip("/").rpartition("/")[2]
    status = row.get("status", "").lower()
    meta = {
        "title": _first(row, _TITLE),
        "date": _first(row, _DATE)[:10],
        "author": _first(row, _AUTHOR),
        "tags": re.sub(r"[\[\]\"']", "", _first(row, _TAGS)),
        "description": _first(row, _DECK),
        "slug": slug if re.fullmatch(r"[a-z0-9-]+", slug) else "",
        "draft": "true" if status in ("draft", "scheduled") else "",
    }
    origin = f"{name}!{slug or row.get('id') or number}"
    html = _first(row, _HTML)
    notes = []
    if not html:
        notes.append(ImportNote("omitted", "post without a text in the export", meta["title"]))
    return draft_from_post(html, origin, "beehiiv", meta, notes=notes)

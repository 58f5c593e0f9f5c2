"""Ghost exports: one JSON file with posts, their authors, tags and metadata."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.ghost_documents import lexical_html, mobiledoc_html
from newsletter.importers.formats.posts import draft_from_post, in_order

_SITE = re.compile(r"__GHOST_URL__")
Row = Mapping[str, Any]


def read_ghost(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the posts and pages of an export, oldest first."""
    try:
        value = json.loads(decode_draft(data, name)[0])
    except (ValueError, RecursionError) as error:
        raise NewsletterError(f"Invalid JSON in {name}: {error}", hint="Export again.") from None
    tables = _tables(value)
    site = _setting(tables, "url")
    drafts = [_post(_unwrapped(row), tables, site, name) for row in _rows(tables, "posts")]
    return in_order(drafts, name, "Ghost")


def _tables(value: Any) -> Row:
    """Return the tables of an export: in `db`, in a list, in `data`, or at the top level."""
    if isinstance(value, dict) and isinstance(value.get("db"), list) and value["db"]:
        value = value["db"][0]
    data = value.get("data") if isinstance(value, dict) else None
    if isinstance(data, dict):
        return data
    return value if isinstance(value, dict) else {}  # a response of Ghost's API


def _unwrapped(row: Row) -> Row:
    """Return a post as tools for migrating to Ghost write it: inside `data`."""
    inner = row.get("data")
    return inner if isinstance(inner, dict) and "html" not in row else row


def _rows(tables: Row, table: str) -> list[Row]:
    rows = tables.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _setting(tables: Row, key: str) -> str:
    return next(
        (_text(row, "value") for row in _rows(tables, "settings") if row.get("key") == key), ""
    )


def _named(tables: Row, links: str, key: str, table: str, *, post: Any) -> Iterator[str]:
    """Yield the names linked to a post in another table, in order; internal tags are left out."""
    names = {_text(row, "id"): _text(row, "name") for row in _rows(tables, table)}
    of_post = [row for row in _rows(tables, links) if row.get("post_id") == post]
    for row in sorted(of_post, key=lambda row: _text(row, "sort_order").rjust(6, "0")):
        name = names.get(_text(row, key), "")
        if name and not name.startswith("#"):
            yield name


def _inside(row: Row, key: str) -> Iterator[str]:
    """Yield names that a post contains itself, as in responses of the API."""
    for entry in _rows(row, key):
        name = _text(entry, "name")
        if name and not name.startswith("#"):
            yield name


def _post(row: Row, tables: Row, site: str, name: str) -> Draft:
    post = row.get("id")
    more: Row = next((row for row in _rows(tables, "posts_meta") if row.get("post_id") == post), {})
    authors = list(_named(tables, "posts_authors", "author_id", "users", post=post))
    users = {_text(user, "id"): _text(user, "name") for user in _rows(tables, "users")}
    author = ", ".join(authors) or users.get(_text(row, "author_id"), "")
    author = author or ", ".join(_inside(row, "authors"))
    tags = [*_named(tables, "posts_tags", "tag_id", "tags", post=post), *_inside(row, "tags")]
    slug = _text(row, "slug")
    meta = {
        "title": _text(row, "title"),
        "date": (_text(row, "published_at") or _text(row, "created_at"))[:10],
        "author": author,
        "tags": ", ".join(tags),
        "description": _text(row, "custom_excerpt"),
        "slug": slug if re.fullmatch(r"[a-z0-9-]+", slug) else "",
        "subject": _text(more, "email_subject"),
        "language": _text(row, "locale"),
        "draft": "" if _text(row, "status") in ("published", "sent", "") else "true",
    }
    body, notes = _body(row)
    content = _SITE.sub(site.rstrip("/"), _feature_image(row, more) + body)
    origin = f"{name}!{slug or _text(row, 'id') or 'post'}"
    return draft_from_post(content, origin, "ghost", meta, base=site, notes=notes)


def _body(row: Row) -> tuple[str, list[ImportNote]]:
    """Return a post's HTML, or its plain text if the export has nothing else."""
    if text := _text(row, "html"):
        return text, []
    for key, convert in (("lexical", lexical_html), ("mobiledoc", mobiledoc_html)):
        if text := convert(_text(row, key)):
            return text, [ImportNote("review", f"post without HTML, read from its {key} data", "")]
    plain = _text(row, "plaintext")
    if not plain:
        return "", []
    paragraphs = [part for part in re.split(r"\n\s*\n", plain) if part.strip()]
    body = "".join(f"<p>{html.escape(part)}</p>" for part in paragraphs)
    return body, [ImportNote("review", "post without HTML, read from its plain text", "")]


def _feature_image(row: Row, more: Row) -> str:
    url = _text(row, "feature_image")
    if not url:
        return ""
    alt = html.escape(_text(more, "feature_image_alt"))
    caption = _text(more, "feature_image_caption")
    image = f'<img src="{html.escape(url)}" alt="{alt}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"

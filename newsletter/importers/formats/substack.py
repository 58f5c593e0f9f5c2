"""Substack's export: `posts.csv`, and the HTML of each post in `posts/`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.web_page import draft_from_html
from newsletter.importers.formats.zip_archive import ZipArchive


def read_substack(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the posts of an export, oldest first; subscriber lists are never read."""
    archive = ZipArchive(data, name)
    table = next(
        path
        for path in sorted(archive, key=len)
        if path == "posts.csv" or path.endswith("/posts.csv")
    )
    folder = table.removesuffix("posts.csv")
    rows = _rows(decode_draft(archive[table], table)[0])
    drafts = [_post(archive, path, rows, name) for path in _posts(archive, folder)]
    known = {draft.meta.get("id", "") for draft in drafts}
    drafts += [_without_text(row, name) for key, row in rows.items() if key not in known]
    if not drafts:
        raise NewsletterError(
            f"No posts in the Substack export {name}", hint="Request a new export."
        )
    return tuple(sorted(drafts, key=lambda draft: (draft.meta.get("date", "9"), draft.origin)))


def _rows(text: str) -> dict[str, dict[str, str]]:
    """Return the rows of `posts.csv` by the number in their id (`1234.the-slug`)."""
    csv.field_size_limit(1024 * 1024)
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error as error:
        raise NewsletterError(
            f"Cannot read posts.csv: {error}", hint="Request a new export."
        ) from None
    return {
        _number(row.get("post_id") or ""): {
            key: value for key, value in row.items() if isinstance(value, str) and key
        }
        for row in rows
    }


def _number(post: str) -> str:
    return post.split(".", 1)[0]


def _posts(archive: ZipArchive, folder: str) -> list[str]:
    return sorted(
        path for path in archive if re.fullmatch(rf"{re.escape(folder)}posts/[^/]+\.html", path)
    )


def _post(archive: ZipArchive, path: str, rows: dict[str, dict[str, str]], name: str) -> Draft:
    post = path.rpartition("/")[2].removesuffix(".html")
    number, _, slug = post.partition(".")
    row = rows.get(number, {})
    collector = DraftCollector(archive.below(path.rpartition("/")[0]))
    draft = draft_from_html(
        decode_draft(archive[path], path)[0], f"{name}!{path}", collector, numbered=True, post=True
    )
    meta = _meta(row) | {"id": number} | ({"slug": slug} if slug else {})
    title = (row.get("title") or "").strip() or draft.title
    return replace(draft, kind="substack", title=title, meta=meta)


def _meta(row: dict[str, str]) -> dict[str, str]:
    meta = {
        "date": (row.get("post_date") or "")[:10],
        "description": (row.get("subtitle") or "").strip(),
        "type": row.get("type") or "",
        "audience": row.get("audience") or "",
        "draft": "true" if (row.get("is_published") or "").lower() == "false" else "",
        "podcast_url": row.get("podcast_url") or "",
    }
    return {key: value for key, value in meta.items() if value}


def _without_text(row: dict[str, str], name: str) -> Draft:
    """Return a draft, with a note, for a post that is in the table but not in the archive."""
    post = row.get("post_id") or "a post"
    title = (row.get("title") or "").strip()
    notes = ImportNote("omitted", f"no text in the export for post {post}", title)
    return Draft(
        f"{name}!{post}",
        "substack",
        (),
        title or None,
        _meta(row) | {"id": _number(post)},
        (),
        (notes,),
    )

"""Buttondown exports: `emails.csv`, and the text of each email in `emails/`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.markdown_file import read_markdown
from newsletter.importers.formats.posts import draft_from_post, in_order
from newsletter.importers.formats.zip_archive import ZipArchive

FIELD = 4 * 1024 * 1024  # characters per cell: an email with its images as data URLs
# Column of the table -> key in the draft's metadata.
_COLUMNS = {
    "subject": "title",
    "publish_date": "date",
    "creation_date": "created",
    "slug": "slug",
    "description": "description",
    "status": "status",
    "id": "id",
}
Row = Mapping[str, str]


def read_buttondown(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the emails of an export, oldest first; subscriber lists are never read."""
    archive = ZipArchive(data, name)
    rows = _table(archive)
    pattern = r"(?:.*/)?emails/[^/]+\.(?:md|html)"
    paths = sorted(path for path in archive if re.fullmatch(pattern, path))
    drafts = []
    used: set[int] = set()
    for path in paths:
        row = _row_of(path, rows)
        used.add(id(row))
        drafts.append(_email(archive, path, row, name))
    drafts += [_from_row(row, name) for row in rows if id(row) not in used]
    return in_order(drafts, name, "Buttondown")


def _table(archive: ZipArchive) -> list[Row]:
    path = next((path for path in archive if re.fullmatch(r"(?:.*/)?emails\.csv", path)), None)
    return read_export_table(decode_draft(archive[path], path)[0]) if path else []


def read_export_table(text: str) -> list[Row]:
    """Return the rows of a CSV file, keyed by lower-case column name; empty if it is malformed."""
    csv.field_size_limit(FIELD)
    rows: list[Row] = []
    try:
        for row in csv.DictReader(io.StringIO(text)):
            values = {key.strip().lower(): value for key, value in row.items() if key}
            rows.append({key: value for key, value in values.items() if isinstance(value, str)})
    except csv.Error:
        return rows
    return rows


def _row_of(path: str, rows: list[Row]) -> Row:
    stem = path.rpartition("/")[2].rpartition(".")[0]
    for row in rows:
        if stem in (row.get("slug"), row.get("id")):
            return row
    return next((row for row in rows if row.get("subject", "").casefold() == stem.casefold()), {})


def _meta(row: Row) -> dict[str, str]:
    meta = {name: row.get(column, "").strip() for column, name in _COLUMNS.items()}
    created, status = meta.pop("created"), meta.pop("status")
    meta["date"] = (meta["date"] or created)[:10]
    meta["draft"] = "true" if status.lower() in ("draft", "scheduled") else ""
    return {key: value for key, value in meta.items() if value and key != "id"}


def _email(archive: ZipArchive, path: str, row: Row, name: str) -> Draft:
    data = archive[path]
    origin = f"{name}!{path}"
    folder = archive.below(path.rpartition("/")[0])
    if path.endswith(".html"):
        html = decode_draft(data, path)[0]
        return draft_from_post(html, origin, "buttondown", _meta(row), files=folder)
    draft = read_markdown(_without_mode(data), origin, folder)
    return _with_meta(draft, _meta(row))


def _without_mode(data: bytes) -> bytes:
    """Return an email without the comment that names the editor it was written in."""
    return re.sub(rb"<!--\s*buttondown-editor-mode:[^>]*-->\s*", b"", data, count=1)


def _with_meta(draft: Draft, meta: dict[str, str]) -> Draft:
    """Return a draft with the table's metadata; its own front matter takes precedence."""
    front = dict(draft.meta)
    subject = front.pop("subject", "")
    title = draft.title or subject or meta.get("title")
    merged = {key: value for key, value in meta.items() if key != "title"} | front
    return replace(draft, kind="buttondown", title=title, meta=merged)


def _from_row(row: Row, name: str) -> Draft:
    """Return an email whose text is in the table; an email without text has no blocks."""
    origin = f"{name}!{row.get('slug') or row.get('id') or 'email'}"
    body = row.get("body", "")
    if not body.strip():
        title = row.get("subject", "").strip() or None
        note = ImportNote("omitted", "email without a text in the export", title or "")
        return Draft(origin, "buttondown", (), title, {}, (), (note,))
    if re.search(r"</(?:p|div|table)>", body):
        return draft_from_post(body, origin, "buttondown", _meta(row))
    return _with_meta(read_markdown(_without_mode(body.encode()), origin), _meta(row))

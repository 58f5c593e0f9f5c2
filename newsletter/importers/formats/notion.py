"""Notion exports: a zip archive with Markdown pages, images in folders, databases as CSV."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.frontmatter import NAMES
from newsletter.importers.formats.markdown_file import read_markdown
from newsletter.importers.formats.zip_archive import ZipArchive

_ID = re.compile(r"[ _-][0-9a-f]{32}(?=\.|/|$)")
_PROPERTY = re.compile(r"([A-Z][\w /()-]{0,40}): (\S.*)")
_PART = re.compile(r"(?:.*/)?ExportBlock-[^/]+\.zip")
_PAGE = re.compile(r"(?i).*\.(?:md|csv)")


def read_notion(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the top-level pages of an export; databases and subpages are reported."""
    archives = _archives(ZipArchive(data, name), name)
    drafts: list[Draft] = []
    for archive in archives:
        drafts += _pages(archive, name)
    if not drafts:
        hint = "Export the page as Markdown & CSV."
        raise NewsletterError(f"No page in the Notion export {name}", hint=hint)
    return tuple(drafts)


def _archives(archive: ZipArchive, name: str) -> list[ZipArchive]:
    """Return the archive, or the parts into which a large export is split."""
    parts = [path for path in archive if _PART.fullmatch(path)]
    if not parts or any(path.lower().endswith(".md") for path in archive):
        return [archive]
    return [ZipArchive(archive[path], f"{name}!{path}") for path in parts]


def _pages(archive: ZipArchive, name: str) -> list[Draft]:
    paths = sorted(path for path in archive if _PAGE.fullmatch(path))
    pages = [path for path in paths if path.lower().endswith(".md")]
    if not pages:
        return []
    top = min(path.count("/") for path in pages)
    first = [path for path in pages if path.count("/") == top]
    drafts = [_page(archive, path, name) for path in first]
    notes = tuple(_not_read(path) for path in paths if path not in first)
    return [replace(drafts[0], notes=(*drafts[0].notes, *notes)), *drafts[1:]]


def _not_read(path: str) -> ImportNote:
    is_table = path.lower().endswith(".csv")
    message = "Notion database" if is_table else "page below another; import it separately"
    return ImportNote("omitted", message, _ID.sub("", path))


def _page(archive: ZipArchive, path: str, name: str) -> Draft:
    text = decode_draft(archive[path], path)[0]
    lines = text.split("\n")
    title = lines[0].removeprefix("# ").strip() if lines[0].startswith("# ") else ""
    meta, start = _properties(lines) if title else ({}, 0)
    # Blank lines replace the properties, to preserve the line numbers of the text.
    rest = "\n".join([*[""] * start, *lines[start:]]) if start else text
    folder = posixpath.dirname(path)
    draft = read_markdown(rest.encode(), f"{name}!{_ID.sub('', path)}", archive.below(folder))
    file = _ID.sub("", posixpath.basename(path)).removesuffix(".md")
    return replace(
        draft, kind="notion", title=title or draft.title or file, meta={**meta, **draft.meta}
    )


def _properties(lines: list[str]) -> tuple[dict[str, str], int]:
    """Return the properties below a page's title, by issue keys, and the first line of the text."""
    index = 1
    while index < len(lines) and not lines[index].strip():
        index += 1
    meta: dict[str, str] = {}
    while index < len(lines) and (match := _PROPERTY.fullmatch(lines[index].strip())):
        key = match[1].lower()
        plain = key.replace(" ", "_")
        meta[NAMES.get(plain, plain if plain in ("date", "tags", "author") else match[1])] = match[
            2
        ]
        index += 1
    if meta and index < len(lines) and lines[index].strip():
        return {}, 1  # text that only looks like properties
    return meta, index if meta else 1

"""HTML of any origin -> a draft: documents, pastes, saved pages, Google Docs exports."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.importers.draft import Draft, ImportNote, Unit
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats import google, letter, saved_page
from newsletter.importers.formats.decoding import decode_draft, printable
from newsletter.importers.formats.zip_archive import ZipArchive
from newsletter.importers.html import parse_html, read_tree
from newsletter.importers.html.elements import number_paragraphs
from newsletter.importers.html.text_nodes import html_text_nodes
from newsletter.importers.sequence_audit import missing_text


def read_html_file(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in a page, as a tuple of one."""
    return (read_html(data, name, files),)


def read_html(data: bytes, name: str, files: Mapping[str, bytes] | None = None) -> Draft:
    """Return the draft in a page.

    `files` are the images that came with it, keyed by the address used in the page.
    """
    text, encoding = decode_draft(data, name)
    collector = DraftCollector(files)
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        collector.add_note("review", f"not UTF-8; read as {encoding}", "")
    return draft_from_html(text, name, collector)


def draft_from_html(
    text: str, name: str, collector: DraftCollector, *, numbered: bool = False, post: bool = False
) -> Draft:
    """Return a draft from the HTML of a page.

    `numbered` counts paragraphs instead of lines, for sources whose lines are not visible; `post`
    is for a text without the site around it.
    """
    root = parse_html(text, name)
    kind = "google" if google.is_google(text) else "html"
    meta = saved_page.read_head(root)
    numbered = numbered or kind == "google"  # the export is a single line
    if kind == "google":
        google.normalize_export(root)
        meta = {key: value for key, value in meta.items() if key == "title"}
    else:
        collector.base = meta.get("url", collector.base)
        if letter.is_letter(root):
            meta |= letter.drop_letter_frame(root, collector, meta.get("title", ""))
        if post:
            saved_page.drop_furniture(root, collector)
        elif saved_page.is_site(root):
            saved_page.keep_article(root, collector)
    if numbered:
        number_paragraphs(root)
    title = meta.pop("title", None)
    blocks = read_tree(root, collector, numbered=numbered)
    collector.notes += missing_text(html_text_nodes(printable(text)), blocks, collector.notes)
    unit: Unit = "paragraph" if numbered else "line"
    return Draft(
        name,
        kind,
        blocks,
        title,
        meta,
        tuple(collector.images.values()),
        collector.sorted_notes(),
        unit,
    )


def read_zipped(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the draft in a zipped web page, such as an export from Google Docs.

    The archive contains the page, and its images in a folder.
    """
    archive = ZipArchive(data, name)
    pages = sorted(
        (path for path in archive if path.lower().endswith((".html", ".htm"))),
        key=lambda path: path.count("/"),
    )
    folder = pages[0].rpartition("/")[0]
    draft = read_html(archive[pages[0]], f"{name}!{pages[0]}", archive.below(folder))
    others = tuple(
        ImportNote("omitted", "another page in the archive; import it separately", path)
        for path in pages[1:]
    )
    return (replace(draft, notes=draft.notes + others),)

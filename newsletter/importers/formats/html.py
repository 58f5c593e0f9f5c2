"""HTML of any origin -> a draft: documents, pastes, saved pages, Google Docs' export."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from newsletter.importers.draft import Draft, ImportNote, Unit
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats import google, page
from newsletter.importers.formats.archive import ZipArchive
from newsletter.importers.formats.plaintext import decode
from newsletter.importers.html import parse, read_tree
from newsletter.importers.html.elements import number_paragraphs


def read_html(data: bytes, name: str, files: Mapping[str, bytes] | None = None) -> Draft:
    """Return what a page says; `files` are the pictures that came along, by the address the page has for them."""
    text, encoding = decode(data, name)
    tray = DraftCollector(files)
    if encoding not in ("utf-8", "utf-16-le", "utf-16-be"):
        tray.tell("look", f"the file is not UTF-8; it was read as {encoding}", "")
    return html_draft(text, name, tray)


def html_draft(
    text: str, name: str, tray: DraftCollector, *, numbered: bool = False, post: bool = False
) -> Draft:
    """Return a draft from a page's text; `numbered` where nobody sees its lines; `post` for one without its site."""
    root = parse(text, name)
    kind = "google" if google.is_google(text) else "html"
    meta = page.read_head(root)
    numbered = numbered or kind == "google"  # the export is one long line
    if kind == "google":
        google.put_right(root)
        meta = {key: value for key, value in meta.items() if key == "title"}
    else:
        tray.base = meta.get("url", tray.base)
        if post:
            page.drop_furniture(root, tray)
        elif page.is_site(root):
            page.keep_text(root, tray)
    if numbered:
        number_paragraphs(root)
    title = meta.pop("title", None)
    blocks = read_tree(root, tray, numbered=numbered)
    unit: Unit = "paragraph" if numbered else "line"
    return Draft(
        name, kind, blocks, title, meta, tuple(tray.pictures.values()), tray.all_told(), unit
    )


def read_zipped(data: bytes, name: str) -> Draft:
    """Return what a zipped web page says, as Google Docs exports one: the page, and its pictures in a folder."""
    archive = ZipArchive(data, name)
    pages = sorted(
        (path for path in archive if path.lower().endswith((".html", ".htm"))),
        key=lambda path: path.count("/"),
    )
    folder = pages[0].rpartition("/")[0]
    draft = read_html(archive[pages[0]], f"{name}!{pages[0]}", archive.below(folder))
    others = tuple(
        ImportNote(
            "lost", "the archive holds another page, which was not read; import it on its own", path
        )
        for path in pages[1:]
    )
    return replace(draft, told=draft.told + others)

"""Medium exports: a zip archive with one HTML page per post in `posts/`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.importers.draft import Draft
from newsletter.importers.formats.decoding import decode_draft
from newsletter.importers.formats.posts import draft_from_post, in_order
from newsletter.importers.formats.zip_archive import ZipArchive
from newsletter.importers.html import parse_html
from newsletter.importers.html.elements import element_text, remove_element

_NAME = re.compile(r"(?:(\d{4}-\d\d-\d\d)|draft)_(.*?)(?:-[0-9a-f]{8,12})?\.html")


def read_medium(
    data: bytes, name: str, files: Mapping[str, bytes] | None = None
) -> tuple[Draft, ...]:
    """Return the posts of an export, oldest first; other pages of the account are not read."""
    archive = ZipArchive(data, name)
    paths = [path for path in archive if re.fullmatch(r"(?:.*/)?posts/[^/]+\.html", path)]
    return in_order([_post(archive, path, name) for path in paths], name, "Medium")


def _post(archive: ZipArchive, path: str, name: str) -> Draft:
    import lxml.html

    root = parse_html(decode_draft(archive[path], path)[0], path)
    file = path.rpartition("/")[2]
    named = _NAME.fullmatch(file)
    meta = dict(_metadata(root))
    if named and named[1]:
        meta.setdefault("date", named[1])
    if file.startswith("draft_"):
        meta["draft"] = "true"
    text: str = lxml.html.tostring(root, encoding="unicode")
    folder = path.rpartition("/")[0]
    return draft_from_post(text, f"{name}!{path}", "medium", meta, files=archive.below(folder))


def _metadata(root: Any) -> Iterator[tuple[str, str]]:
    """Yield title, deck, author and date, and remove them from the page."""
    for key, path in (
        ("title", ".//header//*[contains(@class, 'p-name')]"),
        ("description", ".//section[@data-field='subtitle']"),
    ):
        for element in root.xpath(path)[:1]:
            if text := element_text(element):
                yield key, text
            remove_element(element)
    footers = root.xpath(".//article/footer") or root.xpath(".//footer")
    for footer in footers[:1]:
        for element in footer.xpath(".//*[contains(@class, 'p-author')]")[:1]:
            yield "author", re.sub(r"^By\s+", "", element_text(element))
        for element in footer.xpath(".//time[@datetime]")[:1]:
            yield "date", str(element.get("datetime"))[:10]
        for element in footer.xpath(".//a[contains(@class, 'p-canonical')]")[:1]:
            yield "url", str(element.get("href", ""))
        remove_element(footer)
    _drop_repeated_title(root)


def _drop_repeated_title(root: Any) -> None:
    """Remove the title and subtitle that Medium repeats at the start of the text."""
    for class_name in ("graf--title", "graf--subtitle"):
        body = root.xpath(".//section[@data-field='body']")
        elements = body[0].xpath(f".//*[contains(@class, '{class_name}')]") if body else []
        titles = [element_text(element) for element in root.iter("title")]
        for element in elements[:1]:
            if class_name == "graf--subtitle" or element_text(element) in titles:
                remove_element(element)

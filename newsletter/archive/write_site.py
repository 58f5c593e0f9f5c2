"""Write plans to disk: render what changed, reuse the rest, build the search index last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from newsletter.archive import search_index
from newsletter.archive.page_frame import SiteContext
from newsletter.archive.page_plan import PagePlan
from newsletter.archive.site_record import KnownPage
from newsletter.archive.site_writer import Exchange, FileState, Staging, WrittenFile, intact
from newsletter.errors import NewsletterError
from newsletter.files.output import os_errors_explained
from newsletter.pipeline.web_page import LISTING


def refuse_collisions(plans: Sequence[PagePlan], own: Mapping[str, bytes]) -> None:
    """Raise `NewsletterError` if a file of `pages/` has the path of a generated file."""
    folders = {plan.unit.partition(":")[2] for plan in plans if plan.unit.startswith("issue:")}
    reserved = {"index.html", "404.html", "sitemap.xml", "index.json", "atom.xml", "feed.json"}
    reserved |= {"llms.txt", "robots.txt", "_redirects", LISTING}
    for name in own:
        first = name.partition("/")[0]
        if name in reserved or ("/" in name and first in folders | {"topics", "people", "search"}):
            message = f"pages/{name} would replace a file that the archive generates"
            raise NewsletterError(message, hint="Rename it, or remove it.")


def write_site(
    site: SiteContext,
    plans: Sequence[PagePlan],
    known: Mapping[str, KnownPage],
    out: Path,
    *,
    existing: Mapping[str, FileState],
) -> tuple[dict[str, KnownPage], int, int]:
    """Write changed files; return the files per plan and the numbers written and removed."""
    unchanged: dict[str, KnownPage] = {}
    todo: list[PagePlan] = []
    for plan in plans:
        page = known.get(plan.unit)
        if page is not None and page.key == plan.key and intact(page.files, existing):
            unchanged[plan.unit] = page
        else:
            todo.append(plan)
    index_key = _index_key(plans) if site.searchable else ""
    index = known.get("pagefind")
    reindex = site.searchable and not (
        index and index.key == index_key and intact(index.files, existing)
    )
    if site.searchable and index and not reindex:
        unchanged["pagefind"] = index
    listed = {file.path for page in unchanged.values() for file in page.files}
    if not todo and not reindex and existing.keys() == listed | {LISTING}:
        return unchanged, 0, 0
    exchange = Exchange(out, site.parts.parent / "spare")
    with os_errors_explained(out), exchange as staging:
        pages = _stage(staging, unchanged, todo)
        if reindex:
            staging.clear(search_index.FOLDER)
            staging.remove_rest()  # removed pages must not be searchable
            files = [_state(staging, path) for path in search_index.build_index(staging.folder)]
            staging.files.extend(file.path for file in files)
            pages["pagefind"] = KnownPage(index_key, tuple(files))
        exchange.finish()
    written = {file.path for page in pages.values() for file in page.files}
    changed = sum(len(pages[plan.unit].files) for plan in todo)
    return pages, changed, len(existing.keys() - written - {LISTING})


def _stage(
    staging: Staging, unchanged: Mapping[str, KnownPage], todo: Sequence[PagePlan]
) -> dict[str, KnownPage]:
    pages = dict(unchanged)
    for page in unchanged.values():
        for file in page.files:
            staging.keep(file)
    for plan in todo:
        files = tuple(staging.write(path, data) for path, data in _loaded(plan.make()))
        pages[plan.unit] = KnownPage(plan.key, files)
    return pages


def _loaded(files: Mapping[str, bytes | Path]) -> Iterator[tuple[str, bytes]]:
    """Yield files with their bytes.

    Parts are copied, not linked, so that edits in the site cannot change them.
    """
    for path, data in files.items():
        yield path, data if isinstance(data, bytes) else data.read_bytes()


def _state(staging: Staging, path: str) -> WrittenFile:
    status = (staging.folder / path).stat()
    return WrittenFile(path, status.st_size, status.st_mtime_ns)


def _index_key(plans: Sequence[PagePlan]) -> str:
    keys = "".join(f"{plan.unit} {plan.key}\n" for plan in plans if plan.unit.startswith("issue:"))
    return hashlib.sha256(keys.encode()).hexdigest()

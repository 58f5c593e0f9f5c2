"""Shared by the export readers: turns an HTML post and its metadata into a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from newsletter.errors import NewsletterError
from newsletter.importers.draft import Draft, ImportNote
from newsletter.importers.draft_collector import DraftCollector
from newsletter.importers.formats.web_page import draft_from_html


def draft_from_post(
    html: str,
    origin: str,
    kind: str,
    meta: Mapping[str, str],
    *,
    files: Mapping[str, bytes] | None = None,
    base: str = "",
    notes: Iterable[ImportNote] = (),
) -> Draft:
    """Return a draft from a post's HTML.

    `meta` includes `title`, and its empty values are dropped.
    """
    collector = DraftCollector(files, base=base)
    draft = draft_from_html(html, origin, collector, numbered=True, post=True)
    known = {key: " ".join(value.split()) for key, value in meta.items() if value.strip()}
    title = known.pop("title", None) or draft.title
    merged = {key: value for key, value in draft.meta.items() if key == "language"} | known
    return replace(
        draft, kind=kind, title=title, meta=merged, notes=(*draft.notes, *notes), unit="paragraph"
    )


def in_order(drafts: Iterable[Draft], name: str, service: str) -> tuple[Draft, ...]:
    """Return posts oldest first.

    Raises `NewsletterError` if there are none.
    """
    ordered = sorted(drafts, key=lambda draft: (draft.meta.get("date", "9"), draft.origin))
    if not ordered:
        raise NewsletterError(
            f"No posts in the {service} export {name}", hint="Request a new export."
        )
    return tuple(ordered)

"""Types of the settings and pages of the public archive."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta

from newsletter.schema.base import Document, Text

# `true` (the default), `false`, or a page without links to it.
ArchiveChoice = bool | Literal["unlisted"]


class ArchiveSettings(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[archive]`: the public web archive that `newsletter archive` builds."""

    out: Annotated[Text, Meta(description="Folder the site is written to.")] = "site"
    description: Annotated[
        Text | None,
        Meta(description="One sentence about the publication: front page, feeds, search engines."),
    ] = None
    front: Annotated[
        Literal["deck", "whole"],
        Meta(description="How the front page shows the latest issue: its deck, or the whole text."),
    ] = "deck"
    search: Annotated[
        bool, Meta(description="Build a search index (needs the extra `archive`).")
    ] = True
    view_in_browser: Annotated[
        Literal["service", "archive"],
        Meta(
            description="Where `%%web_url%%` leads in drafts for a service: the service's own page, "
            "or the archive's."
        ),
    ] = "service"
    published_before: Annotated[
        dt.date | None,
        Meta(
            description="Issues dated before this day were published elsewhere: no receipt needed."
        ),
    ] = None
    feed_host: Annotated[
        Text | None,
        Meta(
            description="Host name in the ids of feed entries; the host of `url` by default. "
            "Keep the old one when the site moves."
        ),
    ] = None
    topics: Annotated[
        dict[Text, Text],
        Meta(description="Other spelling or former name of a topic -> the topic it means."),
    ] = {}
    redirects: Annotated[
        dict[Text, Text],
        Meta(
            description="Old path below `url` -> new path, issue slug or https address. With `{name}` "
            "in the old and `{slug}` in the new path one line holds for every issue."
        ),
    ] = {}


class PageFile(Document, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The lines between `---` and `---` at the top of a page in `pages/`; they may be left out."""

    title: Annotated[
        Text | None, Meta(description="The page's heading; its `#` heading by default.")
    ] = None
    description: Annotated[
        Text | None, Meta(description="One sentence for search engines and shared links.")
    ] = None
    navigation: Annotated[bool, Meta(description="Whether every page's navigation leads here.")] = (
        True
    )

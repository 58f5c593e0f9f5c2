"""Fragments, and whether the page has a place for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from newsletter.links.page import PageStart

_LINES = re.compile(r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?")  # of code, on GitHub and its like


def anchor(fragment: str) -> str | None:
    """Return the anchor that a page must have for a fragment, or `None` where it need have none.

    Nothing and `top` are the top of the page; `/…`, `!…` and `key=value` are read by programs in it; `:~:text=`
    searches for words.
    """
    name = fragment.partition(":~:")[0]
    if name.lower() in ("", "top") or name[0] in "/!" or "=" in name or _LINES.fullmatch(name):
        return None
    return name


def missing(page: PageStart, fragments: Iterable[str]) -> tuple[str, ...]:
    """Return the fragments that a page has no place for; nothing is said of what was not read to its end."""
    lacking = tuple(
        fragment for fragment in fragments if (name := anchor(fragment)) and not _has(page, name)
    )
    return lacking if lacking and page.is_html and page.is_whole and not page.is_shell else ()


def _has(page: PageStart, name: str) -> bool:
    """Tell whether an anchor is there: percent-decoded or not, as it is or as GitHub prefixes it."""
    names = {name, unquote(name)}
    return bool(page.anchors & (names | {f"user-content-{one}" for one in names}))

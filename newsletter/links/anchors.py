"""Which anchors a link needs, and whether the page has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from newsletter.links.page_text import PageText

_CODE_LINES = re.compile(r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?")  # on GitHub and similar sites
# Parts that code hosts load after the page: comments, reviews, diffs. GitHub: issuecomment-1,
# discussion_r1, pullrequestreview-1, event-1, diff-0a1b; GitLab: note_1; Bitbucket: comment-1.
_LOADED_LATER = re.compile(
    r"(?:issuecomment|pullrequestreview|commitcomment|discussioncomment|comment|event|diff|ref-commit)-\w+"
    r"|(?:discussion_r|note_)\d+",
    re.IGNORECASE,
)


def required_anchor(fragment: str) -> str | None:
    """Return the anchor that a page must have for a fragment, or `None` if it needs none.

    An empty fragment and `top` mean the top of the page (HTML 7.4.6.3). Fragments with `/`, `!`,
    `?` or `=` are interpreted by scripts (`#/route`, `#narrow/stream/7`, `#t=30`); `:~:text=`
    searches for text.
    """
    name = fragment.partition(":~:")[0]
    if name.lower() in ("", "top") or re.search(r"[/=?]|^!|%2[fF]", name):
        return None
    if _CODE_LINES.fullmatch(name) or _LOADED_LATER.fullmatch(name):
        return None
    return name


def missing_anchors(page: PageText, fragments: Iterable[str]) -> tuple[str, ...]:
    """Return the fragments for which a page has no anchor.

    The result is empty if scripts may add anchors or if part of the page was not read.
    """
    if not page.is_html or not page.is_whole or page.is_filled_by_scripts:
        return ()
    anchors = page.anchors
    return tuple(
        fragment
        for fragment in fragments
        if (name := required_anchor(fragment)) and not _has(anchors, name)
    )


def _has(anchors: frozenset[str], name: str) -> bool:
    """Return whether an anchor exists: percent-decoded or not, plain or with GitHub's prefix."""
    names = {name, unquote(name)}
    return bool(anchors & (names | {f"user-content-{spelling}" for spelling in names}))

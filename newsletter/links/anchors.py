"""Which anchors a link needs, and whether the page has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from newsletter.links.page_text import PageText
from newsletter.links.scripted_page import is_filled_by_scripts

# On GitHub and similar sites, Gists, Bitbucket.
_CODE_LINES = re.compile(
    r"(?:file-[\w-]+-)?L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|(?:lines|line|cl)-\d+(?::\d+)?",
    re.IGNORECASE,
)
# Parts that code hosts load after the page: comments, reviews, diffs, README files. GitHub:
# issuecomment-1, discussion_r1, r123456, pullrequestreview-1, event-1, issue-1, diff-0a1b, and
# readme-ov-file; GitLab: note_1; Bitbucket: comment-1; Gist: file-log-md.
_LOADED_LATER = re.compile(
    r"(?:issuecomment|pullrequestreview|commitcomment|discussioncomment|comment|event|issue|diff|ref-commit|file)-[\w-]+"
    r"|(?:discussion_r|note_)\d+|r\d{5,}|[\w.-]+-ov-file|partial-[\w-]+|[\w-]+-tab|issuecomment-new",
    re.IGNORECASE,
)
# What scripts of comments, advertisements and highlights add to addresses.
_ADDED = re.compile(
    r"disqus_thread|isso-thread|remark42|fb-comments|google_vignette|sthash\..+|annotations:.+|selection-[\d.-]+"
    r"|fromhistory|__next",
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
    if _CODE_LINES.fullmatch(name) or _LOADED_LATER.fullmatch(name) or _ADDED.fullmatch(name):
        return None
    return name


def missing_anchors(page: PageText, fragments: Iterable[str]) -> tuple[str, ...]:
    """Return the fragments for which a page has no anchor.

    The result is empty if scripts may add anchors or if part of the page was not read.
    """
    required = [(fragment, name) for fragment in fragments if (name := required_anchor(fragment))]
    if not required or not page.is_html or not page.is_whole or is_filled_by_scripts(page):
        return ()
    return tuple(fragment for fragment, name in required if not _has(page.anchors, name))


def _has(anchors: frozenset[str], name: str) -> bool:
    """Return whether an anchor exists: percent-decoded or not, plain or with GitHub's prefix."""
    names = {name, unquote(name)}
    return bool(anchors & (names | {f"user-content-{spelling}" for spelling in names}))

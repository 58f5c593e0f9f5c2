"""Words by which drafts say what a part is: `Essay`, `In brief`, `Data: Ships at berth nine`, `P.S.`."""

from __future__ import annotations

import re

_KINDS = {
    "essay": "essay|the essay|feature|main story|lead story|column",
    "brief": "briefs?|in brief|news in brief|news|headlines|short reads",
    "data": "data|the data|chart|charts|the chart|(?:the week )?in numbers|by the numbers|figures|table",
    "postscript": "postscript|p\\. ?s\\.|ps|and finally",
    "links": "links|the links|roundup|round-up|reading list|further reading|elsewhere|worth reading",
    "note": "note|a note|editor['’]s note|from the editor|editorial note|intro|introduction|welcome",
    "sponsor": "sponsor|our sponsor|sponsored|advertisement|from our sponsor",
}
_LABELS = re.compile(
    "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()), re.IGNORECASE
)
_PS = re.compile(r"(?:P\. ?S\.?|PS|Postscript)\s*[:.–—-]?\s", re.IGNORECASE)
_HEAD = re.compile(
    r"(?:(?P<title>title|subject(?: line)?)|(?P<deck>deck|preheader|preview(?: text)?|standfirst))\s*:\s*",
    re.IGNORECASE,
)


def label_kind(words: str) -> tuple[str, str] | None:
    """Return the kind a heading names, and the rest of it: the title, or nothing."""
    label, colon, rest = " ".join(words.split()).partition(":")
    match = _LABELS.fullmatch(label.strip(" *_–—-"))
    if match is None or match.lastgroup is None or (colon and not rest.strip()):
        return (match.lastgroup, "") if match and match.lastgroup else None
    return match.lastgroup, rest.strip()


def is_postscript(words: str) -> bool:
    """Tell whether a paragraph begins as a postscript does."""
    return bool(_PS.match(words.strip()))


def head_label(words: str) -> tuple[str, str] | None:
    """Return `title` or `deck` where a line says that it is one, and the rest of it."""
    match = _HEAD.match(words.strip())
    return (match.lastgroup, words.strip()[match.end() :]) if match and match.lastgroup else None

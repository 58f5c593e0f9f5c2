"""What a service will mail, compared with the build: one line for each difference, with its cause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from newsletter.files.quotation import quoted
from newsletter.markup.merge_fields import FIELDS
from newsletter.model import MergeStyle
from newsletter.render.merge import fill
from newsletter.targets.service_draft import normalised

_CONDITIONAL = re.compile(r"<!--\[if\b.*?<!\[endif\]-->", re.DOTALL)
_HREF = re.compile(r"""<a\b[^>]*?\bhref=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|title)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_SIGNS = (
    "{{",
    "{%",
    "%%{",
    "*|",
    "ZgotmplZ",
)  # template syntax; the last is Go's marker for rejected values
_HOLE = "\x00"  # marks where a merge field is filled in


def field_differences(
    wanted: Mapping[str, str], returned: Mapping[str, str], title: str
) -> Iterator[str]:
    """Yield each field that the service did not store as written."""
    for name, text in wanted.items():
        stored = returned.get(name)
        if stored is None:
            yield f"{title} did not return the {name}, so it is not verified"
        elif not normalised(stored):
            yield f"{title} dropped the {name}"
        elif normalised(stored) != normalised(text):
            yield f"{title} changed the {name} while storing it{_where(text, stored)}"


def _where(wanted: str, stored: str) -> str:
    """Return a short description of the first difference's location."""
    ours, theirs = normalised(wanted), normalised(stored)
    at = next(
        (index for index, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]),
        min(len(ours), len(theirs)),
    )
    if max(len(ours), len(theirs)) < 80:
        return f": {quoted(theirs)} instead of {quoted(ours)}"
    start = max(at - 10, 0)
    return f": {quoted(theirs[start : at + 30])} instead of {quoted(ours[start : at + 30])}"


def rendering_differences(
    built: str, rendered: str, style: MergeStyle, title: str
) -> Iterator[str]:
    """Yield what a rendered email lacks or adds.

    `built` is the HTML with merge fields in the service's syntax.
    """
    if rendered.lower().count("<html") > built.lower().count("<html"):
        yield f"A template of {title} is wrapped around the email"
    lost = len(_CONDITIONAL.findall(built)) - len(_CONDITIONAL.findall(rendered))
    if lost > 0:
        yield f"{lost} conditional comments for Outlook are lost in the rendering of {title}"
    if lost < 0:
        yield f"{title} adds {-lost} conditional comments"
    yield from _left_over(built, rendered, style, title)
    yield from _links(built, rendered, style, title)
    yield from _words(built, rendered, style, title)


def _left_over(built: str, rendered: str, style: MergeStyle, title: str) -> Iterator[str]:
    """Yield template syntax left unfilled: more occurrences than in the author's text."""
    ours = unescape(_HIDDEN.sub("", fill(built, style, dict.fromkeys(FIELDS, _HOLE), html=False)))
    theirs = unescape(_HIDDEN.sub("", rendered))
    for sign in _SIGNS:
        if theirs.count(sign) > ours.count(sign):
            at = theirs.index(sign)
            yield f"{title} leaves a template placeholder unfilled: {quoted(theirs[at : at + 40])}"


def _links(built: str, rendered: str, style: MergeStyle, title: str) -> Iterator[str]:
    """Yield links that are missing or empty; those with a merge field must have an address."""
    holes = dict.fromkeys(FIELDS, _HOLE)
    ours = _hrefs(fill(built, style, holes, html=False))
    theirs = _hrefs(rendered)
    static = [href for href in ours if _HOLE not in href]
    for href in dict.fromkeys(static):
        if href not in theirs:
            yield f"A link is missing in the rendering of {title}: {href}"
    if any(href.strip() in ("", "#") for href in theirs):
        yield f"A link of the rendering leads nowhere: {title} left its address empty"
    if len(theirs) < len(ours) and set(static) <= set(theirs):
        yield f"The rendering of {title} has {len(theirs)} links instead of {len(ours)}"


def _hrefs(html: str) -> list[str]:
    return [unescape(match[1] or match[2] or "") for match in _HREF.finditer(html)]


def _words(built: str, rendered: str, style: MergeStyle, title: str) -> Iterator[str]:
    """Yield the first missing text between two merge fields, including the preheader."""
    holes = dict.fromkeys(FIELDS, _HOLE)
    pieces = _text(fill(built, style, holes, html=False)).split(_HOLE)
    theirs, at = _text(rendered), 0
    for piece in (" ".join(piece.split()) for piece in pieces):
        position = theirs.find(piece, at)
        if position < 0:
            start = quoted(_start(piece, theirs[at:]))
            yield f"Text differs in the rendering of {title}, near: {start}"
            return
        at = position + len(piece)


def _start(piece: str, rest: str) -> str:
    """Return the first words of a piece that do not occur in the rest."""
    words = piece.split()
    for count in range(len(words), 0, -8):
        if " ".join(words[:count]) in rest:
            return " ".join(words[max(count - 2, 0) : count + 8])
    return " ".join(words[:10])


def _text(html: str) -> str:
    body = re.split(r"<body\b[^>]*>", html, maxsplit=1, flags=re.IGNORECASE)[-1]
    return " ".join(unescape(_TAG.sub(" ", _HIDDEN.sub("", body))).split())

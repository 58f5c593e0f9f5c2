"""Repairs emphasis that overlaps: `<b>one <i>two</b> three</i>`, which libxml2 cuts short.

Browsers reopen the inner element (the adoption agency algorithm of the HTML standard, §13.2.6.4.7);
here the tags are put in order before the parser sees them.
"""

from __future__ import annotations

import re

# The formatting elements of the HTML standard (§13.2.4.3), and others that only carry a style.
_FORMATTING = frozenset(
    "b big code em font i s small strike strong tt u del ins sub sup mark".split()
)
_INLINE = frozenset("a span br img wbr input abbr cite q kbd var samp dfn label".split())
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][\w-]*)(?=[\s/>])[^<>]*>|<!--.*?-->"
    r"|<(?P<raw>script|style|textarea)\b.*?</(?P=raw)\s*>",
    re.IGNORECASE | re.DOTALL,
)
DEEP = 60  # open elements; deeper text is left to the parser


def properly_nested(text: str) -> str:
    """Return HTML in which formatting elements are closed in the order they were opened."""
    opened: list[tuple[str, str]] = []  # name, start tag
    out: list[str] = []
    position = 0
    for match in _TOKEN.finditer(text):
        out.append(text[position : match.start()])
        position = match.end()
        out += _in_order(match, opened)
    return "".join((*out, text[position:]))


def _in_order(match: re.Match[str], opened: list[tuple[str, str]]) -> list[str]:
    """Return the tags to write for a tag; `opened` is updated."""
    tag, name = match[0], (match["name"] or "").lower()
    if name not in _FORMATTING:
        if name and name not in _INLINE:
            opened.clear()  # the parser handles emphasis around blocks
        return [tag]
    if not match["end"]:
        if not tag.endswith("/>") and len(opened) < DEEP:
            opened.append((name, tag))
        return [tag]
    names = [known for known, _ in opened]
    if name not in names:
        return [tag]
    index = len(names) - 1 - names[::-1].index(name)
    inner = opened[index + 1 :]
    del opened[index]
    return [*(f"</{known}>" for known, _ in reversed(inner)), tag, *(start for _, start in inner)]

"""A fast test for HTML that certainly has no parse errors: every tag is closed in order.

This is not a parser: HTML it cannot confirm may still be valid, and is then parsed by `html5.py`,
which is about twenty times slower. It covers the elements that emails consist of and the parts of
their content models whose violation is a parse error (WHATWG HTML §13.2.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from newsletter.files.text import unprintable

_ATTRIBUTES = r'(?:\s+[a-z][a-z0-9:-]*(?:="[^"<]*")?)*'
_TOKEN = re.compile(
    rf"<(?P<whole>style|title)(?P<its>{_ATTRIBUTES})\s*>[^<]*</(?P=whole)>"
    rf"|<(?P<name>[a-z][a-z0-9]*)(?P<attributes>{_ATTRIBUTES})\s*(?P<slash>/?)>"
    r"|</(?P<end>[a-z][a-z0-9]*)>"
    r"|(?P<comment><!--(?!-?>)[^-]*+(?:-[^-]++)*+-->)"
    r"|(?P<text>[^<]+)"
)
_ATTRIBUTE = re.compile(r'\s([a-z][a-z0-9:-]*)(?:="[^"]*")?')
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|nbsp|shy|#39|#160|#847|#8199|#820[34]);|\s)"
)  # any but the common references
_SPACE = " \t\n\f\r"

_VOID = frozenset("br hr img link meta wbr".split())
_INLINE = frozenset(
    "a abbr b bdi bdo cite code del em i ins kbd mark q s small span strong sub sup u".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_BLOCKS = _HEADINGS | frozenset(
    "blockquote center div hr ol p pre table ul".split()
)  # each of these closes an open paragraph
_INSIDE = {  # element -> allowed parents
    **dict.fromkeys(("head", "body"), ("html",)),
    **dict.fromkeys(("title", "meta", "link", "style"), ("head",)),
    **dict.fromkeys(("caption", "thead", "tbody", "tfoot"), ("table",)),
    "tr": ("table", "thead", "tbody", "tfoot"),
    **dict.fromkeys(("td", "th"), ("tr",)),
    "li": ("ul", "ol"),
}
_HOLDS_NOTHING_ELSE = frozenset("html head table thead tbody tfoot tr".split())
_CELLS = frozenset(("td", "th", "caption"))  # content of these cannot close elements outside them


def nested_in_order(html: str) -> bool:
    """Return whether a complete document certainly has no parse errors."""
    start = "<!DOCTYPE html>"
    once = all(html.count(f"<{name}") == 1 for name in ("html", "head", "body"))
    if not (once and html.startswith(start)) or unprintable(html) or _REFERENCE.search(html):
        return False
    stack: list[str] = []
    reached = len(start)
    for match in _TOKEN.finditer(html, reached):
        if match.start() != reached or not _fits(match, stack):
            return False
        reached = match.end()
    return reached == len(html) and not stack and html.index("<head") < html.index("<body")


def _fits(match: re.Match[str], stack: list[str]) -> bool:
    """Return whether a token is allowed at its position; push or pop its element on `stack`."""
    if match["comment"]:
        return True
    if match["end"]:
        return bool(stack) and stack.pop() == match["end"]
    if match["text"]:
        return not match["text"].strip(_SPACE) or (
            bool(stack) and stack[-1] not in _HOLDS_NOTHING_ELSE
        )
    name = match["whole"] or match["name"]
    names = _ATTRIBUTE.findall(match["its"] or match["attributes"] or "")
    if len(names) != len(set(names)) or not _may_open(name, stack):
        return False
    if match["whole"] or name in _VOID:
        return True
    stack.append(name)
    return not match["slash"]


def _may_open(name: str, stack: Sequence[str]) -> bool:
    if not stack:
        return name == "html"
    if name in _INSIDE:
        return stack[-1] in _INSIDE[name]
    if stack[-1] in _HOLDS_NOTHING_ELSE or name not in _INLINE | _BLOCKS | _VOID:
        return False
    if name == "a" or name in _BLOCKS:
        around = list(_up_to_cell(stack))
        if ("a" if name == "a" else "p") in around or (
            name in _HEADINGS and stack[-1] in _HEADINGS
        ):
            return False
    return True


def _up_to_cell(stack: Sequence[str]) -> Iterator[str]:
    for name in reversed(stack):
        if name in _CELLS:
            return
        yield name

"""Normalizes the "web page" export of Google Docs: nested lists, spaces, export artifacts."""

from __future__ import annotations

import re
from typing import Any

_LIST = re.compile(r"\blst-kix_\S+")
_LEVEL = re.compile(r"\blst-kix_\S+?-(\d)\b")


def is_google(text: str) -> bool:
    """Return whether HTML is an export or paste from Google Docs, by markup unique to it."""
    return bool(
        re.search(
            r"lst-kix_|class=\"[^\"]*\bdoc-content\b|docs-internal-guid|themes\.googleusercontent\.com",
            text,
        )
    )


def normalize_export(root: Any) -> None:
    """Replace the export's workarounds in the tree with standard markup.

    Docs writes a nested list as a sibling, with the level in its class; a space at the start of a
    span as a no-break space; and a page break as a hidden rule.
    """
    for element in root.iter():
        element.text = element.text.replace("\xa0", " ") if element.text else element.text
        element.tail = element.tail.replace("\xa0", " ") if element.tail else element.tail
    for rule in list(root.iter("hr")):
        if "display:none" in rule.get("style", "").replace(" ", ""):
            rule.getparent().remove(rule)
    for element in list(root.iter("ul", "ol")):
        _go_on(element)
        _nest(element)


def _go_on(element: Any) -> None:
    """Merge the items of a list that continues after a nested one back into it."""
    before = element.getprevious()
    if before is None or before.tag != element.tag or "start" in element.get("class", "").split():
        return
    if _LIST.findall(element.get("class", "")) and _LIST.findall(
        element.get("class", "")
    ) == _LIST.findall(before.get("class", "")):
        for child in list(element):
            before.append(child)
        element.getparent().remove(element)


def _nest(element: Any) -> None:
    if element.getparent() is None:
        return
    level = _level(element)
    before = element.getprevious()
    if level == 0 or before is None or before.tag not in ("ul", "ol"):
        return
    # The previous list may itself have received a nested one: descend to its last items.
    home = before
    while (
        _level(home) < level - 1
        and len(home)
        and len(home[-1])
        and home[-1][-1].tag in ("ul", "ol")
    ):
        home = home[-1][-1]
    if _level(home) >= level:
        return
    item = home[-1] if len(home) else None
    if item is None:
        return
    last = item[-1] if len(item) else None
    if last is not None and last.tag == element.tag and _level(last) == level:
        for child in list(element):
            last.append(child)
        element.getparent().remove(element)
    else:
        item.append(element)


def _level(element: Any) -> int:
    match = _LEVEL.search(element.get("class", ""))
    return int(match[1]) if match else 0

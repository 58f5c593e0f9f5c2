"""Helpers on elements, shared by all readers of HTML."""

from __future__ import annotations

from typing import Any

ADDED = "data-draft-"  # set by readers of other formats: line, style, size, centred, bold
_TEXT_ATTRIBUTES = (
    "alt",
    "value",
    "placeholder",
    "title",
    "label",
)  # attributes with text that a reader may see


def element_text(element: Any) -> str:
    """Return the text of an element with single spaces, without its comments."""
    return " ".join(str(element.xpath("string()")).split())


def all_text(element: Any) -> str:
    """Return all text of an element, including attributes and comments."""
    return " ".join(" ".join([*element.itertext(), attributes_of(element)]).split())


def attributes_of(element: Any) -> str:
    """Return the text in the attributes of an element and its descendants."""
    result = [
        item.get(name, "")
        for item in element.iter()
        if isinstance(item.tag, str)
        for name in _TEXT_ATTRIBUTES
    ]
    return " ".join(" ".join(result).split())


def remove_element(element: Any) -> None:
    """Remove an element, and an ancestor that becomes empty, but not the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    element.tail = None
    parent.remove(element)
    if (
        parent.tag in ("sup", "span")
        and len(parent) == 0
        and not (parent.text or "").strip(" []()")
    ):
        remove_element(parent)


def number_paragraphs(root: Any) -> None:
    """Number the paragraphs that have content, for sources whose lines are not visible."""
    number = 0
    for element in root.iter("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td"):
        own = element.text or "".join(child.tail or "" for child in element)
        shows = element_text(element) or next(element.iter("img"), None) is not None
        if shows and (element.tag not in ("div", "td") or own.strip()):
            number += 1
            element.set(ADDED + "line", str(number))


def line_of(element: Any, *, numbered: bool) -> int:
    """Return an element's line.

    This is the source line, or if `numbered` the number set on the element, its nearest ancestor or
    its first descendant.
    """
    if not numbered:
        return element.sourceline or 0
    for item in (element, *element.iterancestors(), *element.iterdescendants()):
        if isinstance(item.tag, str) and (line := item.get(ADDED + "line")):
            return int(line)
    return 0

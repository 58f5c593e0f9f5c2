"""Documents wholly in a code style: plain text that was opened in an office program or browser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from newsletter.importers.html.elements import ADDED

CODE = ("HTML Preformatted", "Preformatted Text", "Source Code")
_INLINE = frozenset(("br", "span", "font"))
_UNSEEN = frozenset(("style", "script", "title", "meta", "link"))


def preformatted_text(body: Any) -> str | None:
    """Return the text of a body that has nothing but preformatted lines, else `None`.

    Any emphasis, link, image, list or table means that the document was formatted.
    """
    blocks = list(_blocks(body))
    lines = [_lines(block) for block in blocks]
    texts = [line for line in lines if line is not None]
    if len(texts) < len(lines) or not any(text.strip() for text in texts):
        return None
    if (body.text or "").strip() or any((block.tail or "").strip() for block in blocks):
        return None
    return "\n".join(texts)


def _blocks(body: Any) -> Iterable[Any]:
    for child in body:
        if not isinstance(child.tag, str) or child.tag in _UNSEEN:
            continue
        if child.tag == "div":
            yield from _blocks(child)
        else:
            yield child


def _lines(block: Any) -> str | None:
    """Return the text of a preformatted block, with line breaks; `None` for any other element."""
    is_code = block.tag == "pre" or block.get(ADDED + "style") in CODE
    is_empty = block.tag == "p" and not (len(block) or (block.text or "").strip())
    if not (is_code or is_empty) or block.get(ADDED + "list"):
        return None
    parts = [block.text or ""]
    for element in block.iterdescendants():
        if not isinstance(element.tag, str) or element.tag not in _INLINE:
            return None
        parts.append("\n" if element.tag == "br" else element.text or "")
        parts.append(element.tail or "")
    return "".join(parts).removesuffix("\n")

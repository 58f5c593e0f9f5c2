"""The words that a page prints, and those that another text lacks; for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


def texts(element: Any) -> Iterator[str]:
    """Yield the texts of an element in order, including alternative texts and titles."""
    if not isinstance(element.tag, str) or element.tag in ("style", "title"):
        return
    yield element.get("alt") or ""
    yield element.text or ""
    for child in element:
        yield from texts(child)
        yield child.tail or ""
    yield element.get("title") or ""


def missing_words(words: Sequence[str], text: str) -> list[str]:
    """Return the words that a text lacks or has in a different order."""
    missing, start = [], 0
    for word in words:
        position = text.find(word, start)
        if position < 0:
            missing.append(word)
        else:
            start = position + len(word)
    return missing
